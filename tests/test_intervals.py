"""Limits: Poisson's where the pairs decide, of a logarithm where the points do."""

import numpy as np
import pytest
from scipy.stats import norm, poisson

from models.space.correlation import Correlation, two_point_correlation
from models.space.intervals import (
    ONE_SIGMA,
    excess_limits,
    normal_quantile,
    poisson_limits,
    sum_limits,
)


@pytest.mark.parametrize("level", [0.68, 0.95])
def test_limits_of_counts_cover_on_average_what_they_claim(level):
    means = np.linspace(3, 60, 400)
    counts = np.arange(200)
    low, high = poisson_limits(counts, level)
    is_inside = (low <= means[:, None]) & (means[:, None] <= high)
    covered = (poisson.pmf(counts, means[:, None]) * is_inside).sum(axis=1)
    assert abs(covered.mean() - level) < 0.01


def test_no_pair_has_the_limits_everyone_knows():
    low, high = poisson_limits(np.zeros(1), ONE_SIGMA)
    assert low[0] == 0
    np.testing.assert_allclose(high, 1.841, rtol=1e-3)


def test_where_pairs_alone_decide_the_limits_are_poissons():
    counted, expected = np.array([3, 30, 300]), np.array([4.0, 20.0, 310.0])
    sigma = np.sqrt(counted) / expected
    low, high = poisson_limits(counted, 0.95)
    lower, upper = excess_limits(counted, expected, sigma, 0.95)
    np.testing.assert_allclose(lower, low / expected - 1, rtol=1e-6)
    np.testing.assert_allclose(upper, high / expected - 1, rtol=1e-6)


def test_where_points_decide_the_limits_are_those_of_a_logarithm():
    counted, expected, relative = np.array([10**8]), np.array([2e8]), 0.3
    lower, upper = excess_limits(counted, expected, relative * counted / expected)
    np.testing.assert_allclose(lower, 0.5 * np.exp(-relative) - 1, rtol=1e-3)
    np.testing.assert_allclose(upper, 0.5 * np.exp(relative) - 1, rtol=1e-3)


def test_small_errors_have_symmetric_limits():
    counted, sigma = np.array([10**6]), np.array([0.01])
    lower, upper = excess_limits(counted, counted.astype(float), sigma, 0.95)
    np.testing.assert_allclose([-lower, upper], 1.96 * sigma[0], rtol=0.02)


def test_limits_widen_with_the_level_and_stay_above_minus_one():
    counted, expected = np.array([0, 1, 5, 40]), np.array([12.0, 12.0, 12.0, 12.0])
    sigma = np.array([0.2, 0.3, 0.9, 1.5])
    previous = np.zeros(4), np.zeros(4)
    for level in (0.5, 0.68, 0.95, 0.999):
        lower, upper = excess_limits(counted, expected, sigma, level)
        assert (lower >= -1).all() and (lower <= counted / expected - 1).all()
        assert (upper - lower > previous[1] - previous[0]).all()
        previous = lower, upper


def test_undefined_bins_have_undefined_limits():
    lower, upper = excess_limits(np.array([3, 3]), np.array([np.nan, 3.0]), np.array([np.nan, 1]))
    assert np.isnan([lower[0], upper[0]]).all() and np.isfinite([lower[1], upper[1]]).all()


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 68, np.nan])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        excess_limits(np.ones(1), np.ones(1), np.ones(1), level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        normal_quantile(level)


def test_quantiles_are_normal_or_students():
    np.testing.assert_allclose(normal_quantile(0.95), norm.ppf(0.975), rtol=1e-6)
    np.testing.assert_allclose(normal_quantile(ONE_SIGMA), 1, rtol=1e-6)
    np.testing.assert_allclose(normal_quantile(0.95, 10), 2.228, rtol=1e-3)  # from tables


def test_a_sum_of_one_bin_has_the_limits_of_the_bin():
    excess, expected, relative = np.array([0.6]), 50.0, np.array([[0.09]])
    low, high = sum_limits(excess, lambda x: np.diag(x / expected), relative, 1.96)
    root = np.sqrt(relative[0, 0] * expected)  # the scale of the docstring, in closed form
    at = np.arcsinh(root * np.sqrt(excess[0]))
    reach = 1.96 * np.sqrt(relative[0, 0]) / 2
    closed = [(np.sinh(at + s * reach) / root) ** 2 - 1 for s in (-1, 1)]
    np.testing.assert_allclose([low, high], closed, atol=1e-3)


def test_a_sum_with_small_errors_has_symmetric_limits(rng):
    root = rng.normal(size=(5, 5)) * 1e-3
    excess, relative = rng.uniform(0.5, 2, 5), root @ root.T
    noise = 1e-6
    low, high = sum_limits(excess, lambda x: np.diag(noise * x), relative, 1.0)
    sigma = np.sqrt((relative * np.outer(excess, excess)).sum() + noise * excess.sum())
    value = (excess - 1).sum()
    np.testing.assert_allclose([value - low, high - value], sigma, rtol=0.02)


def test_limits_of_a_correlation_are_those_of_its_fields(rng):
    measured = two_point_correlation(rng.normal(size=(300, 3)), np.linspace(0, 5, 20))
    lower, upper = measured.interval(ONE_SIGMA)
    np.testing.assert_allclose(lower, measured.lower)
    np.testing.assert_allclose(upper, measured.upper)
    low, high = measured.score_interval(ONE_SIGMA)
    np.testing.assert_allclose((high - low) / 2, measured.score_sigma, rtol=0.2)


def test_stored_without_a_covariance_the_score_still_has_limits(rng):
    arrays = two_point_correlation(rng.normal(size=(300, 3)), np.linspace(0, 5, 20)).to_arrays()
    for name in ("covariance", "score_freedom", "errors", "n_others"):
        del arrays[name]
    back = Correlation.from_arrays(arrays)
    assert (back.covariance, back.errors, back.n_others) == (None, "fitted", 0)
    low, high = back.score_interval(0.95)
    np.testing.assert_allclose((high - low) / 2, 1.96 * back.score_sigma, rtol=1e-3)
    assert "covariance" not in back.to_arrays()


def test_with_no_bin_to_use_the_score_has_no_limits(rng):
    measured = two_point_correlation(rng.normal(size=(4, 2)), [0, 0.1, 0.2])
    assert not measured.used.any()
    assert np.isnan(measured.score_interval(0.95)).all()

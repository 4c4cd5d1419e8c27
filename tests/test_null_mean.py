"""The mean of the refitted null, without draws: closed forms, and the draws themselves."""

import numpy as np
import pytest
from scipy.stats import beta

from models.space.correlation import default_edges
from models.space.gaussian import separation_probability
from models.space.null import refitted_null
from models.space.null_mean import fitted_probability, refitted_mean


@pytest.mark.parametrize("n_points, n_dim", [(40, 1), (60, 15), (300, 15), (17, 15), (100, 40)])
def test_of_equal_variances_the_separations_follow_a_beta_law(n_points, n_dim):
    # Q / (2 (n - 1)) is the squared length of d of n - 1 coordinates on the unit sphere.
    edges = default_edges(np.sqrt(2 * n_dim), 20)
    x, shape = edges**2 / (2 * (n_points - 1)), (n_dim / 2, (n_points - 1 - n_dim) / 2)
    below, above = beta.cdf(x, *shape), beta.sf(x, *shape)
    expected = np.where(below[1:] < 0.5, np.diff(below), -np.diff(above))
    found = fitted_probability(n_points, np.ones(n_dim), edges)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-300)


def test_two_points_that_make_the_fit_are_never_far_apart():
    # Nor further than the fit allows: 2 (n - 1) times the largest variance.
    edges = np.sqrt(2 * 9 * 3.0) * np.array([0, 0.5, 1, 2, np.inf])
    found = fitted_probability(10, np.array([3.0, 1.0]), edges)
    np.testing.assert_allclose(found[:2].sum(), 1, rtol=1e-12)
    assert (found[2:] == 0).all()


@pytest.mark.parametrize("variances", [np.ones(6), np.arange(1, 7) ** -2.0])
def test_it_is_the_mean_of_refitted_draws(rng, variances):
    edges = default_edges(np.sqrt(2 * variances.sum()), 10)
    null = refitted_null(150, variances, edges, 600, rng)
    error = null.eps.std(axis=0) / np.sqrt(600)
    mean = refitted_mean(150, variances, edges)
    assert np.abs(mean[1:]).max() > 10 * error[1:].min()
    # Each draw has variances of its own, whose mean this is not exactly.
    assert (np.abs(null.eps_mean - mean) < 4 * error + 0.1 * np.abs(mean)).all()


def test_of_many_points_nothing_is_left_of_it():
    variances = np.array([4.0, 2.0, 1.0, 1e-9])
    edges = default_edges(np.sqrt(14), 20)
    means = [refitted_mean(n, variances, edges) for n in (10_000, 100_000, 1_000_000)]
    np.testing.assert_allclose(means[1], means[0] / 10, rtol=0.02, atol=1e-7)
    np.testing.assert_allclose(means[2], means[1] / 10, rtol=0.02, atol=1e-8)
    assert np.abs(means[2]).max() < 1e-4


def test_the_unit_of_the_edges_does_not_matter():
    edges, variances = np.linspace(0, 3, 9), np.array([1.0, 0.5])
    np.testing.assert_allclose(
        refitted_mean(50, 1e12 * variances, 1e6 * edges),
        refitted_mean(50, variances, edges),
        rtol=1e-9,
    )


def test_all_probabilities_sum_to_1():
    edges = np.append(np.linspace(0, 3, 9), np.inf)
    for n_points in (8, 80, 80_000):
        assert fitted_probability(n_points, np.arange(1.0, 6), edges).sum() == pytest.approx(1)


def test_too_few_points_are_said_and_unreached_bins_undefined():
    with pytest.raises(ValueError, match="at least 5 points are needed, not 4"):
        refitted_mean(4, np.ones(3), [0, 1])
    assert np.isnan(refitted_mean(50, np.ones(2), [1e3, 2e3])).all()
    assert separation_probability([1e3, 2e3], np.ones(2))[0] == 0

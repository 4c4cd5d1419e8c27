"""Separations of two draws from a Gaussian: closed forms, tails, derivatives."""

import numpy as np
import pytest
from scipy.special import erf
from scipy.stats import chi2

from models.space.gaussian import (
    fit_gaussian,
    separation_probability,
    separation_probability_gradient,
    with_open_ends,
)

SPECTRA = {
    "equal": lambda d: np.ones(d),
    "1/k": lambda d: 1 / np.arange(1, d + 1),
    "1/k^2": lambda d: 1 / np.arange(1, d + 1) ** 2,
    "eight decades": lambda d: np.logspace(0, -8, d),
    "one above many": lambda d: np.r_[200.0, np.ones(d)],
}


def edges_for(variances, n_bins=60, reach=2.0):
    return np.linspace(0, reach * np.sqrt(2 * np.sum(variances)), n_bins + 1)


def chi_squared(edges, n_dim):
    """|x - y|^2 / 2 of two standard normals in d dimensions is chi-squared with d degrees."""
    below, above = chi2.cdf(edges**2 / 2, n_dim), chi2.sf(edges**2 / 2, n_dim)
    return np.where(edges[1:] ** 2 <= 2 * n_dim, np.diff(below), -np.diff(above))


@pytest.mark.parametrize("n_dim", [1, 2, 3, 15, 64, 512, 2048])
def test_equal_variances_match_the_chi_squared_law(n_dim):
    edges = edges_for(np.ones(n_dim))
    expected = chi_squared(edges, n_dim)
    measured = separation_probability(edges, np.ones(n_dim))
    told = expected > 1e-290  # scipy's own tail ends there
    np.testing.assert_allclose(measured[told], expected[told], rtol=1e-10)


def test_the_lower_tail_is_exact_relative_to_its_size():
    edges = np.geomspace(1e-3, 10, 200)
    measured = np.cumsum(separation_probability(np.r_[0, edges], np.ones(30)))
    exact = chi2.cdf(edges**2 / 2, 30)
    assert exact[0] < 1e-100
    np.testing.assert_allclose(measured[edges < 7], exact[edges < 7], rtol=1e-10)


def test_the_upper_tail_is_exact_relative_to_its_size():
    edges = np.linspace(8, 50, 100)
    (measured,) = separation_probability(np.array([50, np.inf]), np.ones(15))
    np.testing.assert_allclose(measured, chi2.sf(1250, 15), rtol=1e-10)
    exact = -np.diff(chi2.sf(edges**2 / 2, 15))
    np.testing.assert_allclose(separation_probability(edges, np.ones(15)), exact, rtol=1e-10)


def test_one_dimension_is_the_half_normal_law():
    edges = np.linspace(0, 5, 30)
    exact = np.diff(erf(edges / (2 * 1.7)))
    np.testing.assert_allclose(separation_probability(edges, np.array([1.7**2])), exact, rtol=1e-9)


def test_pairs_of_equal_variances_are_a_sum_of_exponentials():
    # Each pair adds w chi^2_2, an exponential of mean 2 w = 4 lambda; partial fractions.
    variances = np.array([1.0, 0.3, 0.02])
    edges = edges_for(variances)
    others = [np.delete(variances, k) for k in range(3)]
    parts = [np.prod(v / (v - o)) for v, o in zip(variances, others, strict=True)]
    above = np.exp(-(edges[:, None] ** 2) / (4 * variances)) @ parts
    measured = separation_probability(edges, np.repeat(variances, 2))
    np.testing.assert_allclose(measured, -np.diff(above), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("n_dim", [2, 15, 400])
def test_tails_from_both_sides_meet(spectrum, n_dim):
    # P below the mean comes from one contour, above it from another; all of it must be 1.
    variances = SPECTRA[spectrum](n_dim)
    edges, _ = with_open_ends(edges_for(variances))
    probability = separation_probability(edges, variances)
    assert (probability >= 0).all()
    np.testing.assert_allclose(probability.sum(), 1, rtol=1e-10)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_a_random_catalog_agrees(spectrum, rng):
    variances = SPECTRA[spectrum](15)
    edges = edges_for(variances, n_bins=15)
    apart = rng.normal(size=(200_000, len(variances))) * np.sqrt(2 * variances)
    counts = np.histogram(np.linalg.norm(apart, axis=1), edges)[0]
    expected = 200_000 * separation_probability(edges, variances)
    assert (np.abs(counts - expected) <= 5 * np.sqrt(expected) + 5).all()


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("n_dim", [1, 2, 15])
def test_derivatives_match_finite_differences(spectrum, n_dim):
    variances = SPECTRA[spectrum](n_dim)
    edges = edges_for(variances, n_bins=20)
    p, dp = separation_probability_gradient(edges, variances)
    np.testing.assert_array_equal(p, separation_probability(edges, variances))
    for k in {0, n_dim // 2, len(variances) - 1}:
        step = 1e-4 * variances[k]
        moved = np.eye(len(variances))[k] * step
        ahead, behind = (separation_probability(edges, variances + s) for s in (moved, -moved))
        # The difference of two probabilities of order one is good to 1e-16 / step.
        allowed = 1e-6 * np.abs(dp[:, k]).max() + 1e-13 / step
        np.testing.assert_allclose(dp[:, k], (ahead - behind) / (2 * step), rtol=0, atol=allowed)


def test_derivatives_add_up_to_the_scaling_law():
    # p depends on edges / sqrt(lambda) only: sum lambda_k dp/dlambda_k = -1/2 sum e dp/de.
    variances, edges = 1 / np.arange(1, 31), np.linspace(0.4, 4, 20)
    _, dp = separation_probability_gradient(edges, variances)
    ahead, behind = (separation_probability(edges * (1 + s), variances) for s in (1e-5, -1e-5))
    np.testing.assert_allclose(dp @ variances, -(ahead - behind) / 4e-5, atol=1e-9)


def test_scale_of_the_space_does_not_matter():
    variances = 1 / np.arange(1, 16)
    edges = edges_for(variances)
    expected = separation_probability(edges, variances)
    for scale in (1e-12, 1e12):
        scaled = separation_probability(edges * scale, variances * scale**2)
        np.testing.assert_allclose(scaled, expected, rtol=1e-10)


def test_rounding_errors_of_a_flat_direction_are_left_out():
    edges = np.linspace(0, 4, 20)
    expected = separation_probability(edges, np.array([1.0, 0.5]))
    with_noise = separation_probability(edges, np.array([1.0, 0.5, 3e-15, 0.0, -1e-17]))
    np.testing.assert_array_equal(with_noise, expected)


@pytest.mark.parametrize(
    ("edges", "variances", "sentence"),
    [
        ([0, 1, 1], [1.0], "must increase"),
        ([0, np.nan], [1.0], "must increase"),
        ([-1, 1], [1.0], "cannot be negative"),
        ([1], [1.0], "at least two"),
        ([0, 1], [0.0, 0.0], "At least one variance must be positive"),
        ([0, 1], [1.0, np.inf], "finite"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(edges, variances, sentence):
    with pytest.raises(ValueError, match=sentence):
        separation_probability(np.array(edges), np.array(variances))


def test_the_fit_has_the_covariance_of_the_points(rng):
    points = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4)) + 7
    mean, variances, axes = fit_gaussian(points)
    np.testing.assert_allclose(mean, points.mean(axis=0))
    np.testing.assert_allclose(axes * variances @ axes.T, np.cov(points, rowvar=False))
    assert (np.diff(variances) <= 0).all()


def test_more_dimensions_than_points_leave_one_variance_less_than_points(rng):
    _, variances, _ = fit_gaussian(rng.normal(size=(6, 20)))
    assert (variances[:5] > 0.1).all()
    assert (variances[5:] == 0).all()

"""Errors: they follow from the influence of each point, and cover what they claim."""

import numpy as np
import pytest

from models.space.correlation import (
    correlation_from_counts,
    default_edges,
    rms_separation,
    sampled_correlation,
    two_point_correlation,
)
from models.space.error_modes import ERRORS
from models.space.gaussian import (
    fit_gaussian,
    separation_probability,
    separation_probability_gradient,
)
from models.space.influence import (
    column_sums,
    influence_moments,
    influence_products,
    left_out_changes,
    pair_noise,
)
from models.space.pairs import count_neighbors


def two_blobs(rng, n, n_dim=2):
    """Two blobs five standard deviations apart, in random order."""
    points = rng.normal(size=(n, n_dim))
    points[:, 0] += np.where(rng.random(n) < 0.5, 5, 0)
    return points


def covered(draws, sigmas):
    """Share of draws within sigma of their mean."""
    return np.mean(np.abs(draws - np.mean(draws, axis=0)) < sigmas)


def parts(points, n_bins=12):
    """What the influence of points is made of: counts, pairs expected, mean, axes, slopes."""
    edges = default_edges(rms_separation(points), n_bins)
    counts = count_neighbors(points, edges)
    mean, variances, axes = fit_gaussian(points)
    p, dp = separation_probability_gradient(edges, variances)
    return edges, counts, len(points) * (len(points) - 1) / 2 * p, mean, axes, dp / p[:, None]


# The sums


def test_sums_of_influences_are_those_of_brute_force(rng):
    points = two_blobs(rng, 500, n_dim=3) + 100
    _, counts, expected, mean, axes, log_slopes = parts(points)
    excess = counts.sum(axis=0) / 2 / expected
    squares = ((points - mean) @ axes) ** 2
    slopes = excess[:, None] * log_slopes / 499
    influence = (counts - counts.mean(axis=0)) / expected
    moments = influence_moments(counts, points, mean, axes)
    np.testing.assert_allclose(
        influence_products(moments, expected, None), influence.T @ influence, rtol=1e-4, atol=1e-6
    )
    influence -= (squares - squares.mean(axis=0)) @ slopes.T
    np.testing.assert_allclose(
        influence_products(moments, expected, slopes), influence.T @ influence, rtol=1e-4, atol=1e-5
    )


def test_moments_of_many_points_keep_their_digits(rng):
    # More than a block, and counts whose scatter is a small part of them.
    counts = 10**6 + rng.integers(0, 100, (40_000, 3))
    points = rng.normal(size=(40_000, 2)).astype(np.float32)
    moments = influence_moments(counts, points, np.zeros(2), np.eye(2))
    np.testing.assert_allclose(moments.counts, np.cov(counts.T) * 39_999, rtol=1e-4, atol=2e4)
    both = np.cov(counts.T, points.T.astype(float) ** 2) * 39_999
    np.testing.assert_allclose(moments.squares, both[3:, 3:], rtol=1e-3, atol=50)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16, np.int64])
def test_columns_add_up_in_any_integers(rng, kind):
    counts = rng.integers(0, 256, (300_000, 6)).astype(kind)[:, 1:5]
    np.testing.assert_array_equal(column_sums(counts), counts.sum(axis=0, dtype=np.int64))
    assert column_sums(counts[:5]).dtype == np.int64


def test_the_integers_of_the_counts_do_not_matter(rng):
    points = two_blobs(rng, 200)
    edges = default_edges(rms_separation(points), 10)
    counts = count_neighbors(points, edges)
    one, other = (
        correlation_from_counts(points, edges, counts.astype(kind)) for kind in (np.uint8, np.int64)
    )
    np.testing.assert_array_equal(one.covariance, other.covariance)


@pytest.mark.parametrize("n_dim", [2, 8])
def test_leaving_out_a_point_changes_the_excess_as_recomputing_it_does(rng, n_dim):
    n = 120
    points = two_blobs(rng, n, n_dim)
    edges, counts, expected, mean, axes, log_slopes = parts(points, 10)
    told = expected > 20
    edges = np.append(edges[:-1][told], edges[1:][told][-1])
    counts, expected, log_slopes = counts[:, told], expected[told], log_slopes[told]
    left = []
    for i in range(n):
        _, variances, _ = fit_gaussian(np.delete(points, i, axis=0))
        dd = counts.sum(axis=0) / 2 - counts[i]
        left.append(dd / separation_probability(edges, variances) / ((n - 1) * (n - 2) / 2))
    left = np.array(left)
    changes = -(left / left.mean(axis=0) - 1) * np.sqrt((n - 1) / n)
    found = left_out_changes(
        counts / (counts.sum(axis=0) / 2), ((points - mean) @ axes) ** 2, log_slopes, n
    )
    ratio = np.sqrt((found**2).sum(axis=0) / (changes**2).sum(axis=0))
    np.testing.assert_allclose(ratio, 1, atol=0.06)


def test_independent_pairs_have_the_multinomial_covariance(rng):
    p, n_pairs = np.array([0.5, 0.3, 0.15]), 2000
    draws = rng.multinomial(n_pairs, [*p, 0.05], size=20_000)[:, :3] / (n_pairs * p)
    np.testing.assert_allclose(
        pair_noise(n_pairs * p, n_pairs * p, n_pairs), np.cov(draws.T), rtol=0.05, atol=2e-5
    )


# Coverage


def test_sigma_covers_what_it_claims_and_a_fixed_reference_does_not(rng):
    edges = np.linspace(0, 4, 13)  # of unit normals in two dimensions, whose RMS is 2
    eps, sigma, fixed = [], [], []
    for _ in range(80):
        points = rng.normal(size=(200, 2))
        measured = two_point_correlation(points, edges)
        eps.append(measured.eps)
        sigma.append(measured.sigma)
        fixed.append(two_point_correlation(points, edges, errors="fixed").sigma)
    assert 0.58 < covered(eps, sigma) < 0.78
    assert 0.88 < covered(eps, 2 * np.array(sigma)) < 0.99
    assert covered(eps, fixed) > 0.82


@pytest.mark.parametrize(
    ("errors", "lowest", "highest"),
    [("fitted", 0.58, 0.78), ("subsample", 0.58, 0.78), ("poisson", 0.0, 0.58)],
)
def test_the_modes_cover_what_is_said_of_them(rng, errors, lowest, highest):
    edges = default_edges(rms_separation(two_blobs(rng, 4000)), 12)
    measured = [two_point_correlation(two_blobs(rng, 200), edges, errors=errors) for _ in range(80)]
    eps, sigma = (np.array([getattr(one, name) for one in measured]) for name in ("eps", "sigma"))
    assert lowest < covered(eps, sigma) < highest
    score = [one.eps[one.used].sum() for one in measured]
    score_sigma = np.array([one.score_sigma for one in measured])
    assert (lowest - 0.08 if lowest else -1) < covered(score, score_sigma) < highest + 0.08


def test_limits_hold_the_mean_where_few_points_have_many_dimensions(rng):
    edges = default_edges(np.sqrt(2 * 10), 30)
    measured = [two_point_correlation(rng.normal(size=(150, 10)), edges) for _ in range(80)]
    used = np.mean([one.expected for one in measured], axis=0) >= 10
    mean = np.mean([one.eps for one in measured], axis=0)
    for level, slack in ((0.68, 0.06), (0.95, 0.03)):
        limits = np.array([one.interval(level) for one in measured])
        is_inside = (limits[:, 0] <= mean) & (mean <= limits[:, 1])
        assert abs(is_inside[:, used].mean() - level) < slack


def test_the_covariance_is_that_of_the_draws(rng):
    edges = default_edges(rms_separation(two_blobs(rng, 4000)), 8)
    measured = [two_point_correlation(two_blobs(rng, 200), edges) for _ in range(200)]
    expected = np.cov(np.array([one.eps for one in measured]).T)
    found = np.mean([one.covariance for one in measured], axis=0)
    sigma = np.sqrt(np.diag(expected))
    np.testing.assert_allclose(
        found / np.outer(sigma, sigma), expected / np.outer(sigma, sigma), atol=0.3
    )


def test_the_error_of_a_sum_of_bins_has_their_covariance(rng):
    measured = two_point_correlation(two_blobs(rng, 300), np.linspace(0, 8, 9))
    np.testing.assert_allclose(measured.sum_sigma(measured.used), measured.score_sigma, rtol=1e-6)
    for j in range(8):
        one = np.arange(8) == j
        np.testing.assert_allclose(measured.sum_sigma(one), measured.sigma[j], rtol=0.05)
    assert np.isnan(measured.sum_sigma(np.zeros(8, bool)))


# What the modes share


@pytest.mark.parametrize("errors", ERRORS)
def test_every_mode_says_its_name_and_leaves_eps_alone(rng, errors):
    points = two_blobs(rng, 60)
    edges = default_edges(rms_separation(points), 60)
    measured = two_point_correlation(points, edges, errors=errors)
    assert measured.errors == errors
    np.testing.assert_array_equal(measured.eps, two_point_correlation(points, edges).eps)
    few = (measured.counted > 0) & (measured.counted < 25)
    assert few.any()
    above, below = measured.upper - measured.eps, measured.eps - measured.lower
    assert (above[few] > below[few]).all()
    told = measured.counted > 0
    variances = np.diag(measured.covariance)[told]
    assert (variances <= measured.sigma[told] ** 2 * (1 + 1e-9)).all()
    low, high = measured.score_interval(0.68)
    assert low < measured.eps[measured.used].sum() < high


def test_poisson_errors_are_those_of_the_pairs(rng):
    measured = two_point_correlation(two_blobs(rng, 300), [0, 1, 2, 4], errors="poisson")
    np.testing.assert_allclose(measured.sigma, (1 + measured.eps) / np.sqrt(measured.dd))
    np.testing.assert_allclose(measured.score_sigma, np.sqrt((measured.sigma**2).sum()))


def test_an_unknown_mode_is_refused(rng):
    with pytest.raises(ValueError, match="one of fitted, fixed, poisson, subsample, not 'boot"):
        two_point_correlation(two_blobs(rng, 9), [0, 1], errors="bootstrap")


@pytest.mark.parametrize("errors", ERRORS)
def test_errors_of_sampled_pairs_are_those_of_all_and_of_sampling(rng, errors):
    points = two_blobs(rng, 2000).astype(np.float32)
    edges = default_edges(rms_separation(points), 20)
    exact = two_point_correlation(points, edges, errors=errors)
    sampled = sampled_correlation(points, edges, 100, errors=errors)
    assert (sampled.sampling_sigma > 0).all() and (exact.sampling_sigma == 0).all()
    assert 0.7 < np.median((sampled.sigma / exact.sigma)[sampled.used]) < 1.4
    assert sampled.score_sampling_sigma > 0 == exact.score_sampling_sigma


# Few pairs


def test_an_empty_bin_still_has_an_error(rng):
    points = np.concatenate([rng.normal(size=(30, 2)), rng.normal(size=(30, 2)) + [40, 0]])
    measured = two_point_correlation(points, [0, 15, 30, 60])
    assert measured.dd[1] == 0
    assert measured.expected[1] > 10
    assert measured.eps[1] == measured.lower[1] == -1
    # A mean of 1.84 still gives no pair in 16 of 100 cases.
    np.testing.assert_allclose(measured.sigma[1], 1.841 / measured.expected[1], rtol=1e-3)
    np.testing.assert_allclose(measured.upper[1], -1 + measured.sigma[1])


def test_few_pairs_have_a_lopsided_interval(rng):
    points = rng.normal(size=(60, 2))
    measured = two_point_correlation(points, np.linspace(0, 4, 120))
    few = (measured.dd > 0) & (measured.dd < 25)
    above, below = measured.upper - measured.eps, measured.eps - measured.lower
    assert few.any()
    assert (above[few] > below[few]).all()
    assert (measured.lower >= -1).all()


def test_many_pairs_have_an_interval_of_sigma_to_either_side(rng):
    measured = two_point_correlation(two_blobs(rng, 3000), np.linspace(0, 8, 11))
    for side in (measured.upper - measured.eps, measured.eps - measured.lower):
        np.testing.assert_allclose(side, measured.sigma, rtol=0.03)


def test_where_the_gaussian_predicts_no_pair_eps_is_undefined():
    points = np.linspace(0, 1, 5)[:, None]
    measured = two_point_correlation(points, [0, 1, 500, 1000])
    assert measured.expected[2] == 0
    for values in (measured.eps, measured.sigma, measured.lower, measured.upper):
        assert np.isnan(values[2])
    assert np.isfinite(measured.interval(0.95)[0][0])

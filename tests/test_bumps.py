"""Bumps: found where clusters are, at the right separations, and not in Gaussians."""

from dataclasses import replace

import numpy as np
import pytest

from models.space.bumps import find_bumps
from models.space.correlation import (
    default_edges,
    rms_separation,
    sampled_correlation,
    two_point_correlation,
)
from models.space.null import gaussian_null, subset_null, summarized
from models.space.null_mean import refitted_mean


def correlate(points, n_bins=40):
    return two_point_correlation(points, default_edges(rms_separation(points), n_bins))


def blobs(rng, sizes, centers, n_dim=2):
    """Gaussian blobs of unit variance, their centers on the first two axes."""
    points = rng.normal(size=(sum(sizes), n_dim))
    points[:, :2] += np.repeat(np.array(centers, float), sizes, axis=0)
    return points


@pytest.mark.parametrize("n_dim", [2, 15])
@pytest.mark.parametrize("distance", [10, 20, 40])
def test_two_blobs_make_a_bump_at_their_distance(rng, n_dim, distance):
    measured = correlate(blobs(rng, [150, 150], [[0, 0], [distance, 0]], n_dim))
    cohesion, bump = find_bumps(measured)
    # Two members are apart by the distance and, across it, by the width of either blob.
    expected = np.sqrt(distance**2 + 2 * n_dim)
    assert abs(bump.peak - expected) < 1.5 * np.diff(measured.edges)[0]
    assert bump.lower < expected < bump.upper
    assert bump.significance > 5
    # Those within a blob are at sqrt(2 n_dim).
    assert cohesion.lower < cohesion.peak < cohesion.upper < bump.lower
    assert cohesion.peak < np.sqrt(2 * n_dim) + 1.5
    assert cohesion.eps > 0


def test_blobs_that_nearly_touch_are_found_in_many_dimensions(rng):
    measured = correlate(blobs(rng, [500, 500], [[0, 0], [5, 0]], 15))
    bump = find_bumps(measured)[-1]
    assert bump.lower < np.sqrt(25 + 30) < bump.upper


def test_three_unequal_blobs_make_a_bump_for_each_distance(rng):
    measured = correlate(blobs(rng, [200, 120, 80], [[0, 0], [32, 0], [9, 11]]), 60)
    bumps = find_bumps(measured)
    peaks = [bump.peak for bump in bumps]
    assert len(bumps) == 4
    np.testing.assert_allclose(peaks[1:], [14.2, 25.5, 32], atol=1.2)
    assert all(a.upper <= b.lower for a, b in zip(bumps[:-1], bumps[1:], strict=True))
    assert set(np.r_[[b.lower for b in bumps], [b.upper for b in bumps]]) <= set(measured.edges)


@pytest.mark.parametrize("n_points, n_dim", [(100, 2), (100, 5), (300, 2), (300, 15)])
def test_a_gaussian_has_none(n_points, n_dim):
    # Of equal and of falling variances. Of 200 curves of each number at most one had a bump.
    rng = np.random.default_rng(7)
    n_curves = 40
    alarms = 0
    for i in range(n_curves):
        scale = np.ones(n_dim) if i % 2 else np.arange(1, n_dim + 1) ** -0.5
        alarms += len(find_bumps(correlate(rng.normal(size=(n_points, n_dim)) * scale))) > 0
    assert alarms <= 1


def test_the_bias_of_few_gaussian_points_is_no_bump(rng):
    edges = default_edges(np.sqrt(30), 40)
    measured = two_point_correlation(rng.normal(size=(300, 15)), edges)
    mean = refitted_mean(300, measured.variances, edges)
    # The mean of such points rises and falls again by far more than this error.
    sigma = np.full(40, 0.01)
    biased = replace(measured, eps=mean, sigma=sigma, covariance=None)
    assert mean[measured.used].argmax() not in (0, measured.used.sum() - 1)
    assert np.ptp(mean[measured.used]) > 20 * sigma[0]
    assert find_bumps(biased, min_significance=1) == []


def test_the_scatter_of_a_null_counts_where_it_is_larger(rng):
    measured = correlate(blobs(rng, [60, 60], [[0, 0], [9, 0]]))
    null = summarized(gaussian_null(measured, 60, rng), measured)
    plain = find_bumps(measured)[-1]
    wide = replace(null, eps=0 * null.eps, eps_low=0 * null.eps - 1, eps_high=0 * null.eps + 1)
    narrow = replace(wide, eps_low=0 * null.eps, eps_high=0 * null.eps)
    assert find_bumps(measured, narrow)[-1].significance == pytest.approx(plain.significance)
    assert find_bumps(measured, wide, min_significance=0)[-1].significance < plain.significance


def test_only_nulls_of_gaussians_on_the_same_bins_are_taken(rng):
    points = blobs(rng, [50, 50], [[0, 0], [9, 0]])
    measured = correlate(points[:90])
    with pytest.raises(ValueError, match="kind 'subset'"):
        find_bumps(measured, subset_null(points, measured, 3, rng))
    with pytest.raises(ValueError, match="same 40 bins"):
        find_bumps(measured, gaussian_null(correlate(points, 20), 3, rng))


def test_errors_that_bins_share_are_no_noise_between_them(rng):
    measured = correlate(blobs(rng, [60, 60], [[0, 0], [9, 0]]))
    shared = 0.9 * np.outer(measured.sigma, measured.sigma)
    covariance = shared + np.diag(0.1 * measured.sigma**2)
    alone = replace(measured, covariance=np.diag(measured.sigma**2))
    independent = replace(measured, covariance=None)
    together = replace(measured, covariance=covariance)
    found = [find_bumps(m)[-1].significance for m in (alone, independent, together)]
    assert found[0] == pytest.approx(found[1])
    assert found[2] > 1.1 * found[0]


def test_sampled_pairs_make_bumps_less_certain(rng):
    points = blobs(rng, [400, 400], [[0, 0], [12, 0]])
    edges = default_edges(rms_separation(points))
    sampled, exact = sampled_correlation(points, edges, 40, rng=rng), correlate(points)
    found = [find_bumps(measured)[-1] for measured in (sampled, exact)]
    assert 3 < found[0].significance < found[1].significance
    assert abs(found[0].peak - found[1].peak) < 4 * edges[1]


def test_significance_allows_for_every_pair_of_bins(rng):
    measured = correlate(blobs(rng, [60, 60], [[0, 0], [9, 0]]))
    bump = find_bumps(measured)[-1]
    assert 0 < bump.significance < bump.local_significance
    m = measured.used.sum()
    # Far out a normal's tail is exp(-z^2 / 2) / z.
    tails = [0.5 * z**2 + np.log(z) for z in (bump.significance, bump.local_significance)]
    assert tails[1] - tails[0] == pytest.approx(np.log(m * (m - 1)), rel=0.02)
    assert bump not in find_bumps(measured, min_significance=bump.local_significance)
    assert bump in find_bumps(measured, min_significance=bump.significance)


def test_the_last_bin_is_no_bump_and_two_bins_have_none(rng):
    points = blobs(rng, [100, 100], [[0, 0], [20, 0]])
    rising = two_point_correlation(points, np.linspace(6, 20, 8))
    assert np.argmax(rising.eps) == 6
    assert find_bumps(rising) == []
    assert find_bumps(two_point_correlation(points, [0, 5, 40])) == []

"""Subsamples: without replacement, and as far apart as jackknife theory says."""

import numpy as np
import pytest

from models.space.correlation import default_edges, rms_separation, two_point_correlation
from models.space.gaussian import fit_gaussian, separation_probability
from models.space.pairs import count_neighbors, count_pairs
from models.space.resampling import subsample_products


def blobs(rng, n):
    points = rng.normal(size=(n, 2)).astype(np.float32)
    points[:, 0] += np.where(rng.random(n) < 0.5, 5, 0)
    return points


def test_subsamples_counted_one_by_one_give_the_same(rng):
    points = blobs(rng, 400)
    edges = default_edges(rms_separation(points), 8)
    found = subsample_products([(points, count_neighbors(points, edges))], edges, seed=3)
    group_of = np.random.default_rng(3).permutation(400) % 40
    ratios = []
    for group in range(40):
        rest = points[group_of != group]
        p = separation_probability(edges, fit_gaussian(rest)[1])
        ratios.append(count_pairs(rest, edges) / p)
    changes = np.array(ratios) / np.mean(ratios, axis=0) - 1
    expected = 39 / 40 * changes.T @ changes
    # The pairs within a group are taken as their share, not counted.
    scale = np.sqrt(np.outer(np.diag(expected), np.diag(expected)))
    np.testing.assert_allclose(found / scale, expected / scale, atol=0.15)
    np.testing.assert_allclose(np.diag(found) / np.diag(expected), 1, atol=0.15)


def test_the_groups_are_the_same_each_time(rng):
    points = blobs(rng, 200)
    edges = default_edges(rms_separation(points), 8)
    one, other = (two_point_correlation(points, edges, errors="subsample") for _ in range(2))
    np.testing.assert_array_equal(one.sigma, other.sigma)
    assert one.score_freedom == 39


def test_bins_without_pairs_do_not_spoil_the_others(rng):
    points = np.concatenate([rng.normal(size=(30, 2)), rng.normal(size=(30, 2)) + [40, 0]])
    measured = two_point_correlation(points, [0, 15, 30, 60], errors="subsample")
    assert measured.counted[1] == 0 and measured.used[1]
    assert np.isfinite(measured.score_sigma) and np.isfinite(measured.covariance).all()


def test_too_few_points_to_leave_some_out_are_refused(rng):
    points = blobs(rng, 2)
    with pytest.raises(ValueError, match="at least 3 points"):
        subsample_products([(points, np.ones((2, 1), int))], np.array([0.0, 1.0]))
    assert two_point_correlation(blobs(rng, 3), [0, 9], errors="subsample").n_points == 3

"""Which points make a bump: their neighbors in its range of separations."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.space.bumps import find_bumps
from models.space.correlation import (
    default_edges,
    rms_separation,
    two_point_correlation,
)
from models.space.excess import (
    MAX_PAIRS,
    MIN_PARTNERS,
    choose_partners,
    makes_bump,
    neighbor_excess,
)
from models.space.gaussian import fit_gaussian, separation_probability


def blobs(rng, sizes, centers, n_dim=2):
    """Gaussian blobs of unit variance, and which blob each point belongs to."""
    belongs = np.repeat(np.arange(len(sizes)), sizes)
    points = rng.normal(size=(sum(sizes), n_dim))
    points[:, :2] += np.array(centers, float)[belongs]
    return points, belongs


def members(makes, belongs):
    """Share of each blob that is chosen."""
    return np.array([makes[belongs == blob].mean() for blob in range(belongs.max() + 1)])


def test_the_values_are_neighbors_over_those_expected(rng):
    points, _ = blobs(rng, [40, 60], [[0, 0], [8, 0]])
    found = neighbor_excess(points, 2, 5)
    separations = cdist(points, points)
    inside = ((separations >= 2) & (separations < 5)).sum(axis=1)
    np.testing.assert_array_equal(found.counted, inside)
    p = separation_probability([2, 5], fit_gaussian(points)[1])[0]
    np.testing.assert_allclose(found.values, inside / (99 * p) - 1, rtol=1e-5)
    assert (found.sampling_sigma == 0).all()
    assert found.n_partners == 100


def test_the_mean_of_the_values_is_the_correlation(rng):
    points, _ = blobs(rng, [150, 150], [[0, 0], [8, 0]], 5)
    edges = np.array([0.0, 2.0, 5.0])
    eps = two_point_correlation(points, edges).eps
    for i in range(2):
        values = neighbor_excess(points, edges[i], edges[i + 1]).values
        np.testing.assert_allclose(values.mean(), eps[i], rtol=1e-5)


def test_some_partners_estimate_it_within_the_error_stated(rng):
    points, _ = blobs(rng, [600, 600], [[0, 0], [6, 0]])
    for lower, upper in ((0, 2), (5, 8)):
        exact = neighbor_excess(points, lower, upper)
        partners = rng.choice(1200, 300, replace=False)
        sampled = neighbor_excess(points, lower, upper, partners=partners)
        assert sampled.n_partners == 300
        pulls = (sampled.values - exact.values) / sampled.sampling_sigma
        # Neighbors share partners, so all are off together; still within the error.
        assert 0.5 < np.sqrt((pulls**2).mean()) < 2
    everyone = neighbor_excess(points, 0, 2, partners=np.arange(1200))
    np.testing.assert_array_equal(everyone.values, neighbor_excess(points, 0, 2).values)


def test_neighbors_can_be_counted_among_others(rng):
    points, others = rng.normal(size=(50, 3)), rng.normal(size=(80, 3))
    found = neighbor_excess(points, 0, 2, others=others)
    inside = (cdist(points, others) < 2).sum(axis=1)
    np.testing.assert_array_equal(found.counted, inside)
    p = separation_probability([0, 2], fit_gaussian(others)[1])[0]
    np.testing.assert_allclose(found.values, inside / (80 * p) - 1, rtol=1e-5)
    some = neighbor_excess(points, 0, 2, others=others, partners=np.arange(0, 80, 2))
    np.testing.assert_array_equal(some.counted, (cdist(points, others[::2]) < 2).sum(axis=1))


def test_partners_are_all_unless_there_are_many(rng):
    assert choose_partners(10_000, rng) is None
    for n_points in (20_000, 1_000_000):
        partners = choose_partners(n_points, rng)
        assert len(np.unique(partners)) == len(partners)
        assert len(partners) == max(MAX_PAIRS // n_points, MIN_PARTNERS)


@pytest.mark.parametrize("n_dim", [2, 15])
def test_both_of_two_blobs_make_the_bump_at_their_distance(rng, n_dim):
    points, belongs = blobs(rng, [150, 250], [[0, 0], [12, 0]], n_dim)
    measured = two_point_correlation(points, default_edges(rms_separation(points)))
    cohesion, bump = find_bumps(measured)
    share = members(makes_bump(points, bump.lower, bump.upper, rng), belongs)
    assert (share > 0.9).all()


def test_a_small_cluster_and_a_large_one_make_it_together(rng):
    points, belongs = blobs(rng, [950, 50], [[0, 0], [12, 0]])
    assert (members(makes_bump(points, 11, 14, rng), belongs) > 0.85).all()


def test_a_third_cluster_makes_no_part_of_the_bump_of_two(rng):
    points, belongs = blobs(rng, [150, 150, 150], [[0, 0], [10, 0], [5, 45]])
    measured = two_point_correlation(points, default_edges(rms_separation(points)))
    bump = next(bump for bump in find_bumps(measured) if bump.lower < 10 < bump.upper)
    share = members(makes_bump(points, bump.lower, bump.upper, rng), belongs)
    assert share[0] > 0.9 < share[1]
    assert share[2] == 0
    # All three make the bump of the far one.
    far = find_bumps(measured)[-1]
    assert (members(makes_bump(points, far.lower, far.upper, rng), belongs) > 0.9).all()


def test_what_lies_between_clusters_makes_no_part_of_their_bump(rng):
    clusters, _ = blobs(rng, [150, 150], [[0, 0], [12, 0]])
    field = rng.normal(size=(100, 2)) * [1, 3] + [6, 0]
    points = np.concatenate([clusters, field])
    makes = makes_bump(points, 10, 14.5, rng)
    assert makes[:300].mean() > 0.85
    assert makes[300:].mean() < 0.05


def test_points_of_a_gaussian_make_none(rng):
    points = rng.normal(size=(1500, 3)) * [3, 2, 1]
    for lower, upper in ((0, 1), (2, 3), (7, 9)):
        assert makes_bump(points, lower, upper, rng).mean() < 0.01


def test_some_partners_choose_the_same_points(rng):
    points, belongs = blobs(rng, [700, 700, 700], [[0, 0], [10, 0], [5, 45]])
    for lower, upper in ((0, 2), (8, 12)):
        exact = makes_bump(points, lower, upper, rng)
        partners = rng.choice(2100, 500, replace=False)
        sampled = makes_bump(points, lower, upper, rng, partners=partners)
        assert exact.mean() > 0.5
        assert (exact == sampled).mean() > 0.95


def test_points_in_any_place_and_precision_give_the_same(rng):
    points, _ = blobs(rng, [60, 60], [[0, 0], [9, 0]])
    points = np.round(points * 64) / 64  # exact in float32, also far from 0
    for moved in (points + 4096, points.astype(np.float32), (points + 4096).astype(np.float32)):
        np.testing.assert_array_equal(
            neighbor_excess(moved, 7, 11).counted, neighbor_excess(points, 7, 11).counted
        )
        chosen = makes_bump(moved, 7, 11, np.random.default_rng(3))
        assert (chosen == makes_bump(points, 7, 11, np.random.default_rng(3))).mean() > 0.98


def test_progress_is_told_and_may_stop_it(rng):
    points, _ = blobs(rng, [60, 60], [[0, 0], [9, 0]])
    told = []
    makes_bump(points, 7, 11, rng, progress=told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    def stop(fraction):
        raise KeyboardInterrupt

    for measure in (
        lambda: neighbor_excess(points, 7, 11, progress=stop),
        lambda: makes_bump(points, 7, 11, rng, progress=stop),
    ):
        with pytest.raises(KeyboardInterrupt):
            measure()


def test_a_range_that_a_gaussian_never_reaches_is_undefined(rng):
    points = rng.normal(size=(50, 2))
    assert np.isnan(neighbor_excess(points, 1e6, 2e6).values).all()
    assert not makes_bump(points, 1e6, 2e6, rng).any()


def test_what_has_no_excess_is_said(rng):
    points = rng.normal(size=(50, 2))
    for refused, match in (
        (lambda: neighbor_excess(np.ones((9, 2)), 0, 1), "do not differ"),
        (lambda: makes_bump(points[:1], 0, 1, rng), "do not differ"),
        (lambda: neighbor_excess(points, 2, 1), "increase"),
        (lambda: neighbor_excess(points, -1, 1), "negative"),
        (lambda: neighbor_excess(points, 0, 1, others=points[:, :1]), "same dimension"),
        (lambda: neighbor_excess(np.where(points > 2, np.nan, points), 0, 1), "finite"),
    ):
        with pytest.raises(ValueError, match=match):
            refused()

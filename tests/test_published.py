"""The published simulations: their numbers come out, quirks included."""

import numpy as np
import pytest

from models.space.published import (
    DAVIES_BOULDIN_B,
    PUBLISHED_A,
    SEPARATION_INDICES,
    run_simulation_a,
    run_simulation_b,
    simulation_a,
    simulation_b,
)


@pytest.mark.parametrize("published", PUBLISHED_A)
def test_ranges_of_simulation_a_agree_to_five_digits(published):
    points, labels, edges = simulation_a(published.variance)
    assert points.shape == (4000, 2) and len(edges) == 100
    assert round(edges[-1], 5) == published.r_max
    np.testing.assert_array_equal(np.bincount(labels), [2000, 2000])


@pytest.mark.parametrize("published", PUBLISHED_A[::2])
def test_scores_of_simulation_a_come_out_as_published(published, rng):
    run = run_simulation_a(published.variance, rng)
    assert abs(run.score - published.score) < (1.0 if published.variance < 400 else 0.6)
    assert 0 < run.score_error < 0.5
    assert round(run.davies_bouldin, 3) == published.davies_bouldin
    assert (run.n_points, run.n_subsets, run.setting) == (3200, 5, published.variance)
    assert run.r_max == run.edges[-1] and run.eps.shape == (99,)


@pytest.mark.parametrize("make", [simulation_a, simulation_b])
def test_the_second_cloud_is_a_copy_of_the_first(make):
    points, labels, _ = make(20.0)
    first, second = (points[labels == k] - points[labels == k].mean(axis=0) for k in (0, 1))
    np.testing.assert_allclose(first, second, atol=1e-12)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=1e-12)


def test_the_clouds_of_simulation_b_lie_two_squares_apart():
    points, labels, _ = simulation_b(7)
    first, second = points[labels == 0], points[labels == 1]
    apart = second.mean(axis=0) - first.mean(axis=0)
    width = np.sqrt(first.var(axis=0).mean())
    np.testing.assert_allclose(apart / width, [2 * 49 / np.sqrt(2000), 0], rtol=0.05, atol=1e-9)
    np.testing.assert_allclose(np.percentile(np.linalg.norm(points, axis=1), 95), 0.5)


def test_simulation_b_has_the_shape_that_was_described(rng):
    nearest, farthest = SEPARATION_INDICES
    flat = [run_simulation_b(s, rng) for s in (nearest, 4, 6)]
    rising = [run_simulation_b(s, rng) for s in (8, 12, 16, farthest)]
    assert max(abs(run.score) for run in flat) < 2
    assert (np.diff([flat[-1].score] + [run.score for run in rising]) > 1).all()
    assert rising[-1].score > 20
    found = [run.davies_bouldin for run in flat[1:] + rising]
    assert (np.diff(found) < 0).all()
    np.testing.assert_allclose([flat[0].davies_bouldin, found[-1]], DAVIES_BOULDIN_B, atol=0.01)
    assert all(np.isnan(run.score_error) for run in flat)  # of one subset there is none


def test_a_seed_repeats_a_run_and_progress_may_stop_it():
    fractions = []
    run = run_simulation_b(10, np.random.default_rng(3), fractions.append)
    again = run_simulation_b(10, np.random.default_rng(3))
    assert (run.score, run.davies_bouldin) == (again.score, again.davies_bouldin)
    np.testing.assert_array_equal(run.eps, again.eps)
    assert fractions == sorted(fractions) and fractions[-1] == 1

    class Stopped(Exception):
        pass

    def stop(fraction):
        raise Stopped

    with pytest.raises(Stopped):
        run_simulation_a(80, np.random.default_rng(3), stop)


@pytest.mark.parametrize("variance", [0, -1, np.nan, np.inf])
def test_clouds_without_a_width_are_refused(variance):
    with pytest.raises(ValueError, match="variance of the clouds must be positive"):
        simulation_a(variance)

"""The score and the divergence: definitions, limits, what is undefined."""

from dataclasses import replace

import numpy as np
import pytest

from models.space.correlation import sampled_correlation, two_point_correlation
from models.space.presets import Measure, edges_for, prepared
from models.space.score import (
    MAX_POINTS,
    divergence,
    kl_divergence,
    score_by_components,
    tpcf_score,
)


@pytest.fixture
def measured(rng):
    points = rng.normal(size=(400, 2))
    points[:200, 0] += 6
    return two_point_correlation(points, np.linspace(0, 24, 31))


def test_the_score_is_the_sum_over_bins_with_enough_pairs(measured):
    used = measured.expected >= 10
    assert 0 < used.sum() < len(used)
    score = tpcf_score(measured)
    np.testing.assert_allclose(score.value, measured.eps[used].sum())
    np.testing.assert_allclose(score.sigma_linear, measured.sigma[used].sum())
    assert (score.n_bins_used, score.n_bins) == (used.sum(), 30)
    largest = np.abs(measured.eps[used]).max() / np.abs(measured.eps[used]).sum()
    np.testing.assert_allclose(score.top_bin_share, largest)


def test_the_decks_error_exceeds_that_of_the_sum(measured):
    score = tpcf_score(measured)
    assert 0 < score.sigma < score.sigma_linear


def test_only_some_of_the_pairs_add_an_error(rng, measured):
    points = rng.normal(size=(2000, 2))
    assert tpcf_score(measured).sampling_sigma == 0
    sampling = [
        tpcf_score(sampled_correlation(points, np.linspace(0.5, 4, 8), s)).sampling_sigma
        for s in (50, 200)
    ]
    # The 7 bins hold the same pairs throughout: a quarter of the variance.
    assert 1.8 < sampling[0] / sampling[1] < 2.5


def test_the_mean_of_a_null_is_taken_off(measured):
    assert tpcf_score(measured, 2.5).value == tpcf_score(measured).value - 2.5
    assert kl_divergence(measured, 0.01) == kl_divergence(measured) - 0.01


def test_with_no_bin_to_use_everything_is_undefined(rng):
    empty = two_point_correlation(rng.normal(size=(5, 2)), [0, 0.1, 0.2])
    score = tpcf_score(empty)
    assert score.n_bins_used == 0
    for value in (score.value, score.sigma, score.sigma_linear, score.top_bin_share):
        assert np.isnan(value)
    assert np.isnan(kl_divergence(empty))


def test_the_divergence_is_that_of_the_shares_with_one_bin_for_the_rest(measured):
    q = measured.dd / measured.pairs_possible
    p = measured.expected / measured.pairs_possible
    rest = ~measured.used
    q = np.r_[q[~rest], 1 - q[~rest].sum()]
    p = np.r_[p[~rest], p[rest].sum() + measured.outside]
    np.testing.assert_allclose(p.sum(), 1)
    filled = q > 0
    expected = np.sum(q[filled] * np.log(q[filled] / p[filled]))
    np.testing.assert_allclose(kl_divergence(measured), expected, rtol=1e-6)


def test_the_divergence_is_never_negative(rng):
    for _ in range(60):
        n, n_dim = rng.integers(20, 200), rng.integers(1, 6)
        points = rng.normal(size=(n, n_dim)) ** rng.choice([1, 3])
        edges = np.sort(rng.uniform(0, 4, rng.integers(3, 30)))
        for found in (
            two_point_correlation(points, edges),
            sampled_correlation(points, edges, 8, rng=rng),
        ):
            kl = kl_divergence(found)
            assert np.isnan(kl) or kl >= 0


def test_the_divergence_grows_as_bins_split(rng):
    points = np.concatenate([rng.normal(size=(200, 2)), rng.normal(size=(200, 2)) + 4])
    coarse, fine = (two_point_correlation(points, np.linspace(0, 8, n + 1)) for n in (8, 16))
    assert fine.used.all()
    assert kl_divergence(coarse) < kl_divergence(fine) < 2 * kl_divergence(coarse)


def test_an_empty_bin_adds_nothing():
    used = np.ones(2, bool)
    value = divergence(np.array([0.0, 0.5]), np.array([0.25, 0.25]), 0.5, used)
    np.testing.assert_allclose(value, 0.5 * np.log(2))
    assert divergence(np.array([0.2, 0.8]), np.array([0.2, 0.8]), 0.0, used) == 0


def test_pairs_where_the_gaussian_has_no_probability_diverge(measured):
    assert divergence(np.array([0.5]), np.array([1.0]), 0.0, np.ones(1, bool)) == np.inf
    # A tail of 1e-40 is not none: the result is large, not infinite.
    assert np.isfinite(kl_divergence(replace(measured, outside=1e-40)))


@pytest.fixture
def components(rng):
    """Two blobs 8 apart along the first of 60 components, the others noise."""
    points = rng.normal(size=(800, 60)).astype(np.float32)
    points[:400, 0] += 8
    return points


def test_the_score_of_each_k_is_that_of_its_components_and_bins(rng, components):
    measure = Measure(errors="fixed")
    found = score_by_components(components, [8, 2, 2], measure, rng)
    assert found.n_components.tolist() == [2, 8]
    for i, k in enumerate((2, 8)):
        points = components[:, :k]
        measured = two_point_correlation(points, edges_for(points, measure), errors="fixed")
        score = tpcf_score(measured)
        assert (found.score[i], found.sigma[i]) == (score.value, score.sigma)
        assert found.kl[i] == kl_divergence(measured)
        assert (found.n_bins_used[i], found.n_bins) == (score.n_bins_used, 40)
    assert (found.n_points, found.n_possible) == (800, 800)


def test_more_dimensions_leave_fewer_bins_and_hide_the_clusters(rng, components):
    found = score_by_components(components, [1, 2, 5, 15, 40], Measure(), rng)
    assert (np.diff(found.n_bins_used) <= 0).all()
    assert found.n_bins_used[-1] < found.n_bins_used[0]
    assert found.kl[-1] < found.kl[0] / 2
    assert (found.sigma > 0).all()


def test_the_bins_follow_the_scale_of_each_k(rng, components):
    plain, scaled = (
        score_by_components(factor * components, [2, 15], Measure(), rng) for factor in (1, 64)
    )
    np.testing.assert_allclose(scaled.score, plain.score, rtol=1e-6)
    np.testing.assert_array_equal(scaled.n_bins_used, plain.n_bins_used)


def test_a_part_is_scored_on_the_bins_of_its_whole(rng, components):
    measure = Measure(n_components=2)
    part = components[:400]
    found = score_by_components(part, [2], measure, rng, whole=components)
    edges = edges_for(prepared(components, measure), measure)
    expected = tpcf_score(two_point_correlation(part[:, :2], edges))
    assert found.score[0] == expected.value
    assert found.score[0] != score_by_components(part, [2], measure, rng).score[0]


def test_no_more_components_than_one_for_20_points(rng, components):
    found = score_by_components(components[:100], [1, 15, 60], Measure(), rng)
    assert found.n_components.tolist() == [1, 5]
    found = score_by_components(components[:, :3], [2, 40], Measure(), rng)
    assert found.n_components.tolist() == [2, 3]
    for ks in ([], [0, 2]):
        with pytest.raises(ValueError, match="1 or more"):
            score_by_components(components, ks, Measure(), rng)


def test_of_many_points_a_sample_is_scored_and_said(components):
    many = np.tile(components[:, :2], (8, 1))
    many += np.random.default_rng(2).normal(size=many.shape).astype(np.float32)
    first, again, other = (
        score_by_components(many, [2], Measure(), np.random.default_rng(seed)) for seed in (5, 5, 6)
    )
    assert (first.n_points, first.n_possible) == (MAX_POINTS, 6400)
    assert first.score == again.score != other.score
    assert abs(first.score - other.score) < 5 * first.sigma


def test_progress_is_told_for_each_k_and_may_stop_it(rng, components):
    told = []
    score_by_components(components, [1, 2, 3, 4], Measure(), rng, progress=told.append)
    assert told == [0.25, 0.5, 0.75, 1.0]

    def stop(fraction):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        score_by_components(components, [1, 2], Measure(), rng, progress=stop)

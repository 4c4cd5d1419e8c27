"""The cross-correlation: pairs of one of each of two sets."""

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.space.correlation import default_edges, rms_separation, two_point_correlation
from models.space.cross import cross_correlation
from models.space.error_modes import ERRORS
from models.space.gaussian import separation_probability


def two_sets(rng, n, m, n_dim=2, apart=1.5):
    """The second set is wider, and its mean elsewhere."""
    return rng.normal(size=(n, n_dim)), 1.5 * rng.normal(size=(m, n_dim)) + apart


def edges_of(points, others, n_bins=15):
    return default_edges(rms_separation(np.concatenate([points, others])), n_bins)


def test_eps_is_the_excess_over_the_gaussian_of_both_sets(rng):
    points, others = two_sets(rng, 70, 110, n_dim=3)
    measured = cross_correlation(points, others, edges_of(points, others))
    counted = np.histogram(cdist(points, others), measured.edges)[0]
    variances = np.linalg.eigvalsh(np.cov(np.concatenate([points, others]), rowvar=False))
    expected = 70 * 110 * separation_probability(measured.edges, variances)
    np.testing.assert_array_equal(measured.counted, counted)
    np.testing.assert_allclose(measured.expected, expected, rtol=1e-5)
    np.testing.assert_allclose(measured.eps, counted / expected - 1, rtol=1e-5, atol=1e-5)
    assert (measured.n_points, measured.n_others, measured.n_dim) == (70, 110, 3)
    assert measured.pairs_counted == measured.pairs_possible == 70 * 110


@pytest.mark.parametrize("errors", ERRORS)
def test_which_set_comes_first_does_not_matter(rng, errors):
    points, others = two_sets(rng, 90, 130)
    edges = edges_of(points, others)
    one = cross_correlation(points, others, edges, errors=errors)
    other = cross_correlation(others, points, edges, errors=errors)
    names = ["eps", "dd", "expected", "lower", "upper", "score_sigma"]
    rtol = 1e-4
    if errors == "subsample":  # other groups are left out
        names, rtol = ["eps", "dd", "expected"], 1e-5
    for name in names:
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=rtol, atol=1e-6)
    assert one.errors == other.errors == errors


def test_pairs_within_and_across_are_those_of_the_whole(rng):
    points, others = two_sets(rng, 80, 120)
    whole = np.concatenate([points, others]).astype(np.float32)
    edges = edges_of(points, others)
    parts = [two_point_correlation(part, edges).dd for part in (whole[:80], whole[80:])]
    across = cross_correlation(whole[:80], whole[80:], edges)
    of_whole = two_point_correlation(whole, edges)
    np.testing.assert_array_equal(sum(parts) + across.dd, of_whole.dd)
    # The reference is the same as that of the whole.
    np.testing.assert_allclose(
        across.expected / across.pairs_possible, of_whole.expected / of_whole.pairs_possible
    )


def test_sets_that_keep_apart_lack_close_pairs(rng):
    points, others = two_sets(rng, 300, 300, apart=6)
    measured = cross_correlation(points, others, edges_of(points, others))
    assert measured.upper[0] < -0.5
    assert measured.lower[9] > 0.5


@pytest.mark.parametrize("apart", [0.0, 3.0])
def test_the_errors_cover_what_they_claim(rng, apart):
    edges = edges_of(*two_sets(rng, 2000, 3000, apart=apart), n_bins=12)
    measured = [cross_correlation(*two_sets(rng, 120, 180, apart=apart), edges) for _ in range(80)]
    used = np.mean([one.expected for one in measured], axis=0) >= 10
    mean = np.mean([one.eps for one in measured], axis=0)
    score = np.mean([one.eps[one.used].sum() for one in measured])
    for level, slack in ((0.68, 0.09), (0.95, 0.05)):
        limits = np.array([one.interval(level) for one in measured])
        is_inside = (limits[:, 0] <= mean) & (mean <= limits[:, 1])
        assert abs(is_inside[:, used].mean() - level) < slack
        limits = np.array([one.score_interval(level) for one in measured])
        is_inside = (limits[:, 0] <= score) & (score <= limits[:, 1])
        assert abs(is_inside.mean() - level) < 2 * slack


# Sampled pairs


def test_sampled_pairs_approach_all_within_their_error(rng):
    points, others = (some.astype(np.float32) for some in two_sets(rng, 1500, 2300, n_dim=3))
    edges = edges_of(points, others, 20)
    exact = cross_correlation(points, others, edges)
    pulls = []
    for n_shifts in (20, 60, 180):
        sampled = cross_correlation(points, others, edges, n_shifts=n_shifts)
        assert sampled.is_sampled and sampled.pairs_counted == 2300 * n_shifts
        assert exact.sampling_sigma.max() == 0 < sampled.sampling_sigma.min()
        pulls.append(((sampled.eps - exact.eps) / sampled.sampling_sigma)[sampled.resolved])
        assert 0.7 < np.median((sampled.sigma / exact.sigma)[sampled.used]) < 1.3
    assert 0.7 < np.sqrt(np.mean(np.concatenate(pulls) ** 2)) < 1.4


def test_as_many_shifts_as_points_are_all_pairs(rng):
    points, others = (some.astype(np.float32) for some in two_sets(rng, 40, 60))
    edges = edges_of(points, others)
    exact = cross_correlation(points, others, edges)
    sampled = cross_correlation(points, others, edges, n_shifts=40)
    assert not sampled.is_sampled
    np.testing.assert_array_equal(sampled.dd, exact.dd)
    np.testing.assert_allclose(sampled.sigma, exact.sigma)


# Progress and refusals


def test_progress_is_told_and_may_stop_it(rng):
    points, others = two_sets(rng, 300, 400)
    told = []
    cross_correlation(points, others, [0, 1, 2], progress=told.append)
    assert told == sorted(told) and told[-1] == 1

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        cross_correlation(points, others, [0, 1, 2], progress=stop)


def test_one_point_among_others_is_measured(rng):
    measured = cross_correlation(rng.normal(size=(1, 2)), rng.normal(size=(50, 2)), [0, 1, 2, 3])
    assert measured.counted.sum() <= 50
    assert np.isfinite(measured.sigma).all() and (measured.sigma > 0).all()


@pytest.mark.parametrize(
    ("points", "others", "edges", "sentence"),
    [
        (np.zeros((0, 2)), np.eye(2), [0, 1], "there are 0 in one and 2 in the other"),
        (np.eye(2)[:1], np.eye(2)[1:], [0, 1], "there are 2"),
        (np.eye(2), np.eye(3), [0, 1], "same dimension, not 2 and 3"),
        (np.ones((3, 2)), np.ones((4, 2)), [0, 1], "All 7 points are the same"),
        (np.eye(2), np.array([[0, np.nan]]), [0, 1], "these rows are not: 0"),
        (np.eye(2), np.eye(2), [0, 2, 1], "must increase"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(points, others, edges, sentence):
    with pytest.raises(ValueError, match=sentence):
        cross_correlation(points, others, edges)


def test_numbers_that_make_no_sense_are_refused(rng):
    points, others = two_sets(rng, 5, 2)
    with pytest.raises(ValueError, match="whole, not 0"):
        cross_correlation(points, others, [0, 1], n_shifts=0)
    with pytest.raises(ValueError, match="Errors are one of fitted, fixed"):
        cross_correlation(points, others, [0, 1], errors="bootstrap")
    with pytest.raises(ValueError, match="at least 3 points in each set, and one has 2"):
        cross_correlation(points, others, [0, 1], errors="subsample")

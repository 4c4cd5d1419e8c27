"""The correlation: its definition, its symmetries, its samples, and published numbers."""

import io
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from models.space.correlation import (
    Correlation,
    author_edges,
    correlation_from_counts,
    default_edges,
    monte_carlo_expected,
    n_components_for,
    rms_separation,
    sampled_correlation,
    two_point_correlation,
)
from models.space.gaussian import separation_probability
from models.space.pairs import count_shifted
from models.space.score import tpcf_score


def two_blobs(rng, n, n_dim=2, apart=5.0):
    points = rng.normal(size=(n, n_dim))
    points[: n // 2, 0] += apart
    return rng.permutation(points)


def edges_of(points, n_bins=20):
    return default_edges(rms_separation(points), n_bins)


def assert_same(one, other, **tolerance):
    assert one.errors == other.errors
    for name, value in one.to_arrays().items():
        if name != "errors":
            np.testing.assert_allclose(value, other.to_arrays()[name], err_msg=name, **tolerance)


# The estimator


def test_eps_is_the_excess_over_a_gaussian_of_the_same_covariance(rng):
    points = two_blobs(rng, 200, n_dim=3)
    measured = two_point_correlation(points, edges_of(points))
    dd = np.histogram(pdist(points), measured.edges)[0]
    variances = np.linalg.eigvalsh(np.cov(points, rowvar=False))
    expected = 200 * 199 / 2 * separation_probability(measured.edges, variances)
    np.testing.assert_array_equal(measured.dd, dd)
    np.testing.assert_allclose(measured.expected, expected, rtol=1e-5)
    np.testing.assert_allclose(measured.eps, dd / expected - 1, rtol=1e-5, atol=1e-5)


def test_over_all_separations_the_excess_cancels(rng):
    # Both the observed and the predicted shares of pairs add up to 1.
    points = two_blobs(rng, 500)
    measured = two_point_correlation(points, np.linspace(0, 60, 200))
    seen = measured.expected > 0
    p = measured.expected[seen] / measured.pairs_possible
    assert abs(np.sum(p * measured.eps[seen])) < 1e-9


def test_with_fine_bins_the_mean_square_separation_cancels_too(rng):
    points = two_blobs(rng, 500)
    measured = two_point_correlation(points, np.linspace(0, 30, 3000))
    middle = (measured.edges[1:] + measured.edges[:-1]) / 2
    shares = (measured.dd - measured.expected) / measured.pairs_possible
    assert abs(np.sum(shares * middle**2)) < 1e-3 * measured.rms**2


def test_a_gaussian_has_no_structure(rng):
    points = rng.normal(size=(2000, 3)) * [3, 1, 0.2]
    measured = two_point_correlation(points, edges_of(points))
    assert np.mean(np.abs(measured.eps) < 3 * measured.sigma) > 0.9


def test_two_blobs_are_a_bump_a_dip_and_a_bump(rng):
    points = two_blobs(rng, 1000)
    measured = two_point_correlation(points, edges_of(points))
    significant = np.where(np.abs(measured.eps) > 5 * measured.sigma, np.sign(measured.eps), 0)
    signs = significant[significant != 0]
    assert list(signs[np.r_[True, np.diff(signs) != 0]][:3]) == [1, -1, 1]


def test_monte_carlo_and_exact_expectations_agree(rng):
    points = two_blobs(rng, 300)
    edges = edges_of(points)
    exact = two_point_correlation(points, edges).expected
    drawn = monte_carlo_expected(points, edges, 3000, rng)
    full = exact > 100
    np.testing.assert_allclose(drawn[full], exact[full], rtol=0.15)
    measured = two_point_correlation(points, edges, expected=drawn)
    np.testing.assert_allclose(measured.expected, drawn)


# Symmetries


def test_moving_and_turning_the_space_changes_nothing(rng):
    points = two_blobs(rng, 300, n_dim=4)
    turn, _ = np.linalg.qr(rng.normal(size=(4, 4)))
    edges = edges_of(points)
    original = two_point_correlation(points, edges)
    assert_same(two_point_correlation(points @ turn + 1e3, edges), original, rtol=1e-4, atol=1e-4)


def test_the_order_of_the_points_does_not_matter(rng):
    points = two_blobs(rng, 300)
    edges = edges_of(points)
    shuffled = two_point_correlation(rng.permutation(points), edges)
    assert_same(shuffled, two_point_correlation(points, edges), rtol=1e-5, atol=1e-7)


def test_scaling_the_space_with_its_edges_changes_nothing(rng):
    points = two_blobs(rng, 300).astype(np.float32)
    edges = edges_of(points)
    original, scaled = (two_point_correlation(points * s, edges * s) for s in (1, 1024))
    for name in ("eps", "sigma", "lower", "upper", "score_sigma"):
        np.testing.assert_allclose(getattr(scaled, name), getattr(original, name), rtol=1e-9)


def test_a_flat_direction_changes_nothing(rng):
    points = two_blobs(rng, 300)
    flat = np.column_stack([points, np.full(300, 7.0)])
    edges = edges_of(points)
    measured, original = two_point_correlation(flat, edges), two_point_correlation(points, edges)
    np.testing.assert_allclose(measured.eps, original.eps, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(measured.sigma, original.sigma, rtol=1e-6)


def test_more_dimensions_than_points_are_measured_in_those_that_the_points_span(rng):
    points = rng.normal(size=(30, 100))
    measured = two_point_correlation(points, edges_of(points))
    assert np.count_nonzero(measured.variances) == 29
    assert measured.dd.sum() == 30 * 29 / 2
    told = measured.counted > 0
    assert np.isfinite(measured.sigma[told]).all() and (measured.sigma[told] > 0).all()


# Sampled pairs


def test_all_shifts_are_the_exact_result(rng):
    for n in (300, 301):
        points = two_blobs(rng, n).astype(np.float32)
        edges = edges_of(points)
        exact, sampled = two_point_correlation(points, edges), sampled_correlation(points, edges, n)
        assert not sampled.is_sampled
        assert_same(sampled, exact, rtol=1e-12)


def test_sampled_correlation_approaches_the_exact_one_within_its_error(rng):
    points = two_blobs(rng, 2000).astype(np.float32)
    edges = edges_of(points)
    exact = two_point_correlation(points, edges)
    errors = []
    for n_shifts in (20, 80, 320):
        sampled = sampled_correlation(points, edges, n_shifts)
        assert sampled.is_sampled and sampled.pairs_counted == 2000 * n_shifts
        assert exact.sampling_sigma.max() == 0 < sampled.sampling_sigma.min()
        pulls = ((sampled.eps - exact.eps) / sampled.sampling_sigma)[sampled.resolved]
        assert 0.4 < np.sqrt(np.mean(pulls**2)) < 1.6
        errors.append(np.abs(sampled.eps - exact.eps)[sampled.used].mean())
        # The error of the points is the same thing, less precisely known.
        ratio = (sampled.sigma / exact.sigma)[sampled.used]
        assert 0.7 < np.median(ratio) < 1.3
    assert errors[0] > 1.5 * errors[1] > 2 * errors[2]


def test_scaled_pairs_estimate_all_pairs(rng):
    points = two_blobs(rng, 1000)
    sampled = sampled_correlation(points, edges_of(points), 50, rng=rng)
    share = sampled.pairs_counted / sampled.pairs_possible
    np.testing.assert_allclose(sampled.dd, sampled.counted / share)
    np.testing.assert_allclose(sampled.eps, sampled.dd / sampled.expected - 1)


def test_bins_of_few_sampled_pairs_are_not_resolved_and_not_used(rng):
    points = rng.normal(size=(2000, 4))
    sampled = sampled_correlation(points, edges_of(points, 40), 4)
    few = sampled.expected * sampled.pairs_counted / sampled.pairs_possible < 100
    np.testing.assert_array_equal(sampled.resolved, ~few)
    assert ((sampled.expected >= 10) & few).any()
    assert not sampled.used[few].any()


def test_sorted_points_are_shuffled_when_asked(rng):
    points = np.sort(rng.normal(size=(1000, 1)), axis=0)
    exact = two_point_correlation(points, edges_of(points))
    in_order = sampled_correlation(points, exact.edges, 20)
    shuffled = sampled_correlation(points, exact.edges, 20, rng=rng)
    assert in_order.eps[0] > 5
    assert abs(shuffled.eps[0] - exact.eps[0]) < 5 * shuffled.sampling_sigma[0]


def test_counting_in_portions_gives_the_same(rng):
    points = two_blobs(rng, 400).astype(np.float32)
    edges = edges_of(points)
    counts = sum(count_shifted(points, edges, s) for s in (range(1, 11), range(11, 31)))
    portions = correlation_from_counts(points, edges, counts, n_shifts=30)
    assert_same(portions, sampled_correlation(points, edges, 30), rtol=1e-12)


def test_two_selections_may_be_measured_at_once(rng):
    spaces = [two_blobs(rng, 800, n_dim=d) for d in (2, 3, 5, 8)]
    one_by_one = [two_point_correlation(points, edges_of(points)) for points in spaces]
    with ThreadPoolExecutor(4) as pool:
        at_once = pool.map(lambda points: two_point_correlation(points, edges_of(points)), spaces)
        for one, other in zip(at_once, one_by_one, strict=True):
            assert_same(one, other)


# Edges and sizes


def test_default_edges_hold_nearly_all_pairs_and_mostly_count(rng):
    # Spectra as of trained encoders: from one dominant direction to fifteen equal ones.
    for spectrum in (np.ones(15), 1 / np.arange(1, 16), 0.5 ** np.arange(15), np.ones(1)):
        edges = default_edges(np.sqrt(2 * spectrum.sum()))
        probability = separation_probability(edges, spectrum)
        assert probability.sum() > 0.95
        assert np.sum(4000 * 3999 / 2 * probability >= 10) >= 25


def test_rms_separation_is_that_of_the_pairs(rng):
    points = rng.normal(size=(100, 3)) * [1, 2, 3] + 5
    np.testing.assert_allclose(rms_separation(points), np.sqrt(np.mean(pdist(points) ** 2)))
    measured = two_point_correlation(points, default_edges(rms_separation(points)))
    np.testing.assert_allclose(measured.rms, rms_separation(points), rtol=1e-6)


def test_components_are_at_most_one_in_twenty_points():
    assert [n_components_for(n) for n in (3, 39, 40, 299, 300, 10**6)] == [1, 1, 2, 14, 15, 15]
    assert n_components_for(4000, k=2) == 2
    assert n_components_for(4000, k=15, n_dim=3) == 3


# Storage and refusals


def test_a_correlation_survives_storage_without_pickle(rng):
    points = two_blobs(rng, 500)
    for measured in (
        two_point_correlation(points, edges_of(points)),
        sampled_correlation(points, edges_of(points), 2),
    ):
        file = io.BytesIO()
        np.savez(file, **measured.to_arrays())
        file.seek(0)
        with np.load(file, allow_pickle=False) as arrays:
            back = Correlation.from_arrays(arrays)
        assert_same(back, measured)
        assert type(back.n_points) is int and type(back.outside) is float


def test_a_stored_correlation_that_lacks_something_is_refused(rng):
    arrays = two_point_correlation(rng.normal(size=(50, 2)), [0, 1, 2]).to_arrays()
    del arrays["sigma"], arrays["outside"]
    with pytest.raises(ValueError, match="lacks sigma, outside"):
        Correlation.from_arrays(arrays)


@pytest.mark.parametrize(
    ("points", "edges", "sentence"),
    [
        (np.eye(2), [0, 1], "At least 3 points are needed, and there are 2"),
        (np.eye(1), [0, 1], "At least 3 points are needed, and there is 1"),
        (np.zeros(9), [0, 1], "must have shape"),
        (np.eye(4), [0, np.nan], "must be numbers, and edge 1 is not"),
        (np.eye(4), [[0, 1]], "at least two separations"),
        (np.full((9, 2), 0.1) * 3, [0, 1], "All 9 points are the same"),
        (np.ones((9, 2)), [0, 1], "All 9 points are the same"),
        (np.array([[0.0], [1.0], [np.inf], [3.0]]), [0, 1], "these rows are not: 2"),
        (np.eye(4), [0, 2, 1], "must increase"),
        (np.eye(4), [-0.5, 1], "cannot be negative, as -0.5 is"),
        (np.zeros((0, 3)), [0, 1], "there are 0"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(points, edges, sentence):
    for measure in (two_point_correlation, sampled_correlation):
        with pytest.raises(ValueError, match=sentence):
            measure(points, edges)


def test_counts_of_other_points_or_bins_are_refused(rng):
    points = rng.normal(size=(9, 2))
    for shape in ((8, 2), (9, 1), (9,)):
        with pytest.raises(ValueError, match=r"must have shape \(9, 2\), a row for each point"):
            correlation_from_counts(points, [0, 1, 2], np.ones(shape, int))


def test_progress_is_told_and_may_stop_it(rng):
    points, told = two_blobs(rng, 2000), []
    two_point_correlation(points, edges_of(points), progress=told.append)
    assert told == sorted(told) and told[-1] == 1

    def stop(fraction):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        two_point_correlation(points, edges_of(points), progress=stop)


def test_numbers_that_make_no_sense_are_refused(rng):
    points = rng.normal(size=(9, 2))
    with pytest.raises(ValueError, match="whole, not 0"):
        sampled_correlation(points, [0, 1], 0)
    with pytest.raises(ValueError, match="two randoms"):
        monte_carlo_expected(points, [0, 1], 1, rng)
    with pytest.raises(ValueError, match="must be positive, not 0"):
        default_edges(0.0)


# Published numbers: simulation A of the deck, two clusters of changing cohesion


def simulation_a(variance):
    """Two equal clouds of 2,000, as the original makes them: the same seed before each cloud."""
    centers = np.random.RandomState(42).uniform(-150, 150, (2, 2)) * [[0.5], [1]]
    clouds = [
        np.random.RandomState(42).multivariate_normal(center, variance * np.eye(2), 2000)
        for center in centers
    ]
    points = np.concatenate(clouds)
    points -= points.mean(axis=0)
    return points / (2 * np.linalg.norm(points, axis=1).max())


@pytest.mark.parametrize(
    ("variance", "r_max", "published", "tolerance"),
    [(80, 0.67127, 30.82, 1.0), (400, 0.52006, 12.81, 0.6), (2000, 0.41386, 0.74, 0.6)],
)
def test_the_published_scores_of_simulation_a_come_out(variance, r_max, published, tolerance, rng):
    points = simulation_a(variance)
    edges = author_edges(points)
    assert round(edges[-1], 5) == r_max and len(edges) == 100
    scores = []
    for _ in range(5):
        subset = points[rng.permutation(len(points))[: int(0.8 * len(points))]]
        expected = monte_carlo_expected(subset, edges, len(subset), rng)
        scores.append(tpcf_score(two_point_correlation(subset, edges, expected=expected)).value)
    assert abs(np.mean(scores) - published) < tolerance


@pytest.mark.parametrize(("variance", "r_max"), [(240, 0.5661), (640, 0.48132), (1000, 0.45024)])
def test_the_published_ranges_of_simulation_a_come_out(variance, r_max):
    assert round(author_edges(simulation_a(variance))[-1], 5) == r_max


@pytest.mark.parametrize("size", [1e-15, 1e-9, 1e9, 1e15])
def test_the_unit_of_the_points_is_free(rng, size):
    points = rng.normal(size=(300, 4))
    points[:150, 0] += 4
    edges = np.linspace(0, 9, 19)
    one, other = (two_point_correlation(points * s, edges * s) for s in (1.0, size))
    for name in ("eps", "sigma", "score_sigma", "lower", "upper"):
        np.testing.assert_allclose(getattr(other, name), getattr(one, name), rtol=2e-3)
    np.testing.assert_allclose(other.score_interval(0.68), one.score_interval(0.68), rtol=2e-3)


@pytest.mark.parametrize("n_shifts", [0, -1, 1.5])
def test_shifts_are_whole_numbers(rng, n_shifts):
    points = rng.normal(size=(60, 2))
    with pytest.raises(ValueError, match="1 or more and whole"):
        sampled_correlation(points, [0, 1, 2], n_shifts)
    with pytest.raises(ValueError, match="1 or more and whole"):
        correlation_from_counts(points, [0, 1, 2], np.zeros((60, 2), int), n_shifts=n_shifts)


@pytest.mark.parametrize("expected", [np.ones(3), 1.0, [-1, 2], [np.nan, 1]])
def test_expected_pairs_are_one_number_a_bin(rng, expected):
    with pytest.raises(ValueError, match="2 numbers from 0, one for each bin"):
        two_point_correlation(rng.normal(size=(60, 2)), [0, 1, 2], expected=expected)


def test_a_random_catalog_predicts_what_lies_outside_too(rng):
    points, edges = rng.normal(size=(300, 3)), np.linspace(0, 3, 13)
    expected = monte_carlo_expected(points, edges, 300, rng)
    measured = two_point_correlation(points, edges, expected=expected)
    whole = measured.expected.sum() / measured.pairs_possible + measured.outside
    np.testing.assert_allclose(whole, 1)

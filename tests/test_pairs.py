"""Pair counts: brute force, edges, orders of the points, and two threads at once."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.space.pairs import count_neighbors, count_pairs, count_shifted


def brute_neighbors(points, edges, others=None):
    """Neighbors of each point in [lower, upper), from float64 separations of the float32 points."""
    points = points.astype(np.float32).astype(float)
    separation = cdist(points, points if others is None else others.astype(np.float32))
    found = np.searchsorted(edges, separation, side="right") - 1
    if others is None:
        np.fill_diagonal(found, -1)
    return np.stack([(found == b).sum(axis=1) for b in range(len(edges) - 1)], axis=1)


def edges_on_separations(points, n_edges=40):
    """Edges that are separations themselves."""
    separation = np.unique(cdist(points.astype(float), points.astype(float)))
    return separation[1 :: max(1, len(separation) // n_edges)]


@pytest.mark.parametrize(
    ("n", "n_dim"),
    [(2, 1), (3, 1), (70, 2), (601, 3), (90, 5), (800, 15), (150, 31), (700, 32), (120, 2048)],
)
def test_counts_match_brute_force(rng, n, n_dim):
    points = rng.normal(size=(n, n_dim)).astype(np.float32)
    furthest = cdist(points, points).max()
    for edges in (
        np.linspace(0, furthest / 2, 31),
        np.geomspace(furthest / 1e3, 2 * furthest, 50),
        np.array([0.3 * furthest, np.inf]),
        np.array([0, 1e-30, furthest / 1e6]),
    ):
        expected = brute_neighbors(points, edges)
        np.testing.assert_array_equal(count_neighbors(points, edges), expected)
        np.testing.assert_array_equal(count_pairs(points, edges), expected.sum(axis=0) // 2)


@pytest.mark.parametrize("n_dim", [3, 15, 40])
@pytest.mark.parametrize("n_edges", [2, 6, 31, 400])
def test_few_edges_and_many_are_counted_alike(rng, n_dim, n_edges):
    # Clumps in a line: boxes outside of all bins, inside one, and across a few or many edges.
    clumps = rng.integers(0, 12, 1500)[:, None] * 5.0
    points = (clumps + rng.normal(size=(1500, n_dim))).astype(np.float32)
    for lower in (0, 20):
        edges = np.linspace(lower, 60, n_edges)
        expected = brute_neighbors(points, edges)
        np.testing.assert_array_equal(count_neighbors(points, edges), expected)
        np.testing.assert_array_equal(count_pairs(points, edges), expected.sum(axis=0) // 2)


def test_counts_are_int64(rng):
    points, edges = rng.normal(size=(9, 2)), [0, 1]
    for counts in (count_pairs(points, edges), count_neighbors(points, edges)):
        assert counts.dtype == np.int64


@pytest.mark.parametrize("n_dim", [1, 2, 3])
def test_a_separation_on_an_edge_is_in_the_bin_above(rng, n_dim):
    points = rng.normal(size=(60, n_dim)).astype(np.float32)
    edges = edges_on_separations(points)
    np.testing.assert_array_equal(count_neighbors(points, edges), brute_neighbors(points, edges))


def test_a_lattice_has_its_separations_on_whole_edges():
    # 3-4-5 triangles and the like: separations are on the edges exactly.
    lattice = np.stack(np.meshgrid(np.arange(12), np.arange(12)), axis=-1).reshape(-1, 2)
    edges = np.arange(0, 16)
    np.testing.assert_array_equal(count_neighbors(lattice, edges), brute_neighbors(lattice, edges))
    assert count_pairs(lattice, [5, np.nextafter(5, 6)])[0] == 2 * 7 * 12 + 4 * 9 * 8


@pytest.mark.parametrize("n_dim", [2, 15, 40, 600])
@pytest.mark.parametrize("offset", [0, 10_000])
def test_whole_coordinates_put_every_separation_near_an_edge(rng, n_dim, offset):
    # Squares are whole numbers, exact in float64, and every edge is the root of one.
    points = rng.integers(0, 4, (400, n_dim)) + offset
    squares = np.unique(cdist(points, points, "sqeuclidean"))
    edges = np.sqrt(squares[:: max(1, len(squares) // 60)])
    expected = brute_neighbors(points, edges)
    np.testing.assert_array_equal(count_neighbors(points, edges), expected)
    np.testing.assert_array_equal(count_pairs(points, edges), expected.sum(axis=0) // 2)
    order = rng.permutation(len(points))
    shifted = count_shifted(points[order], edges, np.arange(1, 201))
    np.testing.assert_array_equal(shifted, expected[order])


@pytest.mark.parametrize("n_dim", [3, 15, 48])
@pytest.mark.parametrize("size", [1e-30, 1e-3, 1e15])
def test_no_size_of_the_numbers_is_too_small_or_large(rng, n_dim, size):
    points = (rng.normal(size=(500, n_dim)) * size).astype(np.float32)
    points[:9] = points[9:18]  # duplicates
    edges = np.concatenate([[0], np.geomspace(size / 1e4, 20 * size, 30)])
    expected = brute_neighbors(points, edges)
    np.testing.assert_array_equal(count_neighbors(points, edges), expected)
    np.testing.assert_array_equal(count_pairs(points, edges), expected.sum(axis=0) // 2)


@pytest.mark.parametrize("n_dim", [1, 3, 15, 40])
@pytest.mark.parametrize("size", [1e-42, 1e-39, 1e-25, 1.0])
def test_edges_far_below_the_points_and_points_below_normal_numbers(rng, n_dim, size):
    points = (rng.normal(size=(80, n_dim)) * size).astype(np.float32)
    points[:4] = points[4:8]
    points[9] = 1e20  # as a missing value may be filled
    for edges in ([0, 1e-300], [0, size, 9 * size], [size, 30 * size, 1e21]):
        expected = brute_neighbors(points, np.array(edges))
        np.testing.assert_array_equal(count_neighbors(points, edges), expected)
        np.testing.assert_array_equal(count_pairs(points, edges), expected.sum(axis=0) // 2)


def test_points_beyond_float32_are_refused():
    points = np.ones((8, 2))
    points[[2, 5]] = 1e39
    with pytest.raises(ValueError, match="below 3e38, and these rows are not: 2, 5"):
        count_pairs(points, [0, 1])


@pytest.mark.parametrize("n_dim", [15, 64])
def test_points_far_out_leave_the_others_exact(rng, n_dim):
    points = rng.normal(size=(1200, n_dim)).astype(np.float32)
    points[[5, 700]] *= 3e4
    edges = np.append(np.linspace(0, 3 * n_dim**0.5, 40), 1e7)
    expected = brute_neighbors(points, edges)
    np.testing.assert_array_equal(count_neighbors(points, edges), expected)
    np.testing.assert_array_equal(count_pairs(points, edges), expected.sum(axis=0) // 2)


def test_duplicates_are_at_separation_zero(rng):
    points = np.repeat(rng.normal(size=(20, 3)), 3, axis=0)
    assert count_pairs(points, [0, 1e-9])[0] == 20 * 3
    assert (count_neighbors(points, [0, 1e-9]) == 2).all()


def test_an_offset_changes_nothing_but_the_rounding_of_the_points(rng):
    points = (rng.normal(size=(300, 5)) + 1e4).astype(np.float32)
    edges = edges_on_separations(points)
    np.testing.assert_array_equal(count_neighbors(points, edges), brute_neighbors(points, edges))


def test_two_sets_are_counted_against_each_other(rng):
    points, others = rng.normal(size=(90, 4)), rng.normal(size=(1200, 4))
    edges = np.linspace(0, 4, 17)
    expected = brute_neighbors(points, edges, others).sum(axis=0)
    np.testing.assert_array_equal(count_pairs(points, edges, others), expected)
    np.testing.assert_array_equal(count_pairs(others, edges, points), expected)


@pytest.mark.parametrize("n_dim", [2, 15, 40])
def test_neighbors_are_counted_among_others(rng, n_dim):
    points, others = rng.normal(size=(90, n_dim)), rng.normal(size=(1200, n_dim))
    others[:90] = points  # at separation 0, and counted
    edges = np.linspace(0, 2 * n_dim**0.5, 17)
    expected = brute_neighbors(points, edges, others.astype(np.float32))
    np.testing.assert_array_equal(count_neighbors(points, edges, others), expected)
    assert (expected[:, 0] >= 1).all()


@pytest.mark.parametrize("n_dim", [2, 40])
def test_progress_rises_to_the_end_and_changes_nothing(rng, n_dim):
    points, edges = rng.normal(size=(3000, n_dim)), np.linspace(0, 9, 17)
    for count in (count_pairs, count_neighbors):
        told = []
        with_progress = count(points, edges, progress=told.append)
        assert len(told) > 1
        assert told == sorted(told)
        assert told[-1] == 1
        np.testing.assert_array_equal(with_progress, count(points, edges))


def test_progress_may_stop_the_count(rng):
    def stop(done):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        count_neighbors(rng.normal(size=(3000, 3)), [0, 1], progress=stop)


@pytest.mark.parametrize("n", [3, 10, 11, 700])
def test_all_shifts_together_are_all_pairs(rng, n):
    points, edges = rng.normal(size=(n, 3)), np.linspace(0, 5, 11)
    counts = count_shifted(points, edges, np.arange(1, n // 2 + 1))
    np.testing.assert_array_equal(counts, count_neighbors(points, edges))


def test_a_shift_pairs_each_point_with_those_so_many_places_away(rng):
    points, edges = rng.normal(size=(1100, 2)), np.linspace(0, 3, 7)
    counts = count_shifted(points, edges, [7, 600 - 100])
    expected = np.zeros_like(counts)
    for shift in (7, -7, 500, -500):
        apart = np.linalg.norm(
            points.astype(np.float32).astype(float)
            - np.roll(points.astype(np.float32), shift, axis=0),
            axis=1,
        )
        found = np.searchsorted(edges, apart, side="right") - 1
        for b in range(len(edges) - 1):
            expected[:, b] += found == b
    np.testing.assert_array_equal(counts, expected)


def test_shifts_counted_in_portions_add_up(rng):
    points, edges = rng.normal(size=(300, 3)), np.linspace(0, 3, 7)
    whole = count_shifted(points, edges, np.arange(1, 41))
    first, second = (count_shifted(points, edges, s) for s in (range(1, 21), range(21, 41)))
    np.testing.assert_array_equal(first + second, whole)


def test_two_threads_may_count_at_once(rng):
    points, edges = rng.normal(size=(1500, 6)).astype(np.float32), np.linspace(0, 5, 21)
    calls = (
        lambda: count_neighbors(points, edges).sum(axis=0),
        lambda: 2 * count_pairs(points, edges),
        lambda: count_shifted(points, edges, np.arange(1, 751)).sum(axis=0),
    )
    with ThreadPoolExecutor(6) as pool:
        results = [pool.submit(call) for _ in range(6) for call in calls]
        for result in results:
            np.testing.assert_array_equal(result.result(), calls[0]())


@pytest.mark.parametrize(
    ("points", "edges", "sentence"),
    [
        (np.zeros(5), [0, 1], "shape"),
        (np.zeros((5, 0)), [0, 1], "shape"),
        (np.zeros((5, 2)), [1, 0], "must increase"),
        (np.zeros((5, 2)), [-1, 0], "cannot be negative"),
        (np.zeros((5, 2)), np.arange(70_000), "At most 64,999 bins"),
        (np.where(np.arange(24) % 3 == 1, np.nan, 0).reshape(12, 2), [0, 1], "0, 2, 3, 5, 6 and 3"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(points, edges, sentence):
    with pytest.raises(ValueError, match=sentence):
        count_pairs(points, edges)


def test_sets_of_different_dimensions_are_refused():
    with pytest.raises(ValueError, match="same dimension, not 2 and 3"):
        count_pairs(np.zeros((5, 2)), [0, 1], np.zeros((5, 3)))


@pytest.mark.parametrize("shifts", [[0], [6], [-1]])
def test_shifts_beyond_half_of_the_points_are_refused(shifts):
    with pytest.raises(ValueError, match="from 1 to 5"):
        count_shifted(np.eye(10), [0, 1], shifts)

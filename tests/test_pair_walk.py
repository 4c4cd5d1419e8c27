"""The walk along two lists: it meets every pair once, and counts them as brute force does."""

import numpy as np
import pytest

from models.space.pair_walk import count_walked, walk_offsets


@pytest.mark.parametrize(("n", "m"), [(7, 7), (6, 9), (9, 6), (5, 12), (1, 4), (8, 24)])
def test_a_walk_meets_every_pair_once_and_every_point_equally_often(n, m):
    offsets = walk_offsets(n, m, m)
    assert sorted(offsets) == list(range(m))
    for n_rounds in range(1, m + 1):
        met = (np.arange(n) + offsets[:n_rounds, None]) % m
        times = np.bincount(met.ravel(), minlength=m)
        assert times.max() - times.min() <= 1


def test_walked_pairs_are_those_of_brute_force(rng):
    for n, m in ((700, 60), (60, 1300), (600, 600)):
        points, others = (rng.normal(size=(k, 5)).astype(np.float32) for k in (n, m))
        points[0], others[5] = [0, 3, 0, 0, 0], [0, 0, 4, 0, 0]  # at 5, which is an edge
        edges, offsets = np.array([0, 1, 2, 3.3, 5, 8]), np.array([0, 5, 17])
        partners = (np.arange(n)[:, None] + offsets) % m
        separations = np.linalg.norm(
            points[:, None].astype(float) - others[partners].astype(float), axis=2
        )
        expected = np.array(
            [
                [
                    ((low <= r) & (r < high)).sum()
                    for low, high in zip(edges[:-1], edges[1:], strict=True)
                ]
                for r in separations
            ]
        )
        np.testing.assert_array_equal(count_walked(points, edges, others, offsets), expected)


def test_the_others_walk_along_the_points_as_they_along_them():
    n, m = 6, 9  # both lists end together after 18 steps
    there, back = walk_offsets(m, n, 4), walk_offsets(n, m, 6, moves=-1)
    pairs = {(int(o), int((o + offset) % n)) for offset in there for o in range(m)}
    assert pairs == {(int((p + offset) % m), p) for offset in back for p in range(n)}


def test_many_rounds_are_counted_in_wider_numbers(rng):
    points, others = np.zeros((3, 2), np.float32), np.zeros((300, 2), np.float32)
    counts = count_walked(points, [0, 1], others, walk_offsets(3, 300, 300))
    assert counts.dtype == np.uint16
    np.testing.assert_array_equal(counts, 300)

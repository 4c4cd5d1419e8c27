import numpy as np
import pytest

from models.space.leaf_neighbors import leaf_neighbors
from models.space.nearest import exact_nearest

N, N_DIM, K = 6000, 8, 10


@pytest.fixture
def points(rng):
    widths = (1 + np.arange(N_DIM)) ** -0.75
    centers = 3 * rng.standard_normal((20, N_DIM)) * widths
    scatter = rng.standard_normal((N, N_DIM)) * widths
    return (centers[rng.integers(20, size=N)] + 0.4 * scatter).astype(np.float32)


def test_one_leaf_gives_every_true_neighbor(points):
    few = points[:300]
    found = leaf_neighbors(few, K)
    rows, distances = exact_nearest(few, np.arange(300), K)
    assert found.is_exact and found.recall == 1
    np.testing.assert_allclose(found.distances, distances, rtol=1e-5)
    assert (found.rows == rows).mean() > 0.999  # but for ties


def test_most_true_neighbors_are_found_and_the_share_is_told(points):
    found = leaf_neighbors(points, K, leaf_size=256)
    true = exact_nearest(points, np.arange(N), K)[1]
    recall = (found.distances <= true[:, -1:] * (1 + 1e-5)).mean()
    assert not found.is_exact and recall > 0.9
    assert abs(found.recall - recall) < 5 * found.recall_error


def test_rows_and_distances_belong_together(points):
    found = leaf_neighbors(points, K, leaf_size=256)
    apart = np.linalg.norm(points[:, None] - points[found.rows], axis=2)
    np.testing.assert_allclose(found.distances, apart, rtol=1e-4, atol=1e-6)
    assert (np.diff(found.distances, axis=1) >= 0).all()
    assert (found.rows != np.arange(N)[:, None]).all()


def test_no_neighbor_is_named_twice(points):
    found = leaf_neighbors(points, K, leaf_size=256, n_trees=6)
    ordered = np.sort(found.rows, axis=1)
    assert (np.diff(ordered, axis=1) > 0).all()


def test_more_trees_find_more(points):
    recalls = [leaf_neighbors(points, K, leaf_size=64, n_trees=n).recall for n in (1, 3, 9)]
    assert recalls == sorted(recalls) and recalls[0] < 0.9 < recalls[-1]


def test_equal_seeds_give_equal_neighbors(points):
    first, second, other = (leaf_neighbors(points, K, leaf_size=64, seed=s) for s in (3, 3, 4))
    assert first.same_as(second) and not first.same_as(other)


def test_many_points_at_one_place_do_not_fill_one_leaf(rng):
    # All pairs of a leaf are compared: a leaf of all of these would take minutes, not a moment.
    points = np.zeros((200_000, 4), np.float32)
    points[:100] = rng.standard_normal((100, 4))
    found = leaf_neighbors(points, 4, leaf_size=64, n_trees=2)
    assert (found.rows >= 0).all() and (found.distances[100:] == 0).all()


@pytest.mark.parametrize(
    ("n", "k", "leaf", "sentence"),
    [
        (5, 5, 640, "have no 5 neighbours"),
        (500, 20, 64, "too small for 20"),
        (5, 0, 640, "no 0 neighbours"),
    ],
)
def test_what_cannot_be_found_is_refused(n, k, leaf, sentence):
    with pytest.raises(ValueError, match=sentence):
        leaf_neighbors(np.zeros((n, 2)), k, leaf_size=leaf)

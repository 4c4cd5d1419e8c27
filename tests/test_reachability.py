import numpy as np
import pytest
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from models.space import reachability
from models.space.neighbors import find_neighbors
from models.space.reachability import reachability_tree
from tests.planted import planted, tree_of


def all_pairs(points, min_samples):
    """Sum of the tree's heights by the definition."""
    apart = cdist(points, points)
    core = np.sort(apart, axis=1)[:, min_samples - 1]  # itself is the first
    reach = np.maximum(np.maximum(apart, core), core[:, None])
    return minimum_spanning_tree(np.triu(reach, 1)).sum()


@pytest.mark.parametrize("min_samples", [1, 5, 15])
def test_of_few_points_the_tree_is_that_of_all_pairs(rng, min_samples):
    points, _ = planted(rng, (100, 60, 40), n_between=20)
    tree = tree_of(points, min_samples=min_samples)
    assert len(tree.heights) == len(points) - 1
    assert tree.heights.sum() == pytest.approx(all_pairs(points, min_samples), rel=1e-5)


def test_of_many_points_it_is_nearly_so_and_never_lower(rng, monkeypatch):
    monkeypatch.setattr(reachability, "N_JOINING", 100)
    points, _ = planted(rng, (500, 300, 200), n_between=50)
    total, exact = tree_of(points).heights.sum(), all_pairs(points, 15)
    assert exact * (1 - 1e-6) < total < 1.01 * exact


def test_pieces_that_no_neighbor_joins_are_joined_where_they_are_nearest(rng, monkeypatch):
    monkeypatch.setattr(reachability, "N_JOINING", 30)
    line = np.linspace(0, 1, 400)[:, None]  # 60 neighbors of each are on its own line
    points = np.concatenate([line, line + 5]).astype(np.float32)
    tree = tree_of(points, min_samples=1)
    assert np.sort(tree.heights)[-2] < 0.01
    assert tree.heights.max() == pytest.approx(4, rel=1e-5)


def test_the_same_seed_gives_the_same_tree(rng, monkeypatch):
    monkeypatch.setattr(reachability, "N_JOINING", 50)
    points = rng.normal(size=(400, 3)).astype(np.float32)
    one, other = tree_of(points, seed=3), tree_of(points, seed=3)
    for first, second in zip(one[:3], other[:3], strict=True):
        np.testing.assert_array_equal(first, second)


def test_points_that_coincide_are_near_but_not_at_no_distance():
    points = np.repeat(np.array([[0.0, 0], [3, 4]], np.float32), 40, axis=0)
    tree = tree_of(points)
    assert len(tree.heights) == 79 and (tree.heights > 0).all()
    assert np.sort(tree.heights)[-2:] == pytest.approx([0, 5], abs=1e-6)
    equal = tree_of(np.ones((50, 2), np.float32))
    assert equal.heights.min() == equal.heights.max() > 0


def test_one_point_alone_has_a_tree_without_edges():
    empty = np.empty((1, 0))
    tree = reachability_tree(np.zeros((1, 3)), empty.astype(np.int32), empty)
    assert tree.n_points == 1 and len(tree.heights) == 0


def test_too_many_pieces_are_refused_in_a_sentence(monkeypatch):
    monkeypatch.setattr(reachability, "N_JOINING", 3)
    points = np.repeat(np.arange(5.0, dtype=np.float32)[:, None], 40, axis=0)
    with pytest.raises(ValueError, match="in 5 pieces, and 3 can be joined"):
        tree_of(points)


def test_arrays_that_do_not_fit_are_refused(rng):
    points = rng.normal(size=(50, 3)).astype(np.float32)
    near = find_neighbors(points, 5)
    with pytest.raises(ValueError, match="are not of 49 points"):
        reachability_tree(points[:49], near.rows, near.distances)
    with pytest.raises(ValueError, match="not finite"):
        reachability_tree(points, near.rows, np.full_like(near.distances, np.nan))
    with pytest.raises(ValueError, match="min_samples of 1"):
        reachability_tree(points, near.rows, near.distances, min_samples=0)


def test_progress_may_stop_the_work(rng):
    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        tree_of(rng.normal(size=(50, 3)).astype(np.float32), progress=stop)

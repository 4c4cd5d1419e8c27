import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.space.map_trust import map_neighbors, map_neighbors_of, map_trust


def brute_neighbors(points, k):
    squared = cdist(points, points, "sqeuclidean")
    np.fill_diagonal(squared, np.inf)
    return np.argsort(squared, axis=1, kind="stable")[:, :k]


def test_neighbors_on_the_map_match_brute_force(rng):
    positions = rng.normal(size=(700, 2)).astype(np.float32)
    np.testing.assert_array_equal(map_neighbors(positions, 15), brute_neighbors(positions, 15))
    for row in (0, 351, 699):
        found = map_neighbors_of(positions, row, 15)
        np.testing.assert_array_equal(found, brute_neighbors(positions, 15)[row])


def test_galaxies_at_one_place_are_neighbors_by_row_and_never_of_themselves(rng):
    positions = np.repeat(rng.normal(size=(60, 2)), 5, axis=0)[rng.permutation(300)]
    found = map_neighbors(positions, 12)
    np.testing.assert_array_equal(found, brute_neighbors(positions, 12))
    assert not (found == np.arange(300)[:, None]).any()


def test_all_galaxies_at_one_place_have_others_as_neighbors():
    found = map_neighbors(np.zeros((5_000, 2)), 7)
    assert not (found == np.arange(5_000)[:, None]).any()
    assert all(len(set(line)) == 7 for line in found[::500].tolist())


def test_blocks_do_not_show(rng, monkeypatch):
    positions = rng.integers(0, 12, size=(400, 2)) + 0.01 * rng.normal(size=(400, 2))
    whole = map_neighbors(positions, 9)
    monkeypatch.setattr("models.space.neighbor_change.BLOCK", 37)
    monkeypatch.setattr("models.space.map_trust._PLACES", 11)
    np.testing.assert_array_equal(map_neighbors(positions, 9), whole)


def test_recall_and_strangers_match_brute_force(rng):
    points = rng.normal(size=(600, 6))
    positions = points[:, :2] + 0.3 * rng.normal(size=(600, 2))
    true, near = brute_neighbors(points, 30), map_neighbors(positions, 15)
    trust = map_trust(true, near, 15)
    for row in range(600):
        on_map = set(near[row].tolist())
        kept = len(on_map & set(true[row, :15].tolist()))
        strangers = len(on_map - set(true[row].tolist()))
        assert trust.recall[row] == pytest.approx(kept / 15)
        assert trust.false_neighbors[row] == pytest.approx(strangers / 15, abs=1e-6)


def test_a_map_that_is_the_space_is_perfect(rng):
    points = rng.normal(size=(300, 2))
    trust = map_trust(brute_neighbors(points, 30), map_neighbors(points, 15), 15)
    assert (trust.recall == 1).all()
    assert (trust.false_neighbors == 0).all()


def test_what_cannot_be_asked_is_refused(rng):
    points = rng.normal(size=(20, 2))
    with pytest.raises(ValueError, match="none has 20 others"):
        map_neighbors(points, 20)
    near = map_neighbors(points, 5)
    with pytest.raises(ValueError, match="1 to 5 neighbors"):
        map_trust(near, near, 6)
    with pytest.raises(ValueError, match="19 galaxies on the map"):
        map_trust(near, near[1:], 5)
    points[3, 1] = np.nan
    with pytest.raises(ValueError, match="not finite"):
        map_neighbors(points, 5)

import numpy as np
import pytest

from models.space.density import local_dimension
from models.space.duplicates import near_duplicates
from models.space.neighbors import find_neighbors


def groups_of(points):
    found = find_neighbors(points, 20)
    return near_duplicates(found, local_dimension(found.distances, found.rows))


@pytest.mark.parametrize("n_dim", [1, 2, 5, 12])
def test_where_there_are_none_none_are_found(n_dim):
    alone = np.arange(2000)
    for seed in range(5):
        points = np.random.default_rng(seed).normal(size=(2000, n_dim))
        assert (groups_of(points) != alone).sum() <= 2  # one pair of the 10,000 is one too many


@pytest.mark.parametrize("n_dim", [2, 5, 12])
def test_copies_and_near_copies_are_of_the_group_of_the_first(rng, n_dim):
    points = rng.normal(size=(1000, n_dim)).astype(np.float32)
    points[500] = points[20]
    points[[700, 800]] = points[30] + rng.normal(scale=1e-6, size=(2, n_dim))
    found = groups_of(points)
    assert found[500] == found[20] == 20
    assert found[700] == found[800] == found[30] == 30
    others = np.delete(np.arange(1000), [500, 700, 800])
    assert (found[others] == others).mean() > 0.995


def test_a_narrow_group_is_not_one_galaxy(rng):
    points = rng.normal(size=(1000, 6))
    points[:100] *= 1e-4
    assert len(np.unique(groups_of(points)[:100])) == 100


def test_of_more_copies_than_neighbors_all_are_one():
    points = np.zeros((60, 3), np.float32)
    points[50:] = np.random.default_rng(0).normal(size=(10, 3))
    found = groups_of(points)
    # Copies hold neighbors among themselves: links of 20 each join them all, or nearly.
    assert len(np.unique(found[:50])) < 5
    assert np.array_equal(found[50:], np.arange(50, 60))

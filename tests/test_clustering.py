import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from models.space.clustering import Clustering, kmeans_clusters, largest_first
from tests.planted import planted


def test_clusters_are_numbered_from_the_largest_and_those_in_none_stay_so():
    given = np.array([7, 7, 2, -1, 9, 9, 9, -3])
    found = largest_first(given, "mine", {}, np.linspace(0.1, 0.8, 8))
    assert found.codes.tolist() == [1, 1, 2, -1, 0, 0, 0, -1]
    assert found.sizes.tolist() == [3, 2, 1] and (found.n_clusters, found.n_in_none) == (3, 2)
    assert found.strength[[3, 7]].tolist() == [0, 0] and found.strength[0] == np.float32(0.1)
    assert found.nbytes == 2 * 8 * 4


def test_what_is_found_cannot_be_changed_by_who_asks():
    found = largest_first(np.array([0, 1, 1]), "mine", {}, np.ones(3))
    for array in (found.codes, found.strength):
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 0


def test_all_may_be_in_none():
    found = largest_first(np.full(4, -1), "mine", {})
    assert (found.n_clusters, found.n_in_none, found.strength) == (0, 4, None)


def test_kmeans_finds_planted_clusters_and_tells_what_it_was_asked(rng):
    points, codes = planted(rng)
    found = kmeans_clusters(points, 3, seed=5)
    assert adjusted_rand_score(codes, found.codes) == 1 and found.sizes.tolist() == [500, 300, 200]
    assert found.parameters == {"n_clusters": 3, "n_dim": 5, "n_fitted": 1000, "seed": 5}
    again = kmeans_clusters(points, 3, seed=5)
    np.testing.assert_array_equal(found.codes, again.codes)


def test_kmeans_of_one_point_and_of_equal_points_is_one_cluster():
    assert kmeans_clusters(np.ones((1, 3)), 4).codes.tolist() == [0]
    assert kmeans_clusters(np.ones((9, 3)), 4).sizes.tolist() == [9]


def test_values_that_are_not_finite_are_named(rng):
    points = rng.normal(size=(20, 3))
    points[[4, 7]] = np.nan
    with pytest.raises(ValueError, match="these rows are not: 4, 7"):
        kmeans_clusters(points, 2)


@pytest.mark.parametrize("strength", [None, np.array([0.5, 1, 0])])
def test_as_arrays_and_back_it_is_the_same(strength):
    given = largest_first(np.array([0, 0, -1]), "mine", {"n": 3, "is_so": True}, strength)
    found = Clustering.from_arrays(given.to_arrays())
    np.testing.assert_array_equal(found.codes, given.codes)
    assert (found.method, found.parameters) == ("mine", {"n": 3, "is_so": True})
    assert (found.strength is None) == (strength is None)
    if strength is not None:
        np.testing.assert_array_equal(found.strength, given.strength)

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from models.space import reachability
from models.space.density_clusters import density_clusters, density_contrast
from models.space.reachability import ReachabilityTree
from tests.planted import planted, tree_of


def direct(points, min_cluster_size, min_samples=15):
    method = HDBSCAN(min_cluster_size=min_cluster_size, min_samples=min_samples, copy=True)
    return method.fit(np.asarray(points, np.float64))


def test_planted_clusters_are_found_the_largest_first_and_what_is_between_in_none(rng):
    points, codes = planted(rng, n_between=60)
    found = density_clusters(tree_of(points), 50)
    assert found.n_clusters == 3 and found.method == "hdbscan"
    assert adjusted_rand_score(codes[codes >= 0], found.codes[codes >= 0]) > 0.98
    assert (found.codes[codes < 0] < 0).mean() > 0.7  # some of them happen to lie near
    assert found.sizes.tolist() == sorted(found.sizes, reverse=True)
    assert found.n_in_none == len(points) - found.sizes.sum() > 0
    assert (found.strength[found.codes < 0] == 0).all()
    assert (found.strength[found.codes >= 0] > 0).all() and found.strength.max() == 1


@pytest.mark.parametrize("min_cluster_size", [10, 40, 150])
def test_it_is_scikit_learns_where_every_pair_is_looked_at(rng, min_cluster_size):
    points, _ = planted(rng, n_between=100)
    found = density_clusters(tree_of(points), min_cluster_size)
    expected = direct(points, min_cluster_size)
    assert adjusted_rand_score(expected.labels_, found.codes) > 0.999
    # A point may leave its cluster earlier where heights are equal to the rounding.
    assert np.median(np.abs(expected.probabilities_ - found.strength)) < 1e-5


def test_from_the_neighbors_alone_it_agrees_with_scikit_learns(rng, monkeypatch):
    monkeypatch.setattr(reachability, "N_JOINING", 100)
    points, _ = planted(rng, (900, 600, 300), n_dim=8, n_between=200)
    found = density_clusters(tree_of(points), 60)
    assert adjusted_rand_score(direct(points, 60).labels_, found.codes) > 0.99


def test_a_gaussian_has_no_clusters(rng):
    found = density_clusters(tree_of(rng.normal(size=(600, 10)).astype(np.float32)), 60)
    assert found.n_clusters == 0 and found.n_in_none == 600
    assert (found.codes == -1).all() and found.parameters["contrast"] == 0


def test_points_that_coincide_and_too_few_points_have_no_clusters(rng):
    assert density_clusters(tree_of(np.ones((80, 2), np.float32)), 5).n_clusters == 0
    assert density_clusters(tree_of(rng.normal(size=(30, 2))), 20).n_clusters == 0
    empty = np.empty(0, np.int32)
    assert density_clusters(ReachabilityTree(empty, empty, np.empty(0), 1, 1), 2).n_in_none == 1


def test_groups_that_coincide_are_clusters():
    points = np.repeat(np.array([[0.0, 0], [3, 4], [9, 9]], np.float32), [50, 40, 30], axis=0)
    found = density_clusters(tree_of(points), 10)
    assert found.sizes.tolist() == [50, 40, 30] and found.n_in_none == 0


def test_the_contrast_of_two_clusters_by_hand():
    # Heights 1, 1, 1 in one cluster, 2 in the other, 4 between them; the last point, 8 away, is in
    # none: (4 (1 - 1/4) + 2 (1 - 2/4)) / 7.
    first, second = np.array([0, 1, 2, 3, 4, 5]), np.array([1, 2, 3, 4, 5, 6])
    tree = ReachabilityTree(first, second, np.array([1.0, 1, 1, 4, 2, 8]), 7, 1)
    codes = np.array([0, 0, 0, 0, 1, 1, -1])
    assert density_contrast(tree, codes) == pytest.approx((4 * 0.75 + 2 * 0.5) / 7)
    assert density_contrast(tree, np.full(7, -1)) == 0


def test_a_cluster_of_one_point_is_refused(rng):
    with pytest.raises(ValueError, match="2 points at least, not 1"):
        density_clusters(tree_of(rng.normal(size=(30, 2))), 1)


def test_it_can_be_left_while_the_library_is_at_it(rng):
    def stop(share):
        raise KeyboardInterrupt

    tree, told = tree_of(planted(rng)[0]), []
    with pytest.raises(KeyboardInterrupt):
        density_clusters(tree, 20, progress=stop)
    found = density_clusters(tree, 20, progress=told.append)
    assert set(told) == {0.0}
    np.testing.assert_array_equal(found.codes, density_clusters(tree, 20).codes)

import numpy as np
import pytest

from models.space.clusters import find_clusters


def three_groups(rng, sizes=(300, 500, 200)):
    """Points around three far centers, in random order, and which center each is of."""
    centers = rng.normal(size=(3, 5)) * 100
    codes = rng.permutation(np.repeat(np.arange(3), sizes))
    return (centers[codes] + rng.normal(size=(len(codes), 5))).astype(np.float32), codes


def test_groups_far_apart_are_found_the_largest_first(rng):
    points, codes = three_groups(rng)
    found = find_clusters(points, 3)
    np.testing.assert_array_equal(np.bincount(found), [500, 300, 200])
    for cluster in range(3):
        assert len(set(codes[found == cluster])) == 1


def test_the_same_seed_finds_the_same_clusters(rng):
    points = rng.normal(size=(2000, 4)).astype(np.float32)
    np.testing.assert_array_equal(find_clusters(points, 6), find_clusters(points, 6))


def test_every_point_is_assigned_though_centers_are_of_some(rng, monkeypatch):
    monkeypatch.setattr("models.space.clusters.N_FITTED", 100)
    points, codes = three_groups(rng)
    found = find_clusters(points, 3)
    assert np.bincount(found).tolist() == [500, 300, 200]


def test_points_that_coincide_make_fewer_clusters():
    points = np.repeat(np.array([[0.0, 0], [9, 9]], np.float32), 20, axis=0)
    assert set(find_clusters(points, 8)) == {0, 1}
    assert set(find_clusters(np.ones((5, 2), np.float32), 3)) == {0}


def test_progress_is_told_and_may_stop_the_work(rng):
    points, shares = rng.normal(size=(500, 3)).astype(np.float32), []
    find_clusters(points, 2, progress=shares.append)
    assert shares and all(0 <= share <= 1 for share in shares)

    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        find_clusters(points, 2, progress=stop)


@pytest.mark.parametrize("n_points, n_clusters", [(0, 3), (10, 0)])
def test_nothing_to_cluster_is_refused(n_points, n_clusters):
    with pytest.raises(ValueError, match="have no"):
        find_clusters(np.zeros((n_points, 2), np.float32), n_clusters)

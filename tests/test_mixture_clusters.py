import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from models.space import mixture_clusters as module
from models.space.mixture_clusters import mixture_clusters
from tests.planted import planted


@pytest.mark.parametrize("scale", [1, 1e-6, 1e6])
def test_planted_clusters_are_found_though_more_are_allowed_in_any_unit(rng, scale):
    points, codes = planted(rng)
    found = mixture_clusters(scale * points, 8)
    assert found.sizes.tolist() == [500, 300, 200] and adjusted_rand_score(codes, found.codes) == 1
    assert found.parameters["n_dropped"] == 5 and found.parameters["is_converged"]
    assert found.strength.min() > 0.99 and found.n_in_none == 0


def test_a_long_cluster_stays_whole(rng):
    # k-means would cut it: the longer is ten times as long as the two are apart.
    long = rng.normal(size=(400, 2)) * [10, 0.2]
    points = rng.permutation(np.concatenate([long, [0, 3] + long[:200]]))
    codes = (points[:, 1] > 1.5).astype(int)
    assert adjusted_rand_score(codes, mixture_clusters(points, 5).codes) == 1


def test_every_point_is_assigned_though_it_is_fitted_to_some(rng, monkeypatch):
    monkeypatch.setattr(module, "N_FITTED", 200)
    monkeypatch.setattr(module, "_CHUNK", 90)
    points, codes = planted(rng)
    found = mixture_clusters(points, 6)
    assert adjusted_rand_score(codes, found.codes) == 1 and found.parameters["n_fitted"] == 200


def test_a_galaxy_between_two_clusters_is_of_neither_surely(rng):
    points = np.concatenate([rng.normal(size=(300, 2)), rng.normal(size=(300, 2)) + [6, 0]])
    points = np.concatenate([[[3.0, 0]], points])
    found = mixture_clusters(points, 2)
    assert found.strength[0] < 0.95 < np.median(found.strength)


def test_the_same_seed_gives_the_same_clusters(rng):
    points = rng.normal(size=(500, 4))
    one, other = mixture_clusters(points, 5, seed=2), mixture_clusters(points, 5, seed=2)
    np.testing.assert_array_equal(one.codes, other.codes)
    np.testing.assert_array_equal(one.strength, other.strength)


def test_points_that_coincide_or_are_few_make_one_cluster(rng):
    assert mixture_clusters(np.ones((30, 3)), 5).sizes.tolist() == [30]
    assert mixture_clusters(np.ones((1, 3)), 5).sizes.tolist() == [1]
    assert mixture_clusters(rng.normal(size=(3, 2)), 5).n_clusters == 1


def test_what_cannot_be_fitted_is_refused(rng):
    points = rng.normal(size=(20, 2))
    with pytest.raises(ValueError, match="not 0"):
        mixture_clusters(points, 0)
    with pytest.raises(ValueError, match="concentration must be above 0"):
        mixture_clusters(points, 3, concentration=0)
    points[3] = np.inf
    with pytest.raises(ValueError, match="these rows are not: 3"):
        mixture_clusters(points, 3)


def test_progress_may_stop_the_fit(rng):
    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        mixture_clusters(rng.normal(size=(50, 3)), 3, progress=stop)

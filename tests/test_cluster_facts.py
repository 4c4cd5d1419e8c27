import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.space import cluster_facts as module
from models.space.cluster_facts import cluster_facts
from models.space.clustering import kmeans_clusters, largest_first
from tests.planted import planted


def test_medoid_and_edges_by_the_definition(rng):
    points, _ = planted(rng, (80, 50))
    clustering = kmeans_clusters(points, 2)
    facts = cluster_facts(points, clustering, n_edges=4)
    assert [each.n for each in facts] == [80, 50] and facts[0].share == pytest.approx(80 / 130)
    for each in facts:
        members = np.flatnonzero(clustering.codes == each.code)
        apart = cdist(points[members], points[members])
        place = int(apart.sum(1).argmin())
        assert each.medoid == members[place] and each.n_reference == each.n
        farthest = members[np.argsort(-apart[place])[:4]]
        np.testing.assert_array_equal(each.edges, farthest)
        assert each.radius == pytest.approx(np.median(apart[place]), rel=1e-5)
        assert np.isnan(each.mean_strength)


def test_where_strength_is_known_the_edges_are_the_least_sure(rng):
    points = rng.normal(size=(10, 2))
    strength = np.array([1, 0.3, 1, 0.2, 1, 1, 1, 1, 1, 0.5])
    clustering = largest_first(np.array([0] * 9 + [-1]), "mine", {}, strength)
    (facts,) = cluster_facts(points, clustering, n_edges=2)
    assert facts.edges.tolist() == [3, 1] and facts.n == 9
    assert facts.mean_strength == pytest.approx(7.5 / 9) and facts.share == 0.9


def test_of_many_members_distances_to_some_are_summed(rng, monkeypatch):
    monkeypatch.setattr(module, "N_REFERENCE", 100)
    monkeypatch.setattr(module, "_CHUNK", 64)
    points = rng.normal(size=(1000, 3))
    clustering = largest_first(np.zeros(1000, int), "mine", {})
    one, other = (cluster_facts(points, clustering, seed=1)[0] for _ in range(2))
    assert one.medoid == other.medoid and one.n_reference == 100
    assert np.linalg.norm(points[one.medoid]) < 0.6  # the middle of all is at the origin


def test_the_least_clusters_have_facts_and_none_has_none():
    points = np.array([[0.0], [1], [5]])
    facts = cluster_facts(points, largest_first(np.array([0, 0, 1]), "mine", {}))
    assert facts[1].edges.tolist() == [] and facts[1].medoid == 2 and facts[1].radius == 0
    assert cluster_facts(points, largest_first(np.full(3, -1), "mine", {})) == ()


def test_points_that_were_not_clustered_are_refused(rng):
    clustering = largest_first(np.zeros(4, int), "mine", {})
    with pytest.raises(ValueError, match="4 points were clustered, not 3"):
        cluster_facts(np.ones((3, 2)), clustering)


def test_progress_may_stop_the_work(rng):
    def stop(share):
        raise InterruptedError

    clustering = largest_first(np.zeros(4, int), "mine", {})
    with pytest.raises(InterruptedError):
        cluster_facts(np.ones((4, 2)), clustering, progress=stop)

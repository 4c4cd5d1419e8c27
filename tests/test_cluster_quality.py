import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from models.space.cluster_quality import cluster_accuracy, kmeans_codes, separation_quality


def test_both_measures_are_scikit_learns(rng):
    codes = rng.integers(0, 3, 200)
    points = rng.normal(size=(200, 4)) + codes[:, None]
    found = separation_quality(points, codes)
    assert found["davies_bouldin"]["value"] == pytest.approx(davies_bouldin_score(points, codes))
    assert found["silhouette"]["value"] == pytest.approx(silhouette_score(points, codes))
    assert found["silhouette"]["n"] == 200 and found["silhouette"]["n_parts"] == 3
    assert found["silhouette"]["n_components"] == 4


def test_davies_bouldin_of_two_pairs_by_hand():
    # Scatter 1 about centres 0 and 10: (1 + 1) / 10 for either group.
    points = np.array([[-1.0], [1], [9], [11]])
    found = separation_quality(points, np.array([0, 0, 1, 1]))
    assert found["davies_bouldin"]["value"] == pytest.approx(0.2)


@pytest.mark.parametrize("codes", [[0, 0, 0, 0], [0, 1, 2, 3]])
def test_one_part_or_only_single_points_have_no_separation(codes):
    found = separation_quality(np.arange(4.0)[:, None], np.array(codes))
    assert np.isnan(found["davies_bouldin"]["value"])
    assert np.isnan(found["silhouette"]["value"])


def test_purity_names_two_clusters_alike_where_matching_may_not():
    # Class 0 fills clusters 0 and 1; class 1 has 2 of the 5 in cluster 2, class 0 the other 3.
    codes = np.array([0] * 4 + [0] * 3 + [0, 0, 0, 1, 1])
    clusters = np.array([0] * 4 + [1] * 3 + [2] * 5)
    found = cluster_accuracy(codes, clusters)
    assert found["kmeans_purity"]["value"] == pytest.approx(10 / 12)  # 4 + 3 + 3
    assert found["kmeans_accuracy"]["value"] == pytest.approx(6 / 12)  # 4 + 2
    assert found["kmeans_purity"]["error"] == pytest.approx(np.sqrt(10 / 12 * 2 / 12 / 12))


def test_the_names_of_clusters_do_not_matter(rng):
    codes = rng.integers(0, 4, 100)
    found = cluster_accuracy(codes, np.array([2, 3, 0, 1])[codes])
    assert found["kmeans_purity"]["value"] == found["kmeans_accuracy"]["value"] == 1


def test_kmeans_finds_separate_groups(rng):
    codes = np.repeat([0, 1, 2], 50)
    points = rng.normal(size=(150, 3)) + 40 * codes[:, None]
    assert cluster_accuracy(codes, kmeans_codes(points, 3))["kmeans_accuracy"]["value"] == 1


def test_fewer_points_than_clusters_wanted_are_clustered_quietly():
    points = np.repeat([[0.0], [5.0]], 10, axis=0)
    assert len(np.unique(kmeans_codes(points, 4))) == 2

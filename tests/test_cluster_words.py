import numpy as np
import pytest

from dashboard.cluster_words import (
    agreement_text,
    cluster_title,
    clustering_title,
    found_text,
    purity_text,
    purity_why,
    scan_text,
    share_text,
)
from models.errors import BadInput, NotFound
from models.space.class_agreement import agreement_with_classes
from models.space.cluster_classes import classes_of_clusters
from models.space.cluster_scan import BY_SILHOUETTE, ClusterScan
from models.space.clustering import Clustering

NAMES = np.array(["round", "spiral"], dtype=object)


def scan(values, error, chosen, as_good):
    asked = np.array([2, 3, 4])
    return ClusterScan(
        asked, asked, np.zeros(3), {"silhouette": np.array(values)}, np.full(3, error), chosen,
        BY_SILHOUETTE, as_good, 20_000, 5_000,
    )  # fmt: skip


def test_a_clustering_is_called_by_its_method_and_number():
    assert clustering_title("cluster:kmeans:12") == "K-Means, k = 12"
    assert clustering_title("cluster:hdbscan:1000") == "HDBSCAN, n ≥ 1,000"
    assert clustering_title("cluster:mixture:20") == "Gaussians, k ≤ 20"
    with pytest.raises(NotFound):
        clustering_title("cluster:magic:2")
    with pytest.raises(BadInput):
        clustering_title("cluster:kmeans:1")


def test_a_cluster_is_called_by_its_number_and_its_name():
    assert cluster_title(3) == "3" and cluster_title(3, "spirals") == "3 spirals"
    assert cluster_title(0) == "in no cluster"
    assert share_text(412, 4000) == "n = 412, 10.3 %"


def test_purity_is_told_with_its_interval_and_said_where_there_is_none():
    codes, classes = (
        np.repeat([0, 1], 50),
        np.r_[np.ones(40, int), np.zeros(10, int), -np.ones(50, int)],
    )
    first, second = classes_of_clusters(codes, classes, 2)
    assert purity_text(first, NAMES) == "80 % (67–89 %) spiral"
    assert "spiral 40, round 10; 50 with a class" in purity_why(first, NAMES)
    assert purity_text(second, NAMES) == "no galaxy of it has a class"


def test_agreement_is_told_of_how_many_galaxies_and_undefined_is_said():
    codes = np.r_[np.repeat([0, 1], 40), -np.ones(20, int)]
    classes = np.repeat([0, 1], 50)
    told = agreement_text(agreement_with_classes(codes, classes))
    assert "ARI" in told and "n = 80, 80.0 ± 4.0 % of those with a class" in told
    none = agreement_text(agreement_with_classes(np.full(100, -1), classes))
    assert none == (
        "Agreement with the classes is undefined: fewer than 2 classes have galaxies in a cluster."
    )


def test_what_was_found_is_told_with_what_the_method_says_of_itself():
    codes = np.array([0, 0, 1, -1], np.int32)
    told = found_text(Clustering(codes, "hdbscan", {"min_samples": 15}))
    assert (
        told
        == "2 clusters of 4 galaxies, 1 (25.0%) in none; found in the whole representation space"
    )
    more = {"n_dim": 15, "n_fitted": 3, "n_dropped": 4, "is_converged": False, "n_iterations": 200}
    told = found_text(Clustering(codes, "mixture", more))
    assert "15 principal components, fitted to 3 random ones" in told
    assert "4 Gaussians were emptied" in told and "not converged after 200" in told


def test_a_scan_says_what_it_chooses_and_of_how_many_galaxies():
    told = scan_text("kmeans", scan([0.2, 0.31, 0.3], 0.02, 3, (3, 4)))
    assert told == (
        "The highest mean silhouette, 0.310 ± 0.020, at 3; within its error as good: 4 "
        "(n = 20,000, silhouette of 5,000)."
    )
    told = scan_text("kmeans", scan([0.2, 0.31, 0.3], np.nan, 3, (3,)))
    assert "no error is estimated" in told and "as good" not in told
    none = scan_text("kmeans", scan([np.nan] * 3, np.nan, None, ()))
    assert none.startswith("No number gives two clusters")

"""Partitions, clusters and votes: equal to scikit-learn, and their jackknife to brute force."""

import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from models.space.class_accuracy import knn_accuracy, split_votes
from models.space.cluster_quality import cluster_accuracy, kmeans_codes
from models.space.jackknife import groups_in_turn, jackknife_error
from models.space.neighbors import find_neighbors
from models.space.timeline import without_groups
from models.space.timeline_classes import (
    clusters_without_groups,
    measure_clusters,
    measure_partition,
    measure_votes,
    silhouettes,
)


@pytest.fixture
def points(rng):
    return rng.normal(size=(300, 4)).astype(np.float32)


@pytest.fixture
def codes(points):
    return (points[:, 0] > 0.2).astype(int) + (points[:, 1] > 0.8)


GROUPS = groups_in_turn(300)


def test_silhouettes_of_many_partitions_are_scikit_learns(points, codes, rng):
    alone = codes.copy()
    alone[0] = 3  # a part of one galaxy counts as 0
    some = np.where(rng.random(300) < 0.3, -1, codes)
    found = silhouettes(points, np.stack([codes, alone, some]))
    told = some >= 0
    expected = [
        silhouette_score(points, codes),
        silhouette_score(points, alone),
        silhouette_score(points[told], some[told]),
    ]
    np.testing.assert_allclose(found, expected, atol=1e-5)
    assert np.isnan(silhouettes(points, np.zeros((1, 300), int)))[0]


def test_a_partition_is_measured_as_scikit_learn_does_and_so_is_what_is_left(points, codes):
    found = measure_partition(points, without_groups(codes, GROUPS))
    rest = [(points[GROUPS != group], codes[GROUPS != group]) for group in range(20)]
    for name, score in (
        ("davies_bouldin", davies_bouldin_score),
        ("silhouette", silhouette_score),
    ):
        assert found[name].value == pytest.approx(score(points, codes), abs=1e-5)
        replicates = np.array([score(*one) for one in rest])
        assert found[name].error == pytest.approx(jackknife_error(replicates), rel=1e-3)
        assert found[name].n == 300


def test_one_part_or_none_is_undefined_with_its_reason(points):
    found = measure_partition(points, np.zeros((21, 300), int))
    assert all(np.isnan(m.value) and "two parts" in m.reason for m in found.values())
    nothing = measure_partition(points, np.full((21, 300), -1))
    assert all(measured.n == 0 and measured.reason for measured in nothing.values())


def test_clusters_without_a_group_start_from_those_of_all(points):
    clusters = clusters_without_groups(points, 3, GROUPS, seed=0)
    np.testing.assert_array_equal(clusters[0], kmeans_codes(points, 3))
    for group in (0, 19):
        is_left = GROUPS != group
        assert (clusters[group + 1][~is_left] == -1).all()
        # Not another solution with other numbers: the same clusters, moved a little.
        assert np.mean(clusters[group + 1][is_left] == clusters[0][is_left]) > 0.8


def test_the_accuracy_of_clusters_is_measured_of_the_labelled_alone(points, codes):
    some = np.where(np.arange(300) % 3 == 0, -1, codes)
    clusters = clusters_without_groups(points, 3, GROUPS, seed=0)
    found = measure_clusters(clusters, some)
    told = some >= 0
    expected = cluster_accuracy(some[told], clusters[0][told])
    for name in ("kmeans_purity", "kmeans_accuracy"):
        assert found[name].value == expected[name]["value"] and found[name].n == told.sum()
        assert found[name].error > 0


def test_the_vote_is_that_of_held_out_fifths_and_leaves_out_the_judged(points, codes):
    rows = find_neighbors(points, 40).rows
    found = measure_votes(rows, codes, GROUPS, seed=0)
    expected = knn_accuracy(points, codes)
    for name, measured in found.items():
        assert measured.value == pytest.approx(expected[name]["value"])
    splits = list(split_votes(rows, codes))
    replicates = [
        np.mean([np.mean((p == codes[h])[GROUPS[h] != group]) for h, p in splits])
        for group in range(20)
    ]
    assert found["knn_accuracy"].error == pytest.approx(jackknife_error(np.array(replicates)))

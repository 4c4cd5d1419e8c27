import numpy as np
import pytest
from scipy.spatial.distance import cdist, pdist

from data.checkpoint_columns import CLUSTER, checkpoint_column
from data.clusterings import (
    classes_in,
    clustering_of,
    facts_of,
    ids_of_cluster,
    record_of_cluster,
    rows_of_cluster,
)
from data.points import measured_edges, measured_points
from data.selection import resolve
from models.errors import NotFound
from models.space.correlation import two_point_correlation
from models.space.presets import Measure

LAST, KEY = "epoch_20", "cluster:hdbscan:20"


@pytest.mark.parametrize("key", [CLUSTER, "cluster:kmeans:3", KEY])
def test_facts_are_of_the_galaxies_of_the_column(collection, key):
    column = checkpoint_column(collection, LAST, key)
    components = collection.components(LAST)[collection.places, :15]
    facts = facts_of(collection, LAST, key)
    assert [each.n for each in facts] == np.bincount(column)[1:].tolist()
    for each in facts:
        members = np.flatnonzero(column == each.code + 1)
        np.testing.assert_array_equal(
            rows_of_cluster(collection, LAST, key, each.code + 1), members
        )
        apart = cdist(components[members], components[members])
        assert each.medoid == members[apart.sum(1).argmin()]
        assert len(each.edges) == 12 and np.isin(each.edges, members).all()


def test_the_column_cluster_is_one_of_these_clusterings(collection):
    found = clustering_of(collection, LAST, CLUSTER)
    np.testing.assert_array_equal(found.codes + 1, checkpoint_column(collection, LAST, CLUSTER))
    assert found.method == "kmeans" and found.parameters["n_clusters"] == found.n_clusters


def test_all_of_a_cluster_are_named_and_selected(collection):
    for cluster in (0, 1, 2):
        rows = rows_of_cluster(collection, LAST, KEY, cluster)
        assert len(rows) > 0
        ids = ids_of_cluster(collection, LAST, KEY, cluster)
        np.testing.assert_array_equal(collection.rows_of(ids), rows)
        record = record_of_cluster(LAST, KEY, cluster)
        np.testing.assert_array_equal(resolve(record, collection), rows)


def test_a_cluster_has_a_correlation_of_its_own(collection):
    # As that of any selection: dashboard/measure.py asks for it by the record of the cluster.
    rows = resolve(record_of_cluster(LAST, "cluster:kmeans:3", 1), collection)
    selected = np.zeros(collection.n_galaxies, bool)
    selected[rows] = True
    points = measured_points(collection, LAST, Measure(), selected)
    edges = measured_edges(collection, LAST, Measure(), len(points))
    curve = two_point_correlation(points, edges)
    apart = pdist(points)
    assert len(points) == len(rows) and curve.dd.sum() == (apart < edges[-1]).sum()


def test_classes_of_clusters_by_name(collection):
    each, agreement, names = classes_in(collection, LAST, "cluster:mixture:8")
    column = checkpoint_column(collection, LAST, "cluster:mixture:8")
    labels = collection.catalog["label"]
    counts = labels[column == 1].value_counts()
    assert names[each[0].majority] == counts.index[0] and each[0].n_majority == counts.iloc[0]
    assert each[0].n_labelled == counts.sum() and 0 < each[0].lower < each[0].purity
    assert agreement["homogeneity"].n == labels.notna().sum()


@pytest.mark.parametrize("cluster", [-1, 99, "1", None, True, 1.0])
def test_a_cluster_that_is_not_there_is_not_found(collection, cluster):
    with pytest.raises(NotFound, match=f"of '{KEY}', which has clusters 1 to"):
        rows_of_cluster(collection, LAST, KEY, cluster)

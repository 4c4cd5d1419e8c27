import threading

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from data import cluster_columns
from data.checkpoint_columns import checkpoint_column
from data.cluster_columns import (
    asked_clustering,
    has_clustering,
    is_clustering,
    keep_clustering,
    make_clustering,
    scan_clusters,
)
from data.selection import resolve
from data.selection_columns import numbers_of
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.clustering import kmeans_clusters

LAST = "epoch_20"
KEYS = ("cluster:kmeans:3", "cluster:hdbscan:20", "cluster:mixture:6")


@pytest.mark.parametrize("key", KEYS)
def test_a_key_is_a_column_numbered_from_the_largest(collection, key):
    assert is_clustering(key) and asked_clustering(key).key == key
    column = checkpoint_column(collection, LAST, key)
    assert column.shape == (collection.n_galaxies,) and column.dtype == np.int32
    sizes = np.bincount(column)[1:]
    assert len(sizes) >= 1 and (np.diff(sizes) <= 0).all() and sizes.min() > 0
    assert (column.min() == 0) == ("hdbscan" in key)
    np.testing.assert_array_equal(numbers_of(collection, key, LAST), column)


def test_components_are_clustered_in_their_order_and_told_by_row(collection):
    found = make_clustering(collection, LAST, "cluster:kmeans:4")
    components = collection.components(LAST)[:, :15]
    expected = kmeans_clusters(components, 4).codes
    np.testing.assert_array_equal(found.codes[collection.order], expected)


def test_clusters_tell_the_classes_apart_where_the_network_does(collection):
    classes = collection.catalog["label"].fillna("").to_numpy()
    column = checkpoint_column(collection, LAST, "cluster:mixture:8")
    untrained = checkpoint_column(collection, "epoch_00", "cluster:mixture:8")
    score, chance = (adjusted_rand_score(classes, each) for each in (column, untrained))
    assert score > 0.5 > chance


def test_a_cluster_is_selected_as_any_class_is(collection):
    column = checkpoint_column(collection, LAST, KEYS[1])
    for value in (0, 1, "2"):
        step = {"op": "set", "kind": "category", "column": KEYS[1], "checkpoint": LAST}
        rows = resolve({"steps": [step | {"values": [value]}]}, collection)
        np.testing.assert_array_equal(rows, np.flatnonzero(column == int(value)))


def test_clusters_are_found_once_for_all_who_ask_at_a_time(collection_folder, monkeypatch):
    collection = Collection.open(collection_folder)
    monkeypatch.setattr(cluster_columns, "_KEPT", cluster_columns.Kept(2**20))
    made, gate = [], threading.Barrier(4, timeout=60)

    def make():
        made.append(1)
        return make_clustering(collection, LAST, KEYS[0])

    def ask():
        gate.wait()
        found.append(keep_clustering(collection, LAST, KEYS[0], make))

    found = []
    assert not has_clustering(collection, LAST, KEYS[0])
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert made == [1] and len(found) == 4 and len(set(map(id, found))) == 1
    assert has_clustering(collection, LAST, KEYS[0])


def test_every_size_starts_from_one_tree(collection_folder, monkeypatch):
    collection = Collection.open(collection_folder)
    monkeypatch.setattr(cluster_columns, "_TREES", cluster_columns.Kept(2**20))
    made, tree_of = [], cluster_columns.reachability_tree
    monkeypatch.setattr(
        cluster_columns, "reachability_tree", lambda *a, **k: made.append(1) or tree_of(*a, **k)
    )
    for size in (10, 20, 40):
        make_clustering(collection, LAST, f"cluster:hdbscan:{size}")
    assert made == [1]


def test_numbers_and_sizes_are_scanned(collection):
    numbers = scan_clusters(collection, LAST, "kmeans")
    assert numbers.asked.tolist() == list(range(2, 13)) and numbers.chosen in numbers.asked
    assert numbers.n_points == collection.n_galaxies
    sizes = scan_clusters(collection, LAST, "hdbscan")
    assert sizes.asked.tolist() == [25, 50, 100]
    assert scan_clusters(collection, LAST, "hdbscan") is sizes


@pytest.mark.parametrize("method", ["mixture", "spectral", None])
def test_what_is_not_scanned_is_refused(collection, method):
    with pytest.raises(NotFound, match="kmeans and hdbscan are"):
        scan_clusters(collection, LAST, method)


@pytest.mark.parametrize(
    "key, error, words",
    [
        ("cluster:spectral:3", NotFound, "no method 'spectral' of clustering"),
        ("cluster:", NotFound, "there are kmeans, hdbscan, mixture"),
        ("cluster:kmeans", BadInput, "whole number of clusters, 2 to 100, not ''"),
        ("cluster:kmeans:x", BadInput, "not 'x'"),
        ("cluster:kmeans:1", BadInput, "2 to 100, not '1'"),
        ("cluster:kmeans:012", BadInput, "not '012'"),
        ("cluster:kmeans:١٢", BadInput, "whole number"),
        ("cluster:hdbscan:4", BadInput, "galaxies in the smallest cluster, 5 to 1,000,000"),
        ("cluster:mixture:101", BadInput, "Gaussians at most, 2 to 100, not '101'"),
        ("cluster:mixture:9:9", BadInput, "not '9:9'"),
        ("cluster:mixture:9\n", BadInput, "not '9\n'"),
    ],
)
def test_a_key_that_is_none_is_refused_by_its_wrong_part(collection, key, error, words):
    for ask in (checkpoint_column, has_clustering, keep_clustering, make_clustering):
        with pytest.raises(error, match=words):
            ask(collection, LAST, key)


@pytest.mark.parametrize("key", [None, 3, "clusters:kmeans:3", "kmeans"])
def test_what_is_no_key_is_not_found(key):
    assert not is_clustering(key)
    with pytest.raises(NotFound, match="There are no clusters"):
        asked_clustering(key)


def test_a_checkpoint_that_is_not_there_is_not_found(collection):
    with pytest.raises(NotFound, match="no checkpoint 'epoch_99'"):
        keep_clustering(collection, "epoch_99", KEYS[0])
    with pytest.raises(NotFound, match="no checkpoint 'epoch_99'"):
        scan_clusters(collection, "epoch_99", "kmeans")


@pytest.mark.parametrize("key", KEYS)
def test_progress_may_stop_the_work_and_nothing_is_kept(collection_folder, monkeypatch, key):
    collection = Collection.open(collection_folder)
    for kept in ("_KEPT", "_TREES"):
        monkeypatch.setattr(cluster_columns, kept, cluster_columns.Kept(2**20))

    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        keep_clustering(collection, LAST, key, lambda: make_clustering(collection, LAST, key, stop))
    assert not has_clustering(collection, LAST, key)
    assert keep_clustering(collection, LAST, key).n_clusters > 0


def test_one_bar_goes_from_the_tree_on_to_the_clusters(collection_folder, monkeypatch):
    collection = Collection.open(collection_folder)
    for find, asked, share in (
        (make_clustering, KEYS[1], cluster_columns.TREE),
        (scan_clusters, "hdbscan", cluster_columns.TREE_OF_SCAN),
    ):
        for kept in ("_KEPT", "_TREES"):
            monkeypatch.setattr(cluster_columns, kept, cluster_columns.Kept(2**20))
        told = []
        find(collection, LAST, asked, told.append)
        assert told == sorted(told) and share in told
        assert told[0] < share <= told[-1] <= 1


@pytest.mark.parametrize("key", KEYS)
def test_what_stops_the_work_stops_it_while_a_library_is_at_it(collection, key, monkeypatch):
    monkeypatch.setattr(cluster_columns, "_TREES", cluster_columns.Kept(2**20))

    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        make_clustering(collection, LAST, key, stop)

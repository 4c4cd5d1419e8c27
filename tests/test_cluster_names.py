import json
import shutil
import threading

import numpy as np
import pytest

from data import cluster_columns
from data.cluster_names import FOLDER, cluster_names, name_cluster
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.clustering import largest_first

LAST, KEY = "epoch_20", "cluster:kmeans:3"


@pytest.fixture
def here(collection_folder, tmp_path):
    """The collection, with a folder of its own for what is kept."""
    return Collection.open(collection_folder, tmp_path / "kept")


@pytest.fixture
def rebuilt(collection_folder, tmp_path):
    """Another build: the digest differs, the clusters are found anew."""
    folder = tmp_path / "other" / collection_folder.name
    shutil.copytree(collection_folder, folder)
    info = json.loads((folder / "collection.json").read_text())
    (folder / "collection.json").write_text(json.dumps(info | {"seed": 99}))
    return Collection.open(folder, tmp_path / "kept")


def the_file(collection):
    (path,) = (collection.kept / FOLDER).glob("*.json")
    return path


def test_names_survive_and_are_of_one_clustering_alone(here):
    assert cluster_names(here, LAST, KEY) == ({}, "")
    assert not (here.kept / FOLDER).exists()
    name_cluster(here, LAST, KEY, 2, " Edge-on  disks ")
    assert name_cluster(here, LAST, KEY, 1, "銀河") == {1: "銀河", 2: "Edge-on disks"}
    again = Collection.open(here.folder, here.kept.parent)
    assert cluster_names(again, LAST, KEY) == ({1: "銀河", 2: "Edge-on disks"}, "")
    for checkpoint, key in ((LAST, "cluster:kmeans:4"), ("epoch_05", KEY), (LAST, "cluster")):
        assert cluster_names(here, checkpoint, key) == ({}, "")


def test_a_name_is_changed_and_taken_away(here):
    name_cluster(here, LAST, KEY, 1, "one")
    assert name_cluster(here, LAST, KEY, 1, "other") == {1: "other"}
    assert name_cluster(here, LAST, KEY, 1, "") == {}
    assert cluster_names(here, LAST, KEY).names == {}


def test_another_build_of_the_same_clusters_keeps_the_names(here, rebuilt):
    name_cluster(here, LAST, KEY, 1, "mine")
    assert rebuilt.digest != here.digest
    assert cluster_names(rebuilt, LAST, KEY) == ({1: "mine"}, "")


def test_clusters_that_became_others_have_no_names_and_it_is_said(here, rebuilt, monkeypatch):
    name_cluster(here, LAST, KEY, 1, "mine")
    name_cluster(here, LAST, KEY, 3, "yours")
    monkeypatch.setattr(cluster_columns, "_KEPT", cluster_columns.Kept(2**20))
    others = largest_first(np.arange(600) % 3, "kmeans", {})
    monkeypatch.setattr(cluster_columns, "make_clustering", lambda *asked: others)
    names, told = cluster_names(rebuilt, LAST, KEY)
    assert names == {} and told.startswith("2 names were given to other clusters of")
    name_cluster(rebuilt, LAST, KEY, 1, "new")
    assert cluster_names(rebuilt, LAST, KEY).names == {1: "new"}
    monkeypatch.undo()
    assert cluster_names(here, LAST, KEY).names == {1: "mine", 3: "yours"}


def test_other_galaxies_in_the_same_places_have_no_names(here, rebuilt):
    name_cluster(here, LAST, KEY, 1, "mine")
    renamed = rebuilt.catalog.copy()
    renamed.loc[0, "object_id"] = "another"
    rebuilt.__dict__["catalog"] = renamed
    names, told = cluster_names(rebuilt, LAST, KEY)
    assert names == {} and told.startswith("1 name was given to other clusters")


def test_names_given_at_once_are_all_kept(here):
    def give(cluster):
        name_cluster(here, LAST, KEY, cluster, f"name {cluster}")

    threads = [threading.Thread(target=give, args=[cluster]) for cluster in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert cluster_names(here, LAST, KEY).names == {n: f"name {n}" for n in (1, 2, 3)}


@pytest.mark.parametrize("cluster", [0, 4, "1", None])
def test_a_cluster_that_is_not_there_gets_no_name(here, cluster):
    with pytest.raises(NotFound):
        name_cluster(here, LAST, KEY, cluster, "mine")
    assert not (here.kept / FOLDER).exists()


@pytest.mark.parametrize("name", [None, "  ", 3, "x" * 81, "a\x00b"])
def test_a_name_that_is_none_is_refused_and_the_old_one_stays(here, name):
    name_cluster(here, LAST, KEY, 1, "mine")
    with pytest.raises(BadInput, match="name"):
        name_cluster(here, LAST, KEY, 1, name)
    assert cluster_names(here, LAST, KEY).names == {1: "mine"}


@pytest.mark.parametrize("text", ["{", "[]", "3", "", '{"format": 1}', "[" * 99999])
def test_a_damaged_file_is_named_and_never_written_over(here, text):
    name_cluster(here, LAST, KEY, 1, "mine")
    path = the_file(here)
    path.write_text(text)
    for ask in (cluster_names, lambda *asked: name_cluster(*asked, 1, "new")):
        with pytest.raises(BadInput, match=f"'clusters/{path.name}' is damaged"):
            ask(here, LAST, KEY)
    assert path.read_text() == text
    assert cluster_names(here, LAST, "cluster:kmeans:4") == ({}, "")


def test_names_of_a_newer_version_are_left_alone(here):
    name_cluster(here, LAST, KEY, 1, "mine")
    path = the_file(here)
    path.write_text(json.dumps(json.loads(path.read_text()) | {"format": 2}))
    with pytest.raises(BadInput, match="newer version"):
        name_cluster(here, LAST, KEY, 1, "new")


def test_a_folder_that_cannot_be_written_says_what_to_set(collection_folder, tmp_path):
    (tmp_path / "kept").write_text("a file stands where the folder would be")
    collection = Collection.open(collection_folder, tmp_path / "kept")
    assert cluster_names(collection, LAST, KEY) == ({}, "")
    with pytest.raises(BadInput, match="MORPHOSPACE_KEPT"):
        name_cluster(collection, LAST, KEY, 1, "mine")

"""The panel of clusters, as callbacks answer it."""

import json

import numpy as np
import pytest
from flask_caching import Cache

from dashboard import ids
from dashboard.panels.clusters import LOOKING, NONE_FOUND, asked_key, shown_clusters
from dashboard.panels.clusters_listed import N_LISTED, cluster_list
from dashboard.panels.clusters_opened import curve_of, named, opened_number, told_cluster
from dashboard.panels.clusters_scan import NOT_YET, OF_MIXTURE, told_scan
from data import labels
from data.cluster_columns import HDBSCAN, KMEANS, MIXTURE, known_scan, scan_clusters
from data.cluster_names import name_cluster
from data.clusterings import clustering_of, facts_of, record_of_cluster, rows_of_cluster
from data.selection import resolve
from data.store import Collection
from models.errors import BadInput, NotFound
from tests.test_wiring import call, post, text_of

KEY = "cluster:kmeans:5"


@pytest.fixture
def own(collection_folder, tmp_path):
    """The collection, with a folder of its own for what is kept of it."""
    return Collection.open(collection_folder, tmp_path)


@pytest.fixture
def cache(app):
    return Cache(app.server, config={"CACHE_TYPE": "NullCache", "CACHE_NO_NULL_WARNING": True})


@pytest.fixture
def values(collection):
    return {
        ids.SHELF: "clusters",
        ids.CHECKPOINT: collection.checkpoints[-1],
        ids.CLUSTERS_METHOD: KMEANS,
        ids.CLUSTERS_KMEANS: 5,
        ids.CLUSTERS_HDBSCAN: 25,
        ids.CLUSTERS_MIXTURE: 6,
        ids.PAGE_ID: "0123456789abcdef01234567",
    }


def is_left(app, output, values):
    """Whether a callback leaves its output as it is."""
    reply = post(app, output, values)
    return reply.status_code == 204 or not reply.json["response"]


def props(component):
    return component.to_plotly_json()["props"]


def lines_of(listed):
    return [line for line in listed if getattr(line, "role", None) == "group"]


def test_a_clustering_is_asked_for_by_its_method_and_its_own_number():
    assert asked_key(HDBSCAN, (8, 50, 20)) == "cluster:hdbscan:50"
    for numbers in ((None, 50, 20), ("", 50, 20)):
        with pytest.raises(BadInput, match="Say how many"):
            asked_key(KMEANS, numbers)


def test_clusters_that_nobody_has_asked_for_are_found_behind_the_page(app, collection, values):
    asked = values | {ids.CLUSTERS_KMEANS: 7}
    assert call(app, (ids.CLUSTERS, "children"), asked)["props"]["children"] == LOOKING
    job = call(app, (ids.CLUSTERS_JOB, "data"), asked)
    assert "cluster:kmeans:7" in job["key"]
    client, status = app.server.test_client(), {"done": False}
    while not status["done"]:
        status = client.get(f"/jobs/{job['name']}").json
    assert status["error"] is None and status["version"] == 1
    listed = call(app, (ids.CLUSTERS, "children"), asked)
    assert text_of(listed).count("Select") == 7
    # What is known needs no job, and nothing is done for a panel that is not shown.
    assert call(app, (ids.CLUSTERS_JOB, "data"), asked) is None
    assert is_left(app, (ids.CLUSTERS_JOB, "data"), asked | {ids.SHELF: "table"})


def test_every_cluster_is_told_with_its_number_its_share_and_its_classes(own, cache):
    checkpoint = own.checkpoints[-1]
    listed, caption = shown_clusters(own, cache, checkpoint, KEY)
    lines = lines_of(listed)
    assert len(lines) == 5
    facts = facts_of(own, checkpoint, KEY)
    for one, line in zip(facts, lines, strict=True):
        told = text_of(json.loads(json.dumps(line, default=lambda part: part.to_plotly_json())))
        assert f"n = {one.n:,}, {100 * one.n / own.n_galaxies:.3g} %" in told
        assert "%" in told and "–" in told
    told = " ".join(span.children for span in caption)
    assert "5 clusters of 600 galaxies" in told and "principal components" in told
    assert "ARI 0.9" in told and "±" in told and "n = 600" in told


def test_a_line_shows_the_medoid_and_the_edges_and_selects_its_cluster(own, cache):
    checkpoint = own.checkpoints[-1]
    (line, *_) = lines_of(cluster_list(own, cache, checkpoint, KEY, None, {1: "round"}))
    one = facts_of(own, checkpoint, KEY)[0]
    opened, medoid, edges, acts = line.children
    assert [part.children for part in opened.children[1:2]] == ["1 round"]
    assert props(medoid)["data-row"] == str(one.medoid)
    assert [int(props(each)["data-row"]) for each in edges.children] == one.edges.tolist()
    steps = [json.loads(props(button)["data-cluster-step"]) for button in acts.children]
    assert [step["op"] for step in steps] == ["set", "add"]
    chosen = resolve({"steps": [steps[0]]}, own)
    np.testing.assert_array_equal(chosen, rows_of_cluster(own, checkpoint, KEY, 1))


def test_colors_in_the_list_are_those_of_the_map(own, cache):
    listed = cluster_list(own, cache, own.checkpoints[-1], KEY, None, {})
    colors = [line.children[0].children[0].style["--dark"] for line in lines_of(listed)]
    assert len(set(colors)) == 5
    many = lines_of(cluster_list(own, cache, own.checkpoints[-1], "cluster:kmeans:20", None, {}))
    colors = [line.children[0].children[0].style["--dark"] for line in many]
    assert len(set(colors[:11])) == 11 and len(set(colors[11:])) == 1
    assert len(many) <= N_LISTED


def test_those_in_no_cluster_come_last_and_are_selected_as_any(own, cache):
    checkpoint, key = own.checkpoints[-1], "cluster:hdbscan:25"
    found = clustering_of(own, checkpoint, key)
    assert found.n_in_none and found.n_clusters
    last = lines_of(cluster_list(own, cache, checkpoint, key, None, {}))[-1]
    step = json.loads(props(last.children[-1].children[0])["data-cluster-step"])
    assert len(resolve({"steps": [step]}, own)) == found.n_in_none
    told, labelled = told_cluster(own, checkpoint, key, 0)
    assert len(told) == 1, "they have no name"
    assert labelled["n"] == found.n_in_none


def test_where_no_two_clusters_are_found_it_is_said(own, cache):
    shown, caption = shown_clusters(own, cache, own.checkpoints[-1], "cluster:hdbscan:500")
    assert shown.children == NONE_FOUND
    assert "0 clusters of 600 galaxies" in caption[0].children


def test_without_classes_the_clusters_are_listed_all_the_same(own, cache, monkeypatch):
    catalog = own.catalog.drop(columns="label")
    monkeypatch.setattr(type(own), "catalog", property(lambda self: catalog))
    labels.why_no_classes.cache_clear()
    listed, caption = shown_clusters(own, cache, own.checkpoints[-1], KEY)
    labels.why_no_classes.cache_clear()
    assert len(lines_of(listed)) == 5
    assert "no column 'label'" in caption[1].children


def test_the_opened_cluster_is_the_first_where_there_is_none_of_its_number(own):
    checkpoint = own.checkpoints[-1]
    assert opened_number(own, checkpoint, KEY, 3) == 3
    for other in (None, 0, 6, -1, "2", True):
        assert opened_number(own, checkpoint, KEY, other) == 1
    assert opened_number(own, checkpoint, "cluster:hdbscan:500", 1) is None


def test_the_opened_cluster_has_its_own_curve_with_its_score(own, cache):
    checkpoint = own.checkpoints[-1]
    figure, told = curve_of(own, cache, (checkpoint, KEY, 1), {}, "dark")
    n = len(rows_of_cluster(own, checkpoint, KEY, 1))
    assert "score Σε" in told and "±" in told and f"n {n:,} in" in told
    assert {trace.name for trace in figure.data if trace.name} == {"cluster 1", "all"}


def test_no_curve_is_measured_while_the_panel_is_hidden(app, collection, values):
    shown = {"key": KEY, "checkpoint": collection.checkpoints[-1]}
    asked = values | {ids.CLUSTERS_SHOWN: shown, ids.SHELF: "table"}
    assert is_left(app, (ids.CLUSTERS_CURVE, "figure"), asked)
    told = call(app, (ids.CLUSTERS_CURVE_TEXT, "children"), asked | {ids.SHELF: "clusters"})
    assert "score Σε" in told


def test_a_curve_of_too_few_galaxies_is_undefined_in_words(own, cache):
    key = "cluster:kmeans:60"
    smallest = clustering_of(own, own.checkpoints[-1], key).n_clusters
    n = len(rows_of_cluster(own, own.checkpoints[-1], key, smallest))
    assert n < 40
    with pytest.raises(BadInput, match=f"needs at least 40 galaxies, and here are {n}"):
        curve_of(own, cache, (own.checkpoints[-1], key, smallest), {}, "dark")


def test_all_galaxies_of_the_opened_cluster_can_be_labelled(own):
    checkpoint = own.checkpoints[-1]
    _, labelled = told_cluster(own, checkpoint, KEY, 2)
    assert labelled["record"] == record_of_cluster(checkpoint, KEY, 2)
    assert labelled["n"] == len(resolve(labelled["record"], own))
    assert labelled["reached"] == {
        "list": "Cluster 2 of K-Means, k = 5",
        "checkpoint": checkpoint,
    }


def test_a_name_is_kept_and_told(app, own, cache, values, collection):
    asked = {"key": KEY, "checkpoint": own.checkpoints[-1], "cluster": 2, "name": "spirals"}
    kept, said = named(own, asked)
    assert kept["names"] == {2: "spirals"} and "Cluster 2 is called “spirals”" in said
    listed, _ = shown_clusters(own, cache, own.checkpoints[-1], KEY)
    assert lines_of(listed)[1].children[0].children[1].children == "2 spirals"
    told, _ = told_cluster(own, own.checkpoints[-1], KEY, 2)
    assert told[1].children.value == "spirals"
    kept, said = named(own, asked | {"name": ""})
    assert kept["names"] == {} and said == "No name now."


@pytest.mark.parametrize(
    "more, said",
    [
        ({"cluster": 9}, "no cluster 9"),
        ({"cluster": "2"}, "no cluster '2'"),
        ({"cluster": 0}, "have no name"),
        ({"name": "x" * 500}, "name"),
        ({"name": None}, "name"),
        ({"key": "cluster:magic:3"}, "no method 'magic'"),
        ({"checkpoint": "epoch_99"}, "epoch_99"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_in_a_sentence(own, more, said):
    asked = {"key": KEY, "checkpoint": own.checkpoints[-1], "cluster": 2, "name": "spirals"}
    with pytest.raises((BadInput, NotFound), match=said):
        named(own, asked | more)
    assert not (own.kept / "clusters").exists()


def test_names_of_another_build_are_told_of(own, cache, monkeypatch):
    checkpoint = own.checkpoints[-1]
    name_cluster(own, checkpoint, KEY, 1, "round")
    (path,) = (own.kept / "clusters").glob("*.json")
    path.rename(path.with_name("0123456789ab.json"))
    _, caption = shown_clusters(own, cache, checkpoint, KEY)
    assert "1 name was given to other clusters" in caption[-1].children


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({ids.CLUSTERS_METHOD: "magic"}, "Say how many"),
        ({ids.CLUSTERS_KMEANS: 1}, "2 to 100"),
        ({ids.CLUSTERS_KMEANS: 5.5}, "whole number"),
        ({ids.CLUSTERS_KMEANS: None}, "Say how many"),
        ({ids.CHECKPOINT: "epoch_99"}, "epoch_99"),
    ],
)
def test_what_cannot_be_clustered_is_a_message(app, values, wrong, said):
    told = text_of(call(app, (ids.CLUSTERS, "children"), values | wrong))
    assert said in told and "Traceback" not in told
    assert call(app, (ids.CLUSTERS_JOB, "data"), values | wrong) is None
    assert call(app, (ids.CLUSTERS_SHOWN, "data"), values | wrong) is None


def test_a_scan_says_which_number_is_chosen_and_why(own):
    checkpoint = own.checkpoints[-1]
    assert told_scan(own, checkpoint, MIXTURE, None, "dark")[1] == OF_MIXTURE
    scan_clusters(own, checkpoint, HDBSCAN)
    scan = known_scan(own, checkpoint, HDBSCAN)
    figure, told = told_scan(own, checkpoint, HDBSCAN, 7, "light")
    assert list(figure.data[0].x) == scan.asked.tolist()
    assert "highest contrast" in told[0].children and "n = 600" in told[0].children
    assert "no error is estimated" in told[0].children
    assert props(told[1])["data-cluster-number"] == str(scan.chosen)
    _, told = told_scan(own, checkpoint, HDBSCAN, scan.chosen, "light")
    assert len(told) == 1, "what is chosen already is not offered"


def test_what_was_not_tried_is_said_not_to_be_known(own):
    first = own.checkpoints[0]
    assert known_scan(own, first, KMEANS) is None
    assert told_scan(own, first, KMEANS, 8, "dark")[1] == NOT_YET


def test_a_scan_is_begun_by_its_button_alone_where_it_is_dear(app, values):
    assert is_left(app, (ids.SCAN_JOB, "data"), values | {ids.CLUSTERS_METHOD: MIXTURE})
    job = call(
        app, (ids.SCAN_JOB, "data"), values | {ids.CLUSTERS_SCAN: 1, ids.CLUSTERS_METHOD: HDBSCAN}
    )
    assert job is None or "hdbscan" in job["key"]

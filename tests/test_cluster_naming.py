"""Names of clusters in the legend, on the card, in exports and in words: as they are now."""

from xml.etree import ElementTree

import pytest
from flask import Flask

from dashboard import ids
from dashboard.cache import create_cache
from dashboard.class_search import found_classes
from dashboard.cluster_naming import cluster_called, known_names, with_names
from dashboard.map_asked import MapAsked
from dashboard.map_export import Screen, export_svg
from dashboard.painting import paint_of
from dashboard.paints import paint_record
from dashboard.panels.clusters_opened import curve_of
from dashboard.panels.map_legend import shown_legend
from dashboard.records import keep_record
from dashboard.routes import color_told
from dashboard.selection_words import selection_words
from dashboard.settings import Settings
from data.cluster_names import FOLDER, name_cluster
from data.clusterings import clustering_of, record_of_cluster
from data.store import Collection
from tests.test_map_colors import parts, words
from tests.test_wiring import dependencies, outputs_of

KEY = "cluster:kmeans:5"


@pytest.fixture
def own(collection_folder, tmp_path):
    """The collection, with a folder of its own for what is kept, and its clusters found."""
    collection = Collection.open(collection_folder, tmp_path)
    clustering_of(collection, collection.checkpoints[-1], KEY)
    return collection


@pytest.fixture
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


def paint(cache, key=KEY):
    return keep_record(cache, paint_record(key))


def legend_names(own, cache, key=KEY):
    shown, *_ = shown_legend(own, cache, own.checkpoints[-1], paint(cache, key), None)
    return [words(name) for name in parts(shown, "legend-name")]


def test_a_cluster_is_called_by_its_name_else_by_its_number():
    names = {1: "round", 3: "edge-on", 4: "edge-on"}
    called = [cluster_called(number, names) for number in range(5)]
    assert called == ["in no cluster", "round", "cluster 2", "edge-on (3)", "edge-on (4)"]
    assert cluster_called(None, names) == "in no cluster"


def test_the_legend_tells_names_as_they_are_now(own, cache):
    place = own, own.checkpoints[-1], KEY
    numbers = [f"cluster {number}" for number in range(1, 6)]
    assert legend_names(own, cache) == numbers
    name_cluster(*place, 2, "edge-on disks")
    assert legend_names(own, cache) == [numbers[0], "edge-on disks", *numbers[2:]]
    shown, *_ = shown_legend(own, cache, own.checkpoints[-1], paint(cache), None)
    toggle = parts(shown, "legend-toggle")[1].to_plotly_json()["props"]
    assert toggle["title"].startswith("edge-on disks: ")
    name_cluster(*place, 2, "")
    assert legend_names(own, cache) == numbers


def test_the_legend_and_the_curve_follow_a_name_that_is_given(app):
    told = {
        output
        for callback in dependencies(app)
        if ids.CLUSTERS_NAMED in [part["id"] for part in callback["inputs"]]
        for output, _ in outputs_of(callback)
    }
    assert {ids.MAP_LEGEND, ids.EXAMPLES, ids.CLUSTERS, ids.CLUSTERS_CURVE} <= told


def test_names_are_of_one_clustering_under_one_checkpoint(own, cache):
    name_cluster(own, own.checkpoints[-1], KEY, 1, "round")
    first = own.checkpoints[0]
    other = paint_of(own, cache, first, paint(cache))
    assert "round" not in with_names(own, first, other).names
    assert "round" not in legend_names(own, cache, "cluster:kmeans:4")
    by_class = paint_of(own, cache, first, paint(cache, "label"))
    assert with_names(own, first, by_class) is by_class


def test_clusters_of_the_shared_color_and_those_in_none_keep_their_words(own, cache):
    for number in (1, 18):
        name_cluster(own, own.checkpoints[-1], "cluster:kmeans:20", number, f"named {number}")
    names = legend_names(own, cache, "cluster:kmeans:20")
    assert names[0] == "named 1" and "named 18" not in names
    assert names[-1].startswith("other (")
    clustering_of(own, own.checkpoints[-1], "cluster:hdbscan:25")
    name_cluster(own, own.checkpoints[-1], "cluster:hdbscan:25", 1, "tight")
    names = legend_names(own, cache, "cluster:hdbscan:25")
    assert names[0] == "tight" and names[-1] == "in no cluster"


def test_names_that_cannot_be_read_leave_the_numbers(own, cache):
    checkpoint = own.checkpoints[-1]
    name_cluster(own, checkpoint, KEY, 1, "round")
    (path,) = (own.kept / FOLDER).glob("*.json")
    path.write_text("{")
    assert known_names(own, checkpoint, KEY) == {}
    assert legend_names(own, cache)[0] == "cluster 1"
    # Nor are clusters found only to tell their names.
    assert known_names(own, checkpoint, "cluster:kmeans:6") == {}
    for wrong in ((checkpoint, "cluster:magic:3"), ("epoch_99", KEY), (None, KEY)):
        assert known_names(own, *wrong) == {}


def test_the_card_says_what_a_color_means(own, cache, app):
    checkpoint = own.checkpoints[-1]
    name_cluster(own, checkpoint, KEY, 2, "edge-on disks")
    codes = clustering_of(own, checkpoint, KEY).codes
    row = int((codes == 1).argmax())
    told = color_told(own, cache, checkpoint, paint(cache), row)
    assert told == ["K-Means, k = 5", "edge-on disks"]
    assert color_told(own, cache, checkpoint, paint(cache, "redshift"), row) is None


def test_the_route_of_a_color_is_never_kept(app, collection, cache):
    client, place = app.server.test_client(), f"/collections/{collection.digest}/galaxies"
    asked = {"checkpoint": collection.checkpoints[-1], "paint": "0123456789abcdef"}
    assert client.get(f"{place}/0/color", query_string=asked).status_code == 404
    reply = client.get(f"{place}/0/color", query_string=asked | {"paint": paint(cache, "label")})
    assert reply.json == ["label", str(collection.catalog["label"].iat[0])]
    assert reply.headers["Cache-Control"] == "no-store"


def test_an_exported_map_and_words_of_a_selection_have_the_names(own, cache, app, collection):
    checkpoint = own.checkpoints[-1]
    asked = MapAsked(checkpoint, paint(cache), theme="light")
    view = (-1e3, 1e3, -1e3, 1e3)
    screen = Screen(width=900, height=600, cutouts=0)
    assert "cluster 2" in export_svg(own, cache, asked, view, screen)
    name_cluster(own, checkpoint, KEY, 2, "edge-on & thin")
    drawn = ElementTree.fromstring(export_svg(own, cache, asked, view, screen))
    texts = ["".join(part.itertext()) for part in drawn.iter("{http://www.w3.org/2000/svg}text")]
    assert any(text.startswith("edge-on & thin ") for text in texts)
    assert not any(text.startswith("cluster 2 ") for text in texts)
    record = record_of_cluster(checkpoint, KEY, 2)
    assert selection_words(own, record) == "edge-on & thin of K-Means, k = 5"


def test_an_exported_map_is_not_kept_by_browsers(app, collection):
    fields = {
        "checkpoint": collection.checkpoints[-1], "x0": -1, "x1": 1, "y0": -1, "y1": 1,
        "width": 800, "height": 800,
    }  # fmt: skip
    address = f"/collections/{collection.digest}/map/export.svg"
    reply = app.server.test_client().get(address, query_string=fields)
    assert reply.headers["Cache-Control"] == "no-store"


def test_the_curve_of_a_cluster_has_its_name(own, cache):
    name_cluster(own, own.checkpoints[-1], KEY, 1, "round")
    figure, _ = curve_of(own, cache, (own.checkpoints[-1], KEY, 1), {}, "dark")
    assert {trace.name for trace in figure.data if trace.name} == {"round", "all"}


def test_a_cluster_out_of_the_other_ones_is_found_by_its_name(own):
    checkpoint, key = own.checkpoints[-1], "cluster:kmeans:21"
    assert found_classes(own, checkpoint, key, "", []) == {}  # they have not been found yet
    clustering_of(own, checkpoint, key)
    name_cluster(own, checkpoint, key, 17, "Faint blue")
    assert found_classes(own, checkpoint, key, "blue", []) == {"17": "Faint blue"}
    found = found_classes(own, checkpoint, key, "cluster 1", ["17"])
    assert list(found) == ["17", "1", *(str(n) for n in range(10, 20) if n != 17)]
    assert found_classes(own, checkpoint, KEY, "", []) == {}  # each has a color of its own

"""The routes of labels over HTTP, as the page asks them."""

import io

import pandas as pd
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.jobs import Jobs
from dashboard.records import keep_record
from dashboard.routes_labels import HEADER, MAX_LABEL, MAX_MANY, register_label_routes
from dashboard.settings import Settings
from data.label_ids import labels_of
from data.selection import resolve
from data.store import Collection


class Served:
    """A collection's routes of labels, asked as a browser asks."""

    def __init__(self, collection):
        server = Flask("test")
        self.collection = collection
        self.cache = create_cache(server, Settings(cache="memory"))
        self.jobs = Jobs()
        register_label_routes(server, collection, self.cache, self.jobs)
        self.client = server.test_client()
        self.prefix = f"/collections/{collection.digest}/labels/"

    def get(self, address):
        return self.client.get(self.prefix + str(address))

    def post(self, address, record):
        return self.client.post(self.prefix + str(address), json=record)


@pytest.fixture
def served(collection_folder, tmp_path):
    return Served(Collection.open(collection_folder, tmp_path))


def test_a_galaxy_without_labels_has_none(served):
    told = served.get("7?user=Ada").json
    assert told["object_id"] == served.collection.catalog["object_id"].iat[7]
    assert told["score"] is None and told["tags"] == [] and told["history"] == []
    assert not served.collection.kept.exists(), "asking makes no file"


def test_a_score_is_kept_with_how_the_galaxy_was_reached(served):
    reached = {"list": "lowest density", "rank": 12, "checkpoint": "epoch_16"}
    told = served.post(7, {"user": "Ada", "score": 4, "reached": reached})
    assert told.status_code == 200 and told.json["score"] == 4
    assert told.headers["Cache-Control"] == "no-store"
    again = served.get("7?user=Ada").json
    assert again == told.json
    assert "Ada: score 4, #12 of lowest density, epoch_16" in again["history"][0]


def test_others_are_told_beside_the_user(served):
    served.post(7, {"user": "Ada", "score": 4})
    served.post(7, {"user": "Bo", "tag": "merger"})
    told = served.get("7?user=Ada").json
    assert told["others"] == [{"user": "Bo", "score": None, "tags": ["merger"]}]
    assert told["known_tags"] == ["merger"] and told["tags"] == []


def test_tags_come_and_go(served):
    served.post(7, {"tag": "merger"})
    assert served.post(7, {"tag": "ring"}).json["tags"] == ["merger", "ring"]
    assert served.post(7, {"tag": "merger", "on": False}).json["tags"] == ["ring"]


BRIGHT = {"steps": [], "cuts": [{"column": "redshift", "min": 0.05, "max": None}]}


def test_all_galaxies_of_a_selection_are_labelled_by_one_act(served):
    chosen = resolve(BRIGHT, served.collection)
    assert 1 < len(chosen) < served.collection.n_galaxies
    reached = {"list": "cluster 3 of hdbscan:50", "checkpoint": "epoch_16"}
    told = served.post("many", {"record": BRIGHT, "user": "Ada", "score": 2, "reached": reached})
    assert told.status_code == 200 and told.json["n"] == len(chosen)
    assert told.json["said"] == f"score 2, of {len(chosen):,} galaxies"
    store = labels_of(served.collection)
    assert told.json["version"] == store.version()
    object_ids = served.collection.catalog["object_id"].iloc[chosen]
    assert {label.object_id for label in store.labels()} == set(object_ids)
    assert {(label.user, label.score) for label in store.labels()} == {("Ada", 2)}
    assert {event.act for event in store.events()} == {store.events()[0].act}
    assert store.events()[0].reached == reached

    undone = served.post("undo", {"user": "Ada"}).json
    assert undone["said"] == told.json["said"] and undone["row"] is None
    assert store.labels() == []


def test_the_selection_to_label_may_be_named_by_the_id_of_its_record(served):
    name = keep_record(served.cache, BRIGHT)
    n = len(resolve(BRIGHT, served.collection))
    assert served.post("many", {"record": name, "tag": "far"}).json["n"] == n
    store = labels_of(served.collection)
    assert {label.tags for label in store.labels()} == {("far",)}
    told = served.post("many", {"record": name, "tag": "far", "on": False}).json
    assert told["said"] == f"tag 'far' taken back, of {n:,} galaxies"
    assert not any(label.tags for label in store.labels())
    served.post("many", {"record": name, "score": 0})
    assert {label.score for label in store.labels()} == {0}


@pytest.mark.parametrize(
    "record, said",
    [
        ({"record": BRIGHT, "score": 9}, "whole number from 0 to 5"),
        ({"record": BRIGHT, "tag": ""}, "tag"),
        ({"record": BRIGHT, "score": 1, "user": ""}, "name of a user"),
        ({"record": BRIGHT}, "'score' or a 'tag'"),
        ({"record": BRIGHT, "score": 1, "reached": [1]}, "reached"),
        ({"score": 1}, "No galaxy is selected"),
        ({"record": "", "score": 1}, "No galaxy is selected"),
        ({"record": {"steps": []}, "score": 1}, "No galaxy is selected"),
        ({"record": {"steps": [{"op": "set", "kind": "rows", "rows": []}]}, "score": 1}, "No"),
        ({"record": 5, "score": 1}, "A selection is a record"),
        ({"record": [1], "score": 1}, "A selection is a record"),
        ({"record": "f" * 16, "score": 1}, "Nothing is known by the name"),
        (
            {"record": {"steps": [{"op": "set", "kind": "rows", "rows": [10**9]}]}, "score": 1},
            "row",
        ),
    ],
)
def test_labels_of_many_that_are_none_are_refused_and_nothing_is_stored(served, record, said):
    reply = served.post("many", record)
    assert reply.status_code in (400, 404) and said in reply.text and "Traceback" not in reply.text
    assert labels_of(served.collection).events() == []


def test_more_than_are_labelled_at_once_are_refused_in_a_sentence(served, monkeypatch):
    monkeypatch.setattr("data.label_store.MAX_AT_ONCE", 3)
    reply = served.post("many", {"record": BRIGHT, "score": 1})
    assert reply.status_code == 400 and "At most 3 galaxies are labelled at once" in reply.text
    large = served.post("many", {"record": "x" * MAX_MANY, "score": 1})
    assert large.status_code == 400 and "send its id" in large.text
    assert labels_of(served.collection).events() == []


def test_undo_names_the_galaxy_and_redo_brings_it_back(served):
    version = served.post(7, {"user": "Ada", "score": 4}).json["version"]
    told = served.post("undo", {"user": "Ada"}).json
    assert told["row"] == 7 and told["said"] == "score 4" and told["version"] != version
    assert served.get("7?user=Ada").json["score"] is None
    assert served.get("7?user=Ada").json["history"][0].endswith("(undone)")
    assert served.post("redo", {"user": "Ada"}).json["row"] == 7
    assert served.get("7?user=Ada").json["score"] == 4
    assert served.post("undo", {"user": "Bo"}).json["said"] == ""


@pytest.mark.parametrize(
    "record, said",
    [
        ({"score": 6}, "whole number from 0 to 5"),
        ({"score": True}, "whole number"),
        ({"tag": ""}, "tag"),
        ({"tag": "a;b"}, "no ';'"),
        ({"user": "", "score": 1}, "name"),
        ({"user": 5, "score": 1}, "name"),
        ({}, "'score' or a 'tag'"),
        ([1], "posted as JSON"),
    ],
)
def test_a_label_that_is_none_is_refused_and_nothing_is_stored(served, record, said):
    reply = served.post(7, record)
    assert reply.status_code == 400 and said in reply.text and "Traceback" not in reply.text
    assert labels_of(served.collection).events() == []


def test_what_another_site_could_send_is_refused(served):
    form = served.client.post(served.prefix + "7", data={"score": "5"})
    assert form.status_code == 400 and "as JSON" in form.text
    table = served.client.post(served.prefix + "import?name=a.csv", data=b"object_id,score\n")
    assert table.status_code == 400 and HEADER in table.text
    large = served.post(7, {"score": 1, "reached": {"list": "x" * MAX_LABEL}})
    assert large.status_code == 400 and "at most 8,000 bytes" in large.text


@pytest.mark.parametrize("row", ["10000000", "-1", "1.5", "g7"])
def test_a_galaxy_that_is_not_there_is_named(served, row):
    reply = served.post(row, {"score": 3})
    assert reply.status_code == 404 and row.lstrip("-") in reply.text
    assert labels_of(served.collection).events() == []


def test_tables_go_out_and_come_in(served, tmp_path, collection_folder):
    served.post(7, {"user": "Ada", "score": 4})
    served.post(8, {"user": "Ada", "tag": "ring"})
    table = served.get("labels.csv")
    assert table.mimetype == "text/csv"
    assert f"{served.collection.name}-labels.csv" in table.headers["Content-Disposition"]
    assert len(pd.read_csv(io.BytesIO(table.data))) == 2
    history = served.get("history.parquet")
    assert len(pd.read_parquet(io.BytesIO(history.data))) == 2

    other = Served(Collection.open(collection_folder, tmp_path / "other"))
    for _ in range(2):  # twice is as once
        reply = other.client.post(
            other.prefix + "import?name=history.parquet", data=history.data, headers={HEADER: "x"}
        )
        assert reply.status_code == 200, reply.text
    assert "0 added, 2 there already" in reply.json["said"]
    assert other.get("7?user=Ada").json["score"] == 4


@pytest.mark.parametrize(
    "name, content, said",
    [
        ("labels.xlsx", b"PK", "not '.xlsx'"),
        ("labels", b"", "not 'that'"),
        ("labels.csv", b"object_id,score\nnobody,3\n", "nobody"),
        ("labels.csv", b"object_id,score\ng,9\n", "0 to 5"),
        ("labels.parquet", b"object_id", "cannot be read"),
    ],
)
def test_a_table_that_is_none_is_refused_in_a_sentence(served, name, content, said):
    address = f"{served.prefix}import?name={name}"
    reply = served.client.post(address, data=content, headers={HEADER: "x"})
    assert reply.status_code in (400, 404) and said in reply.text
    assert labels_of(served.collection).events() == []


def test_a_table_of_something_else_is_not_found(served):
    assert served.get("passwords.csv").status_code == 400
    assert served.get("labels.exe").status_code == 400


def bring(served, content, page):
    return served.client.post(
        f"{served.prefix}import?name=a.csv&user=Ada&page={page}",
        data=content,
        headers={HEADER: "x"},
    )


def test_a_table_of_a_page_is_brought_in_behind_it(served):
    page, ids = "0123456789abcdef01234567", served.collection.catalog["object_id"].tolist()
    told = bring(served, f"object_id,score\n{ids[0]},4\n{ids[1]},2\n".encode(), page).json
    job = served.jobs.get(told["job"])
    assert job.wait(60) and job.error is None
    assert job.status()["message"] == "2 rows: 2 added, 0 there already"
    assert len(labels_of(served.collection).labels()) == 2
    wrong = served.jobs.get(bring(served, b"object_id,score\nnowhere,4\n", page).json["job"])
    assert wrong.wait(60) and "not in the collection (nowhere)" in wrong.error.replace("'", "")
    assert bring(served, b"object_id,score\n", "../x").status_code == 400

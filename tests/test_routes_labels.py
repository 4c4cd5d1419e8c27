"""The routes of labels over HTTP, as the page asks them."""

import io

import pandas as pd
import pytest
from flask import Flask

from dashboard.routes_labels import HEADER, MAX_LABEL, register_label_routes
from data.label_ids import labels_of
from data.store import Collection


class Served:
    """A collection's routes of labels, asked as a browser asks."""

    def __init__(self, collection):
        server = Flask("test")
        self.collection = collection
        register_label_routes(server, collection)
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

"""The routes of searches over HTTP: pictures in, tables out, places on the map."""

import io

import numpy as np
import pandas as pd
import pytest
from flask import Flask
from PIL import Image

from dashboard.cache import create_cache
from dashboard.records import keep_record
from dashboard.routes_labels import HEADER
from dashboard.routes_similar import MAX_PLACES, register_similar_routes
from dashboard.settings import Settings
from dashboard.similar_query import answered_query, query_of
from data.store import Collection
from data.uploaded import MAX_BYTES


class Served:
    """A collection's routes of searches, asked as a browser asks."""

    def __init__(self, collection):
        server = Flask("test")
        self.collection = collection
        self.cache = create_cache(server, Settings(cache="memory"))
        register_similar_routes(server, collection, self.cache)
        self.client = server.test_client()
        self.prefix = f"/collections/{collection.digest}/"

    def get(self, address, **fields):
        return self.client.get(self.prefix + address, query_string=fields)

    def upload(self, content, name="mine.png", **headers):
        address = f"{self.prefix}uploads?name={name}"
        return self.client.post(address, data=content, headers=headers or {HEADER: "x"})


@pytest.fixture(scope="module")
def served():
    return Served(Collection.open("data/collections/demo"))


@pytest.fixture
def last(served):
    return served.collection.checkpoints[-1]


def test_an_uploaded_cutout_finds_its_galaxy_first(served, last):
    told = served.upload(served.collection.cutout(1234)[0], "mine.jpg").json
    assert told["name"] == "mine.jpg" and told["width"] > 8
    found = answered_query(
        served.collection, served.cache, last, query_of({"upload": told["id"]}, k=5)
    )
    assert found.rows[0] == 1234 and found.distances[0] < found.distances[1] / 10
    table = served.get("similar.csv", checkpoint=last, upload=told["id"], k=5)
    rows = pd.read_csv(io.BytesIO(table.data), dtype={"object_id": str})
    assert rows["object_id"][0] == served.collection.catalog["object_id"].iat[1234]


def test_the_picture_is_shown_as_it_was_read(served):
    pixels = np.random.default_rng(0).integers(0, 256, (30, 20, 3), np.uint8)
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    name = served.upload(file.getvalue()).json["id"]
    assert np.array_equal(Image.open(io.BytesIO(served.get(f"uploads/{name}.png").data)), pixels)
    assert served.upload(file.getvalue()).json["id"] == name


def test_a_picture_that_is_none_is_refused_in_a_sentence(served):
    reply = served.upload(b"this is a text, renamed")
    assert reply.status_code == 400 and "'mine.png' is no picture" in reply.text
    large = served.upload(bytes(MAX_BYTES + 1))
    assert large.status_code == 400 and "at most 20 MB" in large.text
    foreign = served.upload(b"x", **{"X-Other": "1"})
    assert foreign.status_code == 400 and HEADER in foreign.text


def test_a_picture_that_is_not_known_is_not_found(served, last):
    assert served.get("uploads/0123456789abcdef.png").status_code == 404
    reply = served.get("similar.csv", checkpoint=last, upload="0123456789abcdef")
    assert reply.status_code == 404 and "upload it again" in reply.text


def test_a_table_holds_what_is_found_and_how_far(served, last):
    reply = served.get("similar.csv", checkpoint=last, like="7,12", k=4, metric="cosine")
    rows = pd.read_csv(io.BytesIO(reply.data))
    assert list(rows) == ["rank", "object_id", "ra", "dec", "cosine_distance"]
    assert len(rows) == 4 and rows["cosine_distance"].is_monotonic_increasing
    assert reply.headers["Content-Disposition"].endswith(f'"demo-{last}-similar.csv"')


@pytest.mark.parametrize(
    "fields, said",
    [
        ({}, "inspect a galaxy, or upload"),
        ({"like": "seven"}, "'seven' is not a row"),
        ({"like": "999999"}, "no row 999999"),
        ({"like": "7", "k": "0"}, "1 to 1,000"),
        ({"like": "7", "k": "many"}, "'many' is not k"),
        ({"like": "7", "metric": "manhattan"}, "not 'manhattan'"),
        ({"like": "7", "scope": "beyond"}, "not 'beyond'"),
        ({"like": "7", "scope": "inside"}, "Nothing is selected"),
        ({"like": "7", "checkpoint": "epoch_999"}, "no checkpoint 'epoch_999'"),
    ],
)
def test_what_cannot_be_searched_is_a_sentence(served, last, fields, said):
    reply = served.get("similar.csv", **{"checkpoint": last} | fields)
    assert reply.status_code in (400, 404) and said in reply.text


def test_a_search_is_within_the_selection_or_outside_it(served, last):
    rows = list(range(100, 200))
    record = {"steps": [{"op": "set", "kind": "rows", "rows": rows}], "checkpoint": last}
    name = keep_record(served.cache, record)
    for scope, is_inside in (("inside", True), ("outside", False)):
        found = answered_query(
            served.collection, served.cache, last, query_of({"like": [7]}, k=20, scope=scope), name
        )
        assert len(found.rows) == 20 and (np.isin(found.rows, rows) == is_inside).all()


def test_places_are_those_of_the_map(served, last):
    told = served.get("places", checkpoint=last, rows="7,3").json["places"]
    positions, _ = served.collection.map_positions(last)
    assert told == [[7, *positions[7].tolist()], [3, *positions[3].tolist()]]
    assert served.get("places", checkpoint=last, rows="10000000").status_code == 404
    many = ",".join(["1"] * (MAX_PLACES + 1))
    assert served.get("places", checkpoint=last, rows=many).status_code == 400


@pytest.mark.parametrize(
    "store", [{"like": "7"}, {"like": [1.5]}, {"like": [True]}, {"unlike": {}}, {"upload": 5}]
)
def test_a_store_that_holds_something_else_is_refused(served, last, store):
    from models.errors import BadInput

    with pytest.raises(BadInput):
        answered_query(served.collection, served.cache, last, query_of(store, 7))


def test_without_more_it_is_the_inspected_galaxy(served, last):
    assert query_of(None, 7).like == (7,) and query_of({"like": [5]}, 7).like == (5,)
    assert query_of({"upload": "a"}, 7).like == () and query_of(None, None).is_empty

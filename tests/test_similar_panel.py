"""The panel of similar galaxies, as callbacks answer it."""

import numpy as np
import pytest

from dashboard import ids
from dashboard.panels.similar import EMPTY, found_row
from models.errors import NotFound
from tests.test_wiring import call, text_of


@pytest.fixture
def values(collection):
    return {
        ids.SHELF: "similar",
        ids.CHECKPOINT: collection.checkpoints[-1],
        ids.SIMILAR_METRIC: "euclidean",
        ids.SIMILAR_SCOPE: "all",
        ids.SIMILAR_K: 5,
        ids.SIMILAR_ALONG: False,
        ids.SELECTED: {"id": "", "n": None},
    }


def found(app, values):
    return call(app, (ids.SIMILAR_FOUND, "data"), values)


def test_the_nearest_of_the_inspected_galaxy_are_found(app, collection, values):
    near = collection.neighbors(collection.checkpoints[-1])[7, :5]
    assert found(app, values | {ids.QUERY: 7}) == near.tolist()
    caption = text_of(call(app, (ids.SIMILAR_CAPTION, "children"), values | {ids.QUERY: 7}))
    assert caption.startswith("The 5 nearest of 599, exact; Euclidean distances in the unit")


def test_several_and_those_unlike_are_searched_from(app, values):
    several = values | {ids.SIMILAR_QUERY: {"like": [7, 9], "unlike": [11], "upload": None}}
    rows = found(app, several)
    assert len(rows) == 5 and not set(rows) & {7, 9, 11}
    assert "unlike" in text_of(call(app, (ids.SIMILAR_FROM, "children"), several))


def test_nothing_to_search_from_says_what_to_do(app, values):
    assert text_of(call(app, (ids.SIMILAR, "children"), values)) == EMPTY


@pytest.mark.parametrize("metric", ["cosine", "steps"])
def test_other_distances_find_others_of_the_same_kind(app, collection, values, metric):
    asked = values | {ids.QUERY: 7, ids.SIMILAR_METRIC: metric}
    rows = found(app, asked)
    assert len(rows) == 5 and 7 not in rows
    own = collection.neighbors(collection.checkpoints[-1])[7].tolist()
    assert bool(set(rows) & set(own)) == (metric == "cosine")


@pytest.mark.parametrize(
    "wrong, said",
    [
        ({ids.SIMILAR_SCOPE: "inside"}, "Nothing is selected"),
        ({ids.SIMILAR_K: None}, "1 to 1,000"),
        ({ids.SIMILAR_METRIC: "x"}, "not 'x'"),
        ({ids.QUERY: 10**6}, "no row"),
        ({ids.SIMILAR_QUERY: {"upload": "0123456789abcdef"}}, "upload it again"),
        ({ids.CHECKPOINT: "epoch_999"}, "no checkpoint"),
    ],
)
def test_what_cannot_be_searched_is_a_message(app, values, wrong, said):
    told = text_of(call(app, (ids.SIMILAR, "children"), values | {ids.QUERY: 7} | wrong))
    assert said in told and "Traceback" not in told


def test_the_same_search_under_every_checkpoint(app, collection, values):
    told = text_of(
        call(app, (ids.SIMILAR, "children"), values | {ids.QUERY: 7, ids.SIMILAR_ALONG: True})
    )
    n = len(collection.checkpoints)
    assert told.count("epoch") >= n


def test_a_galaxy_is_found_by_its_id_and_by_its_position(collection):
    row = collection.catalog.iloc[33]
    assert found_row(collection, row["object_id"]) == 33
    assert found_row(collection, f"{row['ra']} {row['dec']}") == 33


def test_what_is_not_found_says_how_far_the_nearest_is(collection):
    with pytest.raises(NotFound, match="the nearest, .* is .* away"):
        found_row(collection, "10:00:00 -89:59:00")
    with pytest.raises(NotFound, match="no galaxy 'NGC 1'.*no position"):
        found_row(collection, "NGC 1")
    assert np.isfinite(collection.catalog["ra"]).all()

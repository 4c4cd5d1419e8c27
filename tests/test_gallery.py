"""Pages of the gallery: the right galaxy at each place, whatever the box, the order, the list."""

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.listing import listed
from dashboard.listing_columns import DISTANCE, RANDOM
from dashboard.panels.gallery import n_that_fit, page_of, shown_gallery
from dashboard.panels.gallery_controls import sort_options
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.store import Collection

ROOM = {"columns": 5, "rows": 2}


@pytest.fixture(scope="module")
def cache():
    return create_cache(Flask(__name__), Settings(cache="memory"))


@pytest.fixture(scope="module")
def chosen(collection, cache):
    """Id of a record of 33 galaxies, and their rows."""
    rows = list(range(11, 600, 18))
    return keep_record(cache, {"steps": [{"op": "set", "kind": "rows", "rows": rows}]}), rows


def gallery(collection, cache, selection="", sort=(DISTANCE, "asc"), place=None, room=ROOM):
    found = listed(collection, cache, collection.checkpoints[-1], selection, [sort])
    chosen = found if selection else None
    return shown_gallery(found, chosen, place, room)


def rows_of(thumbnails):
    return [int(getattr(each, "data-row")) for each in thumbnails]


@pytest.mark.parametrize("sort", [(DISTANCE, "asc"), ("magnitude", "desc"), (RANDOM, "asc")])
def test_pages_show_each_selected_galaxy_once_in_order(collection, cache, chosen, sort):
    name, rows = chosen
    shown, place = [], None
    for _ in range(4):
        thumbnails, caption, told = gallery(collection, cache, name, sort, place)
        assert caption == f"{told['first'] + 1}–{told['first'] + len(thumbnails)} of 33 selected"
        shown += rows_of(thumbnails)
        place = {"first": told["first"] + told["per_page"], "of": told["of"]}
    order = listed(collection, cache, collection.checkpoints[-1], name, [sort]).order()
    assert shown == order.tolist() and sorted(shown) == rows


def test_the_picture_is_that_of_the_row(collection, cache, chosen):
    for thumbnail in gallery(collection, cache, chosen[0], room=ROOM | {"px": 64})[0]:
        row = getattr(thumbnail, "data-row")
        address = f"/collections/{collection.digest}/cutouts/{row}?size=64"
        assert thumbnail.children[0].src == address
        assert collection.catalog["object_id"].iat[int(row)] in thumbnail.title


def test_below_each_is_the_value_it_is_sorted_by_with_its_unit(collection, cache):
    thumbnails, _, _ = gallery(collection, cache, sort=("magnitude", "asc"))
    brightest = np.sort(collection.catalog["magnitude"].to_numpy())[:10]
    texts = [each.children[1].children for each in thumbnails]
    assert texts == [f"{value:.5g} mag" for value in brightest]


def test_what_is_unknown_comes_last_and_is_said_to_be(collection, cache):
    n = collection.n_galaxies
    found = listed(collection, cache, collection.checkpoints[-1], "", [("redshift", "desc")])
    first = page_of(found, None, ROOM)
    last = {"first": n - 1, "of": first.of}
    thumbnails, caption, _ = shown_gallery(found, None, last, ROOM)
    assert [each.children[1].children for each in thumbnails] == ["unknown"] * 10
    assert caption == f"{n - 9}–{n} of {n} galaxies"


def test_the_galaxy_shown_first_stays_when_the_box_changes(collection, cache):
    _, _, told = gallery(collection, cache)
    place = {"first": 40, "of": told["of"]}
    for room in (ROOM, {"columns": 7, "rows": 3}, {"columns": 1, "rows": 1}):
        thumbnails, _, told = gallery(collection, cache, place=place, room=room)
        assert told["first"] <= 40 < told["first"] + len(thumbnails)


def test_a_place_of_another_list_is_the_first_page(collection, cache, chosen):
    _, _, told = gallery(collection, cache)
    place = {"first": 20, "of": told["of"]}
    assert gallery(collection, cache, place=place)[2]["first"] == 20
    for other in ({"selection": chosen[0]}, {"sort": (DISTANCE, "desc")}, {"sort": ("ra", "asc")}):
        assert gallery(collection, cache, place=place, **other)[2]["first"] == 0


def test_a_place_in_an_order_of_the_catalog_outlives_a_change_of_checkpoint(collection, cache):
    for key, first in (("magnitude", 30), (DISTANCE, 0), ("log_density", 0)):
        lists = [listed(collection, cache, c, "", [(key, "asc")]) for c in collection.checkpoints]
        place = {"first": 30, "of": page_of(lists[0], None, ROOM).of}
        assert page_of(lists[-1], place, ROOM).first == first


@pytest.mark.parametrize("place", [{"first": 10**9}, {"first": -5}, {"first": "x"}, 7, {"of": 1}])
def test_a_place_that_is_none_is_bounded(collection, cache, place):
    of = gallery(collection, cache)[2]["of"]
    asked = {**place, "of": of} if isinstance(place, dict) else place
    thumbnails, _, told = gallery(collection, cache, place=asked)
    assert 0 <= told["first"] < collection.n_galaxies and len(thumbnails) == 10


@pytest.mark.parametrize(
    "room, n",
    [
        ({"columns": 5, "rows": 2}, 10),
        ({"columns": 500, "rows": 500}, 600),
        ({"columns": 10**9, "rows": 1}, 1),
        ({"columns": "5", "rows": 2}, 1),
        ({"columns": 2.5, "rows": 2}, 1),
        ("large", 1),
    ],
)
def test_a_box_holds_no_more_than_a_page_may(room, n):
    assert n_that_fit(room) == n


def test_all_galaxies_are_shown_with_the_selected_marked(collection, cache, chosen):
    name, rows = chosen
    checkpoint = collection.checkpoints[-1]
    everything = listed(collection, cache, checkpoint, "", [("object_id", "asc")])
    selection = listed(collection, cache, checkpoint, name)
    thumbnails, caption, _ = shown_gallery(everything, selection, None, {"columns": 20, "rows": 20})
    marked = [row for row, each in enumerate(thumbnails) if "chosen" in each.className]
    assert marked == [row for row in rows if row < 400]
    assert caption == "1–400 of 600 galaxies"


def test_an_empty_selection_says_what_to_do(collection, cache):
    none = keep_record(cache, {"steps": [{"op": "set", "kind": "rows", "rows": []}]})
    shown, caption, told = gallery(collection, cache, none)
    assert "Undo" in shown.children and caption == "0 selected" and told["n"] == 0


def test_without_cutouts_there_are_identifiers(collection, cache, tmp_path):
    bare = Collection(collection.folder, {**collection.info, "files": {
        name: known for name, known in collection.info["files"].items() if "cutouts" not in name
    }}, collection.kept)  # fmt: skip
    thumbnails, caption, _ = gallery(bare, cache, sort=("magnitude", "asc"))
    assert "no cutouts" in caption
    for thumbnail in thumbnails:
        row = int(getattr(thumbnail, "data-row"))
        assert thumbnail.children[0].children == bare.catalog["object_id"].iat[row]
        assert "mag" in thumbnail.children[1].children


def test_galaxies_sort_by_every_column_and_two_orders(collection):
    values = [item["value"] for group in sort_options(collection) for item in group["items"]]
    assert len(values) == len(set(values)) and values[0] == DISTANCE
    assert {*collection.catalog.columns, RANDOM, "log_density"} <= set(values)

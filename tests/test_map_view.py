"""What an address of the map is read as, and what is kept of the answer."""

import threading

import numpy as np
import pytest
from flask import Flask

from dashboard import map_view
from dashboard.cache import create_cache
from dashboard.map_asked import MapAsked, number_asked, view_asked, whole_asked
from dashboard.map_points import MOVED, SELECTED, far_galaxies, points_in_view
from dashboard.map_view import map_index, shown_of
from dashboard.paints import paint_record
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.selection import resolve_mask
from models.errors import BadInput, NotFound
from models.space.map_index import MapIndex

VIEW = {"x0": "-1", "x1": "2.5", "y0": "0", "y1": "1e3"}


@pytest.fixture(scope="module")
def cache():
    return create_cache(Flask("map"), Settings(cache="memory"))


@pytest.fixture(scope="module")
def checkpoint(collection):
    return collection.checkpoints[-1]


@pytest.fixture(scope="module")
def paint(cache):
    return keep_record(cache, paint_record("label"))


@pytest.fixture(scope="module")
def record(collection, checkpoint):
    """A selection of galaxies of the right half of the map."""
    x0, x1, y0, y1 = map_index(collection, checkpoint).home
    step = {"op": "set", "kind": "box", "x": [(x0 + x1) / 2, x1], "y": [y0, y1]}
    return {"checkpoint": checkpoint, "steps": [step]}


@pytest.fixture
def asked(cache, checkpoint, paint, record):
    return MapAsked(checkpoint, paint, keep_record(cache, record))


def test_a_view_is_read():
    assert view_asked(VIEW) == (-1.0, 2.5, 0.0, 1000.0)


@pytest.mark.parametrize("name", VIEW)
@pytest.mark.parametrize(
    "text", ["nan", "inf", "-inf", "", "abc", "1e308", "1,5", "0x10", "9" * 400]
)
def test_a_view_that_is_none_is_refused_by_name(name, text):
    with pytest.raises(BadInput, match=f"'{name}'"):
        view_asked(VIEW | {name: text})


@pytest.mark.parametrize("ends", [("1", "1"), ("2", "1"), ("0", "5e-324"), ("1e30", "1e30")])
def test_a_view_without_extent_is_refused(ends):
    with pytest.raises(BadInput, match="less than"):
        view_asked(VIEW | {"x0": ends[0], "x1": ends[1]})


def test_numbers_are_bounded_or_refused():
    assert whole_asked({"columns": "1000000000"}, "columns", 200) == 200
    assert whole_asked({"columns": "1e30"}, "columns", 200) == 200
    assert whole_asked({}, "most", 50, 20) == 20
    assert number_asked({"x": "-0.25"}, "x") == -0.25
    for text in ("0", "-3", "0.5", "nan", "many"):
        with pytest.raises(BadInput, match="'columns'"):
            whole_asked({"columns": text}, "columns", 200)


def test_what_is_shown_is_read():
    fields = {
        "checkpoint": "c",
        "paint": "p",
        "selection": "s",
        "hidden": "4,0,4",
        "theme": "light",
    }
    assert MapAsked.read(fields) == MapAsked("c", "p", "s", frozenset({0, 4}), "light")
    assert MapAsked.read({}) == MapAsked("")
    assert MapAsked.read({"hidden": "", "theme": "", "selection": ""}) == MapAsked("")


@pytest.mark.parametrize(
    "fields",
    [{"hidden": text} for text in ("a", "1,,2", "-1", "1;2", "1e3", "1," * 300 + "1")]
    + [{"theme": "pink"}],
)
def test_what_cannot_be_shown_is_refused(fields):
    with pytest.raises(BadInput, match=f"'{next(iter(fields))}'"):
        MapAsked.read(fields)


def test_an_index_is_made_once_for_all_who_ask_at_once(collection, monkeypatch):
    made = []

    def counted(positions):
        made.append(threading.get_ident())
        return MapIndex(positions)

    monkeypatch.setattr(map_view, "MapIndex", counted)
    monkeypatch.setattr(map_view, "_INDEXES", type(map_view._INDEXES)(2**24))
    found, barrier = [], threading.Barrier(6)

    def ask():
        barrier.wait()
        found.append(map_index(collection, collection.checkpoints[0]))

    threads = [threading.Thread(target=ask) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1 and all(index is found[0] for index in found)


def test_groups_and_selection_are_of_the_same_galaxies(collection, cache, asked, record):
    shown = shown_of(collection, cache, asked)
    rows = shown.index.order
    np.testing.assert_array_equal(shown.groups, shown.coloring.groups[rows])
    np.testing.assert_array_equal(shown.selected, resolve_mask(record, collection)[rows])
    assert 0 < shown.selected.sum() < len(rows)


def test_the_parts_are_the_shown_galaxies(collection, cache, asked):
    hidden = MapAsked(asked.checkpoint, asked.paint, asked.selection, frozenset({1, 200}))
    shown = shown_of(collection, cache, hidden)
    index, home = shown.index, shown.index.home
    selected, rest = (
        set(index.representatives(home, len(index), part).tolist()) for part in shown.pyramids()
    )
    visible = shown.groups != 1
    assert selected == set(np.flatnonzero(visible & shown.selected).tolist())
    assert rest == set(np.flatnonzero(visible & ~shown.selected).tolist())
    assert shown.count(home) == visible.sum() < len(index)


@pytest.mark.parametrize("name", ["checkpoint", "paint", "selection"])
def test_unknown_names_are_not_found(collection, cache, asked, name):
    with pytest.raises(NotFound):
        shown_of(collection, cache, MapAsked(**{**vars(asked), name: "nothing"}))


def test_records_of_another_kind_are_refused(collection, cache, asked):
    for fields in ({"paint": asked.selection}, {"selection": asked.paint}):
        with pytest.raises(BadInput):
            shown_of(collection, cache, MapAsked(**{**vars(asked), **fields}))


def test_an_empty_selection_is_none(collection, cache, checkpoint, paint):
    empty = keep_record(cache, {"checkpoint": checkpoint, "steps": []})
    assert shown_of(collection, cache, MapAsked(checkpoint, paint, empty)).selected is None


def test_points_say_who_and_where_they_are(collection, cache, asked, record):
    view = map_index(collection, asked.checkpoint).home
    points = points_in_view(collection, cache, asked, view)
    positions, is_moved = collection.map_positions(asked.checkpoint)
    assert points.is_every and points.n_in_view == len(points.rows) == collection.n_galaxies
    np.testing.assert_array_equal(np.sort(points.rows), np.arange(collection.n_galaxies))
    np.testing.assert_array_equal(np.stack([points.x, points.y], axis=1), positions[points.rows])
    is_selected = resolve_mask(record, collection)[points.rows]
    np.testing.assert_array_equal(points.flags & SELECTED > 0, is_selected)
    np.testing.assert_array_equal(points.flags & MOVED > 0, is_moved[points.rows])


@pytest.mark.parametrize("most", [None, 60])
def test_selected_galaxies_come_last_and_so_over_the_others(
    collection, cache, asked, monkeypatch, most
):
    if most:
        monkeypatch.setattr("dashboard.map_points.MAX_POINTS", 100)
    rows = {"op": "set", "kind": "rows", "rows": list(range(0, collection.n_galaxies, 2))}
    record = keep_record(cache, {"checkpoint": asked.checkpoint, "steps": [rows]})
    view = map_index(collection, asked.checkpoint).home
    every_second = MapAsked(asked.checkpoint, asked.paint, record)
    points = points_in_view(collection, cache, every_second, view, most=most or 20_000)
    is_selected = points.rows % 2 == 0
    assert 10 < is_selected.sum() < len(points.rows) - 10
    assert is_selected.tolist() == sorted(is_selected.tolist())


def test_of_many_half_are_selected_ones(collection, cache, asked, monkeypatch):
    monkeypatch.setattr("dashboard.map_points.MAX_POINTS", 100)
    view = map_index(collection, asked.checkpoint).home
    points = points_in_view(collection, cache, asked, view, most=60)
    n_selected = int((points.flags & SELECTED > 0).sum())
    assert not points.is_every and points.n_in_view == collection.n_galaxies
    assert 50 <= len(points.rows) <= 60 and abs(n_selected - 30) <= 4
    assert points_in_view(collection, cache, asked, view, is_every=True).is_every


def test_few_selected_leave_their_room_to_the_others(collection, cache, asked, monkeypatch):
    monkeypatch.setattr("dashboard.map_points.MAX_POINTS", 100)
    rows = {"op": "set", "kind": "rows", "rows": [3, 5, 8]}
    three = keep_record(cache, {"checkpoint": asked.checkpoint, "steps": [rows]})
    view = map_index(collection, asked.checkpoint).home
    few = MapAsked(asked.checkpoint, asked.paint, three)
    points = points_in_view(collection, cache, few, view, most=60)
    assert set(points.rows[points.flags & SELECTED > 0].tolist()) == {3, 5, 8}
    assert len(points.rows) >= 45


def test_far_galaxies_come_furthest_first(collection, cache, asked, monkeypatch):
    positions = collection.map_positions(asked.checkpoint)[0].copy()
    far = positions.astype(float).copy()
    far[[4, 9, 11]] += [[30, 0], [0, -90], [60, 0]]
    is_moved = np.isin(np.arange(len(far)), [4, 9, 11])
    monkeypatch.setattr(type(collection), "map_positions", lambda *_: (positions, is_moved))
    monkeypatch.setattr(type(collection), "projection", lambda *_: far)
    monkeypatch.setattr("dashboard.map_points._FAR", type(map_view._INDEXES)(2**20))
    found = far_galaxies(collection, cache, asked)
    assert found["n"] == 3 and {galaxy[0] for galaxy in found["far"]} == {4, 9, 11}
    assert [galaxy[0] for galaxy in found["far"]].index(11) < 2
    assert found["far"][-1][0] == 4
    row, x, y, group, is_selected = found["far"][0]
    assert [x, y] == positions[row].tolist()
    shown = shown_of(collection, cache, asked)
    assert group == shown.coloring.groups[row] and is_selected == shown.chosen[row]
    hidden = MapAsked(asked.checkpoint, asked.paint, asked.selection, frozenset({group}))
    assert row not in [galaxy[0] for galaxy in far_galaxies(collection, cache, hidden)["far"]]

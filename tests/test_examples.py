import numpy as np
import pytest
from flask import Flask

from dashboard import ids
from dashboard.cache import create_cache
from dashboard.color_classes import MAX_OWN, color_classes
from dashboard.examples import KINDS, MAX_EACH, find_examples
from dashboard.painting import paint_of
from dashboard.paints import paint_record
from dashboard.panels.examples import COLORED, caption, class_columns_of, shown_column
from dashboard.records import keep_record
from dashboard.settings import Settings
from models.errors import BadInput
from tests.test_map_colors import parts, words
from tests.test_wiring import post


@pytest.fixture(scope="module")
def colored(collection):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    paint = keep_record(cache, paint_record("label"))
    return paint_of(collection, cache, collection.checkpoints[-1], paint)


def found(collection, colored, kind, n_each=4, **asked):
    return find_examples(collection, collection.checkpoints[-1], colored, kind, n_each, **asked)


@pytest.mark.parametrize("kind", KINDS)
def test_examples_are_of_their_class_and_none_is_shown_twice(collection, colored, kind):
    examples = found(collection, colored, kind)
    assert [one.name for one in examples] == [name for name in colored.names if name != "missing"]
    for one in examples:
        assert (colored.groups[one.rows] == one.group).all()
        assert len(set(one.rows.tolist())) == len(one.rows) == min(4, one.n)
        assert one.n == colored.counts()[one.group] and one.n_chosen is None


def test_typical_ones_are_the_nearest_to_the_mean_of_their_class(collection, colored):
    checkpoint = collection.checkpoints[-1]
    by_row = np.empty_like(np.asarray(collection.components(checkpoint)))
    by_row[collection.order] = collection.components(checkpoint)
    for one in found(collection, colored, "typical", 5):
        members = np.flatnonzero(colored.groups == one.group)
        points = by_row[members].astype(float)
        distances = np.linalg.norm(points - points.mean(axis=0), axis=1)
        np.testing.assert_array_equal(one.rows, members[np.argsort(distances)[:5]])


def test_odd_ones_have_the_lowest_density_of_their_class(collection, colored):
    density = collection.density(collection.checkpoints[-1])["log_density"]
    for one in found(collection, colored, "odd", 3):
        members = np.flatnonzero(colored.groups == one.group)
        np.testing.assert_array_equal(np.sort(density[one.rows]), np.sort(density[members])[:3])


def test_a_draw_is_the_same_again_and_another_one_is_not(collection, colored):
    first, again = (found(collection, colored, "random", 8) for _ in range(2))
    other = found(collection, colored, "random", 8, draw=1)
    same = [(a.rows == b.rows).all() for a, b in zip(first, again, strict=True)]
    assert all(same)
    assert any((a.rows != b.rows).any() for a, b in zip(first, other, strict=True))


@pytest.mark.parametrize("kind", KINDS)
def test_examples_of_a_selection_are_selected(collection, colored, kind):
    chosen = np.zeros(collection.n_galaxies, bool)
    chosen[np.flatnonzero(colored.groups == 0)[:2]] = True
    examples = found(collection, colored, kind, chosen=chosen)
    assert sorted(examples[0].rows) == np.flatnonzero(chosen).tolist()
    assert [one.n_chosen for one in examples] == [2] + [0] * (len(examples) - 1)
    assert all(len(one.rows) == 0 for one in examples[1:])


def test_classes_without_a_color_of_their_own_are_left_out(collection):
    codes = np.arange(collection.n_galaxies) % 30
    many = color_classes("class", "class", codes, [f"class {code:02d}" for code in range(30)])
    examples = found(collection, many, "random")
    assert len(examples) == MAX_OWN
    said = caption(collection, collection.checkpoints[-1], many, "random")
    assert f"{MAX_OWN} classes" in said and f"{30 - MAX_OWN} others not shown" in said


def test_what_is_no_kind_is_refused_and_too_many_are_not_given(collection, colored):
    with pytest.raises(BadInput, match="typical, random or odd"):
        found(collection, colored, "pretty")
    assert max(len(one.rows) for one in found(collection, colored, "random", 10**9)) <= MAX_EACH


def test_every_class_is_a_column_with_its_name_its_number_and_pictures(collection, colored):
    columns = class_columns_of(collection, colored, found(collection, colored, "typical", 2))
    for column, one in zip(columns, found(collection, colored, "typical", 2), strict=True):
        assert one.name in words(column) and f"{one.n:,}" in words(column)
        rows = [int(getattr(galaxy, "data-row")) for galaxy in parts(column, "thumbnail")]
        assert rows == one.rows.tolist()


def test_the_column_is_that_of_the_map_where_it_has_classes(collection):
    assert shown_column(collection, COLORED, paint_record("label")) == "label"
    assert shown_column(collection, COLORED, paint_record("redshift")) == "label"
    assert shown_column(collection, "cluster", paint_record("label")) == "cluster"
    of_any_number = "cluster:hdbscan:25"
    assert shown_column(collection, COLORED, paint_record(of_any_number)) == of_any_number


def asked(app, collection, **changed):
    values = {
        ids.SHELF: "examples",
        ids.CHECKPOINT: collection.checkpoints[-1],
        ids.EXAMPLES_COLUMN: COLORED,
        ids.EXAMPLES_KIND: "typical",
        ids.EXAMPLES_SELECTED: False,
        ids.EXAMPLES_ROOM: 2,
        ids.EXAMPLES_REDRAW: None,
        ids.PAINT: {"id": app_paint(app, collection)},
        ids.SELECTED: {"id": "", "n": None},
    } | changed
    return post(app, (ids.EXAMPLES, "children"), values)


def app_paint(app, collection):
    from dashboard.panels.map_colors import first_paint
    from data.selection import digest

    return digest(first_paint(collection))


def test_examples_are_found_only_while_they_are_shown(app, collection):
    assert asked(app, collection, **{ids.SHELF: "gallery"}).json["response"] == {}
    shown = asked(app, collection).json["response"]
    assert "data-row" in str(shown[ids.EXAMPLES]["children"])
    drawn = shown[ids.EXAMPLES_DRAWN]["data"]
    assert asked(app, collection, **{ids.EXAMPLES_DRAWN: drawn}).json["response"] == {}


@pytest.mark.parametrize(
    "changed, said",
    [
        ({ids.EXAMPLES_SELECTED: True}, "Nothing is selected"),
        ({ids.EXAMPLES_COLUMN: "redshift"}, "no classes"),
        ({ids.EXAMPLES_COLUMN: "no such column"}, "no column"),
        ({ids.EXAMPLES_KIND: "pretty"}, "typical, random or odd"),
        ({ids.PAINT: None}, "Nothing is known"),
        ({ids.CHECKPOINT: "no such checkpoint"}, "no checkpoint"),
        ({ids.EXAMPLES_ROOM: "many"}, "data-row"),
    ],
)
def test_what_cannot_be_shown_is_said_in_its_place(app, collection, changed, said):
    response = asked(app, collection, **changed).json["response"]
    assert said in str(response[ids.EXAMPLES]["children"])

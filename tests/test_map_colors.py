import json

import numpy as np
import pytest
from flask import Flask

from dashboard import ids
from dashboard.cache import create_cache
from dashboard.color_classes import color_classes
from dashboard.color_shades import Shading, color_shades
from dashboard.colors import N_SHADES, POINTS, color_excess, color_points
from dashboard.paints import VERSION, paint_record
from dashboard.panels.map_color_bar import color_bar, tick_values
from dashboard.panels.map_colors import asked_paint, first_paint
from dashboard.panels.map_legend import legend, shown_legend
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.selection import digest
from data.selection_columns import day_text
from models.errors import BadInput, NotFound
from tests.test_wiring import post

RECORD = paint_record("label")


def parts(component, kind):
    """Every component below one (or a list) that has a class."""
    if isinstance(component, list | tuple):
        return [found for one in component for found in parts(one, kind)]
    found = [component] if kind in (getattr(component, "className", None) or "").split() else []
    children = getattr(component, "children", None)
    return found + (parts(children, kind) if children is not None else [])


def words(component):
    """All text below a component."""
    if isinstance(component, list | tuple):
        return " ".join(filter(None, map(words, component)))
    if isinstance(component, str | int | float):
        return str(component)
    return words(getattr(component, "children", None) or [])


def classes(n=3, n_missing=2):
    counts = [max(10 - code, 1) for code in range(n)] + [n_missing]
    codes = np.repeat([*range(n), -1], counts)
    return color_classes("label", "label", codes, [f"class {code}" for code in range(n)])


def shown(coloring, chosen=None, record=RECORD, place=""):
    totals = coloring.counts()
    return legend(
        coloring, totals, None if chosen is None else coloring.counts(chosen), record, place
    )


# ---- the legend ---------------------------------------------------------------------------------


def test_the_legend_lists_each_class_with_its_number():
    entries = parts(shown(classes()), "legend-entry")
    assert [words(entry).split(" ◎")[0] for entry in entries] == [
        "class 0 10",
        "class 1 9",
        "class 2 8",
        "missing 2",
    ]


def test_the_legend_counts_the_selected_among_all():
    colored = classes()
    counts = parts(shown(colored, np.arange(12)), "legend-count")
    assert [words(count) for count in counts] == ["10 / 10", "2 / 9", "0 / 8", "0 / 2"]
    assert "12 / 27" in words(shown(colored, np.arange(12)))


def test_classes_are_buttons_that_say_what_they_do():
    for button in parts(shown(classes()), "legend-toggle"):
        props = button.to_plotly_json()["props"]
        assert props["aria-pressed"] == "true" and "double click" in props["title"]


def test_a_class_can_be_selected_by_its_value_and_what_has_none_too():
    buttons = parts(shown(classes(2), place="epoch_20"), "legend-select")
    steps = [json.loads(getattr(button, "data-step")) for button in buttons]
    assert [step["value"] for step in steps] == ["class 0", "class 1", None]
    assert all(step["kind"] == "category" and step["checkpoint"] == "epoch_20" for step in steps)
    assert "checkpoint" not in json.loads(
        getattr(parts(shown(classes()), "legend-select")[0], "data-step")
    )


def test_the_others_are_searched_and_not_selected():
    entries = parts(shown(classes(20)), "legend-entry")
    (other,) = [entry for entry in entries if "other (9 classes)" in words(entry)]
    assert parts(other, "legend-find") and not parts(other, "legend-select")


def test_colors_of_both_themes_are_in_the_legend():
    colored = classes()
    for group, dot in enumerate(parts(shown(colored), "dot")):
        assert dot.style["--dark"] == colored.palette("dark")[group]
        assert dot.style["--light"] == colored.palette("light")[group]


def test_a_column_without_values_says_so_in_the_legend():
    colored = color_classes("label", "label", np.array([-1, -1]), [])
    assert "No galaxy has a value of label" in words(shown(colored))


def test_no_column_says_what_brightness_is():
    assert "brighter where there are more" in words(shown(color_points(7)))


# ---- the color bar ------------------------------------------------------------------------------


def shades(values, **asked):
    return color_shades("flux", "flux", np.asarray(values, float), Shading(**asked))


def test_the_legend_of_numbers_has_ticks_its_scale_and_missing_ones(rng):
    values = rng.uniform(0, 10, 1000)
    values[:30] = np.nan
    shown_ = shown(shades(values, clip=(0, 100)), record=paint_record("flux", clip=[0, 100]))
    assert "n = 970, linear, 0th to 100th percentile" in words(shown_)
    assert "missing 30" in words(shown_)
    ticks = [words(tick) for tick in parts(shown_, "color-ticks")[0].children]
    assert {"2", "4", "6", "8"} <= set(ticks) and len(ticks) == 6


def test_the_scale_is_said_in_ordinals():
    for clip, said in (((1, 99), "1st to 99th"), ((2, 93), "2nd to 93rd"), ((12.5, 90), "12.5th")):
        text = words(shown(shades(range(99)), record=paint_record("flux", clip=clip)))
        assert said in text
    hand = paint_record("flux", ends=[1, 5])
    assert "range as set" in words(shown(shades(range(99), ends=(1, 5)), record=hand))


def test_what_is_grey_for_its_logarithm_is_not_selected_as_missing(rng):
    assert parts(shown(shades([np.nan, 1, 2, 3], scale="log")), "legend-select")
    assert not parts(shown(shades([-1, 1, 2, 3], scale="log")), "legend-select")


@pytest.mark.parametrize("scale", ["linear", "log", "quantile"])
def test_ticks_are_within_the_bar_and_in_order(rng, scale):
    colored = shades(rng.lognormal(sigma=2, size=500), scale=scale)
    ticks = tick_values(colored)
    assert ticks[0] == colored.edges[0] and ticks[-1] == colored.edges[-1]
    assert (np.diff(ticks) > 0).all() and 2 <= len(ticks) <= 8


def test_ticks_of_one_value_and_of_an_excess():
    assert len(tick_values(shades([3.0] * 20))) >= 2
    assert 0.0 in tick_values(color_excess("excess", np.array([-0.5, 0, 30.0])))


def test_the_bar_knows_the_numbers_at_the_edges_of_its_shades(rng):
    colored = shades(rng.normal(size=500))
    bar = color_bar(colored, colored.counts(), None, "epoch_20")
    assert json.loads(getattr(bar, "data-edges")) == list(colored.edges)
    assert getattr(bar, "data-column") == "flux" and getattr(bar, "data-checkpoint") == "epoch_20"
    assert len(parts(bar, "shade-count")) == 1


def test_an_excess_is_not_cut_on_the_bar():
    colored = color_excess("excess", np.array([-0.5, 0, 30.0]))
    bar = color_bar(colored, colored.counts(), colored.counts(np.array([0])), "")
    assert not hasattr(bar, "data-edges") and len(parts(bar, "shade-count")) == 2


def test_the_bar_draws_how_many_have_each_shade():
    colored = shades(np.repeat(np.arange(N_SHADES) + 0.5, 4), ends=(0, N_SHADES))
    (all_,) = parts(color_bar(colored, colored.counts(), None, ""), "shade-count")
    assert all_.style["clipPath"].count("0%") >= N_SHADES * 2  # all are as high as the highest


def test_dates_are_read_as_dates():
    from dataclasses import replace

    colored = replace(shades(np.arange(11000.0, 12000.0)), form="date")
    ticks = [words(tick) for tick in parts(shown(colored), "color-ticks")[0].children]
    assert ticks[0] == day_text(round(colored.low)) and ticks[0].startswith("2000-")


# ---- the controls -------------------------------------------------------------------------------


def test_range_and_classes_of_another_column_are_as_good_as_none():
    controls = ("redshift", "log", [1, 99], 0.1, 0.3, ["a"])
    own = asked_paint(controls, {"column": "redshift"})
    assert own["range"] == (0.1, 0.3) and own["classes"] == ["a"]
    other = asked_paint(controls, {"column": "label"})
    assert other["range"] is None and other["classes"] == [] and other["scale"] == "log"
    assert asked_paint(("label", "linear", [1, 99], "", "", None), {"column": "label"}) == (
        paint_record("label")
    )


def test_one_end_of_a_range_is_refused_in_a_sentence():
    with pytest.raises(BadInput, match="two ends"):
        asked_paint(("redshift", "linear", [1, 99], 0.1, "", []), {"column": "redshift"})


def values_of(collection, **changed):
    return {
        ids.COLOR: "label",
        ids.COLOR_SCALE: "linear",
        ids.COLOR_CLIP: [1, 99],
        ids.COLOR_LOW: "",
        ids.COLOR_HIGH: "",
        ids.COLOR_CLASSES: [],
        ids.COLOR_OF: {"column": "label"},
        ids.BRUSH: None,
        ids.MEASURE: None,
        ids.SELECTED: {"id": "", "n": None},
        ids.CHECKPOINT: collection.checkpoints[-1],
    } | changed


def test_the_page_begins_with_the_paint_that_its_controls_ask_for(app, collection):
    reply = post(app, (ids.PAINT, "data"), values_of(collection))
    kept = reply.json["response"][ids.PAINT]["data"]
    assert kept == {"id": digest(first_paint(collection)), "version": VERSION}


def test_the_same_paint_is_not_sent_again(app, collection):
    first = {"id": digest(first_paint(collection)), "version": VERSION}
    reply = post(app, (ids.PAINT, "data"), values_of(collection) | {ids.PAINT: first})
    assert ids.PAINT not in reply.json["response"]


def test_another_selection_is_another_paint_only_where_a_range_is_brushed(app, collection):
    def asked(**changed):
        reply = post(app, (ids.PAINT, "data"), values_of(collection, **changed))
        return reply.json["response"][ids.PAINT]["data"]["id"]

    some = {"id": "0123456789abcdef", "n": 3}
    assert asked() == asked(**{ids.SELECTED: some})
    brush = {"lower": 0.2, "upper": 0.4}
    assert asked(**{ids.BRUSH: brush}) != asked(**{ids.BRUSH: brush, ids.SELECTED: some})


def test_what_is_wrong_with_the_controls_is_said_in_their_place(app, collection):
    wrong = values_of(collection, **{ids.COLOR_LOW: 3, ids.COLOR_HIGH: 1})
    response = post(app, (ids.PAINT, "data"), wrong).json["response"]
    assert "goes up" in response[ids.COLOR_TOLD]["children"] and ids.PAINT not in response


def test_an_unknown_paint_is_said_in_the_place_of_the_legend(app, collection):
    values = values_of(collection) | {ids.PAINT: {"id": "0123456789abcdef"}}
    response = post(app, (ids.MAP_LEGEND, "children"), values).json["response"]
    assert "Nothing is known" in str(response[ids.MAP_LEGEND]["children"])


def test_the_legend_of_a_selection(collection):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    paint = keep_record(cache, paint_record("label"))
    selection = keep_record(cache, {"steps": [{"op": "set", "kind": "rows", "rows": [0, 1, 2]}]})
    checkpoint = collection.checkpoints[-1]
    entries, kind, pane = shown_legend(collection, cache, checkpoint, paint, {"id": selection})
    counts = [words(count).split(" / ") for count in parts(entries, "legend-count")]
    assert sum(int(chosen) for chosen, _ in counts) == 3 and kind == "legend of-classes"
    assert pane == "color-pane of-few"
    with pytest.raises(NotFound):
        shown_legend(collection, cache, checkpoint, paint, {"id": "0123456789abcdef"})


@pytest.mark.parametrize(
    "column, scale, kind",
    [
        ("redshift", "linear", "of-numbers"),
        ("label", "linear", "of-few"),
        (POINTS, "linear", "of-none"),
        ("anomaly_rank", "log", "of-numbers"),
    ],
)
def test_only_settings_that_do_something_are_shown(collection, column, scale, kind):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    paint = keep_record(cache, paint_record(column, scale=scale))
    checkpoint = collection.checkpoints[-1]
    assert shown_legend(collection, cache, checkpoint, paint, None)[2] == f"color-pane {kind}"


def test_a_choice_that_empties_the_field_changes_no_options(app, collection):
    reply = post(app, (ids.COLOR_CLASSES, "data"), values_of(collection))
    assert reply.json["response"] == {}  # a new list would lose what is chosen

"""What the correlation panel makes of its controls and stores, without a browser."""

from dataclasses import replace

import numpy as np
import pytest
from flask import Flask

from dashboard import ids
from dashboard.cache import create_cache
from dashboard.curves import Curve
from dashboard.jobs import Jobs
from dashboard.painting import paint_of
from dashboard.paints import paint_record
from dashboard.panels.anomalies import BRUSHED, followed_ranking
from dashboard.panels.correlation import drawn_axes, pinned_next
from dashboard.panels.correlation_chance import answer_text
from dashboard.panels.correlation_controls import (
    FIELDS,
    converted,
    measure_asked,
    shown_preset,
)
from dashboard.panels.correlation_curves import ALSO, View, different_k, measured_curves
from dashboard.panels.correlation_jobs import duration_text
from dashboard.panels.correlation_numbers import MAX_BUMPS, bump_strip, numbers
from dashboard.panels.correlation_sweep import sweep_text
from dashboard.records import keep_record
from dashboard.settings import Settings
from dashboard.sweep_figure import sweep_figure
from dashboard.themes import DARK
from data.points import measured_edges
from models.space.bumps import Bump
from models.space.correlation import two_point_correlation
from models.space.null import gaussian_null, summarized
from models.space.presets import PRESETS, Measure
from models.space.score import score_by_components

DEFAULTS = {control: getattr(Measure(), field) for control, field in FIELDS.items()}


@pytest.fixture
def view(collection):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    return View(collection, cache, Jobs(), None, collection.checkpoints[-1])


def chosen(collection, rows):
    object_ids = collection.catalog["object_id"].iloc[rows].tolist()
    return {"steps": [{"op": "set", "kind": "object_ids", "object_ids": object_ids}]}


def names(shown):
    return [curve.name for curve in shown.curves]


def text_of(part):
    """All text of a component."""
    children = getattr(part, "children", part)
    if isinstance(children, list | tuple):
        return " ".join(map(text_of, children))
    return "" if children is None else text_of(children) if children is not part else str(part)


# ---- controls


@pytest.mark.parametrize("preset", PRESETS)
def test_a_preset_sets_everything(preset):
    assert measure_asked(ids.PRESET, preset, DEFAULTS, 15) == PRESETS[preset]


def test_a_changed_value_keeps_the_others_and_is_called_custom():
    measure = measure_asked(ids.N_BINS, "author", DEFAULTS | {ids.N_BINS: 25}, 15)
    assert measure.n_bins == 25 and measure.extent == Measure().extent
    assert shown_preset(measure) == "custom"


def test_values_of_a_preset_are_called_by_its_name():
    values = DEFAULTS | {ids.SPACING: "log"}
    assert shown_preset(measure_asked(ids.SPACING, "custom", values, 15)) == "log"


@pytest.mark.parametrize(
    "control, value, said",
    [
        (ids.N_COMPONENTS, "", "components is missing"),
        (ids.N_COMPONENTS, 40, "15 components at most"),
        (ids.N_COMPONENTS, 2.5, "whole number"),
        (ids.N_BINS, 0, "1 to"),
        (ids.N_BINS, None, "bins is missing"),
        (ids.EXTENT, 0, "above 0"),
        (ids.EXTENT, "", "largest separation is missing"),
        (ids.LOWER, 3, "below the largest"),
        (ids.METRIC, "taxicab", "one of"),
    ],
)
def test_a_value_that_is_none_is_refused_in_a_sentence(control, value, said):
    with pytest.raises(ValueError, match=said):
        measure_asked(control, "default", DEFAULTS | {control: value}, 15)


def test_the_range_stays_the_same_in_another_unit(view):
    values = DEFAULTS | {ids.EXTENT_UNIT: "p70", ids.LOWER: 0.5}
    there = converted(view.collection, view.checkpoint, Measure(), values)
    measure = measure_asked(ids.EXTENT_UNIT, "default", there, 15)
    assert measure.unit == "p70" and measure.extent != 2
    before, after = (
        measured_edges(view.collection, view.checkpoint, one, view.collection.n_galaxies)
        for one in (replace(Measure(), lower=0.5), measure)
    )
    np.testing.assert_allclose(after, before, rtol=1e-5)
    back = converted(view.collection, view.checkpoint, measure, there | {ids.EXTENT_UNIT: "rms"})
    assert (back[ids.LOWER], back[ids.EXTENT]) == (0.5, 2)


def test_a_missing_end_is_left_for_the_measure_to_refuse(view):
    values = DEFAULTS | {ids.EXTENT_UNIT: "p70", ids.EXTENT: ""}
    assert converted(view.collection, view.checkpoint, Measure(), values) == values


# ---- which curves


def test_the_whole_collection_is_told_where_nothing_is_selected(view):
    shown = measured_curves(view)
    assert len(shown.curves) == 1 and shown.main.is_main and shown.main.is_told
    assert shown.main.measured.n_points == view.collection.n_galaxies


def test_a_selection_is_told_and_the_whole_collection_is_beside_it(view):
    picked = replace(view, selection=chosen(view.collection, range(200)))
    shown = measured_curves(picked)
    assert shown.main.measured.n_points == 200 and shown.main.color == DARK.selected
    assert [curve.is_told for curve in shown.curves] == [False, True]
    assert not picked.reasons()


def test_too_few_have_no_curve_and_the_reason_is_told(view):
    few = replace(view, selection=chosen(view.collection, range(10)))
    (whole,) = measured_curves(few).curves
    assert whole.is_told and not whole.is_main
    assert "at least" in few.reasons()[0]


def test_curves_of_different_numbers_of_components_are_told_apart(view):
    shown = measured_curves(replace(view, selection=chosen(view.collection, range(200))))
    assert [name.rpartition("k = ")[2] for name in names(shown)] == ["15", "10"]
    (said,) = different_k(shown.curves)
    assert "10 and 15" in said and "k = 10 in the settings" in said
    same = replace(view, selection=chosen(view.collection, range(400)))
    assert "k =" not in "".join(names(measured_curves(same)))
    assert different_k(measured_curves(same).curves) == []


def test_complement_and_cross_are_of_the_others(view):
    n = view.collection.n_galaxies
    also = frozenset({"complement", "crossed"})
    shown = measured_curves(replace(view, selection=chosen(view.collection, range(200)), also=also))
    assert not shown.notes
    complement, crossed = shown.curves[0].measured, shown.curves[1].measured
    assert complement.n_points == n - 200 and shown.curves[0].dash == "dash"
    assert (crossed.n_points, crossed.n_others) == (200, n - 200)
    assert shown.curves[1].dash == "dot" and f"{n - 200:,}" in shown.curves[1].note


def test_a_pinned_selection_is_compared_with_the_next(view):
    first, second = chosen(view.collection, range(200)), chosen(view.collection, range(150, 400))
    also = frozenset({"pinned", "pin-crossed"})
    shown = measured_curves(replace(view, selection=second, pinned=first, also=also))
    pinned, crossed = shown.curves[:2]
    assert pinned.measured.n_points == 200
    assert "50 in both" in crossed.note


def test_what_cannot_be_shown_is_told_and_the_rest_is(view):
    shown = measured_curves(replace(view, also=frozenset(ALSO)))
    missing = [note.split(":")[0] for note in shown.notes]
    assert missing == [ALSO[key][0] for key in ("complement", "crossed", "pinned", "pin-crossed")]
    assert shown.main.measured.n_points == view.collection.n_galaxies


def test_other_checkpoints_are_those_not_shown_already(view):
    everything = view.collection.checkpoints
    shown = measured_curves(replace(view, also=frozenset({"checkpoints"})))
    assert names(shown)[:-1] == [view.label(name) for name in everything[:-1]]
    two = replace(view, compared=(everything[0],), also=frozenset({"checkpoints"}))
    assert names(measured_curves(two))[:-2] == [view.label(name) for name in everything[1:-1]]
    beside = measured_curves(replace(view, compared=everything[:2]))  # without the others
    assert view.label(everything[1]) in names(beside) and len(beside.curves) == 3


def test_raw_separations_are_of_one_checkpoint(view):
    assert drawn_axes(view, "log", "linear", "raw")[0].r_unit == "raw"
    axes, notes = drawn_axes(replace(view, compared=("epoch_00",)), "log", "linear", "raw")
    assert axes.r_unit == "rms" and len(notes) == 1


# ---- what is told


def test_the_curves_are_named_by_their_lines_and_only_the_main_ones_have_numbers(rng):
    measured = two_point_correlation(rng.normal(size=(100, 2)), np.linspace(0, 4, 11))
    beside = Curve("beside", measured, 1.0, "#123", dash="dot")
    main = Curve("main", measured, 1.0, "#456", is_told=True, is_main=True)
    said = text_of(numbers([beside, main]))
    assert "beside" in said and "main" in said
    assert said.count("score Σε") == 1


def test_bumps_are_ranges_in_rms_separations_and_the_smallest_are_left_out():
    bumps = [Bump(r, r + 1, r + 0.5, 2.0, 3.0 + r, 4.0 + r) for r in range(0, 12, 2)]
    strip = bump_strip(bumps, rms=2.0)
    shown = [part for part in strip if getattr(part, "className", "") == "bump"]
    assert len(shown) == MAX_BUMPS
    lit, select = shown[0].children
    ends = getattr(lit, "data-brush")
    assert [float(end) for end in ends.split()] == [2.0, 2.5]
    assert getattr(select, "data-excess") == ends
    assert f"and {len(bumps) - MAX_BUMPS} smaller" in text_of(strip)


def test_no_bump_is_said():
    assert "no bump" in text_of(bump_strip([], 1.0))


@pytest.mark.parametrize(
    "seconds, text",
    [
        (0.2, "about 1 s"),
        (12, "about 12 s"),
        (60, "about a minute"),
        (2400, "about 40 min"),
        (9000, "about 2.5 h"),
    ],
)
def test_a_time_is_told_in_the_unit_that_fits(seconds, text):
    assert duration_text(seconds) == text


def test_the_answer_to_chance_has_its_rank_and_what_it_is_not(rng):
    measured = two_point_correlation(rng.normal(size=(100, 2)), np.linspace(0, 4, 11))
    null = replace(summarized(gaussian_null(measured, 19, rng), measured), p_value=0.15)
    said = text_of(answer_text(null, "gaussian", is_selected=True))
    assert "p = 0.15" in said and "ranks 3 " in said and "B = 19" in said and "same data" in said
    assert "same data" not in text_of(answer_text(null, "gaussian", is_selected=False))


def test_the_brush_takes_the_ranking_over_and_gives_it_back():
    ranking, former = followed_ranking(True, "log_density", None)
    assert (ranking, former) == (BRUSHED, "log_density")
    assert followed_ranking(False, BRUSHED, former) == ("log_density", None)


def test_a_brush_that_too_few_are_selected_for_leaves_the_color_of_the_column(view):
    checkpoint, brush = view.checkpoint, {"lower": 0.2, "upper": 0.6}
    for rows, is_lit in ((range(10), False), (range(200), True)):
        selection = keep_record(view.cache, chosen(view.collection, rows))
        lit = {"brush": brush, "measure": None, "selection": selection}
        paint = keep_record(view.cache, paint_record("label") | lit)
        colors = paint_of(view.collection, view.cache, checkpoint, paint)
        assert colors.is_number == is_lit and ("excess" in colors.column) == is_lit


def test_the_pin_keeps_a_selection_and_lets_it_go():
    first, second = {"steps": [{"op": "set"}]}, {"steps": [{"op": "add"}]}
    assert pinned_next(first, None) == first
    assert pinned_next(second, first) == second
    assert pinned_next(first, first) is None
    assert pinned_next({"steps": []}, first) is None


def test_the_score_against_k_is_drawn_with_its_errors_and_its_n(rng):
    components = rng.normal(size=(200, 8)) * np.linspace(2, 1, 8)
    swept = score_by_components(components, [1, 2, 4, 8], Measure(), rng)
    score, kl = sweep_figure(swept).data
    np.testing.assert_array_equal(score.x, swept.n_components)
    np.testing.assert_array_equal(score.error_y.array, swept.sigma)
    np.testing.assert_array_equal(kl.y, swept.kl)
    assert "n = 200" in text_of(sweep_text(swept))

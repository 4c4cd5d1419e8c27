"""Figures of the timeline: what is drawn is what was measured, in either theme."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import create_cache
from dashboard.settings import Settings
from dashboard.themes import DARK, LIGHT
from dashboard.timeline import Asked, Timeline, measured_timelines
from dashboard.timeline_axis import epoch_axis, mean_and_band, round_ticks
from dashboard.timeline_classes import Separated, confusion_figure, separated
from dashboard.timeline_curves import curves_figure, drawn_curves, excess_by_checkpoint, heat_map
from dashboard.timeline_figure import family_colors, family_name, timeline_figure
from dashboard.timeline_words import METRICS
from data.runs import Series
from data.timeline import Row
from models.space.measured import Measured, undefined


@pytest.fixture(scope="module")
def timeline(collection):
    cache = create_cache(Flask("test"), Settings(cache="memory"))
    *_, last = measured_timelines(Asked(collection, cache))
    return last


# ---- the axis


def test_checkpoints_of_unknown_epoch_have_a_column_at_the_right():
    axis = epoch_axis({"a": 0.0, "b": 10.0, "dinov2": np.nan, "other": np.nan})
    assert axis.unknown == {"dinov2", "other"}
    assert axis.x["dinov2"] == axis.x["other"] > axis.x["b"]
    assert axis.low < 0 and axis.high > axis.x["dinov2"]
    assert axis.texts[-1] == "unknown" and axis.ticks[-1] == axis.x["dinov2"]
    alone = epoch_axis({"dinov2": np.nan})
    assert alone.texts == ["unknown"] and alone.low < alone.x["dinov2"] < alone.high


@pytest.mark.parametrize("first, last", [(0, 16), (0, 100), (3, 4), (0, 1), (10, 1000), (5, 5)])
def test_ticks_are_few_round_and_within(first, last):
    ticks = round_ticks(first, last)
    assert 1 <= len(ticks) <= 6 and first <= min(ticks) and max(ticks) <= last
    steps = np.diff(ticks)
    assert len(steps) == 0 or np.ptp(steps) < 1e-9


def test_the_mean_of_seeds_is_where_two_or_more_have_a_value():
    xs = [np.array([0.0, 1, 2]), np.array([0.0, 1, 5]), np.array([1.0])]
    ys = [np.array([1.0, 2, 3]), np.array([3.0, np.nan, 4]), np.array([6.0])]
    x, mean, low, high = mean_and_band(xs, ys)
    np.testing.assert_array_equal(x, [0, 1])
    np.testing.assert_array_equal(mean, [2, 4])
    np.testing.assert_array_equal([low, high], [[1, 2], [3, 6]])


# ---- the multiples


def traces_of(figure, metric):
    number = list(METRICS).index(metric)
    axis = "y" if number == 0 else f"y{number + 1}"
    return [trace for trace in figure.data if trace.yaxis == axis]


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_every_metric_is_drawn_with_its_errors_and_its_best(timeline, theme):
    figure = timeline_figure(timeline, list(timeline.rows)[0], theme)
    for name, metric in METRICS.items():
        values = timeline.column(name)
        if not np.isfinite(values).any():
            continue
        lines = [t for t in traces_of(figure, name) if t.mode == "lines+markers"]
        np.testing.assert_allclose(lines[0].y, metric.factor * values)
        errors = [metric.factor * row.measured[name].error for row in timeline.rows.values()]
        np.testing.assert_allclose(lines[0].error_y.array, errors)
        assert list(lines[0].x) == [0, 5, 20]
        assert [name for (name,) in lines[0].customdata] == list(timeline.rows)
        stars = [t for t in traces_of(figure, name) if t.marker.symbol == "star"]
        assert len(stars) == (metric.better != 0)
    assert len(figure.layout.shapes) == len(METRICS)  # the current checkpoint
    assert figure.layout.font.color == theme.ink


def test_the_score_has_the_decks_error_behind_its_own(timeline):
    figure = timeline_figure(timeline, None)
    linear = [row.measured["score"].linear_error for row in timeline.rows.values()]
    np.testing.assert_allclose(traces_of(figure, "score")[0].error_y.array, linear)


def test_what_is_undefined_says_why_in_its_place(timeline):
    figure = timeline_figure(timeline, None)
    said = " ".join(a.text.replace("<br>", " ") for a in figure.layout.annotations)
    assert "undefined: no loss is stored" in said and "best (lowest): epoch 20" in said
    empty = timeline_figure(replace(timeline, rows={}, correlations={}), None)
    assert not empty.data


def seeds(timeline):
    """Two seeds of one run, one checkpoint of unknown epoch, and a collapsed one."""
    names = ["a_s0_epoch_0", "a_s0_epoch_4", "a_s1_epoch_0", "a_s1_epoch_4", "dinov2"]
    epochs = dict(zip(names, [0, 4, 0, 4, None], strict=True))
    info = {name: {"training_epoch": epoch} for name, epoch in epochs.items()}
    collection = SimpleNamespace(
        checkpoints=tuple(names), checkpoint_info=info.__getitem__, name="seeds"
    )
    asked = replace(timeline.asked, collection=collection)
    row = next(iter(timeline.rows.values()))
    rows = {}
    for place, name in enumerate(names):
        measured = dict(row.measured, score=Measured(10.0 + place, 1.0, 600))
        rows[name] = Row(measured, row.confusion)
    collapsed = dict.fromkeys(METRICS, undefined(600, "all galaxies have the same representation"))
    rows[names[1]] = Row(collapsed, row.confusion)
    return Timeline(asked, rows)


def test_seeds_of_one_run_are_a_mean_with_a_band_and_faint_lines(timeline):
    several = seeds(timeline)
    assert [n for _, _, n in family_colors(several, DARK)] == [2, 1]
    figure = timeline_figure(several, "dinov2")
    score = traces_of(figure, "score")
    bands = [trace for trace in score if trace.fill == "toself"]
    assert len(bands) == 1 and list(bands[0].y) == [12, 10]  # at epoch 0 alone two have a value
    faint = [t for t in score if t.mode == "lines+markers"]
    assert len(faint) == 2 and all(trace.opacity < 1 for trace in faint)
    assert faint[0].y[1] is None  # the collapsed checkpoint is a gap
    (alone,) = [t for t in score if t.mode == "markers" and t.marker.symbol is None
                and t.customdata is not None]  # fmt: skip
    assert alone.customdata[0][0] == "dinov2" and alone.x[0] > 4


# ---- curves, heat map, classes


@pytest.mark.parametrize("theme", [DARK, LIGHT])
def test_curves_and_heat_map_show_every_checkpoint(timeline, theme):
    curves = drawn_curves(timeline, theme)
    assert [curve.name for curve in curves] == ["epoch 0", "epoch 5", "epoch 20"]
    assert len({curve.color for curve in curves}) == 3
    assert len([t for t in curves_figure(timeline, theme).data if t.name]) == 3
    (drawn,) = heat_map(timeline, theme).data
    assert np.shape(drawn.z) == (40, 3)


def test_the_heat_map_is_the_logarithm_of_the_excess_and_blank_where_nothing_counts(timeline):
    edges, table = excess_by_checkpoint(timeline)
    assert edges[0] == 0 and edges[-1] == pytest.approx(2)
    for column, measured in zip(table.T, timeline.correlations.values(), strict=True):
        np.testing.assert_array_equal(np.isfinite(column), measured.used)
        shown = measured.used & (measured.counted > 0)
        np.testing.assert_allclose(10 ** column[shown], 1 + measured.eps[shown])


def test_without_curves_a_sentence_stands_there(timeline):
    none = replace(timeline, correlations={})
    for draw in (curves_figure, heat_map):
        assert "No checkpoint" in draw(none).layout.annotations[0].text


def test_the_confusion_is_in_percent_of_each_true_class():
    figure = confusion_figure(np.array([[8, 2], [0, 0]]), ("spiral", "ring"))
    np.testing.assert_allclose(figure.data[0].z, [[80, 20], [0, 0]])
    assert "2 of 10: 20.0 ± 12.6 %" in figure.data[0].text[0][1]
    assert "Undefined" in confusion_figure(np.zeros((0, 0)), ()).layout.annotations[0].text


def test_classes_separate_where_their_confusion_falls_most(timeline):
    names = list(timeline.rows)
    tables = [
        [[50, 50, 0], [50, 50, 0], [0, 0, 100]],
        [[60, 40, 0], [40, 60, 0], [0, 0, 100]],
        [[95, 5, 0], [5, 95, 0], [1, 0, 99]],
    ]
    rows = {name: Row({}, np.array(table)) for name, table in zip(names, tables, strict=True)}
    sample = SimpleNamespace(class_names=("a", "b", "c"))
    asked = SimpleNamespace(
        sample=sample, collection=timeline.asked.collection, epoch=timeline.asked.epoch
    )
    (found,) = separated(Timeline(asked, rows))
    assert isinstance(found, Separated) and (found.first, found.second) == ("a", "b")
    assert (found.before, found.after) == (names[1], names[2])
    assert found.fall == pytest.approx(0.35) and 0 < found.error < 0.05


def test_series_are_told_by_run_and_layer():
    family = (Series("runs/first", "pool", None, ("a",)),)
    assert family_name(family) == "first · pool"
    assert family_name((Series("", "", None, ("a",)),)) == "checkpoints"

import json

import numpy as np
import pandas as pd
import pytest

from dashboard import ids
from dashboard.histogram import MAX_CLASSES, N_BINS, NO_BIN, bins_of, histogram, scale_of, ticks_of
from dashboard.panels.histograms import (
    MAX_SHOWN,
    column_options,
    first_columns,
    told_histogram,
    told_histograms,
)
from data.selection import resolve_mask
from data.selection_columns import day_text, days
from models.space.tallies import tally
from tests.test_wiring import call, post

CHECKPOINT = "epoch_20"


@pytest.fixture
def with_columns(collection, monkeypatch):
    """The collection with further columns in its catalog, whose bins are not yet known."""

    def give(**columns):
        names = "_".join(columns)
        catalog = collection.catalog.assign(**columns)
        monkeypatch.setitem(collection.__dict__, "catalog", catalog)
        monkeypatch.setitem(collection.__dict__, "digest", f"with {names} {id(columns)}")
        for kept in (scale_of,):
            kept.cache_clear()
        from dashboard.histogram import _totals

        _totals.cache_clear()
        return collection

    yield give
    scale_of.cache_clear()


def test_a_tally_counts_what_is_marked(rng):
    groups = rng.integers(0, 256, 5000).astype(np.uint8)
    marks = rng.random(5000) < 0.3
    np.testing.assert_array_equal(tally(groups), np.bincount(groups, minlength=256))
    np.testing.assert_array_equal(tally(groups, marks), np.bincount(groups[marks], minlength=256))
    assert tally(groups, np.zeros(5000, bool)).sum() == 0
    with pytest.raises(ValueError, match="uint8"):
        tally(groups.astype(int))
    with pytest.raises(ValueError, match="marks"):
        tally(groups, marks[:10])


def test_bins_hold_every_galaxy_once_and_selected_ones_among_them(collection):
    mask = np.arange(collection.n_galaxies) % 3 == 0
    for column in ("redshift", "log_density", "label", "is_outlier"):
        shown = histogram(collection, column, CHECKPOINT, mask)
        assert shown.total.sum() + shown.n_missing == collection.n_galaxies
        assert shown.n == shown.total.sum()
        assert shown.selected.sum() + shown.n_selected_missing == mask.sum()
        assert (shown.selected <= shown.total).all()
        nothing = histogram(collection, column, CHECKPOINT, None)
        assert nothing.selected is None and nothing.n_selected is None
        np.testing.assert_array_equal(nothing.total, shown.total)


def test_bins_of_numbers_are_those_of_numpy(with_columns, rng):
    values = rng.uniform(3, 7, 600)
    values[::7] = np.nan
    collection = with_columns(number=values)
    shown = histogram(collection, "number", CHECKPOINT, None)
    expected, edges = np.histogram(values[np.isfinite(values)], N_BINS)
    np.testing.assert_allclose(shown.scale.edges, edges)
    assert np.abs(shown.total - expected).sum() <= 2  # an edge may round to either side
    assert shown.n_missing == np.isnan(values).sum()


def test_whole_numbers_have_bins_of_their_own(with_columns, rng):
    counts = rng.integers(-3, 9, 600)
    collection = with_columns(count=counts)
    shown = histogram(collection, "count", CHECKPOINT, None)
    assert shown.scale.is_whole
    np.testing.assert_allclose(shown.scale.edges, np.arange(-3, 10) - 0.5)
    np.testing.assert_array_equal(shown.total, np.bincount(counts + 3))
    wide = with_columns(wide=rng.integers(0, 10_000, 600))
    scale = histogram(wide, "wide", CHECKPOINT, None).scale
    widths = np.diff(scale.edges)
    assert scale.is_whole and scale.n_bins <= N_BINS and (widths == np.round(widths)).all()


def test_far_outliers_do_not_squeeze_the_rest_and_are_counted_at_the_end(with_columns, rng):
    values = rng.normal(size=600)
    values[5], values[6] = 1e6, -1e6
    collection = with_columns(heavy=values)
    shown = histogram(collection, "heavy", CHECKPOINT, None)
    assert shown.scale.is_beyond == (True, True)
    assert shown.scale.edges[-1] < 20 and shown.total.sum() == 600
    assert shown.total[0] >= 1 and shown.total[-1] >= 1


def test_columns_without_a_spread_are_said_to_have_none(with_columns):
    collection = with_columns(
        absent=np.full(600, np.nan), single=np.full(600, 2.5), text_absent=[None] * 600
    )
    told = told_histogram(collection, "absent", CHECKPOINT, (None, None))
    assert told["kind"] == "none" and "No galaxy has a value: all 600" in told["said"]
    told = told_histogram(collection, "text_absent", CHECKPOINT, (None, None))
    assert told["kind"] == "none" and "all 600 are missing" in told["said"]
    told = told_histogram(collection, "single", CHECKPOINT, (None, None))
    assert told["kind"] == "one" and "same value" in told["said"]


def test_infinite_values_are_missing_ones(with_columns):
    values = np.arange(600.0)
    values[:3] = np.inf, -np.inf, np.nan
    shown = histogram(with_columns(wild=values), "wild", CHECKPOINT, None)
    assert shown.n_missing == 3 and shown.scale.edges[-1] < 1000


def test_dates_are_days_and_told_as_dates(with_columns):
    dates = pd.Series(pd.date_range("2019-03-01", periods=600, freq="D"))
    dates[7] = pd.NaT
    collection = with_columns(observed=dates)
    shown = histogram(collection, "observed", CHECKPOINT, None)
    assert shown.scale.kind == "dates" and shown.n_missing == 1
    assert all(label.startswith(("2019", "2020")) for _, label in ticks_of(shown.scale))
    low = float(days(dates)[10])
    assert day_text(low) == "2019-03-11"
    cut = {"column": "observed", "min": low, "max": "2019-03-20"}
    mask = resolve_mask({"steps": [], "cuts": [cut]}, collection)
    np.testing.assert_array_equal(np.flatnonzero(mask), np.arange(10, 20))
    told = told_histogram(collection, "observed", CHECKPOINT, ({"cuts": [cut]}, mask))
    assert "cut: 2019-03-11 to 2019-03-20" in told["said"]
    assert told["cut"]["max"] == days(dates)[19]


def test_many_classes_are_shown_in_part_and_counted_in_full(with_columns):
    names = [f"class {number % 150:03d}" for number in range(600)]
    names[3] = None
    collection = with_columns(many=names)
    shown = histogram(collection, "many", CHECKPOINT, None)
    assert shown.scale.n_bins == MAX_CLASSES + 1
    assert shown.scale.names[-1] == f"other ({150 - MAX_CLASSES} classes)"
    assert shown.scale.values[-1] == "" and json.loads(shown.scale.values[0]).startswith("class")
    assert shown.total.sum() == 599 and shown.n_missing == 1
    place = None
    assert (bins_of(collection, "many", place) == NO_BIN).sum() == 1


def test_what_cannot_be_shown_says_so_in_its_place(collection):
    told = told_histograms(collection, ["redshift", "nonsense"], CHECKPOINT, (None, None))
    assert told[0]["kind"] == "numbers" and "no column 'nonsense'" in told[1]["said"]


def test_columns_offered_have_a_histogram(collection):
    names = [item["value"] for group in column_options(collection) for item in group["items"]]
    assert "object_id" not in names and {"redshift", "label", "log_density"} <= set(names)
    assert set(first_columns(collection)) <= set(names) and "redshift" in first_columns(collection)
    for told in told_histograms(collection, names, CHECKPOINT, (None, None)):
        assert told["said"]


def test_a_cut_is_told_under_its_histogram_and_counted(app, collection):
    record = {"steps": [], "cuts": [{"column": "redshift", "min": 0.05}]}
    selected = call(app, (ids.SELECTED, "data"), {ids.SELECTION: record})
    values = {
        ids.SHELF: "histograms",
        ids.SELECTED: selected,
        ids.CHECKPOINT: CHECKPOINT,
        ids.HISTOGRAM_COLUMNS: ["redshift", "label"],
    }
    redshift, label = call(app, (ids.HISTOGRAM_BARS, "data"), values)
    n = int((collection.catalog["redshift"] >= 0.05).sum())
    assert sum(redshift["selected"]) == sum(label["selected"]) == n
    assert f"n = {n:,} of" in redshift["said"] and "cut: ≥ 0.05" in redshift["said"]
    assert redshift["cut"]["min"] == 0.05 and label["cut"] is None


def test_a_shelf_that_shows_something_else_is_not_counted_for(app, collection):
    selected = {"id": "", "n": None, "digest": collection.digest}
    values = {ids.SHELF: "gallery", ids.SELECTED: selected, ids.CHECKPOINT: CHECKPOINT}
    reply = post(app, (ids.HISTOGRAM_BARS, "data"), values)
    assert reply.status_code == 204 or not reply.json["response"]
    values |= {ids.SHELF: "histograms", ids.HISTOGRAM_COLUMNS: ["x"] * 3}
    told = call(app, (ids.HISTOGRAM_BARS, "data"), values)
    assert len(told) == 1
    values[ids.HISTOGRAM_COLUMNS] = [str(number) for number in range(MAX_SHOWN + 1)]
    assert "At most" in call(app, (ids.HISTOGRAM_TOLD, "children"), values)

"""Rows in order: against a sort in plain Python, pandas masks, and every page once."""

import math

import numpy as np
import pandas as pd
import pytest
from flask import Flask

from dashboard import listing as listing_module
from dashboard.cache import create_cache
from dashboard.listing import between, distances_to_mean, listed
from dashboard.listing_columns import DISTANCE, ORDER, RANDOM, columns_of
from dashboard.records import keep_record
from dashboard.settings import Settings
from data.store import Collection
from models.errors import BadInput, NotFound

N = 600


@pytest.fixture(scope="module")
def odd(collection_folder):
    """The collection with columns of every kind, ties and gaps in them."""
    opened = Collection.open(collection_folder)
    rng = np.random.default_rng(3)
    some = rng.random(N) < 0.2
    days = pd.to_datetime("2020-01-01") + pd.to_timedelta(rng.integers(0, 40, N) * 6, unit="h")
    opened.__dict__["catalog"] = opened.catalog.assign(
        tied=rng.integers(0, 5, N).astype(np.float32),
        signed=np.where(some, np.nan, rng.normal(size=N)),
        whole=pd.array(np.where(some, None, rng.integers(-9, 9, N)), dtype="Int64"),
        band=pd.Categorical(rng.choice(["g", "r", "Z"], N)),
        note=pd.Series(np.where(some, "", rng.choice(["Édge", "edge", "x"], N)), dtype="str"),
        gone=np.full(N, np.nan),
        nothing=pd.Series([None] * N, dtype="str"),
        night=pd.Series(days).mask(some),
        long=pd.Series([f"J{value:.3f}" for value in rng.normal(size=N)], dtype="str"),
        **{"mag.g": rng.normal(size=N)},
    )
    return opened


@pytest.fixture(scope="module")
def cache():
    return create_cache(Flask(__name__), Settings(cache="memory"))


@pytest.fixture(params=["everything", "some"])
def selection(request, odd, cache):
    """Id of a record: of all galaxies, and of those in a range."""
    if request.param == "everything":
        return ""
    step = {"op": "set", "kind": "range", "column": "magnitude", "min": 15.5, "max": None}
    return keep_record(cache, {"checkpoint": odd.checkpoints[-1], "steps": [step]})


def rows_of(odd, selection):
    if not selection:
        return list(range(N))
    return np.flatnonzero((odd.catalog["magnitude"] >= 15.5).to_numpy()).tolist()


def plain_values(odd, key, selection):
    """What a column is sorted by, as Python objects, None where unknown; by row."""
    checkpoint = odd.checkpoints[-1]
    if key == DISTANCE:
        components = np.empty_like(odd.components(checkpoint))
        components[odd.order] = odd.components(checkpoint)
        center = components[rows_of(odd, selection)].astype(float).mean(axis=0)
        return np.linalg.norm(components - center, axis=1).astype(np.float32).tolist()
    if key in odd.catalog:
        values = odd.catalog[key]
    elif key == "anomaly_rank":
        values = pd.Series(odd.density(checkpoint)["log_density"]).rank(method="first")
    else:
        values = pd.Series(odd.density(checkpoint)[key])
    return [None if pd.isna(value) or value == "" else value for value in values.tolist()]


def plain_order(odd, key, selection, is_descending=False):
    """Rows as Python sorts them: stable, unknown ones last."""
    values = plain_values(odd, key, selection)
    rows = rows_of(odd, selection)
    known = [row for row in rows if values[row] is not None]
    known.sort(key=lambda row: values[row], reverse=is_descending)
    if is_descending:  # of equal ones, the first stored is still the first
        groups = {}
        for row in known:
            groups.setdefault(values[row], []).append(row)
        known = [row for group in groups.values() for row in sorted(group)]
    return known + [row for row in rows if values[row] is None]


EVERY = (
    *("object_id", "ra", "redshift", "label", "is_outlier", "tied", "signed", "whole", "band"),
    *("note", "gone", "nothing", "night", "long", "mag.g", "log_density", "anomaly_rank", DISTANCE),
)


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", EVERY)
def test_every_column_sorts_as_python_does(odd, cache, selection, key, direction):
    found = listed(odd, cache, odd.checkpoints[-1], selection, [[key, direction]])
    expected = plain_order(odd, key, selection, direction == "desc")
    order = found.order()
    if key != DISTANCE:
        assert order.tolist() == expected
    else:  # distances that agree to rounding may change places
        values = np.array(plain_values(odd, key, selection))
        np.testing.assert_allclose(values[order], values[expected], rtol=1e-5)
        assert sorted(order.tolist()) == sorted(expected)


@pytest.mark.parametrize("direction", ["asc", "desc"])
@pytest.mark.parametrize("key", EVERY)
def test_a_page_found_without_sorting_is_that_of_the_order(odd, cache, selection, key, direction):
    found = listed(odd, cache, odd.checkpoints[-1], selection, [[key, direction]])
    order = found.order().tolist()
    n = len(order)
    keys = found.values(key)
    for start, stop in ((0, 7), (n // 3, n // 3 + 50), (n - 9, n), (n - 3, n + 50), (0, n), (5, 5)):
        places = between(keys, start, min(stop, n), is_descending=direction == "desc")
        assert found.rows[places].tolist() == order[start:stop]


def test_pages_of_a_large_list_come_from_one_pass_and_then_from_the_order(odd, cache, monkeypatch):
    monkeypatch.setattr(listing_module, "SORTED_AT_ONCE", 10)
    later = []
    monkeypatch.setattr(listing_module._behind, "submit", later.append)
    found = listed(odd, cache, odd.checkpoints[0], "", [["signed", "desc"]])
    first = found.page(0, 20).tolist()
    assert len(later) == 1
    later[0]()  # the whole order
    assert found.page(0, 20).tolist() == first == plain_order(odd, "signed", "", True)[:20]
    assert len(later) == 1


@pytest.mark.parametrize("sort", [[], [[RANDOM, "asc"]], [[ORDER, "desc"]], [["tied", "desc"]]])
def test_pages_hold_each_galaxy_once(odd, cache, selection, sort):
    found = listed(odd, cache, odd.checkpoints[-1], selection, sort)
    pages = [found.page(start, start + 37) for start in range(0, N, 37)]
    assert sorted(np.concatenate(pages).tolist()) == rows_of(odd, selection)


def test_random_is_no_order_and_always_the_same(odd, cache):
    checkpoint = odd.checkpoints[-1]
    once = listed(odd, cache, checkpoint, "", [[RANDOM, "asc"]]).order()
    again = listed(Collection.open(odd.folder), cache, checkpoint, "", [[RANDOM, "asc"]]).order()
    assert once.tolist() == again.tolist()
    assert abs(np.corrcoef(once, np.arange(N))[0, 1]) < 0.15


def test_several_columns_sort_one_within_the_other(odd, cache):
    sort = [["band", "desc"], ["whole", "asc"]]
    order = listed(odd, cache, odd.checkpoints[-1], "", sort).order()
    table = odd.catalog.assign(band=odd.catalog["band"].astype(str), row=np.arange(N))
    expected = table.sort_values(
        ["band", "whole", "row"], ascending=[False, True, True], na_position="last"
    )
    assert order.tolist() == expected["row"].tolist()


def test_a_distance_is_to_the_mean_of_the_selected_alone(odd, cache, selection):
    checkpoint = odd.checkpoints[0]
    found = listed(odd, cache, checkpoint, selection, [[DISTANCE, "asc"]])
    by_row = np.empty_like(odd.components(checkpoint))
    by_row[odd.order] = odd.components(checkpoint)
    chosen = by_row[rows_of(odd, selection)].astype(float)
    expected = np.linalg.norm(chosen - chosen.mean(axis=0), axis=1)
    np.testing.assert_allclose(found.distances, expected, rtol=1e-5)
    some = np.array(rows_of(odd, selection))[[5, 2, 70]]
    np.testing.assert_allclose(found.values_of(DISTANCE, some), expected[[5, 2, 70]], rtol=1e-5)


def test_distances_do_not_depend_on_the_size_of_blocks(rng):
    points = rng.normal(size=(500, 4)).astype(np.float32)
    chosen = np.sort(rng.permutation(500)[:123])
    expected = np.linalg.norm(points[chosen] - points[chosen].mean(axis=0), axis=1)
    for n_rows in (1, 50, 1000):
        np.testing.assert_allclose(distances_to_mean(points, chosen, n_rows), expected, rtol=1e-5)


def test_another_checkpoint_has_other_scores_and_distances(odd, cache):
    for key in (DISTANCE, "log_density"):
        orders = [
            listed(odd, cache, checkpoint, "", [[key, "asc"]]).order().tolist()
            for checkpoint in odd.checkpoints
        ]
        assert orders[0] != orders[-1]


def number(kind, low=None, high=None):
    return {"filterType": "number", "type": kind, "filter": low, "filterTo": high}


def text(kind, wanted=None):
    return {"filterType": "text", "type": kind, "filter": wanted}


def date(kind, low=None, high=None):
    return {"filterType": "date", "type": kind, "dateFrom": low, "dateTo": high}


def both(join, *conditions):
    return {"operator": join, "conditions": list(conditions)}


def day(catalog):
    return catalog["night"].dt.normalize()


FILTERS = {
    "equal": ({"tied": number("equals", 3)}, lambda c: c["tied"] == 3),
    "other": ({"whole": number("notEqual", 3)}, lambda c: c["whole"].notna() & (c["whole"] != 3)),
    "less": ({"signed": number("lessThan", 0.5)}, lambda c: c["signed"] < 0.5),
    "at most": ({"tied": number("lessThanOrEqual", 3)}, lambda c: c["tied"] <= 3),
    "more": ({"whole": number("greaterThan", 3)}, lambda c: (c["whole"] > 3).fillna(False)),
    "at least": ({"mag.g": number("greaterThanOrEqual", 0)}, lambda c: c["mag.g"] >= 0),
    "between": ({"tied": number("inRange", 1, 3)}, lambda c: c["tied"].between(1, 3)),
    "blank": ({"signed": number("blank")}, lambda c: c["signed"].isna()),
    "known": ({"whole": number("notBlank")}, lambda c: c["whole"].notna()),
    "or": (
        {"signed": both("OR", number("lessThan", -1), number("blank"))},
        lambda c: (c["signed"] < -1) | c["signed"].isna(),
    ),
    "and": (
        {"signed": both("AND", number("greaterThan", -1), number("lessThan", 1))},
        lambda c: c["signed"].between(-1, 1, inclusive="neither"),
    ),
    "contains": ({"label": text("contains", "SMOO")}, lambda c: c["label"].str.contains("smooth")),
    "lacks": (
        {"note": text("notContains", "ed")},
        lambda c: (c["note"] != "") & ~c["note"].str.contains("ed"),
    ),
    "is": ({"note": text("equals", "ÉDGE")}, lambda c: c["note"] == "Édge"),
    "is not": (
        {"note": text("notEqual", "edge")},
        lambda c: (c["note"] != "") & (c["note"] != "edge"),
    ),
    "starts": ({"object_id": text("startsWith", "58")}, lambda c: c["object_id"].str[:2] == "58"),
    "ends": ({"object_id": text("endsWith", "7")}, lambda c: c["object_id"].str[-1] == "7"),
    "no text": ({"note": text("blank")}, lambda c: c["note"] == ""),
    "some text": ({"note": text("notBlank")}, lambda c: c["note"] != ""),
    "yes": ({"is_outlier": text("equals", "true")}, lambda c: c["is_outlier"]),
    "category": ({"band": text("contains", "z")}, lambda c: c["band"] == "Z"),
    "day": (
        {"night": date("equals", "2020-01-03 00:00:00")},
        lambda c: day(c) == pd.Timestamp("2020-01-03"),
    ),
    "days": (
        {"night": date("inRange", "2020-01-03 00:00:00", "2020-01-05 00:00:00")},
        lambda c: day(c).between(pd.Timestamp("2020-01-03"), pd.Timestamp("2020-01-05")),
    ),
    "before": (
        {"night": date("lessThan", "2020-01-03 00:00:00")},
        lambda c: day(c) < pd.Timestamp("2020-01-03"),
    ),
    "two columns": (
        {"tied": number("greaterThan", 1), "label": text("contains", "disk")},
        lambda c: (c["tied"] > 1) & (c["label"] == "Disk"),
    ),
    "pattern": ({"note": text("contains", ".*")}, lambda c: c["note"] == "nothing is a pattern"),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filters_pass_what_pandas_does(odd, cache, selection, name):
    model, mask = FILTERS[name]
    found = listed(odd, cache, odd.checkpoints[-1], selection, [["mag.g", "asc"]], model)
    passing = set(np.flatnonzero(mask(odd.catalog).to_numpy(dtype=bool)).tolist())
    expected = [row for row in plain_order(odd, "mag.g", selection) if row in passing]
    assert found.order().tolist() == expected
    assert len(found.selected) == len(rows_of(odd, selection))
    assert found.filters.in_words()


def test_scores_and_distances_are_filtered_too(odd, cache, selection):
    checkpoint = odd.checkpoints[-1]
    model = {"anomaly_rank": number("lessThanOrEqual", 100), DISTANCE: number("greaterThan", 15)}
    found = listed(odd, cache, checkpoint, selection, (), model)
    rank, distance = (plain_values(odd, key, selection) for key in ("anomaly_rank", DISTANCE))
    expected = [r for r in rows_of(odd, selection) if rank[r] <= 100 and distance[r] > 15]
    assert found.rows.tolist() == expected and expected


@pytest.mark.parametrize(
    "model, said",
    [
        ([], "record"),
        ({"colour": number("equals", 1)}, "no column 'colour'"),
        ({"tied": None}, "no record"),
        ({"tied": number("near", 1)}, "cannot be filtered by 'near'"),
        ({"tied": number("equals", math.nan)}, "finite number"),
        ({"tied": number("equals", "1")}, "finite number"),
        ({"tied": number("equals", True)}, "finite number"),
        ({"tied": number("inRange", 1)}, "finite number"),
        ({"tied": text("contains", "x")}, "cannot be filtered"),
        ({"label": number("lessThan", 1)}, "cannot be filtered"),
        ({"label": text("contains")}, "text"),
        ({"label": text("contains", "x" * 501)}, "500"),
        ({"night": date("equals", "tomorrow")}, "date"),
        ({"night": date("equals")}, "date"),
        ({"tied": both("XOR", number("blank"))}, "AND or by OR"),
        ({"tied": both("OR")}, "1 to 10"),
        ({"tied": both("OR", *[number("blank")] * 11)}, "1 to 10"),
    ],
)
def test_a_filter_that_is_none_is_refused_in_a_sentence(odd, cache, model, said):
    with pytest.raises((BadInput, NotFound), match=said):
        found = listed(odd, cache, odd.checkpoints[-1], "", (), model)
        assert found.order() is not None and model  # an empty list is no filter


@pytest.mark.parametrize(
    "sort, said",
    [
        ("redshift", "direction"),
        ([["redshift"]], "pair"),
        ([["redshift", "up"]], "'asc' or 'desc'"),
        ([[None, "asc"]], "no column"),
        ([["../secrets", "asc"]], "no column"),
        ([["ra", "asc"]] * 5, "at most 4"),
        ({"ra": "asc"}, "direction"),
    ],
)
def test_a_sort_that_is_none_is_refused_in_a_sentence(odd, cache, sort, said):
    with pytest.raises((BadInput, NotFound), match=said):
        listed(odd, cache, odd.checkpoints[-1], "", sort)


def test_what_does_not_exist_is_not_found(odd, cache):
    with pytest.raises(NotFound, match="no checkpoint"):
        listed(odd, cache, "../../etc", "")
    with pytest.raises(NotFound, match="0123456789abcdef"):
        listed(odd, cache, odd.checkpoints[0], "0123456789abcdef").order()
    with pytest.raises(BadInput):
        listed(odd, cache, odd.checkpoints[0], ["x"])


def test_nothing_selected_is_an_empty_list(odd, cache):
    step = {"op": "set", "kind": "rows", "rows": []}
    empty = keep_record(cache, {"checkpoint": odd.checkpoints[0], "steps": [step]})
    for key in (DISTANCE, "label", "ra"):
        found = listed(odd, cache, odd.checkpoints[0], empty, [[key, "desc"]])
        assert found.n_listed == 0 and found.page(0, 10).tolist() == []


def test_every_column_has_a_kind_and_a_heading(odd):
    columns = columns_of(odd, odd.checkpoints[-1])
    kinds = {key: column.kind for key, column in columns.items()}
    assert kinds["object_id"] == kinds["label"] == kinds["band"] == kinds["nothing"] == "text"
    assert kinds["night"] == "date" and kinds["is_outlier"] == "bool"
    assert kinds["whole"] == kinds["gone"] == kinds[DISTANCE] == "number"
    assert columns["ra"].heading == "ra (°)"

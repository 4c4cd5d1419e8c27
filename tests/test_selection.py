import json

import numpy as np
import pandas as pd
import pytest

from data.points import measured_points, rms_of_all
from data.polygon import points_inside
from data.selection import MAX_DEPTH, MAX_MEASURED, digest, resolve, resolve_mask
from models.errors import BadInput, NotFound
from models.space.excess import makes_bump
from models.space.presets import Measure

CHECKPOINT = "epoch_20"


def selected(collection, *steps, checkpoint=CHECKPOINT):
    record = {"checkpoint": checkpoint, "steps": [{"op": "set", **step} for step in steps]}
    return resolve(json.loads(json.dumps(record)), collection)


def ring_of_vertices(n, center=(0, 0), radius=1.0):
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([center[0] + radius * np.cos(angles), center[1] + radius * np.sin(angles)], 1)


def test_a_polygon_is_drawn_on_the_map_of_its_checkpoint(collection):
    vertices = ring_of_vertices(30, radius=4)
    step = {"kind": "polygon", "x": vertices[:, 0].tolist(), "y": vertices[:, 1].tolist()}
    for checkpoint in collection.checkpoints:
        expected = np.flatnonzero(points_inside(collection.projection(checkpoint), vertices))
        rows = selected(collection, step, checkpoint=checkpoint)
        np.testing.assert_array_equal(rows, expected)
        own = selected(collection, step | {"checkpoint": checkpoint})
        np.testing.assert_array_equal(own, expected)


def test_a_box_holds_its_edges_in_either_order(collection):
    point = collection.projection(CHECKPOINT)[42].astype(float)
    x, y = [point[0], point[0] + 1], [point[1], point[1] + 1]
    rows = selected(collection, {"kind": "box", "x": x, "y": y})
    assert 42 in rows
    swapped = selected(collection, {"kind": "box", "x": x[::-1], "y": y[::-1]})
    np.testing.assert_array_equal(rows, swapped)


def test_steps_combine_as_sets(collection):
    a = {"kind": "rows", "rows": [5, 1, 2]}
    b = {"kind": "rows", "rows": [2, 3]}

    def combined(op):
        return selected(collection, a, b | {"op": op}).tolist()

    assert combined("add") == [1, 2, 3, 5]
    assert combined("remove") == [1, 5]
    assert combined("intersect") == [2]
    assert combined("set") == [2, 3]
    assert selected(collection).tolist() == []
    assert selected(collection, a | {"op": "intersect"}).tolist() == []


def test_categories_ranges_and_identifiers_select_by_the_catalog(collection):
    catalog = collection.catalog
    rows = selected(collection, {"kind": "category", "column": "label", "value": "Disk"})
    np.testing.assert_array_equal(rows, np.flatnonzero(catalog["label"] == "Disk"))
    rows = selected(collection, {"kind": "category", "column": "is_outlier", "value": True})
    np.testing.assert_array_equal(rows, np.flatnonzero(catalog["is_outlier"]))
    rows = selected(collection, {"kind": "category", "column": "redshift", "value": None})
    np.testing.assert_array_equal(rows, np.flatnonzero(catalog["redshift"].isna()))
    cut = {"kind": "range", "column": "redshift", "min": 0.05, "max": None}
    rows = selected(collection, cut)
    np.testing.assert_array_equal(rows, np.flatnonzero(catalog["redshift"] >= 0.05))
    assert catalog["redshift"][rows].notna().all()
    ids = catalog["object_id"][[7, 3]].tolist()
    assert selected(collection, {"kind": "object_ids", "object_ids": ids}).tolist() == [3, 7]


def test_anomaly_scores_can_be_cut(collection):
    density = collection.density(CHECKPOINT)["log_density"]
    limit = float(np.quantile(density, 0.1))
    rows = selected(collection, {"kind": "range", "column": "log_density", "max": limit})
    np.testing.assert_array_equal(rows, np.flatnonzero(density <= limit))


@pytest.mark.parametrize(
    ("step", "sentence"),
    [
        ({"kind": "polygon", "x": [0, 1], "y": [0, 1]}, "at least 3 points"),
        ({"kind": "polygon", "x": [0, 1, 2], "y": [0, 1]}, "3 x and 2 y"),
        ({"kind": "polygon", "x": [0, 1, "2"], "y": [0, 1, 2]}, "'2' where a finite number"),
        ({"kind": "polygon", "x": [0, 1, 10**400], "y": [0, 1, 2]}, "finite number"),
        ({"kind": "polygon", "x": [0, 1, True], "y": [0, 1, 2]}, "True where a finite number"),
        ({"kind": "polygon", "x": [0, 1, float("nan")], "y": [0, 1, 2]}, "finite numbers"),
        ({"kind": "polygon", "x": [0.0] * 10_001, "y": [0.0] * 10_001}, "10,000 vertices"),
        ({"kind": "polygon"}, "list of numbers as its x"),
        ({"kind": "box", "x": [0, 1, 2], "y": [0, 1]}, "two x and two y"),
        ({"kind": "rows", "rows": ["1"]}, "whole numbers"),
        ({"kind": "object_ids", "object_ids": [587722952767439000]}, "texts"),
        ({"kind": "range", "column": "label"}, "'label' holds no numbers"),
        ({"kind": "category", "column": "label", "value": []}, "a text, a number or null"),
        ({"kind": "lasso"}, "kind of a selection's step is one of polygon, box"),
        ({"kind": ["polygon"]}, "kind of a selection's step"),
        ({"kind": "rows", "rows": [1], "op": "xor"}, "op of a selection's step is one of set"),
    ],
)
def test_what_is_no_selection_is_refused_in_a_sentence(collection, step, sentence):
    with pytest.raises(BadInput, match=sentence):
        resolve({"checkpoint": CHECKPOINT, "steps": [{"op": "set", **step}]}, collection)


@pytest.mark.parametrize("record", [None, [], {}, {"steps": 3}, {"steps": [1]}])
def test_what_is_no_record_is_refused(collection, record):
    with pytest.raises(BadInput, match="A selection is a record"):
        resolve(record, collection)


@pytest.mark.parametrize(
    ("step", "missing"),
    [
        ({"kind": "rows", "rows": [600]}, "row 600"),
        ({"kind": "object_ids", "object_ids": ["1", "2"]}, "galaxy '1'"),
        ({"kind": "category", "column": "secret", "value": 1}, "column 'secret'"),
        ({"kind": "rows", "rows": [1], "checkpoint": "../x"}, "checkpoint '../x'"),
    ],
)
def test_what_does_not_exist_is_not_found(collection, step, missing):
    with pytest.raises(NotFound, match=missing):
        selected(collection, step)
    with pytest.raises(NotFound, match="checkpoint 'epoch_99'"):
        selected(collection, {"kind": "rows", "rows": [1]}, checkpoint="epoch_99")


def test_equal_records_have_equal_digests():
    record = {"checkpoint": "a", "steps": [{"op": "set", "kind": "rows", "rows": [1, 2]}]}
    shuffled = {"steps": [{"rows": [1, 2], "kind": "rows", "op": "set"}], "checkpoint": "a"}
    assert digest(record) == digest(shuffled) == digest(json.loads(json.dumps(record)))
    assert len(digest(record)) == 16
    assert digest(record) != digest(record | {"checkpoint": "b"})
    with pytest.raises(BadInput, match="finite numbers"):
        digest({"steps": [{"x": [float("nan")]}]})


def test_a_column_of_numbers_is_also_selected_by_its_text(collection, monkeypatch):
    catalog = collection.catalog.assign(number=np.arange(600) % 3, missing=pd.NA)
    monkeypatch.setitem(collection.__dict__, "catalog", catalog)
    for value in (2, 2.0, "2"):
        rows = selected(collection, {"kind": "category", "column": "number", "value": value})
        np.testing.assert_array_equal(rows, np.arange(2, 600, 3))


# ---- steps that are measured -------------------------------------------------------------------


BUMP = {"kind": "excess", "lower": 0.1, "upper": 0.4}


def made_by(collection, rows, lower, upper):
    """Rows that make the excess among `rows`, or all, by the measurement itself."""
    is_meant = np.zeros(collection.n_galaxies, bool)
    is_meant[rows] = True
    points = measured_points(collection, CHECKPOINT, Measure(), is_meant)
    unit = rms_of_all(collection, CHECKPOINT, Measure(), len(points))
    makes = makes_bump(points, lower * unit, upper * unit, np.random.default_rng(0))
    stored = collection.order[is_meant[collection.order]]
    return np.sort(stored[makes])


def test_galaxies_that_make_a_bump_are_measured_on_the_server(collection):
    everything = np.arange(collection.n_galaxies)
    rows = selected(collection, BUMP)
    np.testing.assert_array_equal(rows, made_by(collection, everything, 0.1, 0.4))
    assert 0 < len(rows) < collection.n_galaxies
    named = selected(collection, BUMP | {"of": None, "rule": "bump", "measure": {}})
    np.testing.assert_array_equal(named, rows)


def test_the_bump_of_a_selection_is_told_in_two_ways(collection):
    rows = list(range(0, 600, 2))
    chosen = {"op": "set", "kind": "rows", "rows": rows}
    expected = made_by(collection, rows, 0.1, 0.4)
    assert set(expected) != set(rows) & set(selected(collection, BUMP))
    before = selected(collection, chosen, BUMP | {"op": "intersect"})
    np.testing.assert_array_equal(before, expected)
    of = {"checkpoint": CHECKPOINT, "steps": [chosen]}
    np.testing.assert_array_equal(selected(collection, BUMP | {"of": of}), expected)
    assert len(selected(collection, BUMP | {"op": "intersect"})) == 0  # of nothing


def test_a_bump_depends_on_its_measure(collection):
    default = selected(collection, BUMP)
    in_two = selected(collection, BUMP | {"measure": {"n_components": 2}})
    assert set(default) != set(in_two)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"lower": "0"}, "finite number"),
        ({"lower": None}, "finite number"),
        ({"upper": float("inf")}, "finite number|texts and finite"),
        ({"lower": 0.5, "upper": 0.4}, "goes up from 0"),
        ({"lower": -1}, "goes up from 0"),
        ({"rule": "all"}, "rule of a step by excess"),
        ({"measure": {"n_bins": 0}}, "number of bins"),
        ({"measure": 3}, "set of named values"),
        ({"measure": {"n_components": 500}}, "32 dimensions"),
        ({"of": 3}, "A selection is a record"),
        ({"of": {"steps": [{"op": "set", "kind": "rows", "rows": [1]}]}}, "do not differ|at least"),
    ],
)
def test_a_measured_step_that_is_none_is_refused(collection, change, sentence):
    with pytest.raises(BadInput, match=sentence):
        resolve({"checkpoint": CHECKPOINT, "steps": [{"op": "set", **BUMP, **change}]}, collection)


def test_records_within_records_are_bounded(collection):
    record = {"checkpoint": CHECKPOINT, "steps": [{"op": "set", "kind": "rows", "rows": [1, 2]}]}
    for _ in range(MAX_DEPTH):
        record = {"checkpoint": CHECKPOINT, "steps": [{"op": "set", **BUMP, "of": record}]}
    with pytest.raises(BadInput, match="no deeper"):
        resolve(record, collection)
    many = {"checkpoint": CHECKPOINT, "steps": [{"op": "set", **BUMP}] * (MAX_MEASURED + 1)}
    with pytest.raises(BadInput, match="by excess"):
        resolve(many, collection)


# ---- kept masks --------------------------------------------------------------------------------


def test_a_selection_that_grows_is_that_selection(collection):
    rng = np.random.default_rng(0)
    steps = []
    for op in ("set", "add", "remove", "add", "intersect", "set", "remove"):
        rows = [int(row) for row in rng.integers(0, 600, 200)]
        steps.append({"op": op, "kind": "rows", "rows": rows})
        expected = np.zeros(600, bool)
        for step in steps:
            chosen = np.isin(np.arange(600), step["rows"])
            expected = {
                "set": chosen,
                "add": expected | chosen,
                "remove": expected & ~chosen,
                "intersect": expected & chosen,
            }[step["op"]]
        np.testing.assert_array_equal(selected(collection, *steps), np.flatnonzero(expected))


def test_a_mask_cannot_be_changed_by_who_asked_for_it(collection):
    record = {"steps": [{"op": "set", "kind": "rows", "rows": [1, 2, 3]}]}
    with pytest.raises(ValueError, match="read-only"):
        resolve_mask(record, collection)[5] = True
    assert resolve(record, collection).tolist() == [1, 2, 3]

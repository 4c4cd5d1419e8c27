import json

import numpy as np
import pandas as pd
import pytest

from data.points import measured_points, rms_of_all
from data.polygon import points_inside
from data.selection import digest, resolve, resolve_mask
from data.selection_record import MAX_DEPTH, MAX_MEASURED
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


# ---- cuts, and steps that take what is selected before -----------------------------------------


def chosen(collection, record):
    return set(resolve(json.loads(json.dumps(record)), collection).tolist())


def where(condition):
    return set(np.flatnonzero(condition).tolist())


ROWS = {"op": "set", "kind": "rows", "rows": list(range(0, 600, 2))}


def test_cuts_hold_at_the_end_all_of_them(collection):
    catalog = collection.catalog
    near = {"column": "redshift", "max": 0.08}
    disks = {"column": "label", "values": ["Disk"]}
    is_near, is_disk = catalog["redshift"] <= 0.08, catalog["label"] == "Disk"
    is_even = np.arange(600) % 2 == 0
    assert chosen(collection, {"steps": [], "cuts": [near]}) == where(is_near)
    assert chosen(collection, {"cuts": [near, disks]}) == where(is_near & is_disk)
    record = {"steps": [ROWS], "cuts": [near, disks]}
    assert chosen(collection, record) == where(is_even & is_near & is_disk)
    grown = {**record, "steps": [ROWS, {"op": "add", "kind": "all"}]}
    assert chosen(collection, grown) == where(is_near & is_disk)
    assert chosen(collection, {"steps": [], "cuts": []}) == set()


def test_a_cut_by_values_may_name_several_and_the_missing(collection):
    catalog = collection.catalog
    values = catalog["label"].dropna().unique()[:2].tolist()
    record = {"cuts": [{"column": "label", "values": [*values, None]}]}
    expected = catalog["label"].isin(values) | catalog["label"].isna()
    assert chosen(collection, record) == where(expected)
    assert chosen(collection, {"cuts": [{"column": "label", "values": []}]}) == set()
    step = {"op": "set", "kind": "category", "column": "label", "values": values}
    assert chosen(collection, {"steps": [step]}) == where(catalog["label"].isin(values))


def test_a_cut_on_a_score_is_of_its_checkpoint(collection):
    for checkpoint in collection.checkpoints:
        density = collection.density(checkpoint)["log_density"].astype(float)
        limit = float(np.median(density))
        cut = {"column": "log_density", "min": limit, "checkpoint": checkpoint}
        assert chosen(collection, {"cuts": [cut]}) == where(density >= limit)
    with pytest.raises(NotFound, match="needs a checkpoint"):
        resolve({"cuts": [{"column": "log_density", "min": 0}]}, collection)


def test_inverting_leaves_what_was_not_selected(collection):
    steps = [ROWS, {"op": "invert"}]
    assert chosen(collection, {"steps": steps}) == set(range(1, 600, 2))
    assert chosen(collection, {"steps": [*steps, {"op": "invert"}]}) == set(ROWS["rows"])
    assert chosen(collection, {"steps": [{"op": "invert"}]}) == set(range(600))
    assert chosen(collection, {"steps": [{"op": "set", "kind": "all"}]}) == set(range(600))


@pytest.mark.parametrize("k", [1, 3, 30])
def test_growing_adds_the_nearest_of_each_one_selected(collection, k):
    some = {"op": "set", "kind": "rows", "rows": [3, 77, 410]}
    near = collection.neighbors(CHECKPOINT)[[3, 77, 410], :k]
    grow = {"op": "add", "kind": "neighbors", "k": k, "checkpoint": CHECKPOINT}
    record = {"steps": [some, grow]}
    assert chosen(collection, record) == {3, 77, 410} | set(near.ravel().tolist())
    twice = chosen(collection, {"steps": [some, grow, grow]})
    rows = sorted(chosen(collection, record))
    assert twice == set(rows) | set(collection.neighbors(CHECKPOINT)[rows, :k].ravel().tolist())
    alone = chosen(collection, {"steps": [some, grow | {"op": "set"}]})
    assert alone == set(near.ravel().tolist())
    assert chosen(collection, {"steps": [grow]}) == set()


def test_records_within_records_are_sets_of_their_own(collection):
    cut = {"steps": [ROWS], "cuts": [{"column": "redshift", "max": 0.08}]}
    inner = {"op": "set", "kind": "record", "record": cut, "name": "near"}
    less = {"op": "remove", "kind": "rows", "rows": list(range(100))}
    expected = {row for row in chosen(collection, cut) if row >= 100}
    assert chosen(collection, {"steps": [inner, less]}) == expected
    assert chosen(collection, {"steps": [inner | {"record": {"steps": []}}]}) == set()


def test_checkpoints_of_steps_outlive_another_one_shown(collection):
    first, *_, last = collection.checkpoints
    box = {"op": "set", "kind": "box", "x": [0, 5], "y": [0, 5], "checkpoint": first}
    alone = chosen(collection, {"steps": [box]})
    assert alone == chosen(collection, {"steps": [box], "checkpoint": last})
    x, y = collection.map_positions(first)[0].T
    assert alone == where((x >= 0) & (x <= 5) & (y >= 0) & (y <= 5))


@pytest.mark.parametrize(
    ("record", "sentence"),
    [
        ({"cuts": [{"column": "redshift", "min": 0.2, "max": 0.1}]}, "begins at 0.2 and ends at"),
        ({"cuts": [{"column": "redshift", "min": "soon"}]}, "'soon', which is no date"),
        ({"cuts": [{"column": "redshift", "min": True}]}, "finite number"),
        ({"cuts": [{"column": "label", "min": 1}]}, "'label' holds no numbers"),
        ({"cuts": [{"column": 3}]}, "names the column"),
        ({"cuts": [{"column": "label", "values": "Disk"}]}, "list of them"),
        ({"cuts": [{"column": "label", "values": [[]]}]}, "a text, a number or null"),
        ({"cuts": [{"column": "label", "values": ["x"] * 10_001}]}, "10,000 values"),
        ({"cuts": {"column": "redshift"}}, "list of records"),
        ({"cuts": [{"column": "redshift"}] * 101}, "100 cuts"),
        ({"steps": [{"op": "invert"}] * 1001}, "1,000 steps"),
        ({"steps": [ROWS, {"op": "add", "kind": "neighbors", "k": 0}]}, "1 to 30 neighbors"),
        ({"steps": [ROWS, {"op": "add", "kind": "neighbors", "k": 31}]}, "1 to 30 neighbors"),
        ({"steps": [ROWS, {"op": "add", "kind": "neighbors", "k": 1.5}]}, "not by 1.5"),
        ({"steps": [ROWS, {"op": "remove", "kind": "strays", "k": 31}]}, "1 to 30 neighbors"),
        ({"steps": [ROWS, {"op": "remove", "kind": "strays"}]}, "not by None"),
        ({"steps": [{"op": "set", "kind": "record"}]}, "A selection is a record"),
        (
            {"steps": [{"op": "set", "kind": "range", "column": "redshift", "min": 2, "max": 1}]},
            "m",
        ),
    ],
)
def test_cuts_and_steps_that_are_none_are_refused(collection, record, sentence):
    with pytest.raises(BadInput, match=sentence):
        resolve({"checkpoint": CHECKPOINT, "steps": [], **record}, collection)


def test_what_is_within_counts_too(collection):
    inner = {"steps": [{"op": "invert"}] * 600}
    step = {"op": "set", "kind": "record", "record": inner}
    with pytest.raises(BadInput, match="1,000 steps"):
        resolve({"steps": [step, step]}, collection)
    measured = {"checkpoint": CHECKPOINT, "steps": [{"op": "set", **BUMP}] * 11}
    step = {"op": "set", "kind": "record", "record": measured}
    with pytest.raises(BadInput, match="by excess"):
        resolve({"steps": [step, step]}, collection)


def test_polygons_of_every_size(collection):
    for n, is_fine in ((2, False), (3, True), (10_000, True), (10_001, False)):
        x, y = ring_of_vertices(n, radius=50).T
        step = {"op": "set", "kind": "polygon", "x": x.tolist(), "y": y.tolist()}
        record = {"checkpoint": CHECKPOINT, "steps": [step]}
        if is_fine:
            assert len(resolve(record, collection)) >= 0
        else:
            with pytest.raises(BadInput, match="at least 3|10,000 vertices"):
                resolve(record, collection)


def test_columns_without_use_are_still_columns(collection, monkeypatch):
    many = [f"class {row % 500}" for row in range(600)]
    catalog = collection.catalog.assign(
        absent=np.nan, nothing=[None] * 600, single=1.5, many=many, blank=[""] * 300 + ["a"] * 300
    )
    monkeypatch.setitem(collection.__dict__, "catalog", catalog)
    monkeypatch.setitem(collection.__dict__, "digest", "with further columns")
    assert chosen(collection, {"cuts": [{"column": "absent", "min": None}]}) == set()
    assert len(chosen(collection, {"cuts": [{"column": "absent", "values": [None]}]})) == 600
    assert len(chosen(collection, {"cuts": [{"column": "nothing", "values": [None]}]})) == 600
    assert len(chosen(collection, {"cuts": [{"column": "single", "min": 1.5, "max": 1.5}]})) == 600
    assert chosen(collection, {"cuts": [{"column": "single", "min": 2}]}) == set()
    values = [f"class {number}" for number in range(499)]
    assert len(chosen(collection, {"cuts": [{"column": "many", "values": values}]})) == 599
    assert len(chosen(collection, {"cuts": [{"column": "blank", "values": [None]}]})) == 300
    with pytest.raises(BadInput, match="holds no numbers"):
        resolve({"cuts": [{"column": "nothing", "min": 1}]}, collection)


def test_a_cut_moved_takes_no_step_again(collection, monkeypatch):
    steps = [{"op": "set", "kind": "polygon", "x": [0, 7.5, 0], "y": [0, 0, 7.5]}]
    record = {"checkpoint": CHECKPOINT, "steps": steps}
    chosen(collection, record)
    monkeypatch.setattr("data.selection.chosen_by", None)  # would fail where it is called
    for high in (0.05, 0.06, 0.07):
        chosen(collection, record | {"cuts": [{"column": "redshift", "max": high}]})

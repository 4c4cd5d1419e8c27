import json

import numpy as np
import pandas as pd
import pytest

from data.polygon import points_inside
from data.selection import digest, resolve
from models.errors import BadInput, NotFound

CHECKPOINT = "epoch_20"


def selected(collection, *steps, checkpoint=CHECKPOINT):
    record = {"checkpoint": checkpoint, "steps": [{"op": "set", **step} for step in steps]}
    return resolve(json.loads(json.dumps(record)), collection)


def ring_of_vertices(n, center=(0, 0), radius=1.0):
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([center[0] + radius * np.cos(angles), center[1] + radius * np.sin(angles)], 1)


def inside_slowly(point, vertices):
    """Even-odd rule for one point, edge by edge."""
    is_odd = False
    for (x0, y0), (x1, y1) in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        if (y0 <= point[1]) != (y1 <= point[1]):
            is_odd ^= point[0] < x0 + (x1 - x0) * (point[1] - y0) / (y1 - y0)
    return is_odd


def test_polygons_agree_with_a_slow_loop(rng):
    points = rng.normal(size=(400, 2)).astype("f4")
    for vertices in (ring_of_vertices(50), rng.normal(size=(3, 2)), rng.normal(size=(40, 2))):
        expected = [inside_slowly(point, vertices) for point in points.astype(float)]
        np.testing.assert_array_equal(points_inside(points, vertices), expected)


def test_a_circle_holds_the_points_within_its_radius(rng):
    points = rng.uniform(-2, 2, (20_000, 2))
    inside = points_inside(points, ring_of_vertices(500, (0.3, -0.2), 1.1))
    radius = np.hypot(points[:, 0] - 0.3, points[:, 1] + 0.2)
    clear = np.abs(radius - 1.1) > 1e-3  # a polygon is a little smaller than its circle
    np.testing.assert_array_equal(inside[clear], radius[clear] < 1.1)


def test_what_is_gone_round_twice_is_outside():
    once = ring_of_vertices(40)
    twice = np.concatenate([once, once])
    star = ring_of_vertices(5)[[0, 2, 4, 1, 3]]
    center, tip = np.array([[0.01, 0.02]]), 0.9 * ring_of_vertices(5)[:1]
    assert points_inside(center, once).all() and not points_inside(center, twice).any()
    assert points_inside(tip, star).all() and not points_inside(center, star).any()


def test_neighboring_polygons_share_no_point():
    # Points on a common edge, and on a common vertex, belong to exactly one of the two.
    grid = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), -1).reshape(-1, 2)
    left = np.array([[0, 0], [2, 0], [2, 4], [0, 4]])
    right = left + [2, 0]
    times = points_inside(grid, left).astype(int) + points_inside(grid, right)
    assert times.max() == 1
    assert (times == 1).sum() == 16  # 4 x 4: one of the two ends, in either direction


def test_the_start_and_the_direction_of_a_polygon_do_not_matter(rng):
    points, vertices = rng.normal(size=(3000, 2)), rng.normal(size=(12, 2))
    expected = points_inside(points, vertices)
    for other in (vertices[::-1], np.roll(vertices, 5, axis=0)):
        np.testing.assert_array_equal(points_inside(points, other), expected)


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
        ({"kind": "polygon", "x": [0, 1, float("nan")], "y": [0, 1, 2]}, "nan where a finite"),
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

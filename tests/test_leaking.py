"""Leakage as the selection's bar tells it, its two buttons, and what the curve says of them."""

import json

import numpy as np
import pytest

from dashboard import ids
from dashboard.leaking import told_leakage
from dashboard.selection_words import ending_words
from data.selection import resolve, resolve_mask
from tests.test_wiring import call, text_of

K = 15
ALL = {"steps": [{"op": "set", "kind": "all"}]}


@pytest.fixture
def box(collection):
    """A box around the middle of the map."""
    checkpoint = collection.checkpoints[-1]
    ends = np.quantile(collection.projection(checkpoint), [0.25, 0.75], axis=0).tolist()
    x, y = zip(*ends, strict=True)
    return {"op": "set", "kind": "box", "checkpoint": checkpoint, "x": [*x], "y": [*y]}


def further(collection, op, kind):
    return {"op": op, "kind": kind, "checkpoint": collection.checkpoints[-1], "k": K}


def test_leakage_is_told_with_its_error_and_number(collection, box):
    checkpoint = collection.checkpoints[-1]
    mask = resolve_mask({"steps": [box]}, collection)
    outside = ~mask[collection.neighbors(checkpoint)[mask, :K]]
    told = told_leakage(collection, checkpoint, mask)
    assert told.text.startswith(f"Leakage {100 * outside.mean():.3g} ± ")
    assert told.text.endswith(f" %, k = {K}")
    assert f"Of {mask.sum():,} galaxies" in told.explanation
    assert told.n_strays == (outside.mean(1) > 0.5).sum()


def test_nothing_and_everything_have_no_number(collection):
    checkpoint = collection.checkpoints[0]
    assert told_leakage(collection, checkpoint, None).text == ""
    nothing = np.zeros(collection.n_galaxies, bool)
    assert "no galaxy is selected" in told_leakage(collection, checkpoint, nothing).text
    everything = told_leakage(collection, checkpoint, ~nothing)
    assert everything.text == "Leakage: none outside" and everything.k == 0


def test_a_sample_is_said_to_be_one(collection, box, monkeypatch):
    from models.space import leakage

    asked = leakage.leakage
    monkeypatch.setattr("dashboard.leaking.leakage", lambda *given: asked(*given, max_asked=20))
    told = told_leakage(
        collection, collection.checkpoints[-1], resolve_mask({"steps": [box]}, collection)
    )
    assert told.text.endswith(", sample")
    assert "20 of " in told.explanation and "at least" in told.explanation


def test_the_steps_add_what_is_outside_and_take_strays_away(collection, box):
    checkpoint = collection.checkpoints[-1]
    mask = resolve_mask({"steps": [box]}, collection)
    near = collection.neighbors(checkpoint)[:, :K]
    closed = resolve({"steps": [box, further(collection, "add", "neighbors")]}, collection)
    assert set(closed) == set(np.flatnonzero(mask)) | set(near[mask].ravel().tolist())
    cleaned = resolve({"steps": [box, further(collection, "remove", "strays")]}, collection)
    is_stray = mask & ((~mask[near]).sum(1) > K / 2)
    np.testing.assert_array_equal(cleaned, np.flatnonzero(mask & ~is_stray))
    only = resolve({"steps": [box, further(collection, "intersect", "strays")]}, collection)
    np.testing.assert_array_equal(only, np.flatnonzero(is_stray))


def test_the_bar_offers_both_steps(app, collection, box):
    record = {"steps": [box]}
    selected = call(app, (ids.SELECTED, "data"), {ids.SELECTION: record})
    shown = call(
        app,
        (ids.LEAKAGE, "children"),
        {ids.SELECTED: selected, ids.CHECKPOINT: collection.checkpoints[-1]},
    )
    assert "Leakage" in text_of(shown)
    steps = [
        json.loads(part["props"]["children"]["props"]["data-step"])
        for part in shown
        if "data-step" in part["props"]["children"]["props"]
    ]
    assert steps == [
        further(collection, "add", "neighbors"),
        further(collection, "remove", "strays"),
    ]
    nothing = call(
        app,
        (ids.LEAKAGE, "children"),
        {ids.SELECTED: None, ids.CHECKPOINT: collection.checkpoints[-1]},
    )
    assert nothing == []


def test_the_curve_says_which_was_used(collection, box, app):
    add, remove = further(collection, "add", "neighbors"), further(collection, "remove", "strays")
    assert ending_words(collection, None) == ending_words(collection, {"steps": [box]}) == ""
    closed = ending_words(collection, {"steps": [box, add]})
    assert closed == "closed under its 15 neighbors on epoch 20"
    shown = ending_words(collection, {"steps": [box, add]}, collection.checkpoints[-1])
    assert shown == "closed under its 15 neighbors"
    both = ending_words(collection, {"steps": [box, add, remove]})
    assert both == f"{closed}, then strays removed on epoch 20"
    assert ending_words(collection, {"steps": [box, add, {"op": "invert"}]}) == ""
    cut = [{"column": "redshift", "min": 0.1}]
    assert ending_words(collection, {"steps": [box, add], "cuts": cut}) == ""
    told = call(
        app,
        (ids.CORRELATION_NUMBERS, "children"),
        {
            ids.CHECKPOINT: collection.checkpoints[-1],
            ids.SELECTION: {"steps": [box, add]},
            ids.CORRELATION_SCALE: "log",
        },
    )
    assert f"selection, epoch 20 , {shown}" in text_of(told)

import numpy as np
import pytest
from flask import Flask

from dashboard.brush import Brush
from dashboard.cache import create_cache
from dashboard.colors import N_SHADES, color_excess
from dashboard.palettes import MISSING
from dashboard.settings import Settings
from models.errors import BadInput
from models.space.presets import Measure


@pytest.fixture
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


def first_galaxies(collection, number):
    chosen = collection.catalog["object_id"].iloc[:number].tolist()
    return {"steps": [{"op": "set", "kind": "object_ids", "object_ids": chosen}]}


@pytest.mark.parametrize(
    "record",
    [
        "0.1-0.2",
        {"lower": 0.2, "upper": 0.1},
        {"lower": -1, "upper": 0.1},
        {"lower": 0.1},
        {"lower": True, "upper": 2},
        {"lower": 0, "upper": float("nan")},
    ],
)
def test_what_is_no_range_is_refused(record):
    with pytest.raises(BadInput):
        Brush.from_store(record)


def test_no_brush_is_none():
    assert Brush.from_store(None) is None
    assert Brush.from_store({"lower": 0, "upper": 1}).ends == (0.0, 1.0)


def test_only_the_selected_are_lit(collection, cache):
    checkpoint = collection.checkpoints[-1]
    lit = Brush(0.2, 0.6).asked(
        collection, cache, checkpoint, first_galaxies(collection, 200), Measure()
    )
    assert lit.n == 200 and np.isfinite(lit.values[:200]).all()
    assert np.isnan(lit.values[200:]).all()
    assert "r = 0.2–0.6 RMS, n = 200" in lit.coloring.column
    assert lit.coloring.counts()[-1] == collection.n_galaxies - 200


def test_another_range_or_selection_has_another_key(collection, cache):
    def key(brush, selection):
        return brush.asked(collection, cache, checkpoint, selection, Measure()).key

    checkpoint, few = collection.checkpoints[-1], first_galaxies(collection, 100)
    keys = {key(Brush(0.2, 0.6), few), key(Brush(0.2, 0.7), few), key(Brush(0.2, 0.6), None)}
    assert len(keys) == 3
    assert key(Brush(0.2, 0.6), few) in keys


def test_no_excess_is_in_the_middle_of_the_shades_whatever_the_ends():
    for values in ([-1, 0, 2000.0], [-0.2, 0, 0.1], [0, 0, 5], [-1, -0.5, 0], [0, 0, 0]):
        colors = color_excess("excess", np.array(values))
        zero = colors.groups[np.flatnonzero(np.array(values) == 0)[0]]
        assert zero == N_SHADES // 2
        assert colors.low <= 0 <= colors.high


def test_more_neighbors_are_never_a_lower_shade(rng):
    values = np.sort(np.append(rng.exponential(100, 50) - 1, np.nan))
    colors = color_excess("excess", values)
    assert (np.diff(colors.groups[:-1].astype(int)) >= 0).all()
    assert colors.palette()[colors.groups[-1]] == MISSING
    assert len(set(colors.palette())) == N_SHADES + 1

import numpy as np
import pytest
from flask import Flask

from dashboard import measure
from dashboard.cache import create_cache
from dashboard.settings import Settings


@pytest.fixture
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


@pytest.fixture
def checkpoint(collection):
    return collection.checkpoints[-1]


def selection_of(collection, rows):
    chosen = collection.catalog["object_id"].iloc[rows].tolist()
    return {"steps": [{"op": "set", "kind": "object_ids", "object_ids": chosen}]}


def test_points_are_those_of_the_selected_galaxies(collection, checkpoint):
    rows = np.arange(0, 600, 3)
    points = measure.shuffled_points(collection, checkpoint, rows, 15)
    stored = np.empty_like(collection.components(checkpoint))
    stored[collection.order] = collection.components(checkpoint)
    expected = stored[rows, : points.shape[1]]
    assert points.shape == (200, 10)  # at most one dimension for 20 galaxies
    np.testing.assert_array_equal(np.sort(points, axis=0), np.sort(expected, axis=0))


def test_all_selected_is_the_whole_collection(collection, checkpoint, cache):
    everything = selection_of(collection, np.arange(collection.n_galaxies))
    measured = measure.selection_correlation(collection, cache, checkpoint, everything)
    np.testing.assert_array_equal(measured.dd, measure.whole_correlation(collection, checkpoint).dd)


def test_nothing_selected_is_not_an_empty_selection(collection, checkpoint, cache):
    assert measure.selected_rows(collection, cache, {"steps": []}) is None
    assert measure.selected_rows(collection, cache, None) is None
    assert len(measure.selected_rows(collection, cache, selection_of(collection, []))) == 0


def test_too_few_have_no_curve(collection, checkpoint, cache):
    few = selection_of(collection, np.arange(measure.MIN_GALAXIES - 1))
    assert measure.selection_correlation(collection, cache, checkpoint, few) is None
    enough = selection_of(collection, np.arange(measure.MIN_GALAXIES))
    assert measure.selection_correlation(collection, cache, checkpoint, enough) is not None


def test_many_are_sampled_and_say_so(collection, checkpoint, cache, monkeypatch):
    everything = selection_of(collection, np.arange(collection.n_galaxies))
    exact = measure.selection_correlation(collection, cache, checkpoint, everything)
    monkeypatch.setattr(measure, "EXACT_LIMIT", 100)
    monkeypatch.setattr(measure, "SAMPLED_PAIRS", 60 * 600)
    sampled = measure.selection_correlation(collection, cache, checkpoint, everything)
    assert sampled.is_sampled and not exact.is_sampled
    assert sampled.pairs_counted == 60 * 600
    off = np.abs(sampled.eps - exact.eps)[sampled.resolved]
    assert (off < 5 * sampled.sampling_sigma[sampled.resolved]).mean() > 0.9

import numpy as np
import pytest

from data.points import components_for, measured_edges, measured_points, rms_of_all
from models.errors import BadInput
from models.space.correlation import rms_separation
from models.space.presets import PRESETS, Measure


@pytest.fixture
def checkpoint(collection):
    return collection.checkpoints[-1]


def by_row(collection, stored):
    rows = np.empty_like(stored)
    rows[collection.order] = stored
    return rows


def test_points_are_those_of_the_selected_galaxies(collection, checkpoint):
    selected = np.zeros(600, bool)
    selected[::3] = True
    points = measured_points(collection, checkpoint, Measure(), selected)
    expected = by_row(collection, collection.components(checkpoint))[::3, :10]
    assert points.shape == (200, 10)  # at most one dimension for 20 galaxies
    np.testing.assert_array_equal(np.sort(points, axis=0), np.sort(expected, axis=0))
    places = [np.flatnonzero((expected == point).all(1))[0] * 3 for point in points]
    in_order = [row for row in collection.order if selected[row]]
    assert places == in_order  # in the collection's random order


def test_further_components_are_those_of_the_representations(collection, checkpoint):
    representations = collection.representations(checkpoint).astype(float)
    centred = representations - representations.mean(0)
    variances = np.sort(np.linalg.eigvalsh(np.cov(centred, rowvar=False)))[::-1]
    for k in (20, 32):
        points = components_for(collection, checkpoint, Measure(n_components=k))
        assert points.shape == (600, k) and points.dtype == np.float32
        np.testing.assert_allclose(points.var(axis=0, ddof=1), variances[:k], rtol=1e-4)
        stored = collection.components(checkpoint)
        np.testing.assert_allclose(points[:, :15], stored, atol=1e-4 * np.abs(stored).max())
    # All of them keep every separation.
    rows = by_row(collection, points)
    apart = np.linalg.norm(rows[:50, None] - rows[None, :50], axis=2)
    true = np.linalg.norm(centred[:50, None] - centred[None, :50], axis=2)
    np.testing.assert_allclose(apart, true, rtol=1e-4, atol=1e-3)


def test_more_components_than_there_are_is_refused(collection, checkpoint):
    with pytest.raises(BadInput, match="33 components are asked for, .* 32 dimensions"):
        components_for(collection, checkpoint, Measure(n_components=33))


def test_edges_are_those_of_the_collection_in_as_many_components(collection, checkpoint):
    stored = collection.components(checkpoint)
    for n_points, k in ((600, 15), (200, 10), (40, 2)):
        edges = measured_edges(collection, checkpoint, Measure(), n_points)
        unit = rms_of_all(collection, checkpoint, Measure(), n_points)
        assert unit == pytest.approx(rms_separation(stored[:, :k]))
        np.testing.assert_allclose(edges, np.linspace(0, 2 * unit, 41))


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_has_points_and_edges(collection, checkpoint, preset):
    measure = PRESETS[preset]
    points = measured_points(collection, checkpoint, measure)
    edges = measured_edges(collection, checkpoint, measure, len(points))
    assert len(edges) == measure.n_bins + 1 and (np.diff(edges) > 0).all()
    assert points.shape == (600, min(measure.n_components, 15))
    if measure.metric == "cosine":
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, rtol=1e-5)

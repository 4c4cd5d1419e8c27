"""What decides a curve: presets, what a browser may send, points and edges."""

import json
from dataclasses import replace

import numpy as np
import pytest

from models.space.correlation import author_edges, default_edges, rms_separation
from models.space.presets import (
    LOG_START,
    PRESET_WORDS,
    PRESETS,
    Measure,
    edges_for,
    prepared,
    unit_length,
)


@pytest.fixture
def components(rng):
    return rng.normal(size=(500, 20)).astype(np.float32) / np.arange(1, 21, dtype=np.float32)


def test_every_preset_is_named_and_explained_and_bears_its_name():
    assert list(PRESETS) == list(PRESET_WORDS) == ["default", "author", "deck", "log", "cosine"]
    for name, measure in PRESETS.items():
        assert measure.preset == name
        assert not measure.is_changed
        assert PRESET_WORDS[name].explanation.endswith(".")
    assert replace(PRESETS["log"], n_bins=5).is_changed


def test_a_measure_survives_json():
    for measure in PRESETS.values():
        assert Measure.from_dict(json.loads(json.dumps(measure.to_dict()))) == measure


def test_what_is_not_given_is_that_of_the_preset():
    assert Measure.from_dict({}) == PRESETS["default"]
    asked = Measure.from_dict({"preset": "author", "n_bins": 50})
    assert asked == replace(PRESETS["author"], n_bins=50)


def test_the_key_is_that_of_the_curve():
    keys = {measure.key for measure in PRESETS.values()}
    assert len(keys) == len(PRESETS)
    assert replace(PRESETS["deck"], n_components=15).key == PRESETS["default"].key
    assert Measure.from_dict({"n_bins": 40.0, "extent": 2}).key == PRESETS["default"].key
    for name, value in {"n_bins": 41, "extent": 2.5, "lower": 0.1, "errors": "fixed"}.items():
        assert replace(PRESETS["default"], **{name: value}).key not in keys


@pytest.mark.parametrize(
    "values",
    [
        {"bins": 40},
        {"preset": "other"},
        {"preset": ["default"]},
        {"unit": None},
        {"spacing": 1},
        {"metric": "manhattan"},
        {"errors": "none"},
        {"n_bins": 0},
        {"n_bins": 513},
        {"n_bins": 2.5},
        {"n_bins": True},
        {"n_bins": "40"},
        {"n_bins": ""},
        {"n_components": 0},
        {"n_components": 2049},
        {"n_components": 10**400},
        {"extent": 0},
        {"extent": -1.0},
        {"extent": float("inf")},
        {"extent": float("nan")},
        {"lower": -0.1},
        {"lower": 2.0},
        {"lower": {}},
        [1],
    ],
)
def test_what_is_not_allowed_is_refused_in_a_sentence(values):
    with pytest.raises(ValueError, match=r"^[A-Z][^\n]{10,200}\.$"):
        Measure.from_dict(values)


def test_the_message_names_the_offending_value():
    with pytest.raises(ValueError, match="whole number from 1 to 512, not 513"):
        Measure(n_bins=513)
    with pytest.raises(ValueError, match="no value named 'bins'"):
        Measure.from_dict({"bins": 3})


def test_components_are_the_first_few_and_one_per_20_points(components):
    default = PRESETS["default"]
    np.testing.assert_array_equal(prepared(components, default), components[:, :15])
    assert prepared(components[:100], default).shape == (100, 5)
    assert prepared(components[:7], default).shape == (7, 1)
    assert prepared(components[:, :3], default).shape == (500, 3)
    assert prepared(components, replace(default, n_components=2048)).shape == (500, 20)
    # A collection's points, for the bins of a selection of 100 of them.
    assert prepared(components, default, n_points=100).shape == (500, 5)
    with pytest.raises(ValueError, match="shape"):
        prepared(components[:, :0], default)


def test_the_cosine_is_that_of_the_components_used(components):
    points = prepared(components, PRESETS["cosine"])
    assert points.dtype == np.float32
    np.testing.assert_allclose((points.astype(float) ** 2).sum(axis=1), 1, rtol=1e-6)
    first, second = components[0, :15], components[1, :15]
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    separation = np.linalg.norm(points[0] - points[1])
    np.testing.assert_allclose(separation**2, 2 - 2 * cosine, rtol=1e-5)


def test_rows_without_a_direction_are_named(components):
    components[[3, 8], :15] = 0
    with pytest.raises(ValueError, match="these rows are 0: 3, 8"):
        prepared(components, PRESETS["cosine"])
    assert len(prepared(components, PRESETS["default"])) == 500


def test_the_presets_have_the_edges_defined_elsewhere(components):
    points = prepared(components, PRESETS["default"])
    np.testing.assert_array_equal(
        edges_for(points, PRESETS["default"]), default_edges(rms_separation(points))
    )
    np.testing.assert_array_equal(edges_for(points, PRESETS["author"]), author_edges(points))


def test_edges_scale_with_the_points_unless_they_are_raw(components):
    for unit in ("rms", "p70"):
        measure = Measure(unit=unit)
        np.testing.assert_allclose(
            edges_for(8 * components, measure), 8 * edges_for(components, measure), rtol=1e-6
        )
    raw = Measure(unit="raw", extent=3.0, n_bins=3)
    np.testing.assert_array_equal(edges_for(8 * components, raw), [0, 1, 2, 3])


def test_logarithmic_bins_have_equal_ratios_and_start_above_0(components):
    edges = edges_for(components, Measure(spacing="log", n_bins=10))
    np.testing.assert_allclose(edges[0], edges[-1] * LOG_START)
    np.testing.assert_allclose(edges[1:] / edges[:-1], (1 / LOG_START) ** 0.1)
    np.testing.assert_allclose(edges[-1], 2 * unit_length(components, "rms"))


def test_the_range_can_be_cut_below(components):
    for spacing in ("linear", "log"):
        edges = edges_for(components, Measure(spacing=spacing, lower=0.5, n_bins=7))
        assert len(edges) == 8
        np.testing.assert_allclose(edges[[0, -1]], np.array([0.5, 2]) * rms_separation(components))


def test_points_that_coincide_have_no_unit(components):
    same = np.ones((50, 3))
    for unit in ("rms", "p70"):
        with pytest.raises(ValueError, match="coincide|the same"):
            edges_for(same, Measure(unit=unit))
    assert len(edges_for(same, Measure(unit="raw"))) == 41
    with pytest.raises(ValueError, match="one of rms, p70, raw"):
        unit_length(components, "kpc")


def test_bins_too_narrow_to_tell_apart_are_refused(components):
    narrow = replace(Measure(), lower=np.nextafter(2.0, 0), n_bins=512)
    with pytest.raises(ValueError, match="increase"):
        edges_for(components, narrow)


def test_the_cosine_has_a_direction_whatever_the_length(rng):
    components = rng.normal(size=(50, 4))
    for size, kind in ((300, np.float16), (1e30, np.float32), (1e-30, np.float32)):
        points = prepared((components * size).astype(kind), PRESETS["cosine"], n_points=80)
        np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, rtol=1e-5)

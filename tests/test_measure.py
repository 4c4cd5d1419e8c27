import threading

import numpy as np
import pytest
from flask import Flask

from dashboard import measure as measure_module
from dashboard.cache import create_cache
from dashboard.measure import (
    DEFAULT,
    MIN_GALAXIES,
    complement_correlation,
    cross_of,
    cross_with_complement,
    excess_of,
    selected_rows,
    selection_correlation,
    separation_unit,
    whole_correlation,
)
from dashboard.pair_rate import n_pairs
from dashboard.question import Question
from dashboard.settings import Settings
from data.points import measured_points
from models.errors import BadInput
from models.space.correlation import two_point_correlation
from models.space.cross import cross_correlation
from models.space.pairs import count_pairs
from models.space.presets import PRESETS, Measure


@pytest.fixture(params=["memory", "none"])
def cache(request):
    return create_cache(Flask("test"), Settings(cache=request.param))


@pytest.fixture
def checkpoint(collection):
    return collection.checkpoints[-1]


def selection_of(rows):
    return {"steps": [{"op": "set", "kind": "rows", "rows": [int(row) for row in rows]}]}


def points_of(collection, checkpoint, rows, measure=DEFAULT):
    selected = np.zeros(collection.n_galaxies, bool)
    selected[rows] = True
    return measured_points(collection, checkpoint, measure, selected)


def assert_same(measured, expected):
    for name, value in expected.to_arrays().items():
        np.testing.assert_array_equal(measured.to_arrays()[name], value, err_msg=name)


@pytest.fixture
def few_are_exact(monkeypatch):
    """All but the smallest selections are sampled, from so few pairs that it shows."""
    monkeypatch.setattr(measure_module, "is_quick", lambda pairs, n_dim: pairs <= n_pairs(100))
    monkeypatch.setattr(measure_module, "SAMPLED_PAIRS", 60 * 600)


def test_all_selected_is_the_whole_collection(collection, checkpoint, cache):
    everything = selection_of(range(600))
    measured = selection_correlation(collection, cache, checkpoint, everything)
    stored = whole_correlation(collection, checkpoint)
    np.testing.assert_array_equal(measured.dd, stored.dd)
    np.testing.assert_array_equal(measured.edges, stored.edges)
    assert whole_correlation(collection, checkpoint, cache=cache).n_points == 600


def test_a_selection_is_measured_on_the_bins_of_its_collection(collection, checkpoint, cache):
    rows = np.arange(0, 600, 4)
    measured = selection_correlation(collection, cache, checkpoint, selection_of(rows))
    unit = separation_unit(collection, checkpoint, DEFAULT, 150)
    np.testing.assert_allclose(measured.edges, np.linspace(0, 2 * unit, 41))
    points = points_of(collection, checkpoint, rows)
    assert_same(measured, two_point_correlation(points, measured.edges))
    assert (measured.n_points, measured.n_dim) == (150, 7)


def test_nothing_selected_is_not_an_empty_selection(collection, checkpoint, cache):
    for nothing in ({"steps": []}, None):
        assert selected_rows(collection, cache, nothing) is None
        assert selection_correlation(collection, cache, checkpoint, nothing) is None
        assert complement_correlation(collection, cache, checkpoint, nothing) is None
    assert len(selected_rows(collection, cache, selection_of([]))) == 0
    np.testing.assert_array_equal(selected_rows(collection, cache, selection_of([5, 3])), [3, 5])


def test_too_few_have_no_curve(collection, checkpoint, cache):
    few, enough = selection_of(range(MIN_GALAXIES - 1)), selection_of(range(MIN_GALAXIES))
    assert selection_correlation(collection, cache, checkpoint, few) is None
    assert selection_correlation(collection, cache, checkpoint, enough) is not None
    nearly_all = selection_of(range(600 - MIN_GALAXIES + 1))
    assert complement_correlation(collection, cache, checkpoint, nearly_all) is None


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_is_measured_as_it_says(collection, checkpoint, cache, preset):
    measure = PRESETS[preset]
    rows = np.arange(0, 600, 2)
    measured = selection_correlation(collection, cache, checkpoint, selection_of(rows), measure)
    points = points_of(collection, checkpoint, rows, measure)
    assert measured.n_dim == points.shape[1]
    np.testing.assert_array_equal(measured.counted, count_pairs(points, measured.edges))
    whole = whole_correlation(collection, checkpoint, cache=cache, measure=measure)
    assert whole.n_points == 600 and len(whole.eps) == measure.n_bins


def test_errors_are_those_asked_for(collection, checkpoint, cache):
    rows = selection_of(range(300))
    sigma = {}
    for errors in ("fitted", "poisson"):
        measure = Measure(errors=errors)
        measured = selection_correlation(collection, cache, checkpoint, rows, measure)
        assert measured.errors == errors
        sigma[errors] = measured.sigma
    assert not np.array_equal(sigma["fitted"], sigma["poisson"])


def test_many_are_sampled_and_say_so(collection, checkpoint, cache, few_are_exact):
    stored = whole_correlation(collection, checkpoint)
    everything = selection_of(range(600))
    sampled = selection_correlation(collection, cache, checkpoint, everything)
    assert sampled.is_sampled and not stored.is_sampled
    assert sampled.pairs_counted == 60 * 600
    off = np.abs(sampled.eps - stored.eps)[sampled.resolved]
    assert (off < 5 * sampled.sampling_sigma[sampled.resolved]).mean() > 0.9


def test_the_complement_is_all_others(collection, checkpoint, cache):
    rows = np.arange(0, 600, 3)
    others = np.setdiff1d(np.arange(600), rows)
    measured = complement_correlation(collection, cache, checkpoint, selection_of(rows))
    expected = selection_correlation(collection, cache, checkpoint, selection_of(others))
    assert_same(measured, expected)


def test_the_cross_correlation_pairs_the_selected_with_the_others(collection, checkpoint, cache):
    rows = np.arange(0, 600, 3)
    others = np.setdiff1d(np.arange(600), rows)
    cross = cross_with_complement(collection, cache, checkpoint, selection_of(rows))
    here, there = (points_of(collection, checkpoint, side) for side in (rows, others))
    there = there[:, : here.shape[1]]
    edges = cross.correlation.edges
    np.testing.assert_array_equal(cross.correlation.counted, count_pairs(here, edges, there))
    assert (cross.n_first, cross.n_second, cross.n_shared) == (200, 400, 0)
    assert cross.text == "pairs of one of 200 and one of 400 galaxies"
    assert_same(cross.correlation, cross_correlation(here, there, edges))


def test_cosine_sides_have_length_one_in_the_components_of_both(collection, checkpoint, cache):
    rows, measure = np.arange(100), Measure(metric="cosine")
    cross = cross_with_complement(collection, cache, checkpoint, selection_of(rows), measure)
    stored = np.empty((600, 5))
    stored[collection.order] = collection.components(checkpoint)[:, :5]  # 100 / 20
    directions = stored / np.linalg.norm(stored, axis=1, keepdims=True)
    counted = count_pairs(directions[:100], cross.correlation.edges, directions[100:])
    assert cross.correlation.n_dim == 5
    np.testing.assert_allclose(cross.correlation.counted, counted, atol=3)  # rounded otherwise


def test_galaxies_in_both_selections_are_left_out_of_both(collection, checkpoint, cache):
    both = selection_of(range(300)), selection_of(range(200, 600))
    cross = cross_of(collection, cache, checkpoint, both)
    assert (cross.n_first, cross.n_second, cross.n_shared) == (200, 300, 100)
    assert "100 in both selections are left out" in cross.text
    apart = selection_of(range(200)), selection_of(range(300, 600))
    assert_same(cross.correlation, cross_of(collection, cache, checkpoint, apart).correlation)


def test_a_sampled_cross_correlation_says_so(collection, checkpoint, cache, monkeypatch):
    monkeypatch.setattr(measure_module, "is_quick", lambda pairs, n_dim: False)
    monkeypatch.setattr(measure_module, "SAMPLED_PAIRS", 50 * 400)
    cross = cross_with_complement(collection, cache, checkpoint, selection_of(range(200)))
    assert cross.correlation.is_sampled
    assert cross.correlation.pairs_possible == 200 * 400


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        (range(400), range(299), "the second has 0; 299 that are in both"),
        (range(10), range(300, 600), "40 galaxies, and the first has 10."),
        ([], range(300), "the first has 0"),
        (None, range(300), "Nothing is selected to cross"),
        (range(300), None, "Nothing is selected as the pinned selection"),
    ],
)
def test_a_side_that_is_too_small_is_told(collection, checkpoint, cache, first, second, said):
    sides = tuple(None if rows is None else selection_of(rows) for rows in (first, second))
    with pytest.raises(BadInput, match=said):
        cross_of(collection, cache, checkpoint, sides)


def test_nothing_selected_has_no_complement_to_cross(collection, checkpoint, cache):
    with pytest.raises(BadInput, match="Nothing is selected"):
        cross_with_complement(collection, cache, checkpoint, None)
    with pytest.raises(BadInput, match="the second has 0"):
        cross_with_complement(collection, cache, checkpoint, selection_of(range(600)))


def test_each_galaxys_excess_adds_up_to_the_curve(collection, checkpoint, cache):
    rows = np.arange(0, 600, 2)
    question = Question(collection, cache, checkpoint, selection_of(rows))
    measured = selection_correlation(collection, cache, checkpoint, selection_of(rows))
    unit = separation_unit(collection, checkpoint, DEFAULT, 300)
    lower, upper = measured.edges[[8, 14]] / unit
    excess = excess_of(question, lower, upper)
    assert excess.shape == (600,)
    np.testing.assert_array_equal(np.flatnonzero(np.isfinite(excess)), rows)
    eps = measured.dd[8:14].sum() / measured.expected[8:14].sum() - 1
    assert excess[rows].mean() == pytest.approx(eps, rel=1e-4)
    # By row: a galaxy's own neighbors, counted for itself alone.
    points = points_of(collection, checkpoint, rows)
    stored = [row for row in collection.order if row % 2 == 0]
    apart = np.linalg.norm(points[7].astype(float) - points.astype(float), axis=1)
    near = (apart >= lower * unit) & (apart < upper * unit)
    share = measured.expected[8:14].sum() / measured.pairs_possible
    assert excess[stored[7]] == pytest.approx(near.sum() / 299 / share - 1, rel=1e-4)


def test_the_excess_of_many_is_measured_from_a_sample(collection, checkpoint, cache, monkeypatch):
    question = Question(collection, cache, checkpoint)
    exact = excess_of(question, 0.2, 0.8)
    monkeypatch.setattr(measure_module, "LIT_PAIRS", 0)
    sampled = excess_of(Question(collection, cache, checkpoint), 0.2, 0.81)
    assert np.isfinite(sampled).all() and not np.array_equal(sampled, exact)
    assert np.corrcoef(sampled, exact)[0, 1] > 0.8


@pytest.mark.parametrize("ends", [(0.5, 0.2), (-1, 2), ("0", 1), (0, float("nan")), (True, 2)])
def test_a_range_that_is_none_is_refused(collection, checkpoint, cache, ends):
    with pytest.raises(BadInput, match="range of separations"):
        excess_of(Question(collection, cache, checkpoint), *ends)


def test_what_cannot_be_measured_is_a_sentence(collection, checkpoint, cache):
    rows = selection_of(range(300))
    with pytest.raises(BadInput, match="32 dimensions"):
        selection_correlation(collection, cache, checkpoint, rows, Measure(n_components=100))


def test_lassos_at_the_same_time_give_the_same_numbers(collection, checkpoint, few_are_exact):
    chosen = [selection_of(range(start, start + 300)) for start in (0, 100, 200, 300)]
    quiet = create_cache(Flask("quiet"), Settings(cache="none"))
    expected = [selection_correlation(collection, quiet, checkpoint, one) for one in chosen]
    together = create_cache(Flask("together"), Settings(cache="memory"))
    found = {}

    def measure(place):
        found[place] = selection_correlation(
            collection, together, checkpoint, chosen[place % len(chosen)]
        )

    threads = [threading.Thread(target=measure, args=(place,)) for place in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    for place, measured in found.items():
        assert_same(measured, expected[place % len(chosen)])
    assert len(found) == 8

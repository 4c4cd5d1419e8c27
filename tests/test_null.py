"""More than chance? What truly Gaussian points, random subsets and other patches give."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import binom, norm

from models.space import null_draws
from models.space.correlation import (
    default_edges,
    rms_separation,
    sampled_correlation,
    two_point_correlation,
)
from models.space.null import (
    QUESTIONS,
    Null,
    NullSummary,
    chance_p_value,
    gaussian_null,
    n_shifts_for,
    patch_null,
    refitted_null,
    subset_null,
    summarized,
)
from models.space.score import kl_divergence, tpcf_score


def edges_of(variances):
    return default_edges(np.sqrt(2 * variances.sum()), 20)


@pytest.fixture
def galaxies(rng):
    """Components of 1,500 galaxies, and their map: pairs 0.05 apart within 4 of its right end."""
    map_positions = rng.uniform(0, 20, size=(1500, 2))
    components = rng.normal(size=(1500, 3))
    close = np.flatnonzero(map_positions[:, 0] > 16)
    half = len(close) // 2
    components[close[half : 2 * half]] = components[close[:half]] + 0.05
    return components.astype(np.float32), map_positions


def selected(components, rows):
    """Correlation of some galaxies on the bins of all."""
    return two_point_correlation(components[rows], default_edges(rms_separation(components), 20))


def test_few_points_lack_close_pairs(rng):
    # The Gaussian is fitted too closely to them: worse the fewer they are.
    variances = np.ones(15)
    edges = np.array([0, 0.6, 2]) * np.sqrt(2 * variances.sum())
    bias = {n: refitted_null(n, variances, edges, 60, rng).eps_mean[0] for n in (60, 300, 1500)}
    assert -0.5 < bias[60] < -0.25 < bias[300] < -0.06 < bias[1500] < 0


def test_the_band_is_that_of_the_draws(rng):
    variances = np.array([2.0, 1.0])
    null = refitted_null(100, variances, edges_of(variances), 40, rng)
    assert null.eps.shape == (40, 20)
    low, high = null.eps_band
    inside = (null.eps >= low) & (null.eps <= high)
    assert abs(inside.mean() - 0.68) < 0.06
    low, high = null.score_band
    assert low < null.score_mean < high
    assert null.kl_mean > 0


def test_a_draw_is_what_the_correlation_of_such_points_is():
    variances = np.array([2.0, 1.0])
    edges = edges_of(variances)
    null = refitted_null(200, variances, edges, 4, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    for i in range(4):  # in order, though they are measured side by side
        points = rng.standard_normal((200, 2), dtype=np.float32)
        points *= np.sqrt(variances).astype(np.float32)
        measured = two_point_correlation(points, edges)
        np.testing.assert_allclose(null.eps[i], measured.eps, rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(null.kl[i], kl_divergence(measured), rtol=1e-6)
        np.testing.assert_allclose(null.score[i], tpcf_score(measured).value, rtol=1e-6)


def test_structure_is_more_than_chance_and_a_gaussian_is_not(rng):
    gaussian = rng.normal(size=(200, 2))
    blobs = gaussian + np.where(np.arange(200)[:, None] < 100, [0, 0], [6, 0])
    p_values = []
    for points in (gaussian, blobs):
        measured = two_point_correlation(points, default_edges(rms_separation(points), 20))
        p_values.append(chance_p_value(measured, gaussian_null(measured, 49, rng)))
    assert p_values[0] > 0.05
    assert p_values[1] == 1 / 50


def test_p_values_of_gaussians_are_uniform(rng):
    variances = np.ones(2)
    edges = edges_of(variances)
    null = refitted_null(80, variances, edges, 99, rng)
    p_values = [
        chance_p_value(two_point_correlation(rng.normal(size=(80, 2)), edges), null)
        for _ in range(60)
    ]
    assert 0.35 < np.mean(p_values) < 0.65
    assert np.mean(np.array(p_values) <= 0.1) < 0.25


@pytest.mark.parametrize("n_draws", [19, 99])
def test_false_alarms_are_as_many_as_claimed_however_few_the_draws(rng, n_draws):
    # Bins that are correlated and skewed, some draws without a say in some of them.
    base = two_point_correlation(rng.normal(size=(300, 2)), np.linspace(0.2, 3, 31))
    assert base.used.all()
    n_cases, mixing = 1500, norm.pdf(np.subtract.outer(np.arange(30), np.arange(30)) / 2)
    alarms = 0
    for _ in range(n_cases):
        eps = np.exp(rng.normal(size=(n_draws + 1, 30)) @ mixing)
        eps[1:][rng.random((n_draws, 30)) < 0.02] = np.nan
        null = Null(eps[1:], eps[1:, 0], eps[1:, 0])
        alarms += chance_p_value(replace(base, eps=eps[0]), null) <= 0.05
    assert binom.ppf(1e-4, n_cases, 0.05) <= alarms <= binom.ppf(1 - 1e-4, n_cases, 0.05)


def test_where_no_bin_can_tell_the_p_value_is_undefined(rng):
    measured = two_point_correlation(rng.normal(size=(5, 2)), [0, 0.1])
    null = refitted_null(5, measured.variances, measured.edges, 5, rng)
    assert np.isnan(chance_p_value(measured, null))
    assert np.isnan(null.score_mean)


def test_random_galaxies_are_no_other_than_the_collection(rng, galaxies):
    components, map_positions = galaxies
    measured = selected(components, np.arange(120))
    null = subset_null(components, measured, 480, rng)
    assert (null.kind, null.eps.shape) == ("subset", (480, 20))
    # Groups of 20 draws: the first stands for the data, and each rank is equally likely.
    p_values = [
        chance_p_value(
            replace(measured, eps=np.where(np.isnan(group[0]), 0, group[0])),
            replace(null, eps=group[1:]),
        )
        for group in np.split(null.eps, 24)
    ]
    assert 0.3 < np.mean(p_values) < 0.7
    # Galaxies chosen by their place in the space are other than the collection.
    chosen = selected(components, np.argsort(components[:, 0])[-120:])
    assert chance_p_value(chosen, subset_null(components, chosen, 99, rng)) == 1 / 100


def test_a_patch_with_structure_of_its_own_is_told_from_other_patches(rng, galaxies):
    components, map_positions = galaxies
    place = {}
    for name, center in {"plain": [6, 10], "close": [20, 10]}.items():
        nearest = np.argsort(((map_positions - center) ** 2).sum(axis=1))[:150]
        measured = selected(components, nearest)
        null = patch_null(components, map_positions, measured, 99, rng)
        place[name] = (measured.eps[0] > null.eps[:, 0]).mean()
    assert place["close"] > 0.9 > place["plain"]


def test_a_patch_is_the_nearest_galaxies_on_the_map():
    # Along a line on the map, around a circle in the space.
    along = np.linspace(0, 2 * np.pi, 400, endpoint=False)
    components = np.column_stack([np.cos(along), np.sin(along)])
    map_positions = np.column_stack([along, np.zeros(400)])
    measured = two_point_correlation(components[:50], [0.3, 0.6, 3])
    null = patch_null(components, map_positions, measured, 5, np.random.default_rng(1))
    # Every 50 along the line make the same arc; 50 of another choice would not.
    np.testing.assert_allclose(null.eps[:, 0], measured.eps[0], rtol=1e-4)
    subset = subset_null(components, measured, 5, np.random.default_rng(1))
    assert (np.abs(subset.eps[:, 0] - measured.eps[0]) > 0.1).all()


def test_data_and_draws_are_sampled_alike(rng):
    points = rng.normal(size=(600, 2))
    edges = default_edges(rms_separation(points), 10)
    scatter = {}
    for n_shifts in (4, 64, 300):
        measured = sampled_correlation(points, edges, n_shifts)
        null = gaussian_null(measured, 80, rng)
        assert null.pairs_counted == measured.pairs_counted
        scatter[n_shifts] = null.eps[:, 3].std()
        # For a Gaussian, the errors of the correlation and the scatter of the draws agree.
        error = np.hypot(measured.sigma, measured.sampling_sigma)[3]
        assert 0.7 < scatter[n_shifts] / error < 1.4
    assert scatter[4] > 2 * scatter[64] > 2 * scatter[300]
    with pytest.raises(ValueError, match="as many shifts"):
        chance_p_value(measured, gaussian_null(sampled_correlation(points, edges, 4), 3, rng))


def test_many_points_are_sampled_in_any_order_of_the_design():
    assert n_shifts_for(5_000) is None
    assert n_shifts_for(5_001) == 999
    assert n_shifts_for(1_000_000) == 16


def test_portions_and_chunks_miss_no_pair(rng, monkeypatch):
    points = rng.normal(size=(500, 2)).astype(np.float32)
    edges = np.array([0, 0.5, 1, np.inf])
    whole = two_point_correlation(points, edges)
    monkeypatch.setattr(null_draws, "_PORTION", 3000)
    monkeypatch.setattr(null_draws, "_CHUNK", 70)
    design = null_draws.Design(edges, whole.used)
    exact = null_draws.measure_draws(lambda: points, design, 1)
    np.testing.assert_allclose(exact.eps[0], whole.eps, atol=1e-12)
    shifted = null_draws.measure_draws(lambda: points, design._replace(n_shifts=5), 1)
    p = whole.expected / whole.pairs_possible
    counted = (1 + shifted.eps[0]) * p * 500 * 5
    np.testing.assert_allclose(counted, np.round(counted), atol=1e-6)
    np.testing.assert_allclose(counted.sum(), 500 * 5)


def test_progress_is_told_and_may_stop_it(rng):
    told = []
    variances = np.ones(2)
    refitted_null(60, variances, edges_of(variances), 20, rng, told.append)
    assert told == sorted(told)
    assert told[-1] == 1

    class StoppedError(Exception):
        pass

    n_drawn = 0

    def draw():
        nonlocal n_drawn
        n_drawn += 1
        return rng.normal(size=(60, 2)).astype(np.float32)

    def stop(fraction):
        if fraction > 0.01:
            raise StoppedError

    design = null_draws.Design(edges_of(variances), np.ones(20, bool))
    with pytest.raises(StoppedError):
        null_draws.measure_draws(draw, design, 2000, stop)
    assert n_drawn < 200


def test_points_that_coincide_make_no_draw():
    components = np.ones((200, 2))
    components[0] = 2
    measured = two_point_correlation(np.random.default_rng(0).normal(size=(40, 2)), [0, 1, 2])
    null = subset_null(components[1:], measured, 3, np.random.default_rng(0))
    assert np.isnan(null.eps).all()
    assert np.isnan(null.eps_mean).all() and np.isnan(null.score_mean)
    assert np.isnan(chance_p_value(measured, null))


def test_what_cannot_be_compared_is_said(rng, galaxies):
    components, map_positions = galaxies
    measured = selected(components, np.arange(100))
    for refused, match in (
        (lambda: subset_null(components[:, :2], measured, 3, rng), "3 components"),
        (lambda: subset_null(components[:100], measured, 3, rng), "all 100 galaxies"),
        (lambda: patch_null(components, map_positions[1:], measured, 3, rng), "1499 positions"),
        (lambda: subset_null(components, measured, 0, rng), "at least one draw"),
    ):
        with pytest.raises(ValueError, match=match):
            refused()


def test_a_summary_survives_being_stored_beside_a_correlation(rng, galaxies):
    measured = selected(galaxies[0], np.arange(150))
    summary = summarized(subset_null(galaxies[0], measured, 20, rng), measured)
    stored = measured.to_arrays() | summary.to_arrays()
    found = NullSummary.from_arrays(stored)
    np.testing.assert_array_equal(found.eps_low, summary.eps_low)
    assert (found.score, found.p_value, found.n_draws) == (summary.score, summary.p_value, 20)
    assert found.kind == "subset" in QUESTIONS
    assert found.score_low <= found.score <= found.score_high
    assert NullSummary.from_arrays(measured.to_arrays()) is None


def test_a_summary_stored_without_its_kind_is_of_gaussians(rng):
    measured = two_point_correlation(rng.normal(size=(100, 2)), [0, 1, 2])
    stored = summarized(gaussian_null(measured, 5, rng), measured).to_arrays()
    del stored["null_kind"]
    assert NullSummary.from_arrays(stored).kind == "gaussian"

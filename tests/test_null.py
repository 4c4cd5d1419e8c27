"""More than chance? What truly Gaussian points give."""

import numpy as np

from models.space.correlation import default_edges, rms_separation, two_point_correlation
from models.space.null import NullSummary, chance_p_value, refitted_null, summarized
from models.space.score import kl_divergence, tpcf_score


def edges_of(variances):
    return default_edges(np.sqrt(2 * variances.sum()), 20)


def test_few_points_lack_close_pairs(rng):
    # The Gaussian is fitted too closely to them: worse the fewer they are.
    variances = np.ones(15)
    edges = np.array([0, 0.6, 2]) * np.sqrt(2 * variances.sum())
    bias = {n: refitted_null(n, variances, edges, 60, rng).eps_mean[0] for n in (60, 300, 1500)}
    assert -0.5 < bias[60] < -0.25 < bias[300] < -0.06 < bias[1500] < 0


def test_the_band_is_that_of_the_draws(rng):
    variances = np.array([2.0, 1.0])
    edges = edges_of(variances)
    null = refitted_null(100, variances, edges, 40, rng)
    assert null.eps.shape == (40, 20)
    low, high = null.eps_band
    inside = (null.eps >= low) & (null.eps <= high)
    assert abs(inside.mean() - 0.68) < 0.06
    low, high = null.score_band
    assert low < null.score_mean < high
    assert null.kl_mean > 0


def test_a_draw_is_what_the_correlation_of_such_points_is(rng):
    variances = np.array([2.0, 1.0])
    edges = edges_of(variances)
    null = refitted_null(200, variances, edges, 1, np.random.default_rng(5))
    points = np.random.default_rng(5).standard_normal((200, 2), dtype=np.float32)
    points *= np.sqrt(variances).astype(np.float32)
    measured = two_point_correlation(points, edges)
    np.testing.assert_allclose(null.eps[0], measured.eps, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(null.kl[0], kl_divergence(measured), rtol=1e-6)
    np.testing.assert_allclose(null.score[0], tpcf_score(measured).value, rtol=1e-6)


def test_structure_is_more_than_chance_and_a_gaussian_is_not(rng):
    gaussian = rng.normal(size=(200, 2))
    blobs = gaussian + np.where(np.arange(200)[:, None] < 100, [0, 0], [6, 0])
    p_values = []
    for points in (gaussian, blobs):
        measured = two_point_correlation(points, default_edges(rms_separation(points), 20))
        null = refitted_null(200, measured.variances, measured.edges, 49, rng)
        p_values.append(chance_p_value(measured, null))
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


def test_where_no_bin_can_tell_the_p_value_is_undefined(rng):
    measured = two_point_correlation(rng.normal(size=(5, 2)), [0, 0.1])
    null = refitted_null(5, measured.variances, measured.edges, 5, rng)
    assert np.isnan(chance_p_value(measured, null))
    assert np.isnan(null.score_mean)


def test_a_summary_survives_being_stored_beside_a_correlation(rng):
    points = rng.normal(size=(200, 3))
    edges = edges_of(np.ones(3))
    measured = two_point_correlation(points, edges)
    null = refitted_null(200, measured.variances, edges, 20, rng)
    summary = summarized(null, measured)
    stored = measured.to_arrays() | summary.to_arrays()
    found = NullSummary.from_arrays(stored)
    np.testing.assert_array_equal(found.eps_low, summary.eps_low)
    assert (found.score, found.p_value, found.n_draws) == (summary.score, summary.p_value, 20)
    assert found.score_low <= found.score <= found.score_high
    assert NullSummary.from_arrays(measured.to_arrays()) is None

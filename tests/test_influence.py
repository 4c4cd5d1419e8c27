"""Errors: they cover what they claim, simpler ones do not, and none is 0."""

import numpy as np

from models.space.correlation import default_edges, rms_separation, two_point_correlation
from models.space.pairs import count_neighbors
from models.space.score import tpcf_score


def two_blobs(rng, n):
    return rng.normal(size=(n, 2)) + np.where(np.arange(n)[:, None] < n // 2, [0, 0], [5, 0])


def covered(draws, sigmas):
    """Share of draws within sigma of their mean."""
    return np.mean(np.abs(draws - np.mean(draws, axis=0)) < sigmas)


def fixed_reference_sigma(points, measured):
    """The error if the Gaussian were not fitted to the points."""
    counts = count_neighbors(points, measured.edges)
    shared = ((counts - counts.mean(axis=0)) ** 2).sum(axis=0) - 2 * measured.dd
    return np.sqrt(measured.dd + np.maximum(shared, 0)) / measured.expected


def test_sigma_covers_what_it_claims_and_the_naive_errors_do_not(rng):
    edges = np.linspace(0, 4, 13)  # of unit normals in two dimensions, whose RMS is 2
    eps, sigma, fixed = [], [], []
    for _ in range(80):
        points = rng.normal(size=(200, 2))
        measured = two_point_correlation(points, edges)
        eps.append(measured.eps)
        sigma.append(measured.sigma)
        fixed.append(fixed_reference_sigma(points, measured))
    assert 0.58 < covered(eps, sigma) < 0.78
    assert 0.88 < covered(eps, 2 * np.array(sigma)) < 0.99
    assert covered(eps, fixed) > 0.82


def test_poisson_errors_are_too_small_where_there_is_structure(rng):
    eps, sigma, poisson, score, score_sigma = [], [], [], [], []
    edges = default_edges(rms_separation(two_blobs(rng, 4000)), 12)
    for _ in range(80):
        measured = two_point_correlation(two_blobs(rng, 200), edges)
        eps.append(measured.eps)
        sigma.append(measured.sigma)
        poisson.append((1 + measured.eps) / np.sqrt(np.maximum(measured.dd, 1)))
        score.append(tpcf_score(measured).value)
        score_sigma.append(measured.score_sigma)
    assert 0.58 < covered(eps, sigma) < 0.78
    assert covered(eps, poisson) < 0.58
    assert 0.5 < covered(score, score_sigma) < 0.85


def test_an_empty_bin_still_has_an_error(rng):
    points = np.concatenate([rng.normal(size=(30, 2)), rng.normal(size=(30, 2)) + [40, 0]])
    measured = two_point_correlation(points, [0, 15, 30, 60])
    assert measured.dd[1] == 0
    assert measured.expected[1] > 10
    assert measured.eps[1] == measured.lower[1] == -1
    # A mean of 1.84 still gives no pair in 16 of 100 cases.
    np.testing.assert_allclose(measured.sigma[1], 1.841 / measured.expected[1], rtol=1e-3)
    np.testing.assert_allclose(measured.upper[1], -1 + measured.sigma[1])


def test_few_pairs_have_a_lopsided_interval(rng):
    points = rng.normal(size=(60, 2))
    measured = two_point_correlation(points, np.linspace(0, 4, 120))
    few = (measured.dd > 0) & (measured.dd < 25)
    many = measured.dd >= 25
    above, below = measured.upper - measured.eps, measured.eps - measured.lower
    assert few.any() and many.any()
    assert (above[few] > below[few]).all()
    assert (measured.lower >= -1).all()
    np.testing.assert_allclose(above[many], measured.sigma[many])


def test_where_the_gaussian_predicts_no_pair_eps_is_undefined():
    points = np.linspace(0, 1, 5)[:, None]
    measured = two_point_correlation(points, [0, 1, 500, 1000])
    assert measured.expected[2] == 0
    for values in (measured.eps, measured.sigma, measured.lower, measured.upper):
        assert np.isnan(values[2])

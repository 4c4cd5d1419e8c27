"""Separations of two draws from a Gaussian: closed forms, tails, derivatives."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from scipy.special import erf
from scipy.stats import chi2

from models.space.gaussian import (
    fit_gaussian,
    separation_probability,
    separation_probability_gradient,
    with_open_ends,
)

DEEPEST = 1e-100  # probability down to which the relative error is held
SPECTRA = {
    "equal": lambda d: np.ones(d),
    "1/k": lambda d: 1 / np.arange(1, d + 1),
    "1/k^2": lambda d: 1 / np.arange(1, d + 1) ** 2,
    "eight decades": lambda d: np.logspace(0, -8, d),
    "one above many": lambda d: np.r_[200.0, np.ones(d)],
}


def edges_for(variances, n_bins=60, reach=2.0):
    return np.linspace(0, reach * np.sqrt(2 * np.sum(variances)), n_bins + 1)


def chi_squared(edges, n_dim):
    """|x - y|^2 / 2 of two standard normals in d dimensions is chi-squared with d degrees."""
    below, above = chi2.cdf(edges**2 / 2, n_dim), chi2.sf(edges**2 / 2, n_dim)
    return np.where(edges[1:] ** 2 <= 2 * n_dim, np.diff(below), -np.diff(above))


@pytest.mark.parametrize("n_dim", [1, 2, 3, 15, 64, 512, 2048])
def test_equal_variances_match_the_chi_squared_law(n_dim):
    edges = edges_for(np.ones(n_dim))
    expected = chi_squared(edges, n_dim)
    measured = separation_probability(edges, np.ones(n_dim))
    told = expected > 1e-290  # scipy's own tail ends there
    np.testing.assert_allclose(measured[told], expected[told], rtol=1e-10)


def test_the_lower_tail_is_exact_relative_to_its_size():
    edges = np.geomspace(1e-3, 10, 200)
    measured = np.cumsum(separation_probability(np.r_[0, edges], np.ones(30)))
    exact = chi2.cdf(edges**2 / 2, 30)
    assert exact[0] < 1e-100
    np.testing.assert_allclose(measured[edges < 7], exact[edges < 7], rtol=1e-10)


def test_the_upper_tail_is_exact_relative_to_its_size():
    edges = np.linspace(8, 50, 100)
    (measured,) = separation_probability(np.array([50, np.inf]), np.ones(15))
    np.testing.assert_allclose(measured, chi2.sf(1250, 15), rtol=1e-10)
    exact = -np.diff(chi2.sf(edges**2 / 2, 15))
    np.testing.assert_allclose(separation_probability(edges, np.ones(15)), exact, rtol=1e-10)


def test_one_dimension_is_the_half_normal_law():
    edges = np.linspace(0, 5, 30)
    exact = np.diff(erf(edges / (2 * 1.7)))
    np.testing.assert_allclose(separation_probability(edges, np.array([1.7**2])), exact, rtol=1e-9)


def test_pairs_of_equal_variances_are_a_sum_of_exponentials():
    # Each pair adds w chi^2_2, an exponential of mean 2 w = 4 lambda; partial fractions.
    variances = np.array([1.0, 0.3, 0.02])
    edges = edges_for(variances)
    others = [np.delete(variances, k) for k in range(3)]
    parts = [np.prod(v / (v - o)) for v, o in zip(variances, others, strict=True)]
    above = np.exp(-(edges[:, None] ** 2) / (4 * variances)) @ parts
    measured = separation_probability(edges, np.repeat(variances, 2))
    np.testing.assert_allclose(measured, -np.diff(above), rtol=1e-10, atol=1e-14)


def assert_tails_are(below, above, variances, edges):
    """Compare P(r < edge) and P(r >= edge), each relative to its own size."""
    for edge, lower, upper in zip(edges, below, above, strict=True):
        measured = separation_probability(np.array([0, edge, np.inf]), variances)
        mean = np.sqrt(2 * variances.sum())
        exact, found = (lower, measured[0]) if edge <= mean else (upper, measured[1])
        np.testing.assert_allclose(found, exact, rtol=1e-10, err_msg=f"edge {edge}")
    assert min(below.min(), above.min()) < 1e5 * DEEPEST


@pytest.mark.parametrize("n_dim", [1, 2, 15, 512])
def test_equal_variances_are_exact_in_both_tails(n_dim):
    # In one dimension no separation that can be written is as rare as 1e-100 below the mean.
    lowest = chi2.ppf(DEEPEST, n_dim) if n_dim > 1 else 1e-4
    squared = np.r_[np.geomspace(lowest, n_dim, 15), np.linspace(n_dim, chi2.isf(DEEPEST, n_dim))]
    edges = np.sqrt(2 * squared)
    below, above = chi2.cdf(edges**2 / 2, n_dim), chi2.sf(edges**2 / 2, n_dim)
    assert_tails_are(below, above, np.ones(n_dim), edges)


def test_eight_decades_of_pairs_are_exact_in_the_upper_tail():
    variances = np.logspace(0, -8, 9)
    parts = np.array([np.prod(v / (v - np.delete(variances, k))) for k, v in enumerate(variances)])
    squared = np.linspace(2 * variances.sum() * 2, 4 * 230, 40)
    above = np.exp(-squared[:, None] / (4 * variances)) @ parts
    assert_tails_are(1 - above, above, np.repeat(variances, 2), np.sqrt(squared))


def mixture(squared, weights, n_terms):
    """Both tails of sum w_k chi^2_1, a sum of chi-squared laws of positive weights (Ruben 1962).

    With w the smallest of the w_k: sum_j c_j P(w chi^2_(d + 2 j) < q).
    """
    smallest, n_dim = weights.min(), len(weights)
    powers = np.array([np.sum((1 - smallest / weights) ** j) for j in range(1, n_terms)])
    c = np.zeros(n_terms)
    c[0] = np.sqrt(np.prod(smallest / weights))
    for j in range(1, n_terms):
        c[j] = powers[j - 1 :: -1] @ c[:j] / (2 * j)
    degrees, scaled = n_dim + 2 * np.arange(n_terms), np.asarray(squared)[:, None] / smallest
    return chi2.cdf(scaled, degrees) @ c, chi2.sf(scaled, degrees) @ c


@pytest.mark.parametrize("spectrum", ["1/k", "1/k^2"])
@pytest.mark.parametrize("n_dim", [3, 5, 15])
def test_both_tails_are_mixtures_of_chi_squared_laws(spectrum, n_dim):
    variances = SPECTRA[spectrum](n_dim)
    mean, smallest = 2 * variances.sum(), 2 * variances.min()
    first_term = np.prod(np.sqrt(variances.min() / variances))
    lowest = smallest * chi2.ppf(DEEPEST / first_term, n_dim)
    squared = np.geomspace(lowest, 0.1 * mean, 15)
    is_narrow = variances.max() < 16 * variances.min()  # else the upper tail takes 10,000 terms
    if is_narrow:
        squared = np.r_[squared, np.geomspace(mean, 4 * 229, 25)]
    below, above = mixture(squared, 2 * variances, 9000 if is_narrow else 3000)
    assert_tails_are(below, above, variances, np.sqrt(squared))


def test_one_large_variance_over_hundreds_of_small_ones_is_a_convolution():
    # Q / 2 = 200 chi^2_1 + chi^2_400: the chance of the first summed over the second.
    variances = SPECTRA["one above many"](400)
    x, weights = np.polynomial.legendre.leggauss(400)
    squared = np.r_[np.linspace(88, 1100, 15), np.linspace(1300, 1.8e5, 15)]
    below, above = np.zeros(30), np.zeros(30)
    for i, half in enumerate(squared / 2):
        # Both parts are squares: an angle divides the whole between them smoothly.
        most = min(half, 1800)
        angle = (x + 1) / 2 * np.arcsin(np.sqrt(most / half))
        small, d_small = half * np.sin(angle) ** 2, half * np.sin(2 * angle)
        density = chi2.pdf(small, 400) * d_small * weights * np.arcsin(np.sqrt(most / half)) / 2
        below[i] = density @ chi2.cdf((half - small) / 200, 1)
        above[i] = density @ chi2.sf((half - small) / 200, 1) + chi2.sf(most, 400)
    assert_tails_are(below, above, variances, np.sqrt(squared))


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("n_dim", [2, 15, 400])
def test_tails_from_both_sides_meet(spectrum, n_dim):
    # P below the mean comes from one contour, above it from another; all of it must be 1.
    variances = SPECTRA[spectrum](n_dim)
    edges, _ = with_open_ends(edges_for(variances))
    probability = separation_probability(edges, variances)
    assert (probability >= 0).all()
    np.testing.assert_allclose(probability.sum(), 1, rtol=1e-10)


@pytest.mark.parametrize("spectrum", SPECTRA)
def test_a_random_catalog_agrees(spectrum, rng):
    variances = SPECTRA[spectrum](15)
    edges = edges_for(variances, n_bins=15)
    apart = rng.normal(size=(200_000, len(variances))) * np.sqrt(2 * variances)
    counts = np.histogram(np.linalg.norm(apart, axis=1), edges)[0]
    expected = 200_000 * separation_probability(edges, variances)
    assert (np.abs(counts - expected) <= 5 * np.sqrt(expected) + 5).all()


@pytest.mark.parametrize("spectrum", SPECTRA)
@pytest.mark.parametrize("n_dim", [1, 2, 15])
def test_derivatives_match_finite_differences(spectrum, n_dim):
    variances = SPECTRA[spectrum](n_dim)
    edges = edges_for(variances, n_bins=20)
    p, dp = separation_probability_gradient(edges, variances)
    np.testing.assert_array_equal(p, separation_probability(edges, variances))
    for k in {0, n_dim // 2, len(variances) - 1}:
        step = 1e-4 * variances[k]
        moved = np.eye(len(variances))[k] * step
        ahead, behind = (separation_probability(edges, variances + s) for s in (moved, -moved))
        # The difference of two probabilities of order one is good to 1e-16 / step.
        allowed = 1e-6 * np.abs(dp[:, k]).max() + 1e-13 / step
        np.testing.assert_allclose(dp[:, k], (ahead - behind) / (2 * step), rtol=0, atol=allowed)


def test_derivatives_add_up_to_the_scaling_law():
    # p depends on edges / sqrt(lambda) only: sum lambda_k dp/dlambda_k = -1/2 sum e dp/de.
    variances, edges = 1 / np.arange(1, 31), np.linspace(0.4, 4, 20)
    _, dp = separation_probability_gradient(edges, variances)
    ahead, behind = (separation_probability(edges * (1 + s), variances) for s in (1e-5, -1e-5))
    np.testing.assert_allclose(dp @ variances, -(ahead - behind) / 4e-5, atol=1e-9)


def test_derivatives_of_equal_variances_are_chi_squared_densities():
    # P(Q < q) changes by -2 times the density of Q + w chi^2_2, which is w chi^2_(d + 2).
    for n_dim in (1, 2, 15, 512):
        lowest = chi2.ppf(DEEPEST, n_dim) if n_dim > 1 else 1e-4
        for q in np.r_[np.geomspace(lowest, n_dim, 7), np.geomspace(n_dim, 3 * n_dim + 300, 7)]:
            variances = np.r_[np.full(n_dim, 0.5), 0]
            edges = np.array([0, np.sqrt(q), np.inf])  # the weights are 1
            _, (below, above) = separation_probability_gradient(edges, variances)
            np.testing.assert_allclose(below[:-1], -2 * chi2.pdf(q, n_dim + 2), rtol=1e-9)
            np.testing.assert_allclose(below[-1], -2 * chi2.pdf(q, n_dim), rtol=1e-9)
            np.testing.assert_array_equal(above, -below)


def test_two_measurements_at_once_are_as_each_alone(rng):
    def measure(n_dim):
        points = np.random.default_rng(n_dim).normal(size=(4000, n_dim)) / np.arange(1, n_dim + 1)
        _, variances, _ = fit_gaussian(points.astype(np.float32))
        return separation_probability_gradient(edges_for(variances, 100), variances)

    sizes = [2, 60, 15, 61] * 3
    one_by_one = [measure(n_dim) for n_dim in sizes]
    with ThreadPoolExecutor(4) as pool:
        for one, other in zip(pool.map(measure, sizes), one_by_one, strict=True):
            np.testing.assert_array_equal(one[0], other[0])
            np.testing.assert_array_equal(one[1], other[1])


def test_edges_beyond_all_bounds_have_probability_0():
    edges = np.array([0, 1e-120, 1e-60, 1, 10, 1e3, 1e30, 1e150])
    for variances in (np.ones(3), 1 / np.arange(1, 20) ** 2):
        p, dp = separation_probability_gradient(edges, variances)
        assert np.isfinite(p).all() and np.isfinite(dp).all()
        np.testing.assert_allclose(p.sum(), 1, rtol=1e-10)
        assert p[0] == 0 and p[1] < 1e-150 and (p[5:] == 0).all()


def test_scale_of_the_space_does_not_matter():
    variances = 1 / np.arange(1, 16)
    edges = edges_for(variances)
    expected = separation_probability(edges, variances)
    for scale in (1e-12, 1e12):
        scaled = separation_probability(edges * scale, variances * scale**2)
        np.testing.assert_allclose(scaled, expected, rtol=1e-10)


def test_rounding_errors_of_a_flat_direction_are_left_out():
    edges = np.linspace(0, 4, 20)
    expected = separation_probability(edges, np.array([1.0, 0.5]))
    with_noise = separation_probability(edges, np.array([1.0, 0.5, 3e-15, 0.0, -1e-17]))
    np.testing.assert_array_equal(with_noise, expected)


@pytest.mark.parametrize(
    ("edges", "variances", "sentence"),
    [
        ([0, 1, 1], [1.0], "must increase"),
        ([0, np.nan], [1.0], "edge 1 is not"),
        ([-1, 1], [1.0], "cannot be negative"),
        ([1], [1.0], "at least two"),
        ([0, 1], [0.0, 0.0], "At least one variance must be positive"),
        ([0, 1], [1.0, np.inf], "finite"),
    ],
)
def test_bad_input_is_refused_in_a_sentence(edges, variances, sentence):
    with pytest.raises(ValueError, match=sentence):
        separation_probability(np.array(edges), np.array(variances))


def test_the_fit_has_the_covariance_of_the_points(rng):
    points = rng.normal(size=(50, 4)) @ rng.normal(size=(4, 4)) + 7
    mean, variances, axes = fit_gaussian(points)
    np.testing.assert_allclose(mean, points.mean(axis=0))
    np.testing.assert_allclose(axes * variances @ axes.T, np.cov(points, rowvar=False))
    assert (np.diff(variances) <= 0).all()


def test_more_dimensions_than_points_leave_one_variance_less_than_points(rng):
    _, variances, _ = fit_gaussian(rng.normal(size=(6, 20)))
    assert (variances[:5] > 0.1).all()
    assert (variances[5:] == 0).all()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_fit_is_exact_far_from_the_origin(dtype, rng):
    points = (rng.normal(size=(60_000, 15)) * 0.7 ** np.arange(15) + 1e4).astype(dtype)
    centered = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    mean, variances, axes = fit_gaussian(points)
    np.testing.assert_allclose(mean, points.mean(axis=0, dtype=np.float64), rtol=1e-13)
    covariance = centered.T @ centered / (len(points) - 1)
    np.testing.assert_allclose(axes * variances @ axes.T, covariance, rtol=0, atol=1e-13)


def test_a_few_points_far_away_do_not_spoil_the_fit_of_the_others(rng):
    # Every 256th point is one of those by which the center is guessed.
    points = rng.normal(size=(256 * 256, 2))
    points[::256, 0] += 1e3
    mean, variances, axes = fit_gaussian(points)
    expected = np.cov(points, rowvar=False)
    np.testing.assert_allclose(axes * variances @ axes.T, expected, rtol=1e-11, atol=1e-9)
    np.testing.assert_allclose(mean, points.mean(axis=0), rtol=1e-12)


def test_a_constant_coordinate_has_no_variance(rng):
    points = np.column_stack([rng.normal(size=1000), np.full(1000, 1e4 + 1 / 3)])
    _, variances, _ = fit_gaussian(points)
    assert variances[1] <= 1e-14 * variances[0]


def test_the_fit_names_rows_that_are_not_finite(rng):
    points = rng.normal(size=(1000, 3)).astype(np.float32)
    points[[3, 700], [0, 2]] = np.nan, np.inf
    with pytest.raises(ValueError, match="these rows are not: 3, 700"):
        fit_gaussian(points)
    with pytest.raises(ValueError, match="At least 2 points"):
        fit_gaussian(points[:1])


@pytest.mark.parametrize("scale", [1e-150, 1e-30, 1.0, 1e150])
def test_no_scale_is_too_small_or_large(scale):
    # In units of the RMS, down to separations whose squares are no normal numbers.
    edges = np.array([0, 1e-155, 1e-40, 0.1, 1, 3])
    p, dp = separation_probability_gradient(edges * scale, np.array([2.0, 1.0]) * scale**2)
    expected = separation_probability(edges, np.array([2.0, 1.0]))
    assert p[0] == 0 and np.isfinite(dp).all()
    np.testing.assert_allclose(p[1:], expected[1:], rtol=1e-9)


def test_negative_variances_are_refused():
    with pytest.raises(ValueError, match="negative, as -5 is"):
        separation_probability([0, 1], [1.0, -5.0])

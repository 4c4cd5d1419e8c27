"""The two-point correlation eps(r) of a representation space, with its errors."""

import numpy as np

from models.space import pairs as pair_counts
from models.space.checks import are_all_same, as_float32, checked_edges, checked_points
from models.space.curve import (
    MIN_EXPECTED,
    MIN_RESOLVED,
    Correlation,
    correlation_of,
    pairs_of,
)
from models.space.error_modes import (
    ERRORS,
    Errors,
    Fit,
    Pairs,
    combine_influences,
    fit_in_widths,
    measure_influence,
    poisson_errors,
)
from models.space.gaussian import (
    fit_gaussian,
    separation_probability_gradient,
    with_open_ends,
)
from models.space.influence import column_sums
from models.space.pairs import Progress, count_neighbors, count_pairs, count_shifted
from models.space.resampling import N_GROUPS, subsample_products

__all__ = [
    "ERRORS",
    "MIN_EXPECTED",
    "MIN_RESOLVED",
    "Correlation",
    "correlation_from_counts",
    "sampled_correlation",
    "two_point_correlation",
]

RMS_BLOCK = 1_000_000  # points that are in memory in float64 at a time


def two_point_correlation(
    points: np.ndarray,
    edges: np.ndarray,
    *,
    expected: np.ndarray | None = None,
    errors: str = "fitted",
    progress: Progress | None = None,
) -> Correlation:
    """Measure how far the pairs of a space are from those of a Gaussian of the same shape.

    eps(r) = DD(r) / (N_DP p(r)) - 1, with p(r) the exact probability of a separation in the
    bin for two draws from N(mean, cov) of the points: the natural estimator (Peebles & Hauser
    1974) without the noise of a random catalog. Every pair is counted.

    A component without variance changes nothing. Of n points in more than n - 1 dimensions at
    most n - 1 variances are not 0, and eps is measured in the space that the points span; but a
    Gaussian of so many axes is not known from so few points: see `n_components_for`.

    Parameters
    ----------
    points : (n_points, n_dim) array
        Separations are Euclidean; scale the points first if their units differ.
    edges : (n_bins + 1,) array
        Increasing separations, in the unit of `points`.
    expected : (n_bins,) array, optional
        Pairs expected in each bin where not the exact number is wanted: see
        `monte_carlo_expected`. Its noise is not in `sigma`.
    errors : "fitted", "fixed", "poisson" or "subsample"
        How the errors are found: see `models.space.error_modes`.
    progress : callable, optional
        Called with the part that is done, between portions of work. It may raise to stop.

    Returns
    -------
    Correlation
        `sigma` counts what pairs share and that the Gaussian is fitted to the points.

    Raises
    ------
    ValueError
        If there are fewer than 3 points, all are the same, a value is not finite, `edges` do
        not increase, or `errors` has another name.
    """
    points, edges = _checked(points, edges, errors)
    counts = count_neighbors(points, edges, progress=progress)
    return correlation_from_counts(points, edges, counts, expected=expected, errors=errors)


def sampled_correlation(
    points: np.ndarray,
    edges: np.ndarray,
    n_shifts: int = 32,
    *,
    rng: np.random.Generator | None = None,
    errors: str = "fitted",
) -> Correlation:
    """Estimate the correlation from some of the pairs, every point used equally often.

    The pairs are (i, i + s mod n) for s = 1 to `n_shifts`: a random sample of them if the
    points come in random order, which is the caller's to ensure unless `rng` is given. The
    exact result is reached at n_points // 2 shifts, and more mean the same.

    Parameters
    ----------
    points, edges, errors, raises : as for `two_point_correlation`
    n_shifts : int
        Each costs n_points pairs.
    rng : Generator, optional
        Shuffles the points first.

    Returns
    -------
    Correlation
        With both errors, and `resolved` false for bins that have not yet enough pairs.
    """
    points, edges = _checked(points, edges, errors)
    check_shifts(n_shifts)
    if rng is not None:
        points = points[rng.permutation(len(points))]
    shifts = np.arange(1, min(n_shifts, len(points) // 2) + 1)
    counts = count_shifted(points, edges, shifts)
    return correlation_from_counts(points, edges, counts, n_shifts=len(shifts), errors=errors)


def correlation_from_counts(
    points: np.ndarray,
    edges: np.ndarray,
    counts: np.ndarray,
    *,
    n_shifts: int | None = None,
    expected: np.ndarray | None = None,
    errors: str = "fitted",
) -> Correlation:
    """Correlation from the neighbors counted of each point, of all or of `n_shifts` shifts.

    For who counts in portions: counts of further shifts are added to those had already.

    Parameters
    ----------
    points : (n_points, n_dim) array
        In random order, where not all pairs were counted.
    edges : (n_bins + 1,) array
    counts : (n_points, n_bins) array of any integers
        From `count_neighbors`, or from `count_shifted` with `n_shifts` distinct shifts.
    n_shifts : int, optional
        Shifts 1 to `n_shifts` were counted, not all pairs.
    expected, errors, raises : as for `two_point_correlation`
    """
    points, edges = _checked(points, edges, errors)
    if counts.shape != (len(points), len(edges) - 1):
        raise ValueError(
            f"Counts must have shape {(len(points), len(edges) - 1)}, a row for each point and a "
            f"column for each bin, not {counts.shape}."
        )
    if n_shifts is not None:
        check_shifts(n_shifts)
    possible = len(points) * (len(points) - 1) // 2
    looked_at = possible if n_shifts is None else min(len(points) * n_shifts, possible)
    mean, variances, axes = fit_gaussian(points)
    p, log_slopes, outside = predicted(edges, variances)
    if expected is not None:
        p = _checked_expected(expected, len(edges) - 1) / possible
        outside = max(0.0, 1 - p.sum())  # of the same catalog: both sides of the KL sum to 1
    pairs = pairs_of(column_sums(counts) // 2, p, looked_at, possible)
    fit = fit_in_widths(mean, variances, axes, log_slopes, len(points))
    return correlation_of(
        pairs,
        _errors(counts, points, edges, pairs, fit, errors),
        edges,
        n_points=len(points),
        n_dim=points.shape[1],
        variances=variances,
        outside=outside,
        errors=errors,
    )


def predicted(edges: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Probability of each bin for a Gaussian, the slopes of its logarithm, and of no bin.

    Returns
    -------
    p : (n_bins,) array
    log_slopes : (n_bins, n_dim) array
        d log p_j / d lambda_k; NaN where p is 0.
    outside : float
    """
    all_edges, inside = with_open_ends(edges)
    p, dp = separation_probability_gradient(all_edges, variances)
    log_slopes = dp[inside] / np.where(p > 0, p, np.nan)[inside, None]
    return p[inside], log_slopes, float(np.delete(p, np.r_[inside]).sum())


def monte_carlo_expected(
    points: np.ndarray, edges: np.ndarray, n_randoms: int, rng: np.random.Generator
) -> np.ndarray:
    """Pairs expected in each bin, from a random catalog in place of the exact probability.

    The randoms are drawn from the Gaussian with the mean and covariance of the points.

    Parameters
    ----------
    points, edges : as for `two_point_correlation`
    n_randoms : int
        At least 2; as many as there are points, or ten times that.

    Returns
    -------
    (n_bins,) array
        RR scaled to the number of pairs of the points; 0 where no two randoms fell.
    """
    points, edges = _checked(points, edges)
    if n_randoms < 2:
        raise ValueError(f"At least two randoms are needed, not {n_randoms}.")
    _, variances, _ = fit_gaussian(points)
    randoms = rng.normal(size=(n_randoms, len(variances))) * np.sqrt(variances)
    rr = count_pairs(randoms, edges)
    return rr * (len(points) * (len(points) - 1) / (n_randoms * (n_randoms - 1)))


def n_components_for(n_points: int, k: int = 15, n_dim: int | None = None) -> int:
    """Principal components to keep: `k`, but one per 20 points at most, and at least one.

    More would fit the Gaussian's covariance so closely to few points that even a true
    Gaussian seems to lack close pairs. Nor can there be more than `n_dim`, where it is given.
    """
    return max(1, min(k, n_points // 20, n_dim if n_dim is not None else k))


def warm() -> None:
    """Compile the kernels, or load them from numba's cache, before someone waits for them."""
    fit_gaussian(np.eye(3, dtype=np.float32))
    separation_probability_gradient(np.array([0.0, 1.0]), np.ones(1))
    pair_counts.warm()
    for counts in (np.uint8, np.uint16, np.uint32, np.int64):
        column_sums(np.zeros((1_000_000, 1), counts))


def rms_separation(points: np.ndarray) -> float:
    """Root mean square separation of two points: sqrt(2 tr cov), the unit of `default_edges`."""
    points = checked_points(points, at_least=2)
    if len(points) <= RMS_BLOCK:
        return float(np.sqrt(2 * points.var(axis=0, ddof=1, dtype=np.float64).sum()))
    # Not all at once: in float64 ten million points in 15 dimensions take 1.2 GB.
    blocks = [points[at : at + RMS_BLOCK] for at in range(0, len(points), RMS_BLOCK)]
    mean = sum(block.sum(axis=0, dtype=np.float64) for block in blocks) / len(points)
    squares = sum(((block - mean) ** 2).sum() for block in blocks)
    return float(np.sqrt(2 * squares / (len(points) - 1)))


def default_edges(rms: float, n_bins: int = 40) -> np.ndarray:
    """Edges from 0 to twice the root mean square separation, evenly spaced.

    Multiples of the root mean square, because the scales of checkpoints cannot be compared:
    training changes them by orders of magnitude. Twice, because nearly no pair of a Gaussian is
    further apart (5 % in one dimension, 1e-3 in five equal ones). Even, because the variance of
    the square of a separation sets the width of the Gaussian's curve, and 40 bins of a
    twentieth resolve it up to some hundred effective dimensions.
    """
    if not 0 < rms < np.inf:
        raise ValueError(f"The root mean square separation must be positive, not {rms:g}.")
    if n_bins < 1:
        raise ValueError(f"At least one bin is needed, not {n_bins}.")
    return np.linspace(0, 2 * rms, n_bins + 1)


def author_edges(points: np.ndarray) -> np.ndarray:
    """The 99 linear bins of the first author's code: 0 to 2 P70 of the distance from the mean."""
    points = checked_points(points, at_least=2)
    if are_all_same(points):
        raise ValueError(f"All {len(points)} points are the same: there are no separations.")
    from_mean = np.linalg.norm(points - points.mean(axis=0, dtype=np.float64), axis=1)
    return np.linspace(0, 2 * np.percentile(from_mean, 70), 100)


def check_shifts(n_shifts: int) -> None:
    """Refuse a number of shifts that is none."""
    if not isinstance(n_shifts, int | np.integer) or n_shifts < 1:
        raise ValueError(f"The number of shifts is 1 or more and whole, not {n_shifts!r:.40}.")


def check_errors(errors: str) -> None:
    """Refuse a name that is none of `ERRORS`."""
    if errors not in ERRORS:
        raise ValueError(f"Errors are one of {', '.join(ERRORS)}, not {errors!r:.40}.")


def _checked(
    points: np.ndarray, edges: np.ndarray, errors: str = "fitted"
) -> tuple[np.ndarray, np.ndarray]:
    """Points as float32, of which the pairs are counted, and edges."""
    check_errors(errors)
    points = checked_points(points, at_least=3)
    if are_all_same(points):
        raise ValueError(f"All {len(points)} points are the same: there are no separations.")
    if points.dtype == np.float64:  # centred before the rounding, which is then the smaller
        points = as_float32(points - points.mean(axis=0))
    return points, checked_edges(edges)


def _checked_expected(expected: np.ndarray, n_bins: int) -> np.ndarray:
    """Pairs expected in each bin: (n_bins,) numbers from 0."""
    expected = np.asarray(expected, dtype=np.float64)
    if expected.shape != (n_bins,) or not (expected >= 0).all():
        raise ValueError(f"Expected pairs are {n_bins} numbers from 0, one for each bin.")
    return expected


def _errors(
    counts: np.ndarray, points: np.ndarray, edges: np.ndarray, pairs: Pairs, fit: Fit, errors: str
) -> Errors:
    """Errors of one of the modes."""
    if errors == "poisson":
        return poisson_errors(pairs)
    if errors == "fixed":
        fit = fit._replace(log_slopes=0 * fit.log_slopes)
    influence = measure_influence(counts, points, fit, pairs, 2 * pairs.looked_at / len(points))
    if errors == "subsample":
        products = subsample_products([(points, counts)], edges)
        products *= np.outer(pairs.excess, pairs.excess)
        influence = influence._replace(products=products, freedom=N_GROUPS - 1)
    return combine_influences(pairs, [influence])

"""The two-point correlation eps(r) of a representation space, with its errors."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from models.space import pairs
from models.space.checks import checked_edges, checked_points
from models.space.gaussian import (
    fit_gaussian,
    separation_probability_gradient,
    with_open_ends,
)
from models.space.influence import estimate_errors, influence_sums
from models.space.pairs import count_neighbors, count_pairs, count_shifted

MIN_EXPECTED = 10  # pairs; emptier bins decide an unweighted sum, so the score leaves them out
MIN_RESOLVED = 100  # expected pairs among those sampled; fewer say nothing yet


@dataclass(frozen=True)
class Correlation:
    """Excess of pairs in separation bins; bin i is [edges[i], edges[i + 1]).

    NaN where the Gaussian predicts no pair at all.

    edges : (n_bins + 1,) separations, in the unit of the points
    eps : (n_bins,) excess over a Gaussian of the same mean and covariance
    sigma : (n_bins,) its 1-sigma error from the finite number of points; where no pair was
        counted, the reach of `upper` above eps
    sampling_sigma : (n_bins,) its further error from counting only some of the pairs; 0 if all
    lower, upper : (n_bins,) 1-sigma limits of eps, both errors together; asymmetric where fewer
        than 25 pairs were counted
    expected : (n_bins,) pairs that the Gaussian predicts, of all pairs
    dd : (n_bins,) pairs observed; where only some were counted, scaled up to all pairs
    counted : (n_bins,) int, the pairs counted as they are
    resolved : (n_bins,) bool, false where fewer than 100 of the sampled pairs are expected
    pairs_counted, pairs_possible : pairs looked at, and n (n - 1) / 2
    score_sigma : error of the sum of eps over the bins `used`, the covariance of bins included
    score_sampling_sigma : its further error from counting only some of the pairs
    outside : probability, for the Gaussian, of a separation outside of all bins
    variances : (n_dim,) eigenvalues of the covariance, decreasing
    """

    edges: np.ndarray
    eps: np.ndarray
    sigma: np.ndarray
    sampling_sigma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    expected: np.ndarray
    dd: np.ndarray
    counted: np.ndarray
    resolved: np.ndarray
    n_points: int
    n_dim: int
    pairs_counted: int
    pairs_possible: int
    score_sigma: float
    score_sampling_sigma: float
    outside: float
    variances: np.ndarray

    @property
    def is_sampled(self) -> bool:
        """Only some of the pairs were counted."""
        return self.pairs_counted < self.pairs_possible

    @property
    def used(self) -> np.ndarray:
        """(n_bins,) bool, the bins that count for the score and the divergence."""
        return (self.expected >= MIN_EXPECTED) & self.resolved

    @property
    def rms(self) -> float:
        """Root mean square separation, in the unit of `edges`."""
        return float(np.sqrt(2 * self.variances.sum()))

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Every field as an array, for `numpy.savez`."""
        return {field.name: np.asarray(getattr(self, field.name)) for field in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Correlation":
        """Rebuild from what `to_arrays` gave; further names are ignored."""
        missing = [field.name for field in fields(cls) if field.name not in arrays]
        if missing:
            raise ValueError(f"A stored correlation lacks {', '.join(missing)}.")
        values = {field.name: np.asarray(arrays[field.name]) for field in fields(cls)}
        return cls(
            **{name: value if value.ndim else value.item() for name, value in values.items()}
        )


def two_point_correlation(
    points: np.ndarray, edges: np.ndarray, *, expected: np.ndarray | None = None
) -> Correlation:
    """Measure how far the pairs of a space are from those of a Gaussian of the same shape.

    eps(r) = DD(r) / (N_DP p(r)) - 1, with p(r) the exact probability of a separation in the
    bin for two draws from N(mean, cov) of the points: the natural estimator (Peebles & Hauser
    1974) without the noise of a random catalog. Every pair is counted.

    Parameters
    ----------
    points : (n_points, n_dim) array
        Separations are Euclidean; scale the points first if their units differ.
    edges : (n_bins + 1,) array
        Increasing separations, in the unit of `points`.
    expected : (n_bins,) array, optional
        Pairs expected in each bin where not the exact number is wanted: see
        `monte_carlo_expected`. Its noise is not in `sigma`.

    Returns
    -------
    Correlation
        `sigma` counts what pairs share and that the Gaussian is fitted to the points.

    Raises
    ------
    ValueError
        If there are fewer than 3 points, all are the same, a value is not finite, or `edges` do
        not increase.
    """
    points, edges = _checked(points, edges)
    counts = count_neighbors(points, edges)
    return correlation_from_counts(points, edges, counts, expected=expected)


def sampled_correlation(
    points: np.ndarray,
    edges: np.ndarray,
    n_shifts: int = 32,
    *,
    rng: np.random.Generator | None = None,
) -> Correlation:
    """Estimate the correlation from some of the pairs, every point used equally often.

    The pairs are (i, i + s mod n) for s = 1 to `n_shifts`: a random sample of them if the
    points come in random order, which is the caller's to ensure unless `rng` is given. The
    exact result is reached at n_points // 2 shifts, and more mean the same.

    Parameters
    ----------
    points, edges, raises : as for `two_point_correlation`
    n_shifts : int
        Each costs n_points pairs.
    rng : Generator, optional
        Shuffles the points first.

    Returns
    -------
    Correlation
        With both errors, and `resolved` false for bins that have not yet enough pairs.
    """
    points, edges = _checked(points, edges)
    if n_shifts < 1:
        raise ValueError(f"At least one shift is needed, not {n_shifts}.")
    if rng is not None:
        points = points[rng.permutation(len(points))]
    shifts = np.arange(1, min(n_shifts, len(points) // 2) + 1)
    counts = count_shifted(points, edges, shifts)
    return correlation_from_counts(points, edges, counts, n_shifts=len(shifts))


def correlation_from_counts(
    points: np.ndarray,
    edges: np.ndarray,
    counts: np.ndarray,
    *,
    n_shifts: int | None = None,
    expected: np.ndarray | None = None,
) -> Correlation:
    """Correlation from the neighbors counted of each point, of all or of `n_shifts` shifts.

    For who counts in portions: counts of further shifts are added to those had already.

    Parameters
    ----------
    points : (n_points, n_dim) array
    edges : (n_bins + 1,) array
    counts : (n_points, n_bins) int array
        From `count_neighbors`, or from `count_shifted` with `n_shifts` distinct shifts.
    n_shifts : int, optional
        Shifts 1 to `n_shifts` were counted, not all pairs.
    expected : as for `two_point_correlation`
    """
    points, edges = _checked(points, edges)
    possible = len(points) * (len(points) - 1) // 2
    looked_at = possible if n_shifts is None else min(len(points) * n_shifts, possible)
    mean, variances, axes = fit_gaussian(points)
    p, dp, outside = _predicted(edges, variances)
    if expected is not None:
        p = np.asarray(expected, dtype=np.float64) / possible
    p = np.where(p > 0, p, np.nan)

    counted = counts.sum(axis=0) // 2
    eps = counted / (looked_at * p) - 1
    resolved = (looked_at == possible) | (looked_at * p >= MIN_RESOLVED)
    used = (possible * p >= MIN_EXPECTED) & resolved
    squares = ((points - mean) @ axes) ** 2 - variances
    slopes = ((1 + eps) / p / (len(points) - 1))[:, None] * dp
    sums = influence_sums(counts, looked_at * p, squares, slopes, used)
    errors = estimate_errors(counted, looked_at * p, sums, used, (looked_at, possible))
    return Correlation(
        edges=edges,
        eps=eps,
        expected=np.where(p > 0, possible * p, 0.0),
        dd=counted * (possible / looked_at),
        counted=counted,
        resolved=resolved,
        n_points=len(points),
        n_dim=points.shape[1],
        pairs_counted=looked_at,
        pairs_possible=possible,
        outside=outside,
        variances=variances,
        **errors._asdict(),
    )


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
    pairs.warm()
    separation_probability_gradient(np.array([0.0, 1.0]), np.ones(1))


def rms_separation(points: np.ndarray) -> float:
    """Root mean square separation of two points: sqrt(2 tr cov), the unit of `default_edges`."""
    points = checked_points(points, at_least=2)
    return float(np.sqrt(2 * points.var(axis=0, ddof=1, dtype=np.float64).sum()))


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
    return np.linspace(0, 2 * rms, n_bins + 1)


def author_edges(points: np.ndarray) -> np.ndarray:
    """The 99 linear bins of the first author's code: 0 to 2 P70 of the distance from the mean."""
    points = checked_points(points, at_least=2)
    from_mean = np.linalg.norm(points - points.mean(axis=0, dtype=np.float64), axis=1)
    return np.linspace(0, 2 * np.percentile(from_mean, 70), 100)


def _checked(points: np.ndarray, edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Points as float32, of which the pairs are counted, and edges."""
    points = checked_points(points, at_least=3)
    if (points == points[0]).all():
        raise ValueError(f"All {len(points)} points are the same: there are no separations.")
    if points.dtype == np.float64:  # centred before the rounding, which is then the smaller
        points = (points - points.mean(axis=0)).astype(np.float32)
    return points, checked_edges(edges)


def _predicted(edges: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Probability of each bin, its derivatives, and the probability of none of the bins."""
    all_edges, inside = with_open_ends(edges)
    p, dp = separation_probability_gradient(all_edges, variances)
    return p[inside], dp[inside], float(np.delete(p, np.r_[inside]).sum())

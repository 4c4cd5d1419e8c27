"""Four ways to tell the error of the correlation, of which the first is right.

fitted : the Gaussian is fitted to the points; the influence of each on the counts and on the
    Gaussian is added up
fixed : as if the Gaussian were given beforehand; 1.3 to 2.1 times too large
poisson : as if the pairs were independent, (1 + eps) / sqrt(DD); 1.6 to 2.6 times too small, and
    for the score up to 3.5 times
subsample : the delete-a-group jackknife, which refits the Gaussian without each of 40 groups
"""

from typing import NamedTuple

import numpy as np

from models.space.influence import (
    influence_moments,
    influence_products,
    left_out_changes,
    pair_noise,
)
from models.space.intervals import ONE_SIGMA, excess_limits, poisson_limits

ERRORS = ("fitted", "fixed", "poisson", "subsample")
MANY_POINTS = 20_000  # from here on leaving one out is as good as its linear effect
ENOUGH_POINTS = 131_072  # tell the errors to 1 %, where the pairs are but a sample


class Pairs(NamedTuple):
    """What was counted.

    counted : (n_bins,) int array, pairs in each bin
    expected : (n_bins,) array, those that the Gaussian predicts of the ones looked at, or NaN
    looked_at, possible : numbers of pairs
    used : (n_bins,) bool array, the bins that the score adds up
    """

    counted: np.ndarray
    expected: np.ndarray
    looked_at: int
    possible: int
    used: np.ndarray

    @property
    def excess(self) -> np.ndarray:
        """1 + eps."""
        return self.counted / self.expected

    @property
    def share(self) -> float:
        """Part of the pairs that was looked at."""
        return self.looked_at / self.possible

    @property
    def noise(self) -> np.ndarray:
        """Covariance of eps over bins, were the pairs independent."""
        return pair_noise(self.counted, self.expected, self.looked_at)


class Fit(NamedTuple):
    """The Gaussian that the points are compared with.

    mean, axes : from `fit_gaussian`, the axes in units of the largest width: its fourth power
        must neither overflow nor vanish
    log_slopes : (n_bins, n_axes) array, d log p_j / d lambda_k in that unit; zeros if nothing
        was fitted
    n_points : to how many points it was fitted
    """

    mean: np.ndarray
    axes: np.ndarray
    log_slopes: np.ndarray
    n_points: int


def fit_in_widths(
    mean: np.ndarray, variances: np.ndarray, axes: np.ndarray, log_slopes: np.ndarray, n_points: int
) -> Fit:
    """Fit in units of its largest width, from what `fit_gaussian` gives."""
    width = np.sqrt(variances[0])
    return Fit(mean, axes / width, log_slopes * width**2, n_points)


class Influence(NamedTuple):
    """Of the points of a set: the one that both points of a pair are of, or one of two sets.

    products : (n_bins, n_bins) sums of the influences on two bins, the pairs' noise among them
    fixed : the same if nothing had been fitted
    partners : with how many others each point was looked at
    freedom : degrees of freedom that the error of the score has
    """

    products: np.ndarray
    fixed: np.ndarray
    partners: float
    freedom: float = np.inf


class Errors(NamedTuple):
    """Errors of a correlation; the fields of `Correlation` of the same names."""

    sigma: np.ndarray
    sampling_sigma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    covariance: np.ndarray
    score_sigma: float
    score_sampling_sigma: float
    score_freedom: float


def measure_influence(
    counts: np.ndarray, points: np.ndarray, fit: Fit, pairs: Pairs, partners: float
) -> Influence:
    """Influence of the points on every bin, from the neighbors counted of each.

    Where the pairs are a sample, it is estimated from the first 131,072 points, which come in
    random order, and scaled to all of them.

    Parameters
    ----------
    counts : (n_points, n_bins) array of any integers
    points : (n_points, n_dim) array
    fit : Fit
        To these points, or to more of which these are a part.
    pairs : Pairs
    partners : float
        With how many others each point was looked at.
    """
    n_points = len(points)
    enough = min(n_points, ENOUGH_POINTS) if pairs.share < 1 else n_points
    counts, points = counts[:enough], points[:enough]
    moments = influence_moments(counts, points, fit.mean, fit.axes)
    # The pairs of these points may be a few less than all that were looked at.
    expected = pairs.expected * (partners * n_points / pairs.looked_at)
    if is_one_set := fit.n_points == n_points:
        expected = expected / 2  # each pair is counted at both of its points
    slopes = pairs.excess[:, None] * fit.log_slopes / (fit.n_points - 1)
    products, fixed = (
        influence_products(moments, expected, s) * (n_points / enough) for s in (slopes, None)
    )
    if n_points > MANY_POINTS:
        return Influence(products, fixed, partners)
    with np.errstate(divide="ignore", invalid="ignore"):  # bins without a pair
        lost = counts / (counts.sum(axis=0) / (2 if is_one_set else 1))
        squares = ((points - fit.mean) @ fit.axes) ** 2
        changes = left_out_changes(lost, squares, fit.log_slopes, fit.n_points)
        changes = np.where(pairs.counted > 0, pairs.excess * changes, 0.0)
        growth = np.sqrt((changes**2).sum(axis=0) / np.diag(products))
    growth = np.where(np.isfinite(growth), growth, 1.0)
    products = products * np.outer(growth, growth)
    return Influence(products, fixed, partners, _freedom(changes[:, pairs.used]))


def combine_influences(pairs: Pairs, influences: list[Influence]) -> Errors:
    """Errors from the influence of all points: those of one set, or those of either of two.

    The sums of influences hold the noise of the pairs twice, once at either point, where it
    belongs once; it is taken off once, but the noise itself is the least that is left. It is
    less than that of independent pairs by what the points explain of it,

        noise_jl = (independent pairs)_jl - sum over sets of fixed_jl / partners,

    and the partners that a point was looked at with add theirs, unless they are all others.

    Parameters
    ----------
    pairs : Pairs
    influences : list of one or two
    """
    share, noise = pairs.share, pairs.noise
    explained = sum(
        (one.fixed - noise * (2 / len(influences))) / one.partners for one in influences
    )
    noise = noise - explained
    np.fill_diagonal(noise, np.maximum(np.diag(noise), 0))
    products = sum(one.products for one in influences)
    points = products - 2 * noise - explained * (1 - share)
    freedom = min(one.freedom for one in influences)
    return _errors(pairs, points, noise, freedom)


def poisson_errors(pairs: Pairs) -> Errors:
    """(1 + eps) / sqrt(DD) in each bin, and no covariance of the bins."""
    noise = np.diag(pairs.excess / pairs.expected)
    return _errors(pairs, np.zeros_like(noise), noise, np.inf)


def _errors(pairs: Pairs, points: np.ndarray, noise: np.ndarray, freedom: float) -> Errors:
    """Put the errors together from the covariances that points and counted pairs cause."""
    share, used = pairs.share, pairs.used
    covariance = points + share * noise
    variances = np.maximum(np.diag(points), 0) + share * np.diag(noise)
    # No pair at all is no proof that there can be none.
    reach = poisson_limits(np.zeros(1), ONE_SIGMA)[1] / pairs.expected
    sigma = np.where(pairs.counted > 0, np.sqrt(variances), reach)
    sampling_sigma = np.sqrt((1 - share) * np.diag(noise))
    lower, upper = excess_limits(pairs.counted, pairs.expected, np.hypot(sigma, sampling_sigma))
    score_noise = max(_sum(noise, used), 0.0)
    return Errors(
        sigma,
        sampling_sigma,
        lower,
        upper,
        covariance,
        float(np.sqrt(max(_sum(points, used), 0.0) + share * score_noise)),
        float(np.sqrt((1 - share) * score_noise)),
        freedom,
    )


def _sum(covariance: np.ndarray, used: np.ndarray) -> float:
    """Variance of the sum over some bins; NaN where there is none."""
    return covariance[np.ix_(used, used)].sum() if used.any() else np.nan


def _freedom(changes: np.ndarray) -> float:
    """Degrees of freedom of the sum of squares of (n_points, n_bins) changes of a sum of bins.

    Twice the squared mean of the sum over its variance (Satterthwaite 1946).
    """
    squares = changes.sum(axis=1) ** 2
    spread = len(squares) * squares.var()
    return float(2 * squares.sum() ** 2 / spread) if spread > 0 else np.inf

"""Errors of the correlation from what each point contributes to it.

Pairs share points, so their counts are not Poisson; and the Gaussian that they are compared
with is fitted to the same points, which takes much of their scatter out again. Both follow from
the influence of point i on bin j,

    psi_ij = (c_ij - mean_i c_ij) / E_j  -  (1 + eps_j) / p_j * sum_k dp_j/dlambda_k
             * (z_ik^2 - lambda_k) / (n - 1),

with c_ij the neighbors of the point in the bin, E_j the pairs expected there, p_j their
probability and z_ik the point's coordinates on the axes of the fitted Gaussian. The sum of
psi^2 over the points holds the noise of the pairs twice, once at either point, where it belongs
once. So it is taken off once, but the noise itself is the least that is left.
"""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaincinv

_BLOCK = 65_536  # points at a time, which bounds the memory
_TAIL = 0.15865525393145707  # beyond one sigma, on either side of a normal
FEW_PAIRS = 25  # fewer have an interval that is not symmetric


class Errors(NamedTuple):
    """Errors of a correlation; the fields of `Correlation` of the same names."""

    sigma: np.ndarray
    sampling_sigma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    score_sigma: float
    score_sampling_sigma: float


def estimate_errors(
    counted: np.ndarray,
    expected: np.ndarray,
    sums: tuple[np.ndarray, float],
    used: np.ndarray,
    pairs: tuple[int, int],
) -> Errors:
    """Put the errors of a correlation together.

    Parameters
    ----------
    counted, expected : (n_bins,) arrays
        Pairs in each bin, and how many of those looked at are expected there.
    sums : from `influence_sums`
    used : (n_bins,) bool array
        The bins that the score adds up.
    pairs : (looked at, possible)
    """
    looked_at, possible = pairs
    share = looked_at / possible
    noise, score_noise = _pair_noise(counted, expected, looked_at, used)
    # No pair at all is no proof that there can be none.
    reach = _poisson_interval(np.zeros(1))[1] / expected
    sigma = np.where(counted > 0, _standard_error(sums[0], noise, share), reach)
    sampling_sigma = np.sqrt(noise * (1 - share))
    lower, upper = _interval(counted, expected, np.hypot(sigma, sampling_sigma))
    if not used.any():
        score_noise = np.nan
    return Errors(
        sigma,
        sampling_sigma,
        lower,
        upper,
        float(_standard_error(sums[1], score_noise, share)),
        float(np.sqrt(score_noise * (1 - share))),
    )


def influence_sums(
    counts: np.ndarray,
    expected: np.ndarray,
    squares: np.ndarray,
    slopes: np.ndarray,
    used: np.ndarray,
) -> tuple[np.ndarray, float]:
    """Sum the squared influences of all points, on each bin and on the score.

    Parameters
    ----------
    counts : (n_points, n_bins) array
        Neighbors counted of each point in each bin.
    expected : (n_bins,) array
        Pairs expected among those counted; all positive.
    squares : (n_points, n_dim) array
        z_ik^2 - lambda_k.
    slopes : (n_bins, n_dim) array
        d log p_j / d lambda_k times (1 + eps_j) / (n - 1).
    used : (n_bins,) bool array
        The bins that the score adds up.

    Returns
    -------
    of_bins : (n_bins,) array
    of_score : float
    """
    mean = counts.mean(axis=0)
    of_bins, of_score = np.zeros(len(expected)), 0.0
    for first in range(0, len(counts), _BLOCK):
        rows = slice(first, first + _BLOCK)
        influence = (counts[rows] - mean) / expected - squares[rows] @ slopes.T
        of_bins += (influence**2).sum(axis=0)
        of_score += (influence[:, used].sum(axis=1) ** 2).sum()
    return of_bins, of_score


def _pair_noise(
    counted: np.ndarray, expected: np.ndarray, n_pairs: int, used: np.ndarray
) -> tuple[np.ndarray, float]:
    """Variance of eps and of its sum over the bins `used`, were the pairs independent.

    Multinomial: a pair in one bin is in no other. With few wide bins that matters to the sum,
    whose noise would vanish if all bins were equally likely and held all pairs.
    """
    ratio = counted / expected
    of_score = (ratio / expected)[used].sum() - ratio[used].sum() ** 2 / n_pairs
    return ratio / expected - ratio**2 / n_pairs, max(of_score, 0.0)


def _standard_error(
    squared_influence: np.ndarray | float, noise: np.ndarray | float, share: float
) -> np.ndarray | float:
    """Standard error from the sum of squared influences and the noise of the pairs counted.

    Only the part of the noise that all pairs would leave is an error of the points; the rest is
    that of sampling a `share` of the pairs.
    """
    return np.sqrt(np.maximum(squared_influence - 2 * noise, 0) + noise * share)


def _poisson_interval(counted: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the mean that leave 16 % on either side, for a Poisson count (Garwood 1936).

    For a count of 0 they are 0 and 1.84.
    """
    counted = np.asarray(counted, dtype=np.float64)
    lower = np.where(counted > 0, gammaincinv(np.maximum(counted, 1), _TAIL), 0.0)
    return lower, gammaincinv(counted + 1, 1 - _TAIL)


def _interval(
    counted: np.ndarray, expected: np.ndarray, sigma: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """One-sigma limits of eps: symmetric, but Poisson's where few pairs were counted.

    Poisson's interval is stretched by as much as `sigma` exceeds Poisson's error, and eps is
    never below -1.

    Parameters
    ----------
    counted, expected : (n_bins,) arrays of pairs counted, and expected among those looked at
    sigma : (n_bins,) array, the error of eps
    """
    low, high = _poisson_interval(counted)
    poisson = np.sqrt(np.maximum(counted, 1)) / expected
    stretch = np.where(counted > 0, np.maximum(sigma / poisson, 1), 1.0) / expected
    few = counted < FEW_PAIRS
    below = np.where(few, (counted - low) * stretch, sigma)
    above = np.where(few, (high - counted) * stretch, sigma)
    eps = counted / expected - 1
    return np.maximum(eps - below, -1), eps + above

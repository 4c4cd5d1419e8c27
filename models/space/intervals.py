"""Limits of eps at any level, lopsided where its error grows with itself.

A count is never negative, and the more pairs there are the larger is the error: with x = 1 + eps
the variance is

    var(x) = a x + b x^2,

a x the noise of the pairs (a = 1 / pairs expected) and b x^2 what the points add, whose effect
on a bin is in proportion to it: a wider Gaussian, say, changes every bin by a factor. On the
scale

    w(x) = integral of dx / sqrt(a x + b x^2) = 2 / sqrt(b) * asinh(sqrt(b x / a))

the error is 1 everywhere (Bartlett 1947): limits are taken there and carried back. It turns from
the square root, where the pairs decide, to the logarithm, where the points do; where the error
is small the limits are as good as symmetric.
"""

from collections.abc import Callable

import numpy as np
from scipy.special import gammaincinv, stdtrit

ONE_SIGMA = 0.6826894921370859  # the part of a normal within one sigma
_SMALLEST = 1e-9  # of b in units of a: below, the scale is the square root to all digits
_NORMAL = 1e8  # degrees of freedom, of which Student's t is as good as normal
_STEPS = 8  # along the curve of `sum_limits`: its error is then below 1e-3 sigma


def excess_limits(
    counted: np.ndarray, expected: np.ndarray, sigma: np.ndarray, level: float = ONE_SIGMA
) -> tuple[np.ndarray, np.ndarray]:
    """Lower and upper limits of eps, which leave half of 1 - `level` on either side.

    Parameters
    ----------
    counted, expected : (n_bins,) arrays
        Pairs counted, and how many of those looked at are expected.
    sigma : (n_bins,) array
        Error of eps, of the points and of sampling together.
    level : float
        Probability between the limits.

    Returns
    -------
    lower, upper : (n_bins,) arrays
        Lower is never below -1. NaN where `expected` is.

    Raises
    ------
    ValueError
        If `level` is not between 0 and 1.
    """
    _check_level(level)
    # In units of one expected pair a is 1, and x is the count.
    curvature = np.maximum((sigma * expected) ** 2 - counted, 0) / np.maximum(counted, 1) ** 2
    root = np.sqrt(np.maximum(np.where(counted > 0, curvature, 0), _SMALLEST))
    low, high = poisson_limits(counted, level)
    at = 2 / root * np.arcsinh(root * np.sqrt(counted))
    below = at - 2 * (np.sqrt(counted) - np.sqrt(low))
    above = at + 2 * (np.sqrt(high) - np.sqrt(counted))
    lower, upper = ((np.sinh(root * np.maximum(w, 0) / 2) / root) ** 2 for w in (below, above))
    return lower / expected - 1, upper / expected - 1


def poisson_limits(counted: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Limits of the mean of a Poisson count.

    Jeffreys' limits, which cover what they claim on average (Brown, Cai & DasGupta 2003); for
    no pair at all, where no lower one exists, the safe upper limit of Garwood (1936), which is
    1.84 at one sigma.
    """
    counted, tail = np.asarray(counted, dtype=np.float64), (1 - level) / 2
    is_some = counted > 0
    lower = np.where(is_some, gammaincinv(counted + 0.5, tail), 0.0)
    return lower, gammaincinv(np.where(is_some, counted + 0.5, 1.0), 1 - tail)


def normal_quantile(level: float, freedom: float = np.inf) -> float:
    """Errors to either side that hold `level` of a normal, or of Student's t."""
    _check_level(level)
    return float(stdtrit(min(freedom, _NORMAL), (1 + level) / 2))


def sum_limits(
    excess: np.ndarray,
    noise_of: Callable[[np.ndarray], np.ndarray],
    relative: np.ndarray,
    quantile: float,
) -> tuple[float, float]:
    """Lower and upper limits of a sum of eps, on the scale where its error is 1 everywhere.

    The same as `excess_limits` in many bins: from the measured values follow the curve along
    which each bin moves by its covariance with the sum, and the sum by its error.

    Parameters
    ----------
    excess : (n_bins,) array
        x = 1 + eps of the bins that are added up.
    noise_of : callable
        Covariance that the pairs alone would have, for given x: (n_bins, n_bins).
    relative : (n_bins, n_bins) array
        Covariance that the points add, in units of x of either bin.
    quantile : float
        Of the error, to either side.
    """
    ends = []
    for step in (-quantile / _STEPS, quantile / _STEPS):
        at = excess
        for _ in range(_STEPS):  # midpoint rule
            middle = at + step / 2 * _direction(at, noise_of, relative)
            at = at + step * _direction(middle, noise_of, relative)
        ends.append(float((np.maximum(at, 0) - 1).sum()))
    return ends[0], ends[1]


def _direction(
    excess: np.ndarray,
    noise_of: Callable[[np.ndarray], np.ndarray],
    relative: np.ndarray,
) -> np.ndarray:
    """Change of each bin while their sum changes by its error."""
    excess = np.maximum(excess, 0)
    noise = noise_of(excess).sum(axis=1)
    points = (relative * np.outer(excess, excess)).sum(axis=1)
    if points.sum() < 0:  # the points add nothing that is seen
        points = np.zeros_like(points)
    total = points.sum() + noise.sum()
    return (points + noise) / np.sqrt(total) if total > 0 else np.zeros_like(excess)


def _check_level(level: float) -> None:
    if not 0 < level < 1:
        raise ValueError(f"The level of an interval must be between 0 and 1, not {level:g}.")

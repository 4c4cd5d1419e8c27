"""The two-point correlation of a whole collection, as it is stored."""

import numpy as np

from models.space.correlation import (
    Correlation,
    default_edges,
    rms_separation,
    sampled_correlation,
    two_point_correlation,
)
from models.space.null import NullSummary, refitted_null, summarized

MAX_EXACT_PAIRS = 20_000  # galaxies up to which every pair is counted: 2e8 pairs
FIRST_SHIFTS, MAX_SHIFTS = 256, 1024  # beyond: each galaxy is paired with twice as many
NULL_BELOW = 5_000  # galaxies: fewer are compared with Gaussian points of their number too
N_NULL_DRAWS = 200


def whole_correlation(points: np.ndarray, seed: int) -> dict[str, np.ndarray]:
    """Arrays of correlation.npz: eps(r), and what few Gaussian points would give.

    points : (n, k) components of all galaxies, in random order
    """
    correlation = _correlation(points)
    arrays = correlation.to_arrays() | {"rms_separation": np.array(correlation.rms)}
    if correlation.n_points < NULL_BELOW:
        arrays |= _null(correlation, seed).to_arrays()
    return arrays


def _null(correlation: Correlation, seed: int) -> NullSummary:
    """What Gaussian points of this number give, which for few galaxies is not 0."""
    rng = np.random.default_rng(seed)
    n, variances, edges = correlation.n_points, correlation.variances, correlation.edges
    return summarized(refitted_null(n, variances, edges, N_NULL_DRAWS, rng), correlation)


def _correlation(points: np.ndarray) -> Correlation:
    """Correlation of all galaxies, whose `points` are in random order.

    Of many, pairs are added until what the others would change is small beside the error that
    the number of galaxies makes anyway.
    """
    edges = default_edges(rms_separation(points))
    if len(points) <= MAX_EXACT_PAIRS:
        return two_point_correlation(points, edges)
    n_shifts = FIRST_SHIFTS
    while True:
        correlation = sampled_correlation(points, edges, n_shifts)
        used = correlation.used
        is_fine = (correlation.sampling_sigma < correlation.sigma / 3)[used].all()
        if used.any() and is_fine or n_shifts >= MAX_SHIFTS:
            return correlation
        n_shifts *= 2

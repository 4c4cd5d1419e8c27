"""The cross-correlation of two sets of points: pairs of one of each."""

import numpy as np

from models.space.checks import are_all_same, as_float32, checked_edges, checked_points
from models.space.correlation import check_errors, check_shifts, predicted
from models.space.curve import Correlation, correlation_of, pairs_of
from models.space.error_modes import (
    Errors,
    Fit,
    Pairs,
    combine_influences,
    fit_in_widths,
    measure_influence,
    poisson_errors,
)
from models.space.gaussian import fit_gaussian
from models.space.influence import column_sums
from models.space.pair_walk import count_walked, walk_offsets
from models.space.pairs import Progress, count_neighbors
from models.space.resampling import N_GROUPS, subsample_products


def cross_correlation(
    points: np.ndarray,
    others: np.ndarray,
    edges: np.ndarray,
    *,
    n_shifts: int | None = None,
    errors: str = "fitted",
    progress: Progress | None = None,
) -> Correlation:
    """Measure how far the pairs of a point of either set are from those of one Gaussian.

    eps(r) = DD(r) / (n m p(r)) - 1, with n and m points in the sets. p is the probability of
    the bin for a Gaussian fitted to the union of both: a selection and its complement are
    compared with the same reference as the whole that they make, and the pairs within either
    and across add up to those of the whole. Below 0 where the sets keep apart.

    The errors follow from the influence of the points of both sets, the numbers of points in
    them being given: see `models.space.influence`.

    Parameters
    ----------
    points, others : (n_points, n_dim) and (n_others, n_dim) arrays
        No point should be in both sets: its pair with itself would count.
    edges : (n_bins + 1,) array
        Increasing separations, in the unit of the points.
    n_shifts : int, optional
        Count only so many pairs of each point of the larger set: see `models.space.pair_walk`.
        Both sets must then be in random order. Every point being used equally often, to within
        one pair, what is left is the noise of independent pairs, `sampling_sigma`. All pairs
        are counted if there are no more than these.
    errors : "fitted", "fixed", "poisson" or "subsample"
        How the errors are found: see `models.space.error_modes`.
    progress : callable, optional
        Called with the part that is done, between portions of work, where all pairs are
        counted. It may raise to stop.

    Returns
    -------
    Correlation
        Of `n_points` points and `n_others` others; `variances` and `rms` are those of the union.

    Raises
    ------
    ValueError
        If a set is empty, there are fewer than three points in all or all are the same, the
        dimensions differ, a value is not finite, `edges` do not increase, or `errors` has
        another name.
    """
    check_errors(errors)
    edges = checked_edges(edges)
    points, others = _checked(points, others)
    if n_shifts is not None:
        check_shifts(n_shifts)
    sets = [points, others]
    counts, partners = _counted(sets, edges, n_shifts, progress)
    union = np.concatenate(sets)
    mean, variances, axes = fit_gaussian(union)
    p, log_slopes, outside = predicted(edges, variances)
    larger = int(len(others) >= len(points))  # of which every pair of the walk was counted
    looked_at, possible = len(sets[larger]) * partners[larger], len(points) * len(others)
    pairs = pairs_of(column_sums(counts[larger]), p, looked_at, possible)
    fit = fit_in_widths(mean, variances, axes, log_slopes, len(union))
    return correlation_of(
        pairs,
        _errors(list(zip(sets, counts, partners, strict=True)), edges, pairs, fit, errors),
        edges,
        n_points=len(points),
        n_dim=points.shape[1],
        variances=variances,
        outside=outside,
        errors=errors,
        n_others=len(others),
    )


def _checked(points: np.ndarray, others: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both sets as float32, of which the pairs are counted."""
    points, others = (checked_points(some, at_least=0) for some in (points, others))
    if len(points) == 0 or len(others) == 0:
        raise ValueError(
            f"Both sets need points, and there are {len(points)} in one and {len(others)} in the "
            "other."
        )
    if len(points) + len(others) < 3:
        raise ValueError("At least 3 points are needed in both sets together, and there are 2.")
    if points.shape[1] != others.shape[1]:
        raise ValueError(
            f"Both sets must have the same dimension, not {points.shape[1]} and {others.shape[1]}."
        )
    if (points[0] == others[0]).all() and are_all_same(points) and are_all_same(others):
        raise ValueError(
            f"All {len(points) + len(others)} points are the same: there are no separations."
        )
    if np.float64 in (points.dtype, others.dtype):  # centred before the rounding
        mean = (points.sum(axis=0) + others.sum(axis=0)) / (len(points) + len(others))
        points, others = as_float32(points - mean), as_float32(others - mean)
    return points, others


def _counted(
    sets: list[np.ndarray], edges: np.ndarray, n_shifts: int | None, progress: Progress | None
) -> tuple[list[np.ndarray], list[int]]:
    """Neighbors of each point in the other set, and with how many it was looked at.

    The smaller set walks whole rounds only, so that its points have all as many partners: its
    counts may lack the last few pairs.
    """
    n = [len(some) for some in sets]
    if n_shifts is None or n_shifts >= min(n):
        halves = [_half(progress, 0.0), _half(progress, 0.5)]
        counts = [
            count_neighbors(sets[i], edges, sets[1 - i], progress=halves[i]) for i in range(2)
        ]
        return counts, n[::-1]
    larger = int(n[1] >= n[0])
    rounds = [n_shifts, n_shifts]
    rounds[1 - larger] = n_shifts * n[larger] // n[1 - larger]
    moves = [1, 1]
    moves[1 - larger] = -1
    offsets = [walk_offsets(n[i], n[1 - i], rounds[i], moves=moves[i]) for i in range(2)]
    counts = [count_walked(sets[i], edges, sets[1 - i], offsets[i]) for i in range(2)]
    return counts, rounds


def _half(progress: Progress | None, start: float) -> Progress | None:
    return None if progress is None else lambda fraction: progress(start + fraction / 2)


def _errors(
    sides: list[tuple[np.ndarray, np.ndarray, int]],
    edges: np.ndarray,
    pairs: Pairs,
    fit: Fit,
    errors: str,
) -> Errors:
    """Errors of one of the modes, from points, counts and partners of either set."""
    if errors == "poisson":
        return poisson_errors(pairs)
    if errors == "fixed":
        fit = fit._replace(log_slopes=0 * fit.log_slopes)
    influences = [
        measure_influence(counts, points, fit, pairs, partners)
        for points, counts, partners in sides
    ]
    if errors == "subsample":
        products = subsample_products([(points, counts) for points, counts, _ in sides], edges)
        products *= np.outer(pairs.excess, pairs.excess)
        influences = [
            influence._replace(products=products / 2, freedom=N_GROUPS - 1)
            for influence in influences
        ]
    return combine_influences(pairs, influences)

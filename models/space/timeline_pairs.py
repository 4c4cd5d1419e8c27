"""What the pairs of a space say, with errors: the score, the divergence, and the uniformity."""

import numpy as np

from models.space.correlation import Correlation, correlation_from_counts
from models.space.gaussian import fit_gaussian, separation_probability, with_open_ends
from models.space.jackknife import jackknife_error
from models.space.measured import Measured, undefined
from models.space.pairs import count_neighbors, count_pairs
from models.space.score import divergence, kl_divergence, tpcf_score

_ROWS = 512  # whose pairs with all others are in memory at once


def measure_pairs(points: np.ndarray, edges: np.ndarray, groups: np.ndarray) -> dict[str, Measured]:
    """Score and divergence of the separations from the Gaussian's.

    Parameters
    ----------
    points : (n, k) array
    edges : (n_bins + 1,) array
        The same for what is measured without a group.
    groups : (n,) array of ints from 0

    Returns
    -------
    dict
        "score", its error from the influence of each point and beside it the deck's linear sum,
        and "kl", its error by the jackknife.
    """
    counts = count_neighbors(points, edges)
    correlation = correlation_from_counts(points, edges, counts)
    score, kl = tpcf_score(correlation), kl_divergence(correlation)
    n = len(points)
    if not score.n_bins_used:
        reason = f"no bin has 10 pairs expected of {n:,} galaxies"
        return {"score": undefined(n, reason), "kl": undefined(n, reason)}
    found = {"score": Measured(score.value, score.sigma, n, linear_error=score.sigma_linear)}
    if not np.isfinite(kl):
        found["kl"] = undefined(n, "pairs lie where the Gaussian has no probability")
    else:
        replicates = kl_without_groups(points, correlation, counts, groups)
        found["kl"] = Measured(kl, jackknife_error(replicates), n)
    return found


def kl_without_groups(
    points: np.ndarray, correlation: Correlation, counts: np.ndarray, groups: np.ndarray
) -> np.ndarray:
    """Divergence without each group, the Gaussian fitted to the rest, on the same bins.

    Pairs are not counted again: those that a group takes along are the neighbors of its points,
    less the pairs within it, which are at two of its points.

    Parameters
    ----------
    points : (n, k) array
    correlation : Correlation
        Of all the points.
    counts : (n, n_bins) array
        Neighbors of each point in each bin.
    groups : (n,) array of ints from 0

    Returns
    -------
    (n_groups,) array
    """
    edges, used = correlation.edges, correlation.used
    all_edges, inside = with_open_ends(edges)
    replicates = []
    for group in range(groups.max() + 1):
        is_gone = groups == group
        lost = counts[is_gone].sum(axis=0) - count_pairs(points[is_gone], edges)
        rest = points[~is_gone]
        observed = (correlation.counted - lost) / (len(rest) * (len(rest) - 1) / 2)
        p = separation_probability(all_edges, fit_gaussian(rest)[1])
        outside = float(np.delete(p, np.r_[inside]).sum())
        replicates.append(divergence(observed, p[inside], outside, used))
    return np.array(replicates)


def measure_uniformity(representations: np.ndarray, groups: np.ndarray) -> Measured:
    """Log of the mean Gaussian potential of pairs of directions (Wang & Isola 2020).

    log mean exp(-2 |x - y|^2) over pairs of L2-normalised representations: 0 where all have one
    direction, -4 and somewhat above in many dimensions where they are spread evenly.

    Parameters
    ----------
    representations : (n, n_dim) array
    groups : (n,) array of ints from 0
    """
    n = len(representations)
    lengths = np.linalg.norm(representations.astype(np.float64), axis=1)
    if not (lengths > 0).all():
        return undefined(n, "a representation is 0 and has no direction")
    sums = _potentials(representations / lengths[:, None], groups)
    sizes = np.bincount(groups)
    rest = n - sizes
    left = sums.sum() - 2 * sums.sum(axis=1) + np.diag(sums)
    replicates = np.log(left / (rest * (rest - 1)))
    value = float(np.log(sums.sum() / (n * (n - 1))))
    return Measured(value, jackknife_error(replicates), n)


def _potentials(directions: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """Sum of exp(-2 |x - y|^2) over pairs of two points, by their groups: (n_groups, n_groups)."""
    n_groups = groups.max() + 1
    order = np.argsort(groups, kind="stable")
    directions, sorted_groups = directions[order].astype(np.float32), groups[order]
    starts = np.searchsorted(sorted_groups, np.arange(n_groups))
    sums = np.zeros((n_groups, n_groups))
    for first in range(0, len(directions), _ROWS):
        rows = slice(first, first + _ROWS)
        potentials = np.exp(4 * (directions[rows] @ directions.T - 1))  # |x - y|^2 = 2 (1 - cos)
        np.fill_diagonal(potentials[:, first:], 0)  # each with itself
        by_group = np.add.reduceat(potentials, starts, axis=1, dtype=np.float64)
        np.add.at(sums, sorted_groups[rows], by_group)
    return sums

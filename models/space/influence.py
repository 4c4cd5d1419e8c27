"""Errors of the correlation from what each point contributes to it.

Pairs share points, so their counts are not Poisson; and the Gaussian that they are compared
with is fitted to the same points, which takes much of their scatter out again. Both follow from
the influence of point i on bin j,

    psi_ij = (c_ij - mean_i c_ij) / E_j  -  (1 + eps_j) / (n - 1) * sum_k d_jk (z_ik^2 - lambda_k),

with c_ij the neighbors of the point in the bin, E_j the pairs expected there, d_jk = dlog p_j /
dlambda_k the slope of their probability, and z_ik the point's coordinates on the axes of the
fitted Gaussian. It is linear in c and in z^2, so that the sums of psi_ij psi_il over the points,
for every two bins, follow from the second moments of c and z^2: one pass over the points.

With few points it matters that leaving one out changes the Gaussian by more than its slope
says. Without point i, the covariance loses one direction, and the transform that p is computed
from (`models.space.gaussian`) gains a factor; at its saddle point that is, by bin,

    p_j / p_j(without i) = sqrt(1 - L_ij),     L_ij = -2 sum_k d_jk z_ik^2 n / (n - 1)^2,

exact where p goes with the determinant of the covariance, at small separations; elsewhere the
sums of squares are within some 3 % of those of recomputed probabilities. L is the leverage of
the point, some n_dim / n.
"""

from typing import NamedTuple

import numba
import numpy as np

_BLOCK = 16_384  # points at a time: what is multiplied stays in the cache
_LEAST = 0.01  # of 1 - leverage: a point that alone spans a direction has none left
_ROWS = 32_768  # points of a task when columns are added up
_MANY = 1_000_000  # counts, from which that is worth more than one core


class Moments(NamedTuple):
    """Sums over the points of products of deviations from their means.

    counts : (n_bins, n_bins) of the neighbors counted, for every two bins
    mixed : (n_bins, n_axes) of the neighbors counted and the squared coordinates
    squares : (n_axes, n_axes) of the squared coordinates, for every two axes
    """

    counts: np.ndarray
    mixed: np.ndarray
    squares: np.ndarray


def influence_moments(
    counts: np.ndarray, points: np.ndarray, mean: np.ndarray, axes: np.ndarray
) -> Moments:
    """Sum what the errors need to know of the points.

    Products are taken in float32, block by block, and added up in float64.

    Parameters
    ----------
    counts : (n_points, n_bins) array of any integers
        Neighbors counted of each point in each bin.
    points : (n_points, n_dim) array
    mean, axes : (n_dim,) and (n_dim, n_axes) arrays
        Of the fitted Gaussian: z = (points - mean) @ axes.
    """
    n_bins, n_columns = counts.shape[1], counts.shape[1] + axes.shape[1]
    axes, shift = axes.astype(np.float32), (mean @ axes).astype(np.float32)
    origin = np.zeros(n_columns + 1, np.float32)
    block = np.empty((min(_BLOCK, len(counts)), n_columns + 1), np.float32)
    products = np.zeros((n_columns + 1, n_columns + 1))
    for first in range(0, len(counts), _BLOCK):
        rows = slice(first, first + _BLOCK)
        filled = block[: len(counts[rows])]
        filled[:, :n_bins] = counts[rows]
        np.square(points[rows].astype(np.float32, copy=False) @ axes - shift, filled[:, n_bins:-1])
        filled[:, -1] = 1  # its products with the others are their sums
        if first == 0:  # near the means: small numbers keep their digits in float32
            origin[:-1] = filled[:, :-1].mean(axis=0)
        filled -= origin
        products += filled.T @ filled
    sums, products = products[-1, :-1], products[:-1, :-1]
    products -= np.outer(sums, sums) / len(counts)
    return Moments(
        products[:n_bins, :n_bins], products[:n_bins, n_bins:], products[n_bins:, n_bins:]
    )


def influence_products(
    moments: Moments, expected: np.ndarray, slopes: np.ndarray | None
) -> np.ndarray:
    """Sum psi_ij psi_il over the points, for every two bins: (n_bins, n_bins).

    Parameters
    ----------
    moments : Moments
    expected : (n_bins,) array
        Pairs expected among those counted; NaN where none can be.
    slopes : (n_bins, n_axes) array, or None
        (1 + eps_j) d_jk / (n - 1); None for a Gaussian that is not fitted to the points.
    """
    with np.errstate(divide="ignore", invalid="ignore"):  # bins in which no pair is expected
        products = moments.counts / np.outer(expected, expected)
        relative = moments.mixed / expected[:, None]
    if slopes is None:
        return products
    mixed = relative @ slopes.T
    return products - mixed - mixed.T + slopes @ moments.squares @ slopes.T


def left_out_changes(
    lost: np.ndarray, squares: np.ndarray, log_slopes: np.ndarray, n_fitted: int
) -> np.ndarray:
    """Relative change of 1 + eps in each bin when a point is left out in earnest.

    Less its mean, and scaled so that sums of products over the points are the jackknife's
    covariance. For few points: it takes an array of (n_points, n_bins).

    Parameters
    ----------
    lost : (n_points, n_bins) array
        Share of the pairs of each bin that go with the point.
    squares : (n_points, n_axes) array
        z_ik^2.
    log_slopes : (n_bins, n_axes) array
        d_jk; zeros for a Gaussian that is not fitted to the points.
    n_fitted : int
        Points that the Gaussian is fitted to.

    Returns
    -------
    (n_points, n_bins) array
        NaN where no pair was counted.
    """
    leverages = squares @ (-2 * n_fitted / (n_fitted - 1) ** 2 * log_slopes.T)
    left = (1 - lost) * np.sqrt(np.maximum(1 - leverages, _LEAST))
    return (1 - left / left.mean(axis=0)) * np.sqrt(1 - 1 / len(lost))


def pair_noise(counted: np.ndarray, expected: np.ndarray, n_pairs: int) -> np.ndarray:
    """Covariance of eps over bins if the pairs were independent: (n_bins, n_bins).

    Multinomial: a pair in one bin is in no other. With few wide bins that matters to the sum of
    eps, whose noise would vanish if all bins were equally likely and held all pairs.

    Parameters
    ----------
    counted, expected : (n_bins,) arrays
        Pairs in each bin, and how many of the `n_pairs` looked at are expected there.
    """
    ratio = counted / expected
    return np.diag(ratio / expected) - np.outer(ratio, ratio) / n_pairs


def column_sums(counts: np.ndarray) -> np.ndarray:
    """Sum over the points of the neighbors counted in each bin: (n_bins,) int64."""
    if counts.size < _MANY:  # waking the other cores takes longer
        return counts.sum(axis=0, dtype=np.int64)
    return _column_sums(np.ascontiguousarray(counts))


@numba.njit(parallel=True, cache=True, nogil=True)
def _column_sums(counts: np.ndarray) -> np.ndarray:
    """On all cores; numpy takes five times as long to add up bytes."""
    n_points, n_bins = counts.shape
    n_tasks = (n_points + _ROWS - 1) // _ROWS
    sums = np.zeros((n_tasks, n_bins), np.int64)
    for task in numba.prange(n_tasks):
        for i in range(task * _ROWS, min((task + 1) * _ROWS, n_points)):
            for j in range(n_bins):
                sums[task, j] += np.int64(counts[i, j])
    return sums.sum(axis=0)

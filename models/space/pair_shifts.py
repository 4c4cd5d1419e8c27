"""Pairs of points some places apart in their order: the kernel of live counts."""

import numba
import numpy as np

from models.space.pair_bins import CELLS, Bins
from models.space.pair_blocks import FAST, Source, search

_BLOCK = 512  # points whose counts stay in the cache while all shifts pass


@numba.njit(parallel=True, cache=True, nogil=True)
def transposed(points: np.ndarray, scale: float) -> np.ndarray:
    """(n_dim, n_points) from (n_points, n_dim), times `scale`; in blocks that fit the cache."""
    n_points, n_dim = points.shape
    columns = np.empty((n_dim, n_points), np.float32)
    for task in numba.prange((n_points + _BLOCK - 1) // _BLOCK):
        first = np.int64(task) * _BLOCK
        for k in range(n_dim):
            for i in range(first, min(first + _BLOCK, n_points)):
                columns[k, i] = points[i, k] * scale
    return columns


@numba.njit(parallel=True, cache=True, nogil=True)
def count_shifts(
    points: np.ndarray,
    columns: np.ndarray,
    shifts: np.ndarray,
    bins: Bins,
    counts: np.ndarray,
) -> None:
    """Add to `counts`, (n_points, n_bins + 2), every point with those `shifts` after it, cyclic.

    points : (n_points, n_dim) float32 as given
    columns : (n_dim, n_points) float32, scaled
    """
    n_points, none = columns.shape[1], points[0, :0]
    for task in numba.prange((n_points + _BLOCK - 1) // _BLOCK):
        first = np.int64(task) * _BLOCK
        last = min(first + _BLOCK, n_points)
        squares, cells = np.empty(_BLOCK, np.float32), np.empty(_BLOCK, np.int32)
        for shift in shifts:
            # Partners run in order, and start over at 0 after the last point.
            turn = min(max(n_points - shift, first), last)
            _separate_each(columns, first, first + shift, turn - first, squares, 0)
            around = turn + shift - n_points
            _separate_each(columns, turn, around, last - turn, squares, turn - first)
            for i in range(np.uint64(last - first)):
                cells[i] = np.int32(min(squares[i] * bins.cells_per_unit, np.float32(CELLS)))
            for i in range(last - first):
                slot = bins.table[np.uint32(cells[i])]
                if slot > len(bins.below):
                    partner = (first + i + shift) % n_points
                    source = Source(points, points, first + i, partner, 1, 1, none, none, 0.0)
                    slot = search(squares[i], 0, source, bins)
                counts[first + i, slot] += 1


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _separate_each(
    columns: np.ndarray, first: int, partner: int, size: int, squares: np.ndarray, start: int
) -> None:
    """Fill `squares`, from `start` on, with those of `size` pairs of points.

    They run from `first` on, their partners from `partner` on.
    """
    at, a, b = np.uint64(start), np.uint64(first), np.uint64(partner)
    for j in range(np.uint64(size)):
        squares[at + j] = 0
    n_dim = len(columns)
    for k in range(np.uint64(0), np.uint64(n_dim // 2 * 2), np.uint64(2)):
        k1 = k + np.uint64(1)
        for j in range(np.uint64(size)):
            p = columns[k, a + j] - columns[k, b + j]
            q = columns[k1, a + j] - columns[k1, b + j]
            squares[at + j] += p * p + q * q
    if n_dim % 2:
        k = np.uint64(n_dim - 1)
        for j in range(np.uint64(size)):
            p = columns[k, a + j] - columns[k, b + j]
            squares[at + j] += p * p

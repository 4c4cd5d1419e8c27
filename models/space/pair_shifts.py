"""Pairs of points some places apart in their orders: the kernel of live counts."""

import numba
import numpy as np

from models.space.pair_bins import Bins
from models.space.pair_blocks import FAST, Source, search

_BLOCK = 512  # points whose counts stay in the cache while all shifts pass
_STRIP = 64  # points whose coordinates are turned from rows to columns in the first cache


@numba.njit(parallel=True, cache=True, nogil=True)
def transposed(points: np.ndarray, scale: float) -> np.ndarray:
    """(n_dim, n_points) from (n_points, n_dim) float32 in rows, times `scale`."""
    n_points, n_dim = points.shape
    columns, values = np.empty((n_dim, n_points), np.float32), points.reshape(-1)
    for task in numba.prange((n_points + _STRIP - 1) // _STRIP):
        first = np.uint64(task * _STRIP)
        size = np.uint64(min(_STRIP, n_points - task * _STRIP))
        for k in range(np.uint64(n_dim)):
            at = first * np.uint64(n_dim) + k
            for i in range(size):
                columns[k, first + i] = values[at + i * np.uint64(n_dim)] * scale
    return columns


@numba.njit(parallel=True, cache=True, nogil=True)
def count_offsets(
    points: np.ndarray,
    columns: np.ndarray,
    others: np.ndarray,
    other_columns: np.ndarray,
    offsets: np.ndarray,
    bins: Bins,
    counts: np.ndarray,
) -> None:
    """Count every point i with the others (i + offset) mod n_others.

    points, others : (n, n_dim) float32 as given
    columns, other_columns : (n_dim, n) float32, from `transposed`
    counts : (n_points, n_bins + 2), to which is added
    """
    n_points, n_others, none = columns.shape[1], other_columns.shape[1], points[0, :0]
    last_cell = np.float32(len(bins.table) - 1)
    for task in numba.prange((n_points + _BLOCK - 1) // _BLOCK):
        first = np.int64(task) * _BLOCK
        last = min(first + _BLOCK, n_points)
        squares, cells = np.empty(_BLOCK, np.float32), np.empty(_BLOCK, np.int32)
        for offset in offsets:
            start = first
            while start < last:  # the others start over once, or more often where they are few
                partner = (start + offset) % n_others
                size = min(last - start, n_others - partner)
                _separate_each(columns, start, other_columns, partner, squares, size)
                for i in range(np.uint64(size)):
                    cells[i] = np.int32(min(squares[i] * bins.cells_per_unit, last_cell))
                for i in range(size):
                    slot = bins.table[np.uint32(cells[i])]
                    if slot > len(bins.below):
                        pair = (start + i, partner + i, 1, 1)
                        source = Source(points, others, *pair, none, none, 0.0)
                        slot = search(squares[i], 0, source, bins)
                    counts[start + i, slot] += 1
                start += size


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _separate_each(
    columns: np.ndarray,
    first: int,
    others: np.ndarray,
    partner: int,
    squares: np.ndarray,
    size: int,
) -> None:
    """Fill `squares` with those of `size` pairs, from a first point and its partner on."""
    a, b, n_dim = np.uint64(first), np.uint64(partner), len(columns)
    for j in range(np.uint64(size)):
        squares[j] = 0
    for k in range(np.uint64(0), np.uint64(n_dim // 2 * 2), np.uint64(2)):
        k1 = k + np.uint64(1)
        for j in range(np.uint64(size)):
            p, q = columns[k, a + j] - others[k, b + j], columns[k1, a + j] - others[k1, b + j]
            squares[j] += p * p + q * q
    if n_dim % 2:
        k = np.uint64(n_dim - 1)
        for j in range(np.uint64(size)):
            p = columns[k, a + j] - others[k, b + j]
            squares[j] += p * p

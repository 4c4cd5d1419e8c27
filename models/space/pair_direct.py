"""Pairs from differences of coordinates: the kernels for few dimensions."""

import numba
import numpy as np

from models.space.pair_bins import Bins
from models.space.pair_blocks import (
    FAST,
    Source,
    collect,
    count_block,
    count_rows,
    make_scratch,
)
from models.space.pair_tiles import TILE, Tiles, edges_between, n_points_of

FEW_EDGES = 12  # to compare every square with; for more the table is faster
_ROWS = 16  # with a histogram of their own at a time, so that these stay in the first cache


@numba.njit(parallel=True, cache=True, nogil=True)
def count_totals(
    tiles: Tiles, others: Tiles, turns: np.ndarray, bins: Bins, is_self: bool
) -> np.ndarray:
    """Pairs of the tiles in `turns` with all others, by slot.

    With `is_self`, of the tiles with themselves: every pair twice, and each point with itself.
    """
    totals = np.zeros((len(turns), len(bins.below) + 1), np.int64)
    for task in numba.prange(len(turns)):
        tile = np.int64(turns[task])
        scratch = make_scratch(TILE * TILE, 1, bins)
        apart = np.zeros(totals.shape[1], np.int64)  # pairs of different tiles, met once only
        height = n_points_of(tiles, tile)
        for other in range(tile if is_self else 0, len(others.columns)):
            counts = apart if is_self and other != tile else totals[task]
            width = n_points_of(others, other)
            crossing = edges_between(tiles, tile, others, other, bins)
            if crossing[0] == crossing[1]:
                counts[crossing[0]] += height * width
                continue
            separate(tiles, tile, (0, height), others, other, scratch.squares)
            place = (tile * TILE, other * TILE, height, width)
            source = Source(
                tiles.points, others.points, *place, tiles.points[0, :0], tiles.points[0, :0], 0.0
            )
            count_block(scratch, crossing, source, bins, counts)
        totals[task] += 2 * apart
    return totals.sum(axis=0)


@numba.njit(parallel=True, cache=True, nogil=True)
def count_each(tiles: Tiles, others: Tiles, span: tuple[int, int], bins: Bins) -> np.ndarray:
    """Pairs of each point of the tiles of a span with all others, by slot: a line for each point.

    (n_tiles * TILE, n_bins + 2); the lines of padding are 0.
    """
    parts = TILE // _ROWS
    counts = np.zeros(((span[1] - span[0]) * TILE, len(bins.below) + 1), np.int64)
    for task in numba.prange((span[1] - span[0]) * parts):
        tile, row = np.int64(span[0] + task // parts), np.int64(task % parts) * _ROWS
        stop = min(row + _ROWS, n_points_of(tiles, tile))
        if stop <= row:
            continue
        scratch = make_scratch(_ROWS * TILE, _ROWS, bins)
        lines = counts[task * _ROWS : (task + 1) * _ROWS]
        for other in range(len(others.columns)):
            width = n_points_of(others, other)
            crossing = edges_between(tiles, tile, others, other, bins)
            if crossing[0] == crossing[1]:
                lines[: stop - row, crossing[0]] += width
                continue
            separate(tiles, tile, (row, stop), others, other, scratch.squares)
            place = (tile * TILE + row, other * TILE, stop - row, width)
            source = Source(
                tiles.points, others.points, *place, tiles.points[0, :0], tiles.points[0, :0], 0.0
            )
            count_rows(scratch, crossing, source, bins, lines)
        for i in range(stop - row):
            collect(scratch, i, lines[i])
    return counts


# Two rows at a time, which share what is read of the other tile, and four dimensions. The second
# row may be padding; it is then not counted.


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def separate(
    tiles: Tiles, tile: int, rows: tuple[int, int], others: Tiles, other: int, squares: np.ndarray
) -> None:
    """Fill `squares` with those of some rows of a tile and all points of another."""
    n_rows, width = tiles.columns.shape[1], n_points_of(others, other)
    if n_rows == 3:
        _separate_in_three(tiles.columns, tile, rows, others.columns, other, width, squares)
    else:
        _separate_in_fours(tiles.columns, tile, rows, others.columns, other, width, squares)


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _separate_in_fours(columns, tile, rows, others, other, width, squares):  # noqa: ANN001, ANN202
    n_rows = columns.shape[1]
    tile, other, size = np.uint64(tile), np.uint64(other), np.uint64(width)
    at, one = np.uint64(0), np.uint64(1)
    squares[:] = 0
    for row in range(np.uint64(rows[0]), np.uint64(rows[1]), np.uint64(2)):
        for k in range(np.uint64(0), np.uint64(n_rows // 4 * 4), np.uint64(4)):
            k1, k2, k3 = k + one, k + np.uint64(2), k + np.uint64(3)
            a0, a1 = columns[tile, k, row], columns[tile, k1, row]
            a2, a3 = columns[tile, k2, row], columns[tile, k3, row]
            b0, b1 = columns[tile, k, row + one], columns[tile, k1, row + one]
            b2, b3 = columns[tile, k2, row + one], columns[tile, k3, row + one]
            for j in range(size):
                c0, c1 = others[other, k, j], others[other, k1, j]
                c2, c3 = others[other, k2, j], others[other, k3, j]
                p0, p1, p2, p3 = a0 - c0, a1 - c1, a2 - c2, a3 - c3
                q0, q1, q2, q3 = b0 - c0, b1 - c1, b2 - c2, b3 - c3
                squares[at + j] += p0 * p0 + p1 * p1 + p2 * p2 + p3 * p3
                squares[at + size + j] += q0 * q0 + q1 * q1 + q2 * q2 + q3 * q3
        if n_rows % 4:
            k, k1 = np.uint64(n_rows - 2), np.uint64(n_rows - 1)
            a0, a1 = columns[tile, k, row], columns[tile, k1, row]
            b0, b1 = columns[tile, k, row + one], columns[tile, k1, row + one]
            for j in range(size):
                c0, c1 = others[other, k, j], others[other, k1, j]
                p0, p1, q0, q1 = a0 - c0, a1 - c1, b0 - c0, b1 - c1
                squares[at + j] += p0 * p0 + p1 * p1
                squares[at + size + j] += q0 * q0 + q1 * q1
        at += np.uint64(2) * size


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _separate_in_three(
    columns: np.ndarray,
    tile: int,
    rows: tuple[int, int],
    others: np.ndarray,
    other: int,
    width: int,
    squares: np.ndarray,
) -> None:
    """The same where three dimensions or fewer are all."""
    tile, other, size = np.uint64(tile), np.uint64(other), np.uint64(width)
    at, one, two = np.uint64(0), np.uint64(1), np.uint64(2)
    for row in range(np.uint64(rows[0]), np.uint64(rows[1])):
        a0, a1, a2 = columns[tile, 0, row], columns[tile, one, row], columns[tile, two, row]
        for j in range(size):
            p0 = a0 - others[other, np.uint64(0), j]
            p1, p2 = a1 - others[other, one, j], a2 - others[other, two, j]
            squares[at + j] = p0 * p0 + p1 * p1 + p2 * p2
        at += size

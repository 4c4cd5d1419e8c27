"""Points in tiles of near ones, each with the box around it: what the pair kernels work on."""

from typing import NamedTuple

import numba
import numpy as np

from models.space.pair_bins import Bins

TILE = 64  # points; their coordinates fill four vector registers of 16 float32 each
_SPLIT_DIMENSIONS = 16  # of the largest variance: in others a split would gain little


class Tiles(NamedTuple):
    """Points in the order of a k-d tree, cut into tiles.

    points : (n_points, n_dim) float32 in that order, as given: for what must be exact
    columns : (n_tiles, n_rows, size) float32, scaled, one coordinate of a tile at a time; the
        last tile is padded, and n_rows is n_dim made up with zeros to 3 or to an even number
    low, high : (n_tiles, n_dim) float64, the boxes around the scaled points
    order : (n_points,) the row of each point among those given
    """

    points: np.ndarray
    columns: np.ndarray
    low: np.ndarray
    high: np.ndarray
    order: np.ndarray


def power_of_two_near(*points: np.ndarray) -> float:
    """Scale that brings the largest coordinate to between 1/2 and 1 without rounding any.

    Or as near to it as float32 has a power of two.
    """
    largest = max(max(float(some.max(initial=0)), -float(some.min(initial=0))) for some in points)
    return 2.0 ** min(-np.frexp(largest)[1], 126) if largest > 0 else 1.0


def make_tiles(
    points: np.ndarray, scale: float, size: int = TILE, with_columns: bool = True
) -> Tiles:
    """Sort (n_points, n_dim) float32 points into tiles, and multiply them with `scale`.

    Without columns there are none, for kernels that read the points another way.
    """
    n_points, n_dim = points.shape
    widest = np.argsort(-points[:: max(1, n_points // 4096)].astype(np.float64).var(axis=0))
    order = _tree_order(points, np.sort(widest[:_SPLIT_DIMENSIONS]), size)
    points = points[order]
    n_tiles = -(-n_points // size)
    low, high = _boxes(points, size)
    n_rows = max(3, n_dim + n_dim % 2 * (n_dim > 3)) if with_columns else 0
    columns = np.zeros((n_tiles, n_rows, size), np.float32)
    if with_columns:
        padding = np.repeat(points[-1:], n_tiles * size - n_points, axis=0)
        blocks = np.concatenate([points, padding]).reshape(n_tiles, size, n_dim)
        np.multiply(blocks.transpose(0, 2, 1), np.float32(scale), out=columns[:, :n_dim])
    return Tiles(points, columns, low * float(scale), high * float(scale), order)


def _boxes(points: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Least and largest coordinates of each tile: (n_tiles, n_dim) each."""
    whole = len(points) // size * size
    full, last = points[:whole].reshape(-1, size, points.shape[1]), points[whole:]
    low, high = full.min(axis=1), full.max(axis=1)
    if len(last):
        low, high = np.vstack([low, last.min(axis=0)]), np.vstack([high, last.max(axis=0)])
    return low, high


@numba.njit(cache=True, nogil=True)
def _tree_order(points: np.ndarray, dimensions: np.ndarray, size: int) -> np.ndarray:
    """Order of a k-d tree: halves along the widest dimension, down to `size` points."""
    order, values = np.arange(len(points)), np.empty(len(points), np.float32)
    pending = [(0, len(points))]
    while len(pending):
        start, stop = pending.pop()
        n_tiles = (stop - start + size - 1) // size
        if n_tiles < 2:
            continue
        width, widest = np.float32(-1), 0
        for k in dimensions:
            low = high = points[order[start], k]
            for i in range(start, stop):
                low, high = min(low, points[order[i], k]), max(high, points[order[i], k])
            if high - low > width:
                width, widest = high - low, k
        middle = start + n_tiles // 2 * size  # every tile but the last is full
        for i in range(start, stop):
            values[i] = points[order[i], widest]
        _partition(values, order, start, stop - 1, middle)
        pending.append((start, middle))
        pending.append((middle, stop))
    return order


@numba.njit(cache=True, nogil=True)
def _partition(values: np.ndarray, order: np.ndarray, low: int, high: int, middle: int) -> None:
    """Bring the values from `low` to `high` in two halves, those before `middle` the smaller.

    Quickselect (Hoare 1961); equal values are spread over both sides.
    """
    while low < high:
        pivot = values[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while values[i] < pivot:
                i += 1
            while values[j] > pivot:
                j -= 1
            if i <= j:
                values[i], values[j] = values[j], values[i]
                order[i], order[j] = order[j], order[i]
                i, j = i + 1, j - 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


@numba.njit(cache=True, nogil=True)
def n_points_of(tiles: Tiles, tile: int) -> int:
    """Number of points of a tile: all are full but the last."""
    size = tiles.columns.shape[2]
    return min(size, len(tiles.points) - tile * size)


@numba.njit(cache=True, nogil=True)
def edges_between(
    tiles: Tiles, tile: int, others: Tiles, other: int, bins: Bins
) -> tuple[int, int]:
    """First, and one past the last, of the edges that may lie between points of two boxes.

    Equal where all pairs are in one slot, which both then name: the tiles need not be opened.
    """
    least, largest = 0.0, 0.0
    for k in range(tiles.low.shape[1]):
        ahead = others.low[other, k] - tiles.high[tile, k]
        behind = tiles.low[tile, k] - others.high[other, k]
        gap, reach = max(ahead, behind, 0.0), max(-ahead, -behind)
        least += gap * gap
        largest += reach * reach
    first, last = 0, len(bins.above)
    while first < last and bins.above[first] <= least:
        first += 1
    while last > first and bins.below[last - 1] > largest:
        last -= 1
    return first, last

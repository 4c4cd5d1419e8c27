"""Blocks of squared separations into bins: what every pair kernel ends in.

A block of float32 squares lies in the scratch of its thread, row after row. How it is binned
depends on how many edges cross it, which is few where both sides are tiles of near points:
none, and the block is counted as one; a few, and all squares are compared with each; many, and
each square looks its bin up in a table.

The kernels index with unsigned numbers: numba then knows that no index counts from the end, and
the loops compile to vector instructions.
"""

from typing import NamedTuple

import numba
import numpy as np

from models.space.pair_bins import Bins

FAST = {"reassoc", "contract", "nnan", "nsz"}  # sums in any order, and fused: see `Bins`
_LANES = 8  # histograms in turn: adding to a number again at once would wait for it


class Source(NamedTuple):
    """Where the squares of a block come from, to compute one again.

    points, others : float32 arrays of points as given
    first_row, first_other : of the block's rows among the points, of its columns among the others
    n_rows, width : number of rows and columns
    norms, other_norms : their |x|^2, where the squares come from products; else empty
    error : of a square, for each unit of its two norms; else 0
    """

    points: np.ndarray
    others: np.ndarray
    first_row: int
    first_other: int
    n_rows: int
    width: int
    norms: np.ndarray
    other_norms: np.ndarray
    error: float


class Scratch(NamedTuple):
    """Memory of one thread.

    squares : float32, the separations squared of a block
    bits : the same as integers
    cells : int32, the cell of the table for each
    unsure : int32, places of those whose cell an edge crosses
    lanes : (_LANES * n_rows, n_bins + 3) int32, histograms of each row that has its own
    """

    squares: np.ndarray
    bits: np.ndarray
    cells: np.ndarray
    unsure: np.ndarray
    lanes: np.ndarray


@numba.njit(cache=True, nogil=True)
def make_scratch(size: int, n_rows: int, bins: Bins) -> Scratch:
    """Memory to bin blocks of up to `size` squares, in histograms of their own for `n_rows`."""
    lanes = np.zeros((_LANES * n_rows, len(bins.below) + 2), np.int32)
    squares = np.empty(size, np.float32)
    cells, unsure = np.empty(size, np.int32), np.empty(size + 1, np.int32)
    return Scratch(squares, squares.view(np.int32), cells, unsure, lanes)


@numba.njit(cache=True, nogil=True)
def count_block(
    scratch: Scratch, crossing: tuple[int, int], source: Source, bins: Bins, counts: np.ndarray
) -> None:
    """Add the pairs of a block to `counts`, (n_bins + 2,) with those outside of all bins.

    crossing : first, and one past the last, of the edges that may cross the block
    """
    size = source.n_rows * source.width
    if not is_bounded(source, bins):
        for i in range(size):
            counts[search(scratch.squares[i], i, source, bins)] += 1
        return
    first, last = edges_within(scratch, size, crossing, bins)
    if first == last:
        counts[first] += size
    elif last - first <= bins.few_edges:
        _compare(scratch.squares, (first, last), source, bins, counts)
    else:
        look_up(scratch, source, bins, False)
        collect(scratch, 0, counts)


@numba.njit(cache=True, nogil=True)
def count_rows(
    scratch: Scratch, crossing: tuple[int, int], source: Source, bins: Bins, lines: np.ndarray
) -> None:
    """The same for each row of a block: to its line of `lines`, or to its histograms."""
    size = source.n_rows * source.width
    if not is_bounded(source, bins):
        for i in range(size):
            lines[i // source.width, search(scratch.squares[i], i, source, bins)] += 1
        return
    first, last = edges_within(scratch, size, crossing, bins)
    if first == last:
        lines[: source.n_rows, first] += source.width
    else:
        look_up(scratch, source, bins, True)


@numba.njit(cache=True, nogil=True)
def is_bounded(source: Source, bins: Bins) -> bool:
    """Whether the limits of the bins hold for this block: not where a point is far out."""
    if source.error == 0:
        return True
    rows = source.norms[source.first_row : source.first_row + source.n_rows]
    others = source.other_norms[source.first_other : source.first_other + source.width]
    return source.error * (rows.max() + others.max()) <= bins.absolute


@numba.njit(cache=True, nogil=True)
def edges_within(
    scratch: Scratch, size: int, crossing: tuple[int, int], bins: Bins
) -> tuple[int, int]:
    """Which of the edges `crossing` may cross the first squares: first, and one past the last.

    Equal where all are in one slot, which both then name. Compared as integers: positive floats
    sort as their bits do, and only so does the search compile to vector instructions.
    """
    bits, above, below = scratch.bits, bins.above_bits, bins.below_bits
    low = high = bits[0]
    for i in range(np.uint64(size)):
        low, high = min(low, bits[i]), max(high, bits[i])
    first, last = crossing
    while first < last and above[first] <= low:
        first += 1
    while last > first and below[last - 1] > high:
        last -= 1
    return first, last


@numba.njit(cache=True, nogil=True)
def _compare(
    squares: np.ndarray,
    crossing: tuple[int, int],
    source: Source,
    bins: Bins,
    counts: np.ndarray,
) -> None:
    """Count by comparing all squares with each of the edges that cross the block."""
    first, last = crossing
    size, before = source.n_rows * source.width, 0
    for edge in range(first, last):
        surely, perhaps = _count_below(squares, size, bins.below[edge], bins.above[edge])
        found = np.int64(surely)
        if perhaps > surely:
            for i in range(np.uint64(size)):
                if bins.below[edge] <= squares[i] < bins.above[edge]:
                    found += search(squares[i], i, source, bins) <= edge
        counts[edge] += found - before
        before = found
    counts[last] += size - before


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _count_below(
    squares: np.ndarray, size: int, below: np.float32, above: np.float32
) -> tuple[np.float32, np.float32]:
    """How many of the first `size` squares are less than either. Exact up to 2^24."""
    surely, perhaps = np.float32(0), np.float32(0)
    for i in range(np.uint64(size)):
        surely += np.float32(1) if squares[i] < below else np.float32(0)
        perhaps += np.float32(1) if squares[i] < above else np.float32(0)
    return surely, perhaps


@numba.njit(cache=True, nogil=True)
def look_up(scratch: Scratch, source: Source, bins: Bins, each: bool) -> None:
    """Add a block to the histograms of its rows, or all to those of the first, by the table."""
    squares, cells, last = scratch.squares, scratch.cells, np.float32(len(bins.table) - 1)
    for i in range(np.uint64(source.n_rows * source.width)):
        cells[i] = np.int32(min(squares[i] * bins.cells_per_unit, last))
    width = np.uint64(source.width)
    for row in range(np.uint64(source.n_rows)):
        lane = row * np.uint64(_LANES) if each else np.uint64(0)
        _add_row(scratch, row * width, width, lane, source, bins)


@numba.njit(cache=True, nogil=True)
def _add_row(
    scratch: Scratch, start: int, width: int, lane: int, source: Source, bins: Bins
) -> None:
    cells, lanes, table = scratch.cells, scratch.lanes, bins.table
    start, stop, lane = np.uint64(start), np.uint64(start + width), np.uint64(lane)
    for i in range(start, stop):
        lanes[lane + (i & np.uint64(_LANES - 1)), table[np.uint32(cells[i])]] += 1
    crossed, left = np.uint64(lanes.shape[1] - 1), np.int64(0)
    for k in range(lane, lane + np.uint64(_LANES)):
        left += lanes[k, crossed]
        lanes[k, crossed] = 0
    if left == 0:
        return
    unsure, n_unsure = scratch.unsure, np.uint64(0)
    for i in range(start, stop):
        unsure[n_unsure] = i  # overwritten by the next, unless an edge crosses the cell
        n_unsure += np.uint64(table[np.uint32(cells[i])] == crossed)
    for i in range(n_unsure):
        at = np.int64(unsure[i])
        square = scratch.squares[at]
        slot = _search(square, error_of(source, at, square, bins), bins.scaled)
        lanes[lane, slot if slot >= 0 else _exact_slot(source, at, bins)] += 1


@numba.njit(cache=True, nogil=True)
def collect(scratch: Scratch, row: int, counts: np.ndarray) -> None:
    """Add the histograms of a row to `counts`, and empty them."""
    for lane in range(row * _LANES, (row + 1) * _LANES):
        for slot in range(len(counts)):
            counts[slot] += scratch.lanes[lane, slot]
            scratch.lanes[lane, slot] = 0


@numba.njit(cache=True, nogil=True)
def search(square: np.float32, i: int, source: Source, bins: Bins) -> int:
    """Slot of square i of the block, whatever its error is."""
    slot = _search(square, error_of(source, i, square, bins), bins.scaled)
    return slot if slot >= 0 else _exact_slot(source, i, bins)


@numba.njit(cache=True, nogil=True)
def error_of(source: Source, i: int, square: np.float32, bins: Bins) -> float:
    """What the error of square i of the block is below."""
    if source.error == 0:
        return bins.relative * square + bins.absolute
    row = source.first_row + np.int64(i) // source.width
    other = source.first_other + np.int64(i) % source.width
    return source.error * (source.norms[row] + source.other_norms[other])


@numba.njit(cache=True, nogil=True)
def _search(square: float, error: float, edges: np.ndarray) -> int:
    """Slot of a square by its edges squared; -1 where one is within the error."""
    slot = np.searchsorted(edges, square - error, side="right")
    return slot if slot == len(edges) or square + error < edges[slot] else -1


@numba.njit(cache=True, nogil=True)
def _exact_slot(source: Source, i: int, bins: Bins) -> int:
    """Slot of square i of the block in float64, from the points as given."""
    x = source.points[source.first_row + np.int64(i) // source.width]
    y = source.others[source.first_other + np.int64(i) % source.width]
    square = _square_in_any_order(x, y)
    slot = _search(square, (len(x) + 4) * 2.0**-52 * square, bins.squares)
    if slot >= 0:
        return slot
    square = 0.0
    for k in range(len(x)):  # in the order of the dimensions, as anyone would
        gap = np.float64(x[k]) - np.float64(y[k])
        square += gap * gap
    return np.searchsorted(bins.squares, square, side="right")


@numba.njit(cache=True, nogil=True, fastmath=FAST)
def _square_in_any_order(x: np.ndarray, y: np.ndarray) -> float:
    square = 0.0
    for k in range(len(x)):
        gap = np.float64(x[k]) - np.float64(y[k])
        square += gap * gap
    return square

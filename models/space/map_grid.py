"""The grid under a map: cells numbered along a curve on which neighbors stay neighbors.

The map's square is halved 16 times in either direction. A cell's number interleaves the bits of
its column and its row (Morton 1966), so that all cells within a larger one, at any halving, have
numbers in one range: galaxies in that order are in runs, whatever part of the map is asked for.
"""

from typing import NamedTuple

import numba
import numpy as np

DEPTH = 16  # halvings of the square
SIDE = 1 << DEPTH  # finest cells along each side
_BITS = 11  # of a number at a time, when sorting: the counts stay in the first cache
_PASSES = 3


class Grid(NamedTuple):
    """Where the square is.

    low_x, low_y, high_x, high_y : box of the galaxies; the square's corner is its low one
    side : of the square, in the unit of the map
    per_unit : finest cells per unit; 0 where all galaxies are at one place
    """

    low_x: float
    low_y: float
    high_x: float
    high_y: float
    side: float
    per_unit: float


class Window(NamedTuple):
    """A view, and the finest cells that its edges are in.

    x0, x1, y0, y1 : edges of the view, which belong to it
    first_column, last_column, first_row, last_row : cells between them are inside as a whole,
        those of these numbers perhaps in part; -1 and SIDE where the view ends beyond the map
    """

    x0: float
    x1: float
    y0: float
    y1: float
    first_column: int
    last_column: int
    first_row: int
    last_row: int


def grid_of(positions: np.ndarray) -> Grid:
    """The grid of (n, 2) finite positions; n is 1 or more."""
    x, y = positions.T  # numpy finds the ends of one column many times faster than of two
    low, high = (np.array([x.min(), y.min()], float), np.array([x.max(), y.max()], float))
    side = float((high - low).max())
    with np.errstate(divide="ignore", over="ignore"):
        per_unit = float(np.float64(SIDE) / np.float64(side))
    return Grid(*low.tolist(), *high.tolist(), side, per_unit if np.isfinite(per_unit) else 0.0)


def window_of(view: tuple[float, float, float, float], grid: Grid) -> Window:
    """The window of a view (x0, x1, y0, y1) on a grid."""
    x0, x1, y0, y1 = (float(end) for end in view)
    return Window(
        x0,
        x1,
        y0,
        y1,
        -1 if x0 <= grid.low_x else cell_of(x0, grid.low_x, grid.per_unit),
        SIDE if x1 >= grid.high_x else cell_of(x1, grid.low_x, grid.per_unit),
        -1 if y0 <= grid.low_y else cell_of(y0, grid.low_y, grid.per_unit),
        SIDE if y1 >= grid.high_y else cell_of(y1, grid.low_y, grid.per_unit),
    )


def sort_by_place(positions: np.ndarray, grid: Grid) -> tuple[np.ndarray, np.ndarray]:
    """Cell numbers in increasing order, (n,) uint32, and the rows of them, (n,) int32."""
    codes = _codes(positions, grid)
    rows = np.arange(len(codes), dtype=np.int32)
    for number in range(_PASSES):
        codes, rows = _sorted_by_bits(codes, rows, np.uint32(number * _BITS))
    return codes, rows


@numba.njit(cache=True, nogil=True)
def cell_of(value: float, low: float, per_unit: float) -> int:
    """Column (or row) of the finest cell of a coordinate; never decreases with it."""
    place = (value - low) * per_unit
    if not place > 0:
        return 0
    return SIDE - 1 if place >= SIDE - 1 else int(place)


@numba.njit(cache=True, nogil=True)
def is_within(x: float, y: float, window: Window) -> bool:
    """Whether a place is in a window, edges included."""
    return window.x0 <= x <= window.x1 and window.y0 <= y <= window.y1


@numba.njit(cache=True, nogil=True)
def first_from(values: np.ndarray, wanted: int, start: int, end: int) -> int:
    """Where the values that are `wanted` or more begin, among increasing ones of a range."""
    while start < end:
        middle = (start + end) // 2
        if values[middle] < wanted:
            start = middle + 1
        else:
            end = middle
    return start


@numba.njit(cache=True, nogil=True)
def _codes(positions: np.ndarray, grid: Grid) -> np.ndarray:
    codes = np.empty(len(positions), np.uint32)
    for i in range(len(positions)):
        column = cell_of(np.float64(positions[i, 0]), grid.low_x, grid.per_unit)
        row = cell_of(np.float64(positions[i, 1]), grid.low_y, grid.per_unit)
        codes[i] = _spaced(np.uint32(column)) | (_spaced(np.uint32(row)) << np.uint32(1))
    return codes


@numba.njit(cache=True, nogil=True)
def _spaced(value: np.uint32) -> np.uint32:
    """The 16 bits of a number, a zero before each."""
    value = (value | (value << np.uint32(8))) & np.uint32(0x00FF00FF)
    value = (value | (value << np.uint32(4))) & np.uint32(0x0F0F0F0F)
    value = (value | (value << np.uint32(2))) & np.uint32(0x33333333)
    return (value | (value << np.uint32(1))) & np.uint32(0x55555555)


@numba.njit(cache=True, nogil=True)
def _sorted_by_bits(
    codes: np.ndarray, rows: np.ndarray, shift: np.uint32
) -> tuple[np.ndarray, np.ndarray]:
    """Both arrays by some bits of the codes; those of equal bits stay in their order."""
    mask = np.uint32((1 << _BITS) - 1)
    starts = np.zeros((1 << _BITS) + 1, np.int64)
    for code in codes:
        starts[((code >> shift) & mask) + 1] += 1
    starts = np.cumsum(starts)
    by_code, by_row = np.empty_like(codes), np.empty_like(rows)
    for i in range(len(codes)):
        bits = (codes[i] >> shift) & mask
        by_code[starts[bits]] = codes[i]
        by_row[starts[bits]] = rows[i]
        starts[bits] += 1
    return by_code, by_row

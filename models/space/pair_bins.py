"""Bins of separation as the pair kernels use them: fast in float32, certain in float64.

A separation squared is first computed in float32, with an error that is known to be below a
bound. Each edge becomes two float32 limits, one bound below it and one above: what is clear of
both is settled, and the few pairs in between are computed again in float64 from the points as
they were given. So the counts are those of float64 whatever the kernels do in between.
"""

from typing import NamedTuple

import numpy as np

from models.space.checks import checked_edges

MAX_CELLS = 16_384  # of the table that looks up a bin; with it the kernels stay in the first cache
_UNIT = 2.0**-24  # rounding error of float32
_MOST_EDGES = 65_000  # whose slots the table can name
_LARGEST = 1e37  # near the largest float32
_TINY = 2.0**-126  # smaller numbers lose digits, or are taken as 0


class Bins(NamedTuple):
    """Edges in the units of the points, and their limits in the units of the tiles.

    Slot 0 is below the first edge, slot n_bins + 1 above the last; slot n_bins + 2 of the table
    stands for a cell that an edge crosses.

    squares : (n_edges,) float64, smallest squares whose roots reach the edges
    scaled : (n_edges,) float64, the edges squared in units of the tiles
    relative, absolute : what the error of a square is below, see `make_bins`
    below, above : (n_edges,) float32, in units of the tiles squared. Any square computed to be
        less than below[i] is less than the edge, any from above[i] on is not.
    below_bits, above_bits : the same as integers: positive floats sort as their bits do
    table : (n_cells + 1,) uint16, the slot of all squares of a cell
    cells_per_unit : float32, cells of the table per unit of the tiles squared
    few_edges : up to so many that cross a block, comparing is faster than the table
    """

    squares: np.ndarray
    scaled: np.ndarray
    relative: float
    absolute: float
    below: np.ndarray
    above: np.ndarray
    below_bits: np.ndarray
    above_bits: np.ndarray
    table: np.ndarray
    cells_per_unit: np.float32
    few_edges: int


def make_bins(
    edges: np.ndarray,
    scale: float,
    error: tuple[float, float],
    *,
    n_cells: int = MAX_CELLS,
    few_edges: int = 0,
) -> Bins:
    """Bins for squares computed from points times `scale`.

    Parameters
    ----------
    edges : (n_bins + 1,) array, increasing, from 0 or more; the last may be infinite
    scale : float
        A power of two.
    error : (relative, absolute)
        Bound of a square's error: relative times the square plus absolute, in units of the
        scaled points squared.
    n_cells : cells of the table: fewer make it sooner, and leave more to be searched
    few_edges : see `Bins`
    """
    edges = checked_edges(edges)
    if len(edges) > _MOST_EDGES:
        raise ValueError(f"At most {_MOST_EDGES - 1:,} bins are counted, not {len(edges) - 1:,}.")
    relative, absolute = error[0], error[1] + 2 * _TINY
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = (edges * scale) ** 2
        below = np.nextafter((scaled * (1 - relative) - absolute).astype(np.float32), -np.inf)
        above = np.nextafter((scaled * (1 + relative) + absolute).astype(np.float32), np.inf)
    below, above = np.maximum(below, 0), np.where(edges == 0, 0, above)  # no square is negative
    below, above = below.astype(np.float32), above.astype(np.float32)
    bits = below.view(np.int32), above.view(np.int32)
    bound = float(relative), float(absolute)
    return Bins(
        _squares(edges),
        scaled,
        *bound,
        below,
        above,
        *bits,
        *_table(below, above, n_cells),
        few_edges,
    )


def direct_error(n_dim: int) -> tuple[float, float]:
    """Relative and absolute error of a sum of n_dim squared differences in float32.

    A difference of two float32 is rounded once, so its error is relative to itself, however
    far from 0 the points are.
    """
    return 1.01 * (n_dim + 4) * _UNIT, (n_dim + 4) * _TINY


def product_error(n_dim: int) -> float:
    """Error of |x|^2 + |y|^2 - 2 x.y in float32, for each unit of |x|^2 + |y|^2.

    A product of n_dim terms, summed in any order, is off by at most n_dim rounding errors of
    |x| |y| (Higham 2002, section 3.1); the points themselves are rounded when they are centred.
    """
    return 1.01 * (n_dim + 16) * _UNIT


def _squares(edges: np.ndarray) -> np.ndarray:
    """Smallest float64 whose square root is at least the edge.

    Comparing squared separations to it is the same as comparing separations to the edge; the
    edge squared may be one rounding error off.
    """
    squares = edges**2
    for _ in range(2):
        lower = np.nextafter(squares, -np.inf)
        with np.errstate(invalid="ignore"):
            squares = np.where((lower >= 0) & (np.sqrt(lower) >= edges), lower, squares)
        squares = np.where(np.sqrt(squares) < edges, np.nextafter(squares, np.inf), squares)
    return squares


def _table(below: np.ndarray, above: np.ndarray, n_cells: int) -> tuple[np.ndarray, np.float32]:
    """Slot of each cell of squares; the last cell is for all beyond the last finite edge."""
    finite = np.isfinite(above)
    # A little beyond the last edge, so that the last cell is clear of it.
    reach = float(above[finite][-1]) * (1 + 1e-5) if finite.any() and above[0] < np.inf else 0.0
    # Bounded: a last edge far below the points must not make it infinite.
    cells_per_unit = np.float32(min(n_cells / reach, _LARGEST) if reach > 0 else 1.0)
    # Wider than the edges' limits by more than the kernels' rounding of a cell's number.
    first = np.minimum(below[finite] * np.float64(cells_per_unit) * (1 - 1e-6), n_cells)
    last = np.minimum(above[finite] * np.float64(cells_per_unit) * (1 + 1e-6), n_cells)
    first, last = first.astype(np.int64), last.astype(np.int64)
    last[above[finite] == 0] = -1  # every square is at or above an edge at 0
    passed = np.bincount(last + 1, minlength=n_cells + 2)[: n_cells + 1]
    table = np.cumsum(passed).astype(np.uint16)
    for start, stop in zip(first, last, strict=True):
        table[start : stop + 1] = len(below) + 1
    return table, cells_per_unit

"""Count pairs of points by their separation: every pair, on all cores, in any dimension.

Exact: the counts are those of float64 separations of the float32 points, as `numpy.histogram`
would bin them, but with the last bin open: every bin is [lower, upper). Memory grows with the
number of points, never with its square.

The kernels may be entered by several threads at once. numba's default layer aborts the process
then, so importing this module chooses OpenMP. (OpenMP in turn forbids to fork a process that
has counted already; start processes first, or spawn them.)
"""

from typing import NamedTuple

import numba
import numpy as np

from models.space.checks import checked_edges, checked_points

numba.config.THREADING_LAYER = "omp"

_ROWS = 32  # points of a tile, which share the columns in the cache
_COLUMNS = 512  # partners of a tile
_CELLS = 2048  # of the table that guesses a bin from a separation


class _Bins(NamedTuple):
    """Edges as the kernels use them. Bin 0 is below the first edge, the last above the last.

    limits : (n_bins + 3,) bin b holds squared separations from limits[b] up to limits[b + 1]
    first_bin : (_CELLS + 1,) a bin at or below that of any separation in the cell
    cells_per_unit : cells of `first_bin` per unit of separation
    """

    limits: np.ndarray
    first_bin: np.ndarray
    cells_per_unit: float


def count_pairs(
    points: np.ndarray, edges: np.ndarray, others: np.ndarray | None = None
) -> np.ndarray:
    """Count the distinct pairs of points in each bin of separation.

    Parameters
    ----------
    points : (n_points, n_dim) array
        Taken as float32. Separations are Euclidean.
    edges : (n_bins + 1,) array
        Increasing separations; bin i is [edges[i], edges[i + 1]).
    others : (n_others, n_dim) array, optional
        Count the pairs of one of `points` and one of `others` instead.

    Returns
    -------
    (n_bins,) int64 array

    Raises
    ------
    ValueError
        If a value is not finite, `edges` do not increase, or the dimensions differ.
    """
    bins = _bins(edges)
    columns = _columns(points)
    if others is None:
        return _count_triangle(columns, *bins)[1:-1]
    others = _columns(others)
    if len(others) != len(columns):
        raise ValueError(
            f"Both sets must have the same dimension, not {len(columns)} and {len(others)}."
        )
    return _count_rows(columns, others, *bins, False).sum(axis=0)[1:-1]


def count_neighbors(points: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Count the neighbors of each point in each bin of separation, itself excluded.

    Parameters and errors as for `count_pairs`. Each pair is counted at both of its points.

    Returns
    -------
    (n_points, n_bins) int64 array
    """
    bins = _bins(edges)
    columns = _columns(points)
    counts = _count_rows(columns, columns, *bins, True)[:, 1:-1]
    if edges[0] == 0:
        counts[:, 0] -= 1  # each point is at separation 0 from itself
    return counts


def count_shifted(points: np.ndarray, edges: np.ndarray, shifts: np.ndarray) -> np.ndarray:
    """Count, for each point, those of the points `shifts` places before and after it.

    The order is cyclic: the pairs are (i, i + s mod n). In a random order each shift is a
    random sample of the pairs which uses every point equally often; shifts 1 to n // 2
    together are all the pairs.

    Parameters
    ----------
    points, edges : as for `count_pairs`, the points in random order
    shifts : (n_shifts,) array of int
        Distinct, from 1 to n_points // 2. The shift by exactly half of the points pairs each
        with one other point, every other shift with two.

    Returns
    -------
    (n_points, n_bins) int64 array
    """
    bins = _bins(edges)
    columns = _columns(points)
    shifts = np.unique(np.asarray(shifts, dtype=np.int64))
    n_points = columns.shape[1]
    if len(shifts) and not 1 <= shifts[0] <= shifts[-1] <= n_points // 2:
        raise ValueError(f"Shifts of {n_points} points must be from 1 to {n_points // 2}.")
    backward = (n_points - shifts)[2 * shifts != n_points]
    return _count_shifts(columns, np.concatenate([shifts, backward]), *bins)[:, 1:-1]


def warm() -> None:
    """Compile the kernels, or load them from numba's cache, before someone waits for them."""
    points, edges = np.eye(3, dtype=np.float32), np.array([0.0, 1.0])
    count_pairs(points, edges)
    count_neighbors(points, edges)
    count_shifted(points, edges, np.array([1]))


def _columns(points: np.ndarray) -> np.ndarray:
    """Points as (n_dim, n_points) float32: one coordinate of many points is read at a time."""
    return np.ascontiguousarray(checked_points(points).T, dtype=np.float32)


def _bins(edges: np.ndarray) -> _Bins:
    edges = checked_edges(edges)
    finite = edges[np.isfinite(edges)]
    cells_per_unit = _CELLS / finite[-1] if finite[-1] > 0 else 1.0
    # A little low: a rounding error must not put the guess above the bin.
    cell_starts = np.arange(_CELLS + 1) / cells_per_unit * (1 - 1e-9)
    first_bin = np.searchsorted(edges, cell_starts, side="right").astype(np.int32)
    limits = np.concatenate([[-np.inf], _squares(edges), [np.inf]])
    return _Bins(limits, first_bin, cells_per_unit)


def _squares(edges: np.ndarray) -> np.ndarray:
    """Smallest float64 whose square root is at least the edge.

    That comparing squared separations to it is the same as comparing separations to the edge;
    the edge squared may be one rounding error off.
    """
    squares = edges**2
    for _ in range(2):
        lower = np.nextafter(squares, -np.inf)
        with np.errstate(invalid="ignore"):
            squares = np.where((lower >= 0) & (np.sqrt(lower) >= edges), lower, squares)
        squares = np.where(np.sqrt(squares) < edges, np.nextafter(squares, np.inf), squares)
    return squares


# The kernels take one contiguous line of one coordinate at a time, and index it from 0 or with
# unsigned numbers: numba then knows the stride, and that no index counts from the end, and the
# loops compile to vector instructions.


@numba.njit(parallel=True, cache=True, nogil=True)
def _count_triangle(
    columns: np.ndarray, limits: np.ndarray, first_bin: np.ndarray, cells_per_unit: float
) -> np.ndarray:
    """Each pair once: every row with the partners after it."""
    n_points = columns.shape[1]
    n_tiles = (n_points + _ROWS - 1) // _ROWS
    totals = np.zeros((n_tiles, len(limits) - 1), np.int64)
    for task in numba.prange(n_tiles):
        # Long and short tiles in turn: each thread gets the same share of the triangle.
        turn = np.int64(task) // 2
        tile = turn if task % 2 == 0 else n_tiles - 1 - turn
        squared, cells = np.empty(_COLUMNS), np.empty(_COLUMNS, np.int32)
        for first in range(tile * _ROWS, n_points, _COLUMNS):
            last = min(first + _COLUMNS, n_points)
            for row in range(tile * _ROWS, min(tile * _ROWS + _ROWS, last)):
                start = max(first, row + 1)
                found = squared[: last - start]
                _separate(columns, row, columns, start, found)
                _bin(found, cells, limits, first_bin, cells_per_unit, totals[task])
    return totals.sum(axis=0)


@numba.njit(parallel=True, cache=True, nogil=True)
def _count_rows(
    rows: np.ndarray,
    columns: np.ndarray,
    limits: np.ndarray,
    first_bin: np.ndarray,
    cells_per_unit: float,
    each: bool,
) -> np.ndarray:
    """Every row with every column; a line of counts for `each` row, or for each tile of rows."""
    n_rows, n_columns = rows.shape[1], columns.shape[1]
    n_tiles = (n_rows + _ROWS - 1) // _ROWS
    counts = np.zeros((n_rows if each else n_tiles, len(limits) - 1), np.int64)
    for task in numba.prange(n_tiles):
        tile = np.int64(task)
        squared, cells = np.empty(_COLUMNS), np.empty(_COLUMNS, np.int32)
        for first in range(0, n_columns, _COLUMNS):
            last = min(first + _COLUMNS, n_columns)
            for row in range(tile * _ROWS, min(tile * _ROWS + _ROWS, n_rows)):
                found = squared[: last - first]
                _separate(rows, row, columns, first, found)
                line = counts[row if each else tile]
                _bin(found, cells, limits, first_bin, cells_per_unit, line)
    return counts


@numba.njit(parallel=True, cache=True, nogil=True)
def _count_shifts(
    columns: np.ndarray,
    shifts: np.ndarray,
    limits: np.ndarray,
    first_bin: np.ndarray,
    cells_per_unit: float,
) -> np.ndarray:
    """Every point with those `shifts` places after it, cyclic."""
    n_points = columns.shape[1]
    counts = np.zeros((n_points, len(limits) - 1), np.int64)
    for task in numba.prange((n_points + _COLUMNS - 1) // _COLUMNS):
        first = np.int64(task) * _COLUMNS
        last = min(first + _COLUMNS, n_points)
        squared, cells = np.empty(_COLUMNS), np.empty(_COLUMNS, np.int32)
        for shift in shifts:
            # Partners run in order, and start over at 0 after the last point.
            turn = min(max(n_points - shift, first), last)
            ahead, around = squared[: turn - first], squared[turn - first : last - first]
            _separate_each(columns, first, first + shift, ahead)
            _separate_each(columns, turn, turn + shift - n_points, around)
            _guess_bins(squared[: last - first], cells, first_bin, cells_per_unit)
            for i in range(last - first):
                counts[first + i, _settle(squared[i], cells[i], limits)] += 1
    return counts


@numba.njit(cache=True, nogil=True)
def _separate(
    rows: np.ndarray, row: int, columns: np.ndarray, first: int, squared: np.ndarray
) -> None:
    """Fill `squared` with the separations squared of one row and the columns from the first on.

    Differences of float32 are taken in float64, and summed in the order of the dimensions.
    """
    squared[:] = 0
    for k in range(len(columns)):
        here, line = np.float64(rows[k, row]), columns[k, first : first + len(squared)]
        for j in range(len(squared)):
            gap = here - np.float64(line[j])
            squared[j] += gap * gap


@numba.njit(cache=True, nogil=True)
def _separate_each(columns: np.ndarray, first: int, partner: int, squared: np.ndarray) -> None:
    """The same for each column from `first` on and the one as far after `partner`."""
    squared[:] = 0
    if len(squared) == 0:
        return
    for k in range(len(columns)):
        line = columns[k, first : first + len(squared)]
        other = columns[k, partner : partner + len(squared)]
        for j in range(len(squared)):
            gap = np.float64(line[j]) - np.float64(other[j])
            squared[j] += gap * gap


@numba.njit(cache=True, nogil=True)
def _bin(
    squared: np.ndarray,
    guesses: np.ndarray,
    limits: np.ndarray,
    first_bin: np.ndarray,
    cells_per_unit: float,
    counts: np.ndarray,
) -> None:
    """Add the separations squared to the counts of their bins."""
    _guess_bins(squared, guesses, first_bin, cells_per_unit)
    for j in range(len(squared)):
        counts[_settle(squared[j], guesses[j], limits)] += 1


@numba.njit(cache=True, nogil=True)
def _guess_bins(
    squared: np.ndarray, guesses: np.ndarray, first_bin: np.ndarray, cells_per_unit: float
) -> None:
    """Look up a bin at or below that of each separation squared."""
    for j in range(len(squared)):
        guesses[j] = np.int32(min(np.sqrt(squared[j]) * cells_per_unit, np.float64(_CELLS)))
    for j in range(len(squared)):
        guesses[j] = first_bin[np.uint32(guesses[j])]


@numba.njit(cache=True, nogil=True)
def _settle(q: float, guess: int, limits: np.ndarray) -> int:
    """Bin of a separation squared, up from the guess; rarely more than one step."""
    found = np.uint64(guess)
    while q >= limits[found + np.uint64(1)]:
        found += np.uint64(1)
    return found

"""Count pairs of points by their separation: every pair, on all cores, in any dimension.

Exact: the counts are those of float64 separations of the float32 points, their squares summed
in the order of the dimensions, as `numpy.histogram` would bin them, but with the last bin open:
every bin is [lower, upper). Memory grows with the number of points, never with its square.

Points are sorted into tiles of near ones. Two tiles whose boxes lie outside of all bins, or
wholly inside one, are not opened. Otherwise their separations are computed in float32, from
differences in few dimensions and from matrix products in many, and what comes near to an edge
again in float64. The kernels may be entered by several threads at once.
"""

import time
from collections.abc import Callable, Iterator

import numpy as np

from models.space import pair_direct, pair_products
from models.space.checks import as_float32, checked_edges, checked_points
from models.space.pair_bins import MAX_CELLS, Bins, direct_error, make_bins
from models.space.pair_products import make_products, one_thread_each, usual_error
from models.space.pair_shifts import count_offsets, transposed
from models.space.pair_tiles import TILE, make_tiles, power_of_two_near

MANY_DIMENSIONS = 32  # from here on matrix products are the faster way
PORTION_SECONDS = 0.05  # of work between two calls of `progress`

Progress = Callable[[float], None]


def count_pairs(
    points: np.ndarray,
    edges: np.ndarray,
    others: np.ndarray | None = None,
    *,
    progress: Progress | None = None,
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
    progress : callable, optional
        Called with the part that is done, between portions of work. It may raise to stop.

    Returns
    -------
    (n_bins,) int64 array

    Raises
    ------
    ValueError
        If a value is not finite, `edges` do not increase, or the dimensions differ.
    """
    counter = _Counter(points, edges, others)
    turns = np.random.default_rng(0).permutation(counter.n_tiles)  # shares the work evenly
    counts = np.zeros(counter.n_slots, np.int64)
    for start, stop in _portions(counter.n_tiles, progress):
        counts += counter.count_totals(turns[start:stop])
    if others is None:
        counts[counter.slot_of_zero] -= counter.n_points  # each point with itself
        counts //= 2
    return counts[1:-1]


def count_neighbors(
    points: np.ndarray,
    edges: np.ndarray,
    others: np.ndarray | None = None,
    *,
    progress: Progress | None = None,
) -> np.ndarray:
    """Count the neighbors of each point in each bin of separation, itself excluded.

    Parameters and errors as for `count_pairs`. Each pair is counted at both of its points; with
    `others`, the neighbors of each of `points` among them are counted.

    Returns
    -------
    (n_points, n_bins) int64 array
    """
    counter = _Counter(points, edges, others)
    counts = np.empty((counter.n_points, counter.n_slots - 2), np.int64)
    for start, stop in _portions(counter.n_tiles, progress):
        found = counter.count_each(start, stop)
        rows = counter.tiles.order[start * counter.tile_size : stop * counter.tile_size]
        if others is None:
            found[:, counter.slot_of_zero] -= 1  # each point is at separation 0 from itself
        counts[rows] = found[: len(rows), 1:-1]
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
    (n_points, n_bins) array of the smallest unsigned integers that hold 2 n_shifts
        Counts of further shifts must be added up in wider ones.
    """
    points = _float32(points)
    n_points, n_dim = points.shape
    shifts = np.unique(np.asarray(shifts, dtype=np.int64))
    if len(shifts) and not 1 <= shifts[0] <= shifts[-1] <= n_points // 2:
        raise ValueError(f"Shifts of {n_points} points must be from 1 to {n_points // 2}.")
    backward = (n_points - shifts)[2 * shifts != n_points]
    scale = power_of_two_near(points)
    bins = make_bins(edges, scale, direct_error(n_dim), n_cells=_n_cells(n_points))
    columns = transposed(points, np.float32(scale))
    counts = np.zeros((n_points, len(bins.below) + 1), np.min_scalar_type(2 * len(shifts)))
    both = np.concatenate([shifts, backward])
    count_offsets(points, columns, points, columns, both, bins, counts)
    return counts[:, 1:-1]


def warm() -> None:
    """Compile the kernels, or load them from numba's cache, before someone waits for them.

    First those that the first selection on a page needs.
    """
    points, edges = np.eye(3, dtype=np.float32), np.array([0.0, 1.0])
    count_neighbors(points, edges)
    count_shifted(points, edges, np.array([1]))
    columns, bins = transposed(points, np.float32(1)), make_bins(edges, 1.0, direct_error(3))
    for kind in (np.uint16, np.uint32):  # what counts are kept in when there are many
        sets, counts = (points, columns) * 2, np.zeros((3, 3), kind)
        count_offsets(*sets, np.array([1]), bins, counts)
    count_pairs(points, edges)
    points = np.eye(3, MANY_DIMENSIONS, dtype=np.float32)
    count_neighbors(points, edges)
    count_pairs(points, edges)


class _Counter:
    """Points and others made ready for the kernels: those for few or for many dimensions."""

    def __init__(self, points: np.ndarray, edges: np.ndarray, others: np.ndarray | None) -> None:
        points = _float32(points)
        sets = [points] if others is None else [points, _float32(others)]
        self.n_points, n_dim = points.shape
        if sets[-1].shape[1] != n_dim:
            raise ValueError(
                f"Both sets must have the same dimension, not {n_dim} and {sets[-1].shape[1]}."
            )
        self.is_self = others is None
        self.is_direct = n_dim < MANY_DIMENSIONS
        self.tile_size = TILE if self.is_direct else pair_products.SIZE
        scale = power_of_two_near(*sets)
        tiles = [make_tiles(some, scale, self.tile_size, self.is_direct) for some in sets]
        error, few_edges = direct_error(n_dim), pair_direct.FEW_EDGES
        if not self.is_direct:
            mean = np.concatenate(sets).mean(axis=0, dtype=np.float64)
            products = [make_products(some, mean, scale) for some in tiles]
            self.products = products[0], products[-1]
            error, few_edges = (0.0, usual_error(*products)), pair_products.FEW_EDGES
        self.tiles, self.others = tiles[0], tiles[-1]
        self.bins: Bins = make_bins(
            edges, scale, error, n_cells=_n_cells(self.n_points), few_edges=few_edges
        )
        self.n_slots = len(self.bins.below) + 1
        self.slot_of_zero = int(checked_edges(edges)[0] == 0)
        self.n_tiles = len(self.tiles.low)

    def count_totals(self, turns: np.ndarray) -> np.ndarray:
        """Pairs of some tiles with all others, by slot."""
        what = turns, self.bins, self.is_self
        if self.is_direct:
            return pair_direct.count_totals(self.tiles, self.others, *what)
        with one_thread_each():
            return pair_products.count_totals(self.tiles, self.others, *self.products, *what)

    def count_each(self, start: int, stop: int) -> np.ndarray:
        """Neighbors of each point of some tiles, by slot, in the order of the tiles."""
        what = (start, stop), self.bins
        if self.is_direct:
            return pair_direct.count_each(self.tiles, self.others, *what)
        with one_thread_each():
            return pair_products.count_each(self.tiles, self.others, *self.products, *what)


def _portions(n_tiles: int, progress: Progress | None) -> Iterator[tuple[int, int]]:
    """Spans of tiles: all at once, or of about PORTION_SECONDS each where progress is told."""
    if progress is None:
        yield 0, n_tiles
        return
    start, size = 0, 2
    while start < n_tiles:
        before = time.perf_counter()
        stop = min(start + size, n_tiles)
        yield start, stop
        rate = size / max(time.perf_counter() - before, 1e-6)
        start, size = stop, int(np.clip(rate * PORTION_SECONDS, 1, 4 * size))
        progress(start / n_tiles)


def _n_cells(n_points: int) -> int:
    """A table large enough to be worth its making, for so many points."""
    return int(np.clip(4 * n_points, 1024, MAX_CELLS))


def _float32(points: np.ndarray) -> np.ndarray:
    return as_float32(checked_points(points))

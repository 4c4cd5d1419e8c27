"""Which galaxies of a map are in view, as runs of its order: only cells in view are touched."""

import numba
import numpy as np

from models.space.map_grid import DEPTH, Window, first_from, is_within

START, END, IS_WHOLE = 0, 1, 2
_LEAF = 128  # galaxies of a cell that is not divided further: to test them costs less
_STACK = 3 * DEPTH + 4  # cells that wait: three sisters on each level above the one at hand


@numba.njit(cache=True, nogil=True)
def runs_in_view(codes: np.ndarray, window: Window, finest: int = DEPTH) -> np.ndarray:
    """Runs that hold every galaxy in view, in increasing order.

    codes : (n,) uint32, increasing
    finest : level of the smallest cells that are told apart at the edges of the view

    Returns
    -------
    (n_runs, 3) int64 array
        Start and end of a run, and 1 where all of it is in view; 0 where each of its galaxies
        has to be tested.
    """
    runs = np.empty((64, 3), np.int64)
    n_runs = 0
    stack = np.empty((_STACK, 5), np.int64)  # level, column and row in it, start, end
    stack[0] = 0, 0, 0, 0, len(codes)
    n_waiting = 1
    while n_waiting > 0:
        n_waiting -= 1
        level, column, row, start, end = stack[n_waiting]
        overlap = _overlap(level, column, row, window)
        if start == end or overlap < 0:
            continue
        if overlap == 0 and end - start > _LEAF and level < finest:
            n_waiting = _divide(codes, stack, n_waiting)
            continue
        if n_runs > 0 and runs[n_runs - 1, 1] == start and runs[n_runs - 1, 2] == overlap:
            runs[n_runs - 1, 1] = end
            continue
        if n_runs == len(runs):
            longer = np.empty((2 * n_runs, 3), np.int64)
            longer[:n_runs] = runs
            runs = longer
        runs[n_runs] = start, end, overlap
        n_runs += 1
    return runs[:n_runs].copy()


@numba.njit(cache=True, nogil=True)
def count_in_runs(positions: np.ndarray, runs: np.ndarray, window: Window) -> int:
    """Number of galaxies in view."""
    total = 0
    for start, end, is_whole in runs:
        if is_whole:
            total += end - start
            continue
        for i in range(start, end):
            total += is_within(positions[i, 0], positions[i, 1], window)
    return total


@numba.njit(cache=True, nogil=True)
def count_marked(
    positions: np.ndarray, runs: np.ndarray, window: Window, is_marked: np.ndarray
) -> int:
    """Number of marked galaxies in view; `is_marked` is in the order of the index."""
    total = 0
    for start, end, is_whole in runs:
        if is_whole:
            for i in range(start, end):
                total += is_marked[i]
            continue
        for i in range(start, end):
            total += is_marked[i] and is_within(positions[i, 0], positions[i, 1], window)
    return total


@numba.njit(cache=True, nogil=True)
def places_in_runs(positions: np.ndarray, runs: np.ndarray, window: Window) -> np.ndarray:
    """Places, in the order of the index, of the galaxies in view: increasing int32."""
    places = np.empty(count_in_runs(positions, runs, window), np.int32)
    n_found = 0
    for start, end, is_whole in runs:
        for i in range(start, end):
            if is_whole or is_within(positions[i, 0], positions[i, 1], window):
                places[n_found] = i
                n_found += 1
    return places


@numba.njit(cache=True, nogil=True)
def _overlap(level: int, column: int, row: int, window: Window) -> int:
    """1 where a cell is in view as a whole, -1 where nothing of it is, else 0."""
    shift = DEPTH - level
    left, right = column << shift, ((column + 1) << shift) - 1
    bottom, top = row << shift, ((row + 1) << shift) - 1
    if (
        right < window.first_column
        or left > window.last_column
        or top < window.first_row
        or bottom > window.last_row
    ):
        return -1
    if (
        left > window.first_column
        and right < window.last_column
        and bottom > window.first_row
        and top < window.last_row
    ):
        return 1
    return 0


@numba.njit(cache=True, nogil=True)
def _divide(codes: np.ndarray, stack: np.ndarray, place: int) -> int:
    """Put the four parts of a cell in its place on the stack, the first on top."""
    level, column, row, start, end = stack[place]
    shift = 2 * (DEPTH - level - 1)
    first = codes[start] >> (shift + 2) << 2
    for part in range(3, -1, -1):
        begin = start if part == 0 else first_from(codes, (first + part) << shift, start, end)
        stack[place] = level + 1, 2 * column + (part & 1), 2 * row + (part >> 1), begin, end
        place += 1
        end = begin
    return place

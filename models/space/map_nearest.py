"""The galaxy nearest to a place of the map, from the nearest cells outwards."""

import numba
import numpy as np

from models.space.map_grid import DEPTH, Grid, first_from

_LEAF = 32  # galaxies of a cell that is not divided further
_STACK = 3 * DEPTH + 4
_ROUNDING = 1e-14  # of the coordinates: no galaxy is further outside its cell


@numba.njit(cache=True, nogil=True)
def nearest_place(
    x: float,
    y: float,
    radius: float,
    grid: Grid,
    codes: np.ndarray,
    positions: np.ndarray,
    rows: np.ndarray,
    is_shown: np.ndarray,
) -> int:
    """Place, in the order of an index, of the galaxy nearest to (x, y) within `radius`; else -1.

    Of several at the same distance, that of the smallest row.

    codes, positions, rows : of the index
    is_shown : (n,) bool in the order of the index, or empty where all are
    """
    best, best_square = -1, radius * radius
    slack = _ROUNDING * (abs(grid.low_x) + abs(grid.low_y) + grid.side)
    waiting = np.empty((_STACK, 5), np.int64)  # level, column and row in it, start, end
    squares = np.empty(_STACK)  # of the distance that each cell has at least
    waiting[0], squares[0] = (0, 0, 0, 0, len(codes)), 0.0
    n_waiting = 1
    while n_waiting > 0:
        n_waiting -= 1
        level, column, row, start, end = waiting[n_waiting]
        if squares[n_waiting] > best_square:
            continue
        if end - start > _LEAF and level < DEPTH:
            n_waiting = _divide(codes, waiting, squares, n_waiting, grid, x, y, slack)
            continue
        for i in range(start, end):
            if len(is_shown) > 0 and not is_shown[i]:
                continue
            dx, dy = positions[i, 0] - x, positions[i, 1] - y
            square = dx * dx + dy * dy
            is_nearer = square < best_square
            is_first = square == best_square and (best < 0 or rows[i] < rows[best])
            if is_nearer or is_first:
                best, best_square = i, square
    return best


@numba.njit(cache=True, nogil=True)
def _divide(
    codes: np.ndarray,
    waiting: np.ndarray,
    squares: np.ndarray,
    place: int,
    grid: Grid,
    x: float,
    y: float,
    slack: float,
) -> int:
    """Put the parts of a cell in its place, the nearest last, and so the first to be looked at."""
    level, column, row, start, end = waiting[place]
    shift = 2 * (DEPTH - level - 1)
    first = codes[start] >> (shift + 2) << 2
    size = grid.side / (1 << (level + 1))
    base = place
    for part in range(4):
        upto = end if part == 3 else first_from(codes, (first + part + 1) << shift, start, end)
        if upto > start:
            right, up = 2 * column + (part & 1), 2 * row + (part >> 1)
            dx = _gap(x, grid.low_x + right * size, size) - slack
            dy = _gap(y, grid.low_y + up * size, size) - slack
            square = max(dx, 0.0) ** 2 + max(dy, 0.0) ** 2
            at = place
            while at > base and squares[at - 1] < square:
                waiting[at], squares[at] = waiting[at - 1], squares[at - 1]
                at -= 1
            waiting[at] = level + 1, right, up, start, upto
            squares[at] = square
            place += 1
        start = upto
    return place


@numba.njit(cache=True, nogil=True)
def _gap(value: float, low: float, size: float) -> float:
    """Distance of a coordinate from a range; 0 within it."""
    return max(low - value, value - low - size, 0.0)

"""Which of many points lie inside a polygon: a raster for most, the exact test near the outline.

The polygon's box is divided into cells. A cell that no edge comes near is inside or outside as a
whole, so its points are settled by looking it up; the few in cells that an edge crosses are
tested against the edges of their line of cells. The answers are those of the exact test for
every point, in float64.
"""

from typing import NamedTuple

import numba
import numpy as np

_CELLS = 256  # along each side of the box: the raster stays in the second cache
_MARGIN = 1e-6  # of a cell, around edges: rounding must not put a point past one unnoticed
_OUTSIDE, _INSIDE, _CROSSED = 0, 1, 2


class _Edges(NamedTuple):
    """Edges with their lower end first, and which of them reach into each line of cells.

    x0, y0, x1, y1 : (n_edges,) ends; y0 <= y1, so that the direction drawn does not matter
    starts : (_CELLS + 1,) where each line's edges start in `members`
    members : edges of the lines, one line after the other
    """

    x0: np.ndarray
    y0: np.ndarray
    x1: np.ndarray
    y1: np.ndarray
    starts: np.ndarray
    members: np.ndarray


class _Grid(NamedTuple):
    """Box of a polygon, and its cells per unit of x and y; 0 where the box has no extent."""

    low_x: float
    low_y: float
    high_x: float
    high_y: float
    per_x: float
    per_y: float


def points_in_polygon(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Tell which points lie inside a polygon, closed by itself.

    The even-odd rule: a point is inside where a ray from it to the right crosses the outline an
    odd number of times. So the outline may cross itself, and what it goes round twice is
    outside. Edges are half-open in y: a ray through a vertex crosses one of its two edges, and
    polygons side by side share no point. A point that is not a number is outside.

    Parameters
    ----------
    points : (n, 2) array
    vertices : (n_vertices, 2) array of finite numbers

    Returns
    -------
    (n,) bool array

    Raises
    ------
    ValueError
        If either has not two columns, there is no vertex, or one is not finite.
    """
    points, vertices = _checked(points), _checked(vertices).astype(np.float64)
    if len(vertices) == 0 or not np.isfinite(vertices).all():
        raise ValueError("A polygon needs vertices, all of them finite numbers.")
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    grid = _Grid(*low, *high, *(_cells_per_unit(*ends) for ends in zip(low, high, strict=True)))
    # What is lost where the crossing of a line is added to coordinates far from 0.
    lost = 8 * np.finfo(np.float64).eps * np.abs(vertices).max(axis=0)
    margins = _MARGIN + lost * (grid.per_x, grid.per_y)
    raster, edges = _rasterize(_ordered(vertices), grid, *np.minimum(margins, _CELLS))
    return _look_up(points, raster, edges, grid)


def warm() -> None:
    """Compile the kernels, or load them from numba's cache, before someone waits for them."""
    points_in_polygon(np.zeros((1, 2), np.float32), np.eye(3, 2))


def _checked(points: np.ndarray) -> np.ndarray:
    """Points as a contiguous, read-only array of floats: one type for the kernels."""
    points = np.asarray(points)
    if points.ndim != 2 or points.shape[1] != 2:
        raise ValueError(f"Points on a map have shape (n, 2), not {points.shape}.")
    points = np.ascontiguousarray(points, None if points.dtype == np.float32 else np.float64)
    points = points.view()
    points.flags.writeable = False
    return points


def _cells_per_unit(low: float, high: float) -> float:
    with np.errstate(over="ignore", divide="ignore"):
        per_unit = _CELLS / (high - low)
    return float(per_unit) if np.isfinite(per_unit) else 0.0


def _ordered(vertices: np.ndarray) -> np.ndarray:
    """Edges as columns x0, y0, x1, y1, the lower end first."""
    ends = np.stack([vertices, np.roll(vertices, -1, axis=0)], axis=1)
    is_down = (ends[:, 0, 1] > ends[:, 1, 1]) | (
        (ends[:, 0, 1] == ends[:, 1, 1]) & (ends[:, 0, 0] > ends[:, 1, 0])
    )
    ends[is_down] = ends[is_down, ::-1]
    return np.ascontiguousarray(ends.reshape(-1, 4).T)


@numba.njit(cache=True, nogil=True)
def _rasterize(
    ends: np.ndarray, grid: _Grid, margin_x: float, margin_y: float
) -> tuple[np.ndarray, _Edges]:
    """Raster of the cells, (_CELLS, _CELLS) by y and x, and the edges by line."""
    raster = np.zeros((_CELLS, _CELLS), np.uint8)
    lines = np.empty((ends.shape[1], 2), np.int64)
    starts = np.zeros(_CELLS + 1, np.int64)
    for i in range(ends.shape[1]):
        x0, y0, x1, y1 = _on_grid(ends, i, grid)
        lines[i] = _cell(y0 - margin_y), _cell(y1 + margin_y)
        for line in range(lines[i, 0], lines[i, 1] + 1):
            starts[line + 1] += 1
            # The part of the edge that is in this line of cells, or a margin beyond it.
            first, last = 0.0, 1.0
            if y1 > y0:
                first = min(max((line - margin_y - y0) / (y1 - y0), 0.0), 1.0)
                last = min(max((line + 1 + margin_y - y0) / (y1 - y0), 0.0), 1.0)
            x_first, x_last = x0 + first * (x1 - x0), x0 + last * (x1 - x0)
            left = _cell(min(x_first, x_last) - margin_x)
            right = _cell(max(x_first, x_last) + margin_x)
            raster[line, left : right + 1] = _CROSSED
    starts = np.cumsum(starts)
    members, filled = np.empty(starts[-1], np.int64), starts.copy()
    for i in range(ends.shape[1]):
        for line in range(lines[i, 0], lines[i, 1] + 1):
            members[filled[line]] = i
            filled[line] += 1
    edges = _Edges(ends[0], ends[1], ends[2], ends[3], starts, members)
    for line in range(_CELLS):
        _fill(raster[line], line, edges, grid)
    return raster, edges


@numba.njit(cache=True, nogil=True)
def _on_grid(ends: np.ndarray, i: int, grid: _Grid) -> tuple[float, float, float, float]:
    """Ends of an edge in units of cells from the corner of the box."""
    return (
        _place(ends[0, i], grid.low_x, grid.per_x),
        _place(ends[1, i], grid.low_y, grid.per_y),
        _place(ends[2, i], grid.low_x, grid.per_x),
        _place(ends[3, i], grid.low_y, grid.per_y),
    )


@numba.njit(cache=True, nogil=True)
def _place(value: float, low: float, per_unit: float) -> float:
    # A box too wide or too narrow to be divided has one cell; the difference may be infinite.
    return (value - low) * per_unit if per_unit > 0 else 0.0


@numba.njit(cache=True, nogil=True)
def _cell(place: float) -> int:
    return min(max(int(np.floor(place)), 0), _CELLS - 1)


@numba.njit(cache=True, nogil=True)
def _fill(cells: np.ndarray, line: int, edges: _Edges, grid: _Grid) -> None:
    """Settle the cells of a line that no edge crosses; between two such neighbours is none."""
    if grid.per_x == 0 or grid.per_y == 0:
        cells[:] = _CROSSED
        return
    is_known, value = False, np.uint8(_OUTSIDE)
    for column in range(_CELLS):
        if cells[column] == _CROSSED:
            is_known = False
            continue
        if not is_known:
            x = grid.low_x + (column + 0.5) / grid.per_x
            y = grid.low_y + (line + 0.5) / grid.per_y
            value = np.uint8(_INSIDE) if _is_inside(x, y, line, edges) else np.uint8(_OUTSIDE)
            is_known = True
        cells[column] = value


@numba.njit(cache=True, nogil=True)
def _is_inside(x: float, y: float, line: int, edges: _Edges) -> bool:
    """The exact test of a point in a line of cells, against the edges that reach into it."""
    is_odd = False
    for place in range(edges.starts[line], edges.starts[line + 1]):
        i = edges.members[place]
        x0, y0, y1 = edges.x0[i], edges.y0[i], edges.y1[i]
        if y0 <= y < y1:
            is_odd ^= x < x0 + (edges.x1[i] - x0) * ((y - y0) / (y1 - y0))
    return is_odd


@numba.njit(parallel=True, cache=True, nogil=True)
def _look_up(points: np.ndarray, raster: np.ndarray, edges: _Edges, grid: _Grid) -> np.ndarray:
    inside = np.zeros(len(points), np.bool_)
    for i in numba.prange(len(points)):
        x, y = np.float64(points[i, 0]), np.float64(points[i, 1])
        if not (grid.low_x <= x <= grid.high_x and grid.low_y <= y <= grid.high_y):
            continue  # NaN too: it compares false
        line = _cell(_place(y, grid.low_y, grid.per_y))
        cell = raster[line, _cell(_place(x, grid.low_x, grid.per_x))]
        if cell == _CROSSED:
            inside[i] = _is_inside(x, y, line, edges)
        else:
            inside[i] = cell == _INSIDE
    return inside

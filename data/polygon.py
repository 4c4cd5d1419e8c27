"""Which points lie inside a polygon drawn by hand."""

import numpy as np

from models.errors import BadInput

MIN_VERTICES = 3
MAX_VERTICES = 10_000


def points_inside(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Tell which of (n, 2) points lie inside a polygon of (v, 2) vertices, closed by itself.

    The even-odd rule: a point is inside where a ray from it crosses the outline an odd number of
    times. So the outline may cross itself, and what it goes round twice is outside.
    """
    vertices = checked_vertices(vertices)
    near = np.flatnonzero(_inside_box(points, vertices.min(0), vertices.max(0)))
    # Along y, an edge meets a run of the points: each is compared with few edges, not with all.
    near = near[np.argsort(points[near, 1], kind="stable")]
    x, y = points[near].T.astype(np.float64)
    is_odd = np.zeros(len(near), dtype=bool)
    starts, ends = vertices, np.roll(vertices, -1, axis=0)
    lows, highs = np.sort(np.stack([starts[:, 1], ends[:, 1]]), axis=0)
    # Half-open in y, so that a ray through a vertex crosses one of its two edges, not both.
    runs = zip(np.searchsorted(y, lows), np.searchsorted(y, highs), starts, ends, strict=True)
    for first, last, (x0, y0), (x1, y1) in runs:
        if first < last:
            crossing = x0 + (x1 - x0) * ((y[first:last] - y0) / (y1 - y0))
            is_odd[first:last] ^= x[first:last] < crossing
    inside = np.zeros(len(points), dtype=bool)
    inside[near[is_odd]] = True
    return inside


def points_in_box(points: np.ndarray, x: tuple[float, float], y: tuple[float, float]) -> np.ndarray:
    """Tell which of (n, 2) points lie in a box, its edges included; ends in either order."""
    corners = checked_vertices(np.array([x, y], dtype=np.float64).T, at_least=2)
    return _inside_box(points, corners.min(0), corners.max(0))


def checked_vertices(vertices: np.ndarray, at_least: int = MIN_VERTICES) -> np.ndarray:
    """Vertices as (v, 2) float64, or BadInput."""
    vertices = np.asarray(vertices, dtype=np.float64)
    if vertices.ndim != 2 or vertices.shape[1] != 2 or len(vertices) < at_least:
        raise BadInput(f"A selection needs at least {at_least} points with x and y.")
    if len(vertices) > MAX_VERTICES:
        raise BadInput(
            f"A polygon may have {MAX_VERTICES:,} vertices, not {len(vertices):,}; simplify it."
        )
    if not np.isfinite(vertices).all():
        raise BadInput("A selection has a corner that is not a finite number.")
    return vertices


def _inside_box(points: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    x, y = points[:, 0], points[:, 1]
    return (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])

"""Which points lie in what was drawn on a map by hand, and what may be drawn."""

import numpy as np

from models.errors import BadInput
from models.space.polygon import points_in_polygon

MIN_VERTICES = 3
MAX_VERTICES = 10_000


def points_inside(points: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Tell which of (n, 2) points lie inside a polygon of (v, 2) vertices, closed by itself.

    By the even-odd rule: the outline may cross itself, and what it goes round twice is outside.
    """
    return points_in_polygon(points, checked_vertices(vertices))


def points_in_box(points: np.ndarray, x: tuple[float, float], y: tuple[float, float]) -> np.ndarray:
    """Tell which of (n, 2) points lie in a box, its edges included; ends in either order."""
    corners = checked_vertices(np.array([x, y], dtype=np.float64).T, at_least=2)
    low, high = corners.min(axis=0), corners.max(axis=0)
    x, y = points[:, 0], points[:, 1]
    return (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1])


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

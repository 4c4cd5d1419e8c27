"""Whether a closed outline crosses itself, so that "inside" needs a rule."""

import numba
import numpy as np


def crosses_itself(vertices: np.ndarray) -> bool:
    """Tell whether two edges of a closed polygon cross, each passing from side to side.

    Edges that only touch, or lie on one another, do not cross: what is inside is not in doubt.

    Parameters
    ----------
    vertices : (n_vertices, 2) array of finite numbers

    Raises
    ------
    ValueError
        If the vertices have not two columns, or one is not finite.
    """
    vertices = np.ascontiguousarray(vertices, dtype=np.float64)
    if vertices.ndim != 2 or vertices.shape[1] != 2 or not np.isfinite(vertices).all():
        raise ValueError("An outline has vertices of two finite numbers each.")
    if len(vertices) < 4:
        return False
    # As large as the numbers allow, products of coordinates would overflow.
    scaled = (vertices - vertices.mean(axis=0)) / max(np.abs(vertices).max(), 1e-300)
    edges = np.concatenate([scaled, np.roll(scaled, -1, axis=0)], axis=1)
    lefts = np.minimum(edges[:, 0], edges[:, 2])
    return bool(_any_crossing(edges[np.argsort(lefts, kind="stable")]))


@numba.njit(cache=True, nogil=True)
def _any_crossing(edges: np.ndarray) -> bool:
    """(n, 4) ends of edges, sorted by their left end: only those that overlap in x are compared."""
    for i in range(len(edges)):
        ax, ay, bx, by = edges[i]
        right, low, high = max(ax, bx), min(ay, by), max(ay, by)
        for j in range(i + 1, len(edges)):
            cx, cy, dx, dy = edges[j]
            if min(cx, dx) > right:
                break
            if min(cy, dy) > high or max(cy, dy) < low:
                continue
            c_side, d_side = _side(ax, ay, bx, by, cx, cy), _side(ax, ay, bx, by, dx, dy)
            a_side, b_side = _side(cx, cy, dx, dy, ax, ay), _side(cx, cy, dx, dy, bx, by)
            if c_side * d_side < 0 and a_side * b_side < 0:
                return True
    return False


@numba.njit(cache=True, nogil=True)
def _side(ax: float, ay: float, bx: float, by: float, px: float, py: float) -> float:
    """Sign of the side of a line on which a point lies."""
    return np.sign((bx - ax) * (py - ay) - (by - ay) * (px - ax))

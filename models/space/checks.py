"""What points and bin edges must be, said in one sentence where they are not."""

import numpy as np

_ROWS_NAMED = 5  # a message names the first few offending rows and counts the rest


def checked_points(points: np.ndarray, *, at_least: int = 1) -> np.ndarray:
    """Give `points` as a (n_points, n_dim) float32 or float64 array of finite numbers.

    Half precision and integers become float32 and float64, which hold them exactly.

    Raises
    ------
    ValueError
        If the shape is not (n_points, n_dim), there are fewer than `at_least` points, or a
        value is not finite.
    """
    points = np.asarray(points)
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"Points must have shape (n_points, n_dim), not {points.shape}.")
    if len(points) < at_least:
        raise ValueError(f"At least {at_least} points are needed, and there are {len(points)}.")
    if points.dtype == np.float16:
        points = points.astype(np.float32)
    elif points.dtype != np.float32:
        points = points.astype(np.float64)
    if not np.isfinite(points.sum(dtype=np.float64)):  # one pass; the slow look only when needed
        _refuse_non_finite(points)
    return points


def checked_edges(edges: np.ndarray) -> np.ndarray:
    """Give `edges` as (n_bins + 1,) float64: increasing, not negative; the last may be infinite."""
    edges = np.asarray(edges, dtype=np.float64)
    if edges.ndim != 1 or len(edges) < 2:
        raise ValueError(f"Edges must be a list of at least two separations, not {edges.shape}.")
    if not (np.diff(edges) > 0).all():  # NaN is caught too: it compares false
        raise ValueError("Edges must increase from each bin to the next.")
    if edges[0] < 0:
        raise ValueError(f"Edges are separations and cannot be negative, as {edges[0]:g} is.")
    return edges


def _refuse_non_finite(points: np.ndarray) -> None:
    rows = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(rows) == 0:
        return  # finite values whose sum alone overflows
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    more = f" and {len(rows) - _ROWS_NAMED} more" if len(rows) > _ROWS_NAMED else ""
    raise ValueError(f"Points must be finite numbers; these rows are not: {named}{more}.")

"""What points and bin edges must be, said in one sentence where they are not."""

import numpy as np

_ROWS_NAMED = 5  # a message names the first few offending rows and counts the rest
_FIRST = 100  # points, of which some differ from the first nearly always


def checked_points(points: np.ndarray, *, at_least: int = 1) -> np.ndarray:
    """Give `points` as a (n_points, n_dim) float32 or float64 array of finite numbers.

    Half precision and integers become float32 and float64, which hold them exactly.

    Raises
    ------
    ValueError
        If the shape is not (n_points, n_dim), there are fewer than `at_least` points, or a
        value is not a finite number.
    """
    points = np.asarray(points)
    if points.dtype.kind not in "fiub":
        raise ValueError(f"Points must be numbers, not of type {points.dtype}.")
    if points.ndim != 2 or points.shape[1] == 0:
        raise ValueError(f"Points must have shape (n_points, n_dim), not {points.shape}.")
    if len(points) < at_least:
        needed = "1 point is" if at_least == 1 else f"{at_least} points are"
        there = "there is 1" if len(points) == 1 else f"there are {len(points)}"
        raise ValueError(f"At least {needed} needed, and {there}.")
    if points.dtype == np.float16:
        points = points.astype(np.float32)
    elif points.dtype != np.float32:
        points = points.astype(np.float64)
    with np.errstate(over="ignore", invalid="ignore"):
        total = points.sum()  # one fast pass; the slow look only when needed
    if not np.isfinite(total):
        _refuse_non_finite(points)
    return points


def as_float32(points: np.ndarray) -> np.ndarray:
    """Give checked points as float32, in rows.

    Raises
    ------
    ValueError
        If a value is too large for it.
    """
    if points.dtype != np.float32:
        with np.errstate(over="ignore"):
            rounded = points.astype(np.float32)
        rows = np.flatnonzero(~np.isfinite(rounded).all(axis=1))
        if len(rows):
            raise ValueError(f"Points must be below 3e38, and these rows are not: {_named(rows)}.")
        points = rounded
    return np.ascontiguousarray(points)


def are_all_same(points: np.ndarray) -> bool:
    """Whether all of (n_points, n_dim) points coincide."""
    return bool((points[:_FIRST] == points[0]).all() and (points == points[0]).all())


def checked_edges(edges: np.ndarray) -> np.ndarray:
    """Give `edges` as (n_bins + 1,) float64: increasing, not negative; the last may be infinite.

    Raises
    ------
    ValueError
        If they are not so.
    """
    edges = np.asarray(edges)
    if edges.dtype.kind not in "fiub":
        raise ValueError(f"Edges must be numbers, not of type {edges.dtype}.")
    edges = edges.astype(np.float64)
    if edges.ndim != 1 or len(edges) < 2:
        raise ValueError(
            f"Edges must be a list of at least two separations, not of shape {edges.shape}."
        )
    if np.isnan(edges).any():
        raise ValueError(
            f"Edges must be numbers, and edge {np.flatnonzero(np.isnan(edges))[0]} is not."
        )
    if not (edges[1:] > edges[:-1]).all():
        raise ValueError("Edges must increase from each bin to the next.")
    if edges[0] < 0:
        raise ValueError(f"Edges are separations and cannot be negative, as {edges[0]:g} is.")
    return edges


def _refuse_non_finite(points: np.ndarray) -> None:
    rows = np.flatnonzero(~np.isfinite(points).all(axis=1))
    if len(rows) == 0:
        return  # finite values whose sum alone overflows
    raise ValueError(f"Points must be finite numbers; these rows are not: {_named(rows)}.")


def _named(rows: np.ndarray) -> str:
    """The first few rows by number, and how many more there are."""
    named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
    return f"{named} and {len(rows) - _ROWS_NAMED} more" if len(rows) > _ROWS_NAMED else named

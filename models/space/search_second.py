"""Neighbors of neighbors: those that a galaxy's neighbors agree on, and it does not list itself."""

from dataclasses import dataclass

import numpy as np

from models.space.search_exact import checked_vectors, exact_order


@dataclass(frozen=True)
class SecondNearest:
    """Neighbors of the neighbors of one galaxy, those on most lists first.

    rows : (n,) int64
    n_paths : (n,) int64, on the lists of how many of its neighbors each is
    distances : (n,) float64, from the galaxy itself, Euclidean
    """

    rows: np.ndarray
    n_paths: np.ndarray
    distances: np.ndarray


def neighbors_of_neighbors(
    points: np.ndarray, neighbors: np.ndarray, row: int, n_nearest: int
) -> SecondNearest:
    """Rank neighbors of a galaxy's neighbors by how many list them, then by distance.

    Parameters
    ----------
    points : (n_points, d) array
        Only those found are read.
    neighbors : (n_points, k) integer array
        Rows of the nearest of each; negative ones are passed over.
    row : int
        The galaxy; it and its own neighbors are left out.
    n_nearest : int
        Fewer are given where there are not as many.
    """
    own = neighbors[row][neighbors[row] >= 0]
    listed = neighbors[own].ravel()
    rows, n_paths = np.unique(listed[listed >= 0], return_counts=True)
    is_new = ~np.isin(rows, [row, *own])
    rows, n_paths = rows[is_new].astype(np.int64), n_paths[is_new]
    vector = checked_vectors(points[row], points.shape[1], "euclidean")[0]
    near, distances = exact_order(points, vector, rows, len(rows), "euclidean")
    n_paths = n_paths[np.searchsorted(rows, near)]
    order = np.argsort(-n_paths, kind="stable")[:n_nearest]
    return SecondNearest(near[order], n_paths[order], distances[order])

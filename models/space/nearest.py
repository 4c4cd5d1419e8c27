"""Exact nearest neighbours of some points among all of them."""

import faiss
import numba
import numpy as np

N_SPARE = 16  # candidates beyond those asked for: float32 rounding may swap close ones
BASE_BLOCK = 16_384
QUERY_BLOCK = 2_048


def exact_nearest(
    points: np.ndarray, queries: np.ndarray, n_neighbors: int
) -> tuple[np.ndarray, np.ndarray]:
    """Find the nearest points to some of the points, themselves excluded.

    Candidates come from float32 matrix products, which lose close pairs to cancellation. So
    distances are recomputed from differences, and a row whose candidates may have left out a
    nearer point, given the rounding error, is searched again in float64.

    Parameters
    ----------
    points : (n_points, n_dim) float32 array
    queries : (n_queries,) integer array
        Rows of `points` to search from.
    n_neighbors : int
        At most ``n_points - 1``.

    Returns
    -------
    rows : (n_queries, n_neighbors) int32 array
        Nearest first; equal distances in the order of their rows.
    distances : (n_queries, n_neighbors) float32 array
        Euclidean.
    """
    center = points.mean(0, dtype=np.float64)
    candidates, reach = _float32_candidates(points, queries, n_neighbors + 1 + N_SPARE, center)
    rows, distances = nearest_of(points, queries, candidates, n_neighbors)
    unsure = np.flatnonzero(distances[:, -1] > reach)
    if len(unsure):
        candidates = _float64_candidates(points, queries[unsure], n_neighbors + 1, center)
        rows[unsure], distances[unsure] = nearest_of(
            points, queries[unsure], candidates, n_neighbors
        )
    return rows, distances


def _float32_candidates(
    points: np.ndarray, queries: np.ndarray, n_candidates: int, center: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows near each query, and the distance within which none is missing.

    Returns (n_queries, some) int32 rows and (n_queries,) distances, infinite where the
    candidates are all there is.
    """
    sought = (points[queries] - center).astype(np.float32)
    found, reach = [], np.full(len(queries), np.inf)
    for start in range(0, len(points), BASE_BLOCK):
        base = (points[start : start + BASE_BLOCK] - center).astype(np.float32)
        squared, rows = faiss.knn(sought, base, min(n_candidates, len(base)))
        found.append(rows + start)
        if n_candidates < len(base):
            np.minimum(reach, squared[:, -1], out=reach)
    # A product of n_dim terms is wrong by a few eps sqrt(n_dim) of the norms it is made of, and
    # whatever lies within `reach` has a norm of at most |query| + reach.
    norm = np.linalg.norm(sought.astype(np.float64), axis=1)
    error = 8 * np.finfo(np.float32).eps * np.sqrt(points.shape[1])
    with np.errstate(invalid="ignore"):
        lost = error * (norm**2 + (norm + np.sqrt(np.maximum(reach, 0))) ** 2)
        safe = np.sqrt(np.maximum(reach - lost, 0))
    return np.hstack(found).astype(np.int32), np.where(np.isinf(reach), np.inf, safe)


def _float64_candidates(
    points: np.ndarray, queries: np.ndarray, n_candidates: int, center: np.ndarray
) -> np.ndarray:
    """Rows near each query by float64 products: twice the work, 1e-9 of the rounding error."""
    n_candidates = min(n_candidates + N_SPARE, len(points))
    found = np.empty((len(queries), n_candidates), np.int32)
    norms = _squared_norms(points, center)
    for start in range(0, len(queries), 256):
        sought = points[queries[start : start + 256]] - center
        squared = np.empty((len(sought), len(points)))
        for base in range(0, len(points), BASE_BLOCK):
            part = slice(base, base + BASE_BLOCK)
            squared[:, part] = norms[part] - 2 * sought @ (points[part] - center).T
        nearest = np.argpartition(squared, n_candidates - 1, axis=1)[:, :n_candidates]
        found[start : start + 256] = nearest
    return found


def _squared_norms(points: np.ndarray, center: np.ndarray) -> np.ndarray:
    norms = np.empty(len(points))
    for start in range(0, len(points), BASE_BLOCK):
        block = points[start : start + BASE_BLOCK] - center
        norms[start : start + BASE_BLOCK] = np.einsum("ij,ij->i", block, block)
    return norms


def nearest_of(
    points: np.ndarray, queries: np.ndarray, candidates: np.ndarray, n_neighbors: int
) -> tuple[np.ndarray, np.ndarray]:
    """Order the candidates of each query by their true distance and keep the nearest.

    Parameters
    ----------
    points : (n_points, n_dim) float32 array
    queries : (n_queries,) integer array
        Rows of `points`.
    candidates : (n_queries, n_candidates) integer array
        Distinct rows of `points`; the query itself and negative rows are passed over.
    n_neighbors : int

    Returns
    -------
    rows, distances : (n_queries, n_neighbors) int32 and float32 arrays
        -1 and infinity where there were too few candidates.
    """
    rows = np.full((len(queries), n_neighbors), -1, np.int32)
    squared = np.full((len(queries), n_neighbors), np.inf)
    _keep_nearest(
        np.asarray(points), queries.astype(np.int64), candidates.astype(np.int32), rows, squared
    )
    return rows, np.sqrt(squared).astype(np.float32)


@numba.njit(parallel=True, cache=True)
def _keep_nearest(points, queries, candidates, rows, squared):
    """Fill `rows` and `squared`, sorted, from the candidates of each query."""
    for i in numba.prange(len(queries)):
        for candidate in candidates[i]:
            if candidate < 0 or candidate == queries[i]:
                continue
            distance = _squared_distance(points[queries[i]], points[candidate])
            _insert(rows[i], squared[i], candidate, distance)


@numba.njit(fastmath=True, cache=True)
def _squared_distance(point, other):
    # In float64: the difference of two float32 is exact there.
    total = 0.0
    for k in range(len(point)):
        difference = np.float64(point[k]) - np.float64(other[k])
        total += difference * difference
    return total


@numba.njit(cache=True)
def _insert(rows, squared, row, distance):
    """Put a candidate in its place in a sorted list, pushing out the last."""
    place = len(rows)
    while place > 0 and (
        distance < squared[place - 1] or (distance == squared[place - 1] and row < rows[place - 1])
    ):
        place -= 1
    for k in range(len(rows) - 1, place, -1):
        rows[k] = rows[k - 1]
        squared[k] = squared[k - 1]
    if place < len(rows):
        rows[place] = row
        squared[place] = distance

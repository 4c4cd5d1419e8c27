"""Exact nearest points to any vectors, among points that need not fit into memory."""

from collections.abc import Iterator
from dataclasses import dataclass

import faiss
import numpy as np

from models.errors import BadInput
from models.space.nearest import N_SPARE
from models.space.search_query import as_metric

BLOCK = 8_192  # points handled at a time: 16 MiB of 512 float32


@dataclass(frozen=True)
class Nearest:
    """The nearest points to some vectors.

    rows : (n_vectors, n_found) int64, nearest first; equally far ones in the order of their rows
    distances : (n_vectors, n_found) float64: Euclidean, or 1 - cosine
    n_searched : points among which they are the nearest
    n_undefined : points left out because they have no direction (cosine)
    """

    rows: np.ndarray
    distances: np.ndarray
    n_searched: int
    n_undefined: int = 0


def search_exact(
    points: np.ndarray,
    vectors: np.ndarray,
    n_nearest: int,
    *,
    metric: str = "euclidean",
    rows: np.ndarray | None = None,
) -> Nearest:
    """Find the nearest points to each vector, reading all points block by block.

    Candidates come from float32 arithmetic around the mean of the vectors and their distances
    are computed again in float64. A vector whose candidates may have left out a nearer point, given
    the rounding error, is searched again in float64.

    Parameters
    ----------
    points : (n, d) float16 or float32 array
        May be memory-mapped; it is never copied as a whole.
    vectors : (n_vectors, d) or (d,) array
    n_nearest : int
        Fewer are given where there are not as many points.
    metric : {"euclidean", "cosine"}
        Under the cosine a point that is 0 has no distance: it is left out, and counted.
    rows : (n_rows,) integer array, optional
        Increasing: search among these alone.

    Raises
    ------
    BadInput
        If a vector is not finite, of another number of dimensions, or has no direction.
    """
    sought = checked_vectors(vectors, points.shape[1], metric)
    center = sought.mean(0).astype(np.float32)
    small = (sought - center).astype(np.float32)
    found, places, n_defined, n_undefined = [], [], 0, 0
    reach = np.full(len(sought), np.inf)
    for block_rows, base in _blocks(points, rows, metric):
        is_defined = np.isfinite(base[:, 0])
        n_undefined += int((~is_defined).sum())
        if not is_defined.all():
            base, block_rows = base[is_defined], block_rows[is_defined]
        if not len(base):
            continue
        n_defined += len(base)
        n_kept = min(n_nearest + N_SPARE, len(base))
        squared, at = faiss.knn(small, np.ascontiguousarray(base - center), n_kept)
        found.append(block_rows[at])
        places.append(squared)
        if n_kept < len(base):
            np.minimum(reach, squared[:, -1], out=reach)
    n_nearest = min(n_nearest, n_defined)
    if not n_nearest:
        nothing = np.empty((len(sought), 0))
        return Nearest(nothing.astype(np.int64), nothing, n_defined, n_undefined)
    candidates = _leading(np.hstack(found), np.hstack(places), n_nearest + N_SPARE, reach)
    safe = _safe(small, reach, points.shape[1])
    best = [
        exact_order(points, vector, of, n_nearest, metric)
        for vector, of in zip(sought, candidates, strict=True)
    ]
    # Half the square of the distance of two unit vectors is 1 - cosine.
    limits = safe if metric == "euclidean" else safe**2 / 2
    for i, (_, distances) in enumerate(best):
        if distances[-1] >= limits[i]:  # equally far ones may be missing, too
            best[i] = _in_float64(points, sought[i], n_nearest, metric, rows)
    return Nearest(
        np.array([each for each, _ in best]),
        np.array([each for _, each in best]),
        n_defined,
        n_undefined,
    )


def exact_order(
    points: np.ndarray, vector: np.ndarray, candidates: np.ndarray, n_nearest: int, metric: str
) -> tuple[np.ndarray, np.ndarray]:
    """The nearest of some candidates, by float64 distances.

    Parameters
    ----------
    points : (n, d) array
        Only the candidates are read.
    vector : (d,) float64 array
        Of unit norm with the cosine.
    candidates : (n_candidates,) integer array
        Distinct rows of `points`.

    Returns
    -------
    rows, distances : (n_found,) int64 and float64 arrays
        Nearest first; candidates without a direction are left out.
    """
    candidates = np.sort(candidates).astype(np.int64)
    distances = _distances(points[candidates], vector, metric)
    order = np.argsort(distances, kind="stable")[:n_nearest]  # NaN comes last
    order = order[np.isfinite(distances[order])]
    return candidates[order], distances[order]


def checked_vectors(vectors: np.ndarray, n_dim: int, metric: str) -> np.ndarray:
    """(m, n_dim) float64 vectors to search from, of unit norm with the cosine; or BadInput."""
    vectors = np.atleast_2d(np.asarray(vectors, np.float64))
    if vectors.shape[1] != n_dim:
        raise BadInput(
            f"The vector has {vectors.shape[1]} numbers and the galaxies have {n_dim}; encode "
            "it with the same checkpoint."
        )
    if not np.isfinite(vectors).all():
        raise BadInput("The vector to search from is not finite; encode the image again.")
    sought = as_metric(vectors, metric)
    if not np.isfinite(sought).all():
        raise BadInput(
            "The vector to search from has no direction (it is 0); search by Euclidean distance."
        )
    return sought


def _blocks(
    points: np.ndarray, rows: np.ndarray | None, metric: str
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Rows and float32 points, block by block; with the cosine of unit norm, NaN without one."""
    n_rows = len(points) if rows is None else len(rows)
    for start in range(0, n_rows, BLOCK):
        stop = min(start + BLOCK, n_rows)
        if rows is None:
            at, base = np.arange(start, stop), points[start:stop]
        else:
            at = rows[start:stop]
            base = points[at]
        base = base.astype(np.float32)
        if metric == "cosine":
            norms = np.sqrt(np.einsum("ij,ij->i", base, base, dtype=np.float64))
            with np.errstate(invalid="ignore", divide="ignore"):
                base *= np.where(norms > 0, 1 / norms, np.nan).astype(np.float32)[:, None]
        yield at, base


def _leading(
    rows: np.ndarray, squared: np.ndarray, n_kept: int, reach: np.ndarray
) -> list[np.ndarray]:
    """Candidates of each vector, from those of all blocks; `reach` is brought in to them."""
    if squared.shape[1] <= n_kept:
        return list(rows)
    order = np.argpartition(squared, n_kept, axis=1)
    beyond = np.take_along_axis(squared, order[:, n_kept : n_kept + 1], 1)[:, 0]
    np.minimum(reach, beyond, out=reach)
    return list(np.take_along_axis(rows, order[:, :n_kept], 1))


def _safe(small: np.ndarray, reach: np.ndarray, n_dim: int) -> np.ndarray:
    """Distance within which no point is missing among the candidates, given float32 rounding."""
    norm = np.linalg.norm(small.astype(np.float64), axis=1)
    error = 8 * np.finfo(np.float32).eps * np.sqrt(n_dim)
    with np.errstate(invalid="ignore"):
        # Whatever lies within `reach` has a norm of at most |vector| + reach.
        lost = error * (norm**2 + (norm + np.sqrt(reach)) ** 2)
        safe = np.sqrt(np.maximum(reach - lost, 0))
    return np.where(np.isinf(reach), np.inf, safe)


def _in_float64(
    points: np.ndarray, vector: np.ndarray, n_nearest: int, metric: str, rows: np.ndarray | None
) -> tuple[np.ndarray, np.ndarray]:
    rows = np.arange(len(points)) if rows is None else rows
    distances = np.concatenate(
        [
            _distances(points[rows[start : start + BLOCK]], vector, metric)
            for start in range(0, len(rows), BLOCK)
        ]
    )
    order = np.argsort(distances, kind="stable")[:n_nearest]
    return rows[order].astype(np.int64), distances[order]


def _distances(points: np.ndarray, vector: np.ndarray, metric: str) -> np.ndarray:
    differences = as_metric(points, metric) - vector
    squared = np.einsum("ij,ij->i", differences, differences)
    return np.sqrt(squared) if metric == "euclidean" else squared / 2

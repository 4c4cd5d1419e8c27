"""The nearest neighbours of every galaxy in a representation space."""

from collections.abc import Callable
from dataclasses import dataclass

import faiss
import numpy as np

from models.space.nearest import BASE_BLOCK, QUERY_BLOCK, exact_nearest, nearest_of
from models.space.projection import principal_axes

MAX_EXACT = 50_000
N_COARSE = 50  # principal components searched beyond MAX_EXACT
N_CANDIDATES = 4  # ordered in all dimensions, for each neighbour wanted
N_PROBED = 32  # cells searched around each point
N_RECALL = 1_000  # points on which recall is measured


@dataclass(frozen=True)
class Neighbors:
    """The nearest neighbours of each point, itself excluded.

    rows : (n_points, n_neighbors) int32, nearest first
    distances : (n_points, n_neighbors) float32, Euclidean, in the unit of the points
    recall : share of the true neighbours that were found; 1 where the search is exact
    recall_error : standard error of `recall`, from the points it was measured on; 0 if exact
    is_exact : whether every neighbour is a true one
    """

    rows: np.ndarray
    distances: np.ndarray
    recall: float = 1.0
    recall_error: float = 0.0
    is_exact: bool = True

    def same_as(self, other: "Neighbors") -> bool:
        """Whether both come from the same representations, as far as neighbours can tell."""
        return np.array_equal(self.rows, other.rows) and np.array_equal(
            self.distances, other.distances
        )


def find_neighbors(
    points: np.ndarray,
    n_neighbors: int = 30,
    *,
    coarse: np.ndarray | None = None,
    seed: int = 0,
    max_exact: int = MAX_EXACT,
    progress: Callable[[float], None] | None = None,
) -> Neighbors:
    """Find the nearest neighbours of every point.

    Exact up to `max_exact` points. Beyond, candidates are sought in the leading principal
    components among the cells nearest to each point, then ordered by their distance in all
    dimensions; what share of the true neighbours that finds is measured on 1,000 points.

    Parameters
    ----------
    points : (n_points, n_dim) array
        May be memory-mapped; anything but float32 is copied to float32.
    n_neighbors : int
        Fewer are given where there are not as many other points.
    coarse : (n_points, n_coarse) array, optional
        The leading principal components, if at hand; used beyond `max_exact` only.
    seed : int
        Of the cells and of the points on which recall is measured.
    progress : callable, optional
        Called with the share done; an exception it raises stops the search.

    Raises
    ------
    ValueError
        If there are fewer than 2 points or a value is not finite.
    """
    points = _checked(points)
    n_neighbors = min(n_neighbors, len(points) - 1)
    progress = progress or (lambda share: None)
    if len(points) <= max_exact:
        return _exact(points, n_neighbors, progress)
    if coarse is None:
        coarse = principal_axes(points, n_axes=N_COARSE).project(points)
    coarse = np.ascontiguousarray(coarse, np.float32)
    return _approximate(points, coarse, n_neighbors, seed, progress)


def _checked(points: np.ndarray) -> np.ndarray:
    if points.ndim != 2 or len(points) < 2:
        raise ValueError(f"Neighbours need at least 2 points in rows, not shape {points.shape}.")
    points = np.ascontiguousarray(points, np.float32)
    for start in range(0, len(points), BASE_BLOCK):
        is_finite = np.isfinite(points[start : start + BASE_BLOCK]).all(1)
        if not is_finite.all():
            row = start + int(np.argmin(is_finite))
            raise ValueError(f"The point in row {row} is not finite; leave it out.")
    return points


def _exact(points: np.ndarray, n_neighbors: int, progress: Callable) -> Neighbors:
    rows = np.empty((len(points), n_neighbors), np.int32)
    distances = np.empty((len(points), n_neighbors), np.float32)
    for start in range(0, len(points), QUERY_BLOCK):
        block = np.arange(start, min(start + QUERY_BLOCK, len(points)))
        rows[block], distances[block] = exact_nearest(points, block, n_neighbors)
        progress((block[-1] + 1) / len(points))
    return Neighbors(rows, distances)


def _approximate(
    points: np.ndarray, coarse: np.ndarray, n_neighbors: int, seed: int, progress: Callable
) -> Neighbors:
    rows = np.empty((len(points), n_neighbors), np.int32)
    distances = np.empty((len(points), n_neighbors), np.float32)
    index = _cells(coarse, seed)
    # Points of one cell share their candidates, which then stay in the processor's cache.
    order = np.argsort(index.quantizer.search(coarse, 1)[1][:, 0], kind="stable")
    for start in range(0, len(points), QUERY_BLOCK):
        block = order[start : start + QUERY_BLOCK]
        candidates = index.search(coarse[block], N_CANDIDATES * n_neighbors + 1)[1]
        rows[block], distances[block] = nearest_of(points, block, candidates, n_neighbors)
        progress(0.95 * (start + len(block)) / len(points))
    # A point alone in its cells may have found too few.
    short = np.flatnonzero(rows[:, -1] < 0)
    for start in range(0, len(short), QUERY_BLOCK):
        block = short[start : start + QUERY_BLOCK]
        rows[block], distances[block] = exact_nearest(points, block, n_neighbors)
    recall, error = _measured_recall(points, distances, seed)
    progress(1.0)
    return Neighbors(rows, distances, recall, error, is_exact=False)


def _cells(coarse: np.ndarray, seed: int) -> faiss.IndexIVFFlat:
    """Index of the points by the k-means cell they fall in."""
    n_cells = max(1, min(int(2 * np.sqrt(len(coarse))), len(coarse) // 40))
    n_dim = coarse.shape[1]
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(n_dim), n_dim, n_cells)
    index.cp.seed = seed
    index.cp.niter = 10
    index.nprobe = min(N_PROBED, n_cells)
    n_training = min(len(coarse), 64 * n_cells)
    training = np.random.default_rng(seed).choice(len(coarse), n_training, replace=False)
    index.train(coarse[np.sort(training)])
    index.add(coarse)
    return index


def _measured_recall(points: np.ndarray, distances: np.ndarray, seed: int) -> tuple[float, float]:
    """Share of the true neighbours found, and its standard error over the points tried.

    A neighbour counts as found if it is no farther than the last true one, so that which of
    several equally far ones was found does not matter. The error is that of one missed neighbour
    at least: none missed among those tried is not none missed.
    """
    rng = np.random.default_rng(seed + 1)
    tried = np.sort(rng.choice(len(points), min(N_RECALL, len(points)), replace=False))
    _, true = exact_nearest(points, tried, distances.shape[1])
    found = (distances[tried] <= true[:, -1:]).mean(1)
    error = max(found.std(ddof=1) / np.sqrt(len(found)), 1 / (len(tried) * distances.shape[1]))
    return float(found.mean()), float(error)

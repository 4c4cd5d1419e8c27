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
N_PROBED = (32, 64, 128)  # cells searched around each point: the first that are enough
RECALL_WANTED = 0.95
TURNED, SWAPPED = 1e-4, 1e-3  # what rounding may change: distances, and share of the neighbors
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

    def as_if_turned(self, other: "Neighbors") -> bool:
        """Whether both may come from one space, turned, mirrored or shifted.

        Rounding swaps neighbors that are equally far: all but one in a thousand are the same, at
        distances that differ by one in ten thousand at most.
        """
        if self.rows.shape != other.rows.shape:
            return False
        is_near = np.allclose(self.distances, other.distances, rtol=TURNED, atol=0)
        return is_near and bool(np.mean(self.rows == other.rows) >= 1 - SWAPPED)


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
    dimensions. What share of the true neighbours that finds is measured on 1,000 points, and
    more cells are searched until it is 95 %, up to a limit that bounds the time.

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
    def search(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return exact_nearest(points, block, n_neighbors)

    return Neighbors(*_in_blocks(search, np.arange(len(points)), n_neighbors, progress))


def _approximate(
    points: np.ndarray, coarse: np.ndarray, n_neighbors: int, seed: int, progress: Callable
) -> Neighbors:
    index = _cells(coarse, seed)

    def search(block: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        candidates = index.search(coarse[block], N_CANDIDATES * n_neighbors + 1)[1]
        return nearest_of(points, block, candidates, n_neighbors)

    rng = np.random.default_rng(seed + 1)
    tried = np.sort(rng.choice(len(points), min(N_RECALL, len(points)), replace=False))
    _, true = exact_nearest(points, tried, n_neighbors)
    for n_probed in N_PROBED:
        index.nprobe = min(n_probed, index.nlist)
        recall, error = recall_of(search(tried)[1], true)
        if recall >= RECALL_WANTED:
            break
    # Points of one cell share their candidates, which then stay in the processor's cache.
    order = np.argsort(index.quantizer.search(coarse, 1)[1][:, 0], kind="stable")
    rows, distances = _in_blocks(search, order, n_neighbors, progress)
    # A point alone in its cells may have found too few.
    short = np.flatnonzero(rows[:, -1] < 0)
    for start in range(0, len(short), QUERY_BLOCK):
        block = short[start : start + QUERY_BLOCK]
        rows[block], distances[block] = exact_nearest(points, block, n_neighbors)
    return Neighbors(rows, distances, recall, error, is_exact=False)


def _in_blocks(
    search: Callable, order: np.ndarray, n_neighbors: int, progress: Callable
) -> tuple[np.ndarray, np.ndarray]:
    """Search from every point, in the given order, into arrays by row."""
    rows = np.empty((len(order), n_neighbors), np.int32)
    distances = np.empty((len(order), n_neighbors), np.float32)
    for start in range(0, len(order), QUERY_BLOCK):
        block = order[start : start + QUERY_BLOCK]
        rows[block], distances[block] = search(block)
        progress((start + len(block)) / len(order))
    return rows, distances


def _cells(coarse: np.ndarray, seed: int) -> faiss.IndexIVFFlat:
    """Index of the points by the k-means cell they fall in."""
    n_cells = max(1, min(int(2 * np.sqrt(len(coarse))), len(coarse) // 40))
    n_dim = coarse.shape[1]
    index = faiss.IndexIVFFlat(faiss.IndexFlatL2(n_dim), n_dim, n_cells)
    index.cp.seed = seed
    index.cp.niter = 10
    n_training = min(len(coarse), 64 * n_cells)
    training = np.random.default_rng(seed).choice(len(coarse), n_training, replace=False)
    index.train(coarse[np.sort(training)])
    index.add(coarse)
    return index


def recall_of(distances: np.ndarray, true: np.ndarray) -> tuple[float, float]:
    """Share of the true neighbours found, and its standard error over the points tried.

    A neighbour counts as found if it is no farther than the last true one, so that which of
    several equally far ones was found does not matter. The error is that of one missed neighbour
    at least: none missed among those tried is not none missed.
    """
    found = (distances <= true[:, -1:]).mean(1)
    error = max(found.std(ddof=1) / np.sqrt(len(found)), 1 / true.size)
    return float(found.mean()), float(error)

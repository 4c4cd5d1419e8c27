"""How many clusters, or how small ones: what each number gives, and which is chosen by what."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np

from models.space.checks import checked_points
from models.space.cluster_quality import separation_quality
from models.space.clustering import kmeans_clusters
from models.space.density_clusters import density_clusters
from models.space.pairs import Progress
from models.space.reachability import ReachabilityTree

NUMBERS = tuple(range(2, 13))
N_SCANNED = 20_000  # points that are clustered for each number
N_MEASURED = 5_000  # of them, those all of whose separations are measured
SMALLEST = 25  # galaxies of the smallest cluster that is looked for
N_SIZES = 8
BY_SILHOUETTE = "the highest mean silhouette"
BY_CONTRAST = "the highest contrast of density"


@dataclass(frozen=True)
class ClusterScan:
    """What each number that was tried gives.

    asked : (n,) int64, number of clusters or smallest size
    n_clusters : (n,) int64 that were found
    in_none : (n,) float64 share of the points that are in no cluster
    measures : name -> (n,) float64, NaN where undefined. Of k-means "silhouette" (high is good),
        "davies_bouldin" (low is good) and "inertia" (mean squared distance to the center, in the
        squared unit of the points; it always falls). Of density "contrast" (high is good)
    error : (n,) float64 standard error of the first measure over points; NaN where none is known
    chosen : the number that the criterion chooses; None where none gives two clusters
    criterion : in words
    as_good : numbers whose first measure is within one error of the best one's
    n_points, n_measured : points that were clustered, and those that the errors are of
    """

    asked: np.ndarray
    n_clusters: np.ndarray
    in_none: np.ndarray
    measures: dict[str, np.ndarray]
    error: np.ndarray
    chosen: int | None
    criterion: str
    as_good: tuple[int, ...]
    n_points: int
    n_measured: int

    @property
    def nbytes(self) -> int:
        """Bytes that are held in memory."""
        arrays = (self.asked, self.n_clusters, self.in_none, self.error, *self.measures.values())
        return sum(array.nbytes for array in arrays)


def scan_numbers(
    points: np.ndarray,
    numbers: Sequence[int] = NUMBERS,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> ClusterScan:
    """Cluster by k-means into each number, and measure how far apart the clusters are.

    The silhouette (Rousseeuw 1987) chooses; it tends to few clusters, and where the best is low,
    below a quarter or so, the space has no separate ones.

    Parameters
    ----------
    points : (n, n_dim) array
        In random order: the first 20,000 are clustered, and silhouette and Davies-Bouldin index
        are of the first 5,000.
    numbers : sequence of int
    seed : int
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Raises
    ------
    ValueError
        If there is no point, a value is not finite, or a number is below 1.
    """
    points = checked_points(points)[:N_SCANNED]
    measured = points[:N_MEASURED]
    found, rows = [], []
    for done, number in enumerate(numbers):
        tell = progress and partial(_tell_part, progress, done, len(numbers))
        clusters = kmeans_clusters(points, number, seed=seed, progress=tell)
        quality = separation_quality(measured, clusters.codes[: len(measured)])
        silhouette = quality["silhouette"]
        error = np.nan if silhouette["error"] is None else silhouette["error"]
        inertia = _inertia(points, clusters.codes)
        rows.append((silhouette["value"], error, quality["davies_bouldin"]["value"], inertia))
        found.append(clusters.n_clusters)
    silhouettes, errors, indices, inertias = np.array(rows, float).reshape(-1, 4).T
    return _scan(
        numbers,
        found,
        np.zeros(len(found)),
        {"silhouette": silhouettes, "davies_bouldin": indices, "inertia": inertias},
        errors,
        criterion=BY_SILHOUETTE,
        n=(len(points), len(measured)),
    )


def scan_sizes(
    tree: ReachabilityTree,
    sizes: Sequence[int] | None = None,
    *,
    progress: Progress | None = None,
) -> ClusterScan:
    """Cluster by density with each smallest size, and measure the contrast.

    Parameters
    ----------
    tree : ReachabilityTree
    sizes : sequence of int, optional
        `sizes_for` the number of points where they are not given.
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.
    """
    sizes = sizes_for(tree.n_points) if sizes is None else sizes
    found, in_none, contrast = [], [], []
    for done, size in enumerate(sizes):
        tell = progress and partial(_tell_part, progress, done, len(sizes))
        clusters = density_clusters(tree, size, progress=tell)
        found.append(clusters.n_clusters)
        in_none.append(clusters.n_in_none / tree.n_points)
        contrast.append(clusters.parameters["contrast"] if clusters.n_clusters else np.nan)
    return _scan(
        sizes,
        found,
        np.array(in_none, float),
        {"contrast": np.array(contrast, float)},
        np.full(len(found), np.nan),
        criterion=BY_CONTRAST,
        n=(tree.n_points, tree.n_points),
        which=-1,  # of sizes that find the same clusters, the one that forbids the most others
    )


def _tell_part(progress: Progress, done: int, n: int, share: float) -> None:
    """Tell of a share of the next of `n` equal parts of which some are done."""
    progress((done + share) / n)


def sizes_for(n_points: int) -> tuple[int, ...]:
    """Smallest sizes to try: from 25, doubled, as long as four such clusters would fit.

    Of the many that fit millions of points the largest are left out: clusters of a tenth of all
    are found with any smaller size, too.
    """
    sizes = [SMALLEST * 2**step for step in range(N_SIZES)]
    return tuple(size for size in sizes if 4 * size <= n_points) or (max(2, n_points // 4),)


def _inertia(points: np.ndarray, codes: np.ndarray) -> float:
    """Mean squared distance of points to the mean of their cluster."""
    counts = np.bincount(codes)
    total = 0.0
    for column in np.asarray(points, np.float64).T:
        means = np.bincount(codes, column) / counts
        total += float(np.square(column - means[codes]).mean())
    return total


def _scan(
    asked: Sequence[int],
    found: list[int],
    in_none: np.ndarray,
    measures: dict[str, np.ndarray],
    error: np.ndarray,
    *,
    criterion: str,
    n: tuple[int, int],
    which: int = 0,
) -> ClusterScan:
    """What was found; of equally good numbers, that of the place `which` is chosen."""
    asked = np.array(asked, np.int64)
    first = next(iter(measures.values()))
    is_known = np.isfinite(first)
    chosen, as_good = None, ()
    if is_known.any():
        best = int(np.flatnonzero(first == np.nanmax(first))[which])
        chosen = int(asked[best])
        within = is_known & (first >= first[best] - np.nan_to_num(error[best]))
        as_good = tuple(asked[within].tolist())
    counts = np.array(found, np.int64)
    return ClusterScan(asked, counts, in_none, measures, error, chosen, criterion, as_good, *n)

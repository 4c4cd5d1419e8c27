"""Clusters of a representation space: k-means on some of the points, every point assigned."""

import warnings
from collections.abc import Callable

import numpy as np
from sklearn.cluster import MiniBatchKMeans
from sklearn.exceptions import ConvergenceWarning

from models.space.stoppable import stoppable

N_FITTED = 50_000
N_COMPONENTS = 15  # as for the k-means that quality is measured by, see models/space/quality.py
_CHUNK = 100_000


def find_clusters(
    points: np.ndarray,
    n_clusters: int,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """Cluster points by mini-batch k-means (Sculley 2010), the best of 5 starts.

    Parameters
    ----------
    points : (n_points, n_dim) array
        In random order: centers are found on the first 50,000.
    n_clusters : int
        Where fewer points differ, there are fewer clusters.
    seed : int
        Equal seeds give equal clusters.
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Returns
    -------
    (n_points,) int16 array
        Cluster of each point, numbered from 0, the largest first. Not unique: another seed, or
        another number, gives other clusters.

    Raises
    ------
    ValueError
        If there is no point, or no cluster is asked for.
    """
    if len(points) == 0 or n_clusters < 1:
        raise ValueError(f"{len(points)} points have no {n_clusters} clusters; 1 or more have.")
    tell = progress or (lambda share: None)
    fitted = np.asarray(points[:N_FITTED], np.float32)
    n_clusters = min(n_clusters, len(np.unique(fitted, axis=0)))
    kmeans = MiniBatchKMeans(n_clusters, n_init=5, random_state=seed, batch_size=4096)

    def fit() -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            kmeans.fit(fitted)

    stoppable(fit, progress and (lambda: progress(0.0)))
    found = np.empty(len(points), np.int16)
    for start in range(0, len(points), _CHUNK):
        tell(0.2 + 0.8 * start / len(points))
        part = np.asarray(points[start : start + _CHUNK], np.float32)
        found[start : start + _CHUNK] = kmeans.predict(part)
    return _largest_first(found)


def _largest_first(codes: np.ndarray) -> np.ndarray:
    sizes = np.bincount(codes)
    place = np.empty(len(sizes), np.int16)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(sizes), dtype=np.int16)
    return place[codes]

"""Clusters as dense regions with emptier ones between them: HDBSCAN."""

import numpy as np
from scipy.sparse import csr_array
from sklearn.cluster import HDBSCAN

from models.space.clustering import NONE, Clustering, largest_first
from models.space.pairs import Progress
from models.space.reachability import ReachabilityTree
from models.space.stoppable import stoppable


def density_clusters(
    tree: ReachabilityTree, min_cluster_size: int, *, progress: Progress | None = None
) -> Clustering:
    """Cluster by density (Campello, Moulavi & Sander 2013), with scikit-learn's HDBSCAN.

    A cluster holds together over the longest range of densities ("excess of mass"); what lies
    in emptier places is in none. There are two clusters at least, or none.

    Parameters
    ----------
    tree : ReachabilityTree
        The same for any size, so that sizes can be scanned.
    min_cluster_size : int
        Points, 2 or more; what is smaller is no cluster.
    progress : callable, optional
        Called with 0 again and again; an exception that it raises is raised at once.

    Returns
    -------
    Clustering
        `strength` is that of scikit-learn: the density at which a point leaves its cluster, as a
        share of the highest in it.

    Raises
    ------
    ValueError
        If `min_cluster_size` is below 2.
    """
    if min_cluster_size < 2:
        raise ValueError(f"A cluster has 2 points at least, not {min_cluster_size}.")
    told = {
        "min_cluster_size": min_cluster_size,
        "min_samples": tree.min_samples,
        "selected_by": "excess of mass",
    }
    n = tree.n_points
    # Two clusters do not fit, or no density differs.
    if 2 * min_cluster_size > n or tree.heights.min() == tree.heights.max():
        codes, strength = np.full(n, NONE), np.zeros(n)
    else:
        tell = progress and (lambda: progress(0.0))
        found = stoppable(lambda: _by_tree(tree, min_cluster_size), tell)
        codes, strength = found.labels_, found.probabilities_
    told["contrast"] = density_contrast(tree, codes)
    return largest_first(codes, "hdbscan", told, strength)


def _by_tree(tree: ReachabilityTree, min_cluster_size: int) -> HDBSCAN:
    """Cluster by distances of which only those of the tree are given.

    With `min_samples` of 1 its edges keep their lengths, since none is shorter than the shortest
    at either end.
    """
    ends = (np.r_[tree.first, tree.second], np.r_[tree.second, tree.first])
    shape = (tree.n_points, tree.n_points)
    graph = csr_array((np.tile(tree.heights, 2), ends), shape=shape)
    method = HDBSCAN(
        min_cluster_size=min_cluster_size, min_samples=1, metric="precomputed", copy=False
    )
    return method.fit(graph)


def density_contrast(tree: ReachabilityTree, codes: np.ndarray) -> float:
    """How much denser clusters are inside than where they meet what is not of them, 0 to 1.

    Of a cluster, 1 - (median height inside) / (height at which it meets anything else); of all,
    the mean over points, those in no cluster counted as 0. In the manner of the density-based
    validation of Moulavi et al. (2014), with the median in place of the largest height inside,
    which in HDBSCAN is that at the cluster's rim. No error is estimated.

    Parameters
    ----------
    tree : ReachabilityTree
    codes : (n,) integers, clusters from 0, negative in none

    Returns
    -------
    float
        0 where there is no cluster.
    """
    if codes.max(initial=NONE) < 0:
        return 0.0
    sizes = np.bincount(codes[codes >= 0])
    one, other = codes[tree.first], codes[tree.second]
    meets = np.full(len(sizes), np.inf)
    is_out = one != other
    for side in (one, other):
        leaving = is_out & (side >= 0)
        np.minimum.at(meets, side[leaving], tree.heights[leaving])
    inside = _medians(tree.heights, np.where(is_out, NONE, one), len(sizes))
    contrast = np.where(np.isfinite(meets), 1 - inside / meets, 0)
    return float((np.clip(contrast, 0, 1) * sizes).sum() / len(codes))


def _medians(values: np.ndarray, codes: np.ndarray, n_codes: int) -> np.ndarray:
    """(n_codes,) median of the values of each code; 0 where it has none. Negative: left out."""
    order = np.lexsort((values, codes))
    order = order[np.searchsorted(codes[order], 0) :]
    counts = np.bincount(codes[order], minlength=n_codes)
    starts = np.cumsum(counts) - counts
    middle = np.minimum(starts + counts // 2, max(0, len(order) - 1))
    if len(order) == 0:
        return np.zeros(n_codes)
    return np.where(counts > 0, values[order][middle], 0)

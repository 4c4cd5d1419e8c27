"""How well a space fits classes and clusters, with errors by the delete-a-group jackknife.

Silhouettes of all replicates come from one pass over the pairs: the distances of a point to each
class without each group are sums, one matrix product for all of them.
"""

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.cluster import KMeans
from sklearn.metrics import davies_bouldin_score
from threadpoolctl import threadpool_limits

from models.space.class_accuracy import balanced_accuracy, split_votes
from models.space.cluster_quality import cluster_accuracy, kmeans_codes
from models.space.jackknife import jackknife_error
from models.space.measured import Measured, undefined

_BYTES = 2**25  # of sums that are in memory at once


def measure_partition(points: np.ndarray, partitions: np.ndarray) -> dict[str, Measured]:
    """Davies-Bouldin index and silhouette of a partition.

    Parameters
    ----------
    points : (n, k) array
    partitions : (1 + n_groups, n) array of int
        Part of each point: of all, then without each group; -1 for points that are left out.

    Returns
    -------
    dict
        "davies_bouldin" and "silhouette".
    """
    n = int((partitions[0] >= 0).sum())
    if len(np.unique(partitions[0][partitions[0] >= 0])) < 2:
        nothing = undefined(n, "fewer than two parts are left")
        return dict.fromkeys(("davies_bouldin", "silhouette"), nothing)
    indices = np.array([davies_bouldin(points, codes) for codes in partitions])
    means = silhouettes(points, partitions)
    found = {}
    for name, values in (("davies_bouldin", indices), ("silhouette", means)):
        is_told = np.isfinite(values[0])
        found[name] = (
            Measured(float(values[0]), jackknife_error(values[1:]), n)
            if is_told
            else undefined(n, "the parts have no extent or coincide")
        )
    return found


def davies_bouldin(points: np.ndarray, codes: np.ndarray) -> float:
    """Davies-Bouldin index of the points with a code of 0 or more; NaN where it has none."""
    told = codes >= 0
    if len(np.unique(codes[told])) < 2:
        return float("nan")
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(davies_bouldin_score(points[told], codes[told]))


def silhouettes(points: np.ndarray, partitions: np.ndarray) -> np.ndarray:
    """Mean silhouette of each of many partitions of the same points.

    Parameters
    ----------
    points : (n, k) array
    partitions : (n_partitions, n) array of int
        Part of each point, from 0; -1 for points that are left out.

    Returns
    -------
    (n_partitions,) array
        NaN where fewer than two parts have points. A point alone in its part counts as 0.
    """
    n_partitions, n = partitions.shape
    n_parts = int(partitions.max()) + 1
    members = np.zeros((n, n_partitions, n_parts), np.float32)
    which, point = np.nonzero(partitions >= 0)
    members[point, which, partitions[which, point]] = 1
    sizes = members.sum(axis=0)
    flat, totals = members.reshape(n, -1), np.zeros(n_partitions)
    step = max(1, _BYTES // (4 * max(flat.shape[1], n)))
    for first in range(0, n, step):
        rows = slice(first, first + step)
        sums = cdist(points[rows], points).astype(np.float32) @ flat
        sums = sums.reshape(-1, n_partitions, n_parts)
        totals += _silhouette_sums(sums, sizes, partitions[:, rows].T)
    counted = (partitions >= 0).sum(axis=1)
    is_told = (sizes > 0).sum(axis=1) >= 2
    return np.where(is_told, totals / np.maximum(counted, 1), np.nan)


def _silhouette_sums(sums: np.ndarray, sizes: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Sum of silhouettes of some points, for each partition.

    sums : (n_rows, n_partitions, n_parts) distances to the members of each part
    sizes : (n_partitions, n_parts)
    own : (n_rows, n_partitions) part of each point, -1 where it is left out
    """
    place = np.maximum(own, 0)[:, :, None]
    own_sizes = np.take_along_axis(np.broadcast_to(sizes, sums.shape), place, 2)[:, :, 0]
    with np.errstate(divide="ignore", invalid="ignore"):
        within = np.take_along_axis(sums, place, 2)[:, :, 0] / (own_sizes - 1)
        means = np.where(sizes > 0, sums / sizes, np.inf)
        np.put_along_axis(means, place, np.inf, axis=2)
        nearest = means.min(axis=2)
        each = (nearest - within) / np.maximum(nearest, within)
    is_counted = (own >= 0) & (own_sizes > 1) & np.isfinite(each)
    return np.where(is_counted, each, 0).sum(axis=0, dtype=np.float64)


def clusters_without_groups(
    points: np.ndarray, n_clusters: int, groups: np.ndarray, seed: int
) -> np.ndarray:
    """K-Means of all points, and without each group from there: (1 + n_groups, n), -1 left out."""
    found = np.full((groups.max() + 2, len(points)), -1, np.int64)
    # Its steps are so short that threads which share a busy machine wait for each other: 20 times
    # as long.
    with threadpool_limits(1, user_api="openmp"):
        whole = found[0] = kmeans_codes(points, n_clusters, seed=seed)
        centers = np.stack([points[whole == code].mean(axis=0) for code in np.unique(whole)])
        for group in range(groups.max() + 1):
            is_left = groups != group
            start = KMeans(len(centers), init=centers, n_init=1, random_state=seed)
            found[group + 1, is_left] = start.fit(points[is_left]).labels_
    return found


def measure_clusters(clusters: np.ndarray, codes: np.ndarray) -> dict[str, Measured]:
    """Accuracy of clusters as classes: "kmeans_purity" and "kmeans_accuracy", one to one.

    Parameters
    ----------
    clusters : (1 + n_groups, n) array of int
        From `clusters_without_groups`.
    codes : (n,) array of int
        Class of each point, -1 where it has none: not counted.
    """
    each = []
    for of_rest in clusters:
        told = (of_rest >= 0) & (codes >= 0)
        each.append(cluster_accuracy(codes[told], of_rest[told]))
    n = int((codes >= 0).sum())
    return {
        name: Measured(
            each[0][name]["value"],
            jackknife_error(np.array([one[name]["value"] for one in each[1:]])),
            n,
        )
        for name in each[0]
    }


def measure_votes(rows: np.ndarray, codes: np.ndarray, groups: np.ndarray, seed: int) -> dict:
    """Accuracy of the vote of the 5 nearest neighbors: "knn_accuracy" and balanced.

    The value is that of `models.space.class_accuracy.knn_accuracy`, over 10 held-out fifths; the
    error leaves out each group of those that are judged, while all go on voting. To take their
    votes away, too, would count the noise of the votes about twice: the error would be 1.4
    times the scatter over independent draws.

    Parameters
    ----------
    rows : (n, 40) array
        Neighbors of each point, nearest first, itself left out.
    codes : (n,) array of int
        Class of each point.
    groups : (n,) array of ints from 0
    seed : int
        Of the splits.

    Returns
    -------
    dict of Measured
    """
    n_groups = groups.max() + 1
    plain, balanced = [], []  # of each split: of all, then without each group
    for held_out, predicted in split_votes(rows, codes, seed=seed):
        true, group_of = codes[held_out], groups[held_out]
        kept = [group_of != group for group in range(-1, n_groups)]
        plain.append([np.mean(predicted[one] == true[one]) for one in kept])
        balanced.append([balanced_accuracy(true[one], predicted[one]) for one in kept])
    found = {"knn_accuracy": plain, "knn_balanced_accuracy": balanced}
    means = {name: np.mean(values, axis=0) for name, values in found.items()}
    return {
        name: Measured(float(of[0]), jackknife_error(of[1:]), len(codes))
        for name, of in means.items()
    }

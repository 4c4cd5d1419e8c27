"""How well a partition fits a representation space, and how well clusters fit classes."""

import warnings

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import davies_bouldin_score, silhouette_samples


def separation_quality(components: np.ndarray, codes: np.ndarray) -> dict[str, dict]:
    """Davies-Bouldin index (lower is better) and silhouette (higher is better) of a partition.

    Parameters
    ----------
    components : (n, n_components) array
    codes : (n,) array of at least 2 and fewer than n different numbers
        Otherwise both are undefined, NaN.
    """
    n_parts = len(np.unique(codes))
    davies_bouldin = silhouette = error = float("nan")
    if 2 <= n_parts < len(codes):
        davies_bouldin = _davies_bouldin(components, codes)
        each = silhouette_samples(components, codes)
        silhouette, error = float(each.mean()), float(each.std(ddof=1) / np.sqrt(len(each)))
    shared = {"n": len(codes), "n_parts": n_parts, "n_components": components.shape[1]}
    return {
        "davies_bouldin": {"value": davies_bouldin, "error": None, "error_is": "none", **shared},
        "silhouette": {
            "value": silhouette,
            "error": error,
            "error_is": "standard error over galaxies",
            **shared,
        },
    }


def _davies_bouldin(components: np.ndarray, codes: np.ndarray) -> float:
    with np.errstate(divide="ignore", invalid="ignore"):
        return float(davies_bouldin_score(components, codes))


def kmeans_codes(components: np.ndarray, n_clusters: int, *, seed: int = 0) -> np.ndarray:
    """Cluster by k-means, the best of 10 starts; (n,) int. Fewer clusters if points coincide."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        fitted = KMeans(n_clusters, n_init=10, random_state=seed).fit(components)
    return fitted.labels_.astype(np.int64)


def cluster_accuracy(codes: np.ndarray, clusters: np.ndarray) -> dict[str, dict]:
    """Accuracy of clusters as classes, each cluster named in two ways.

    "kmeans_purity" names each cluster after its most frequent class, so several may bear one
    name; "kmeans_accuracy" gives each class at most one cluster, in the best way (Hungarian).

    Parameters
    ----------
    codes, clusters : (n,) arrays numbered from 0
    """
    table = np.zeros((clusters.max() + 1, codes.max() + 1), np.int64)
    np.add.at(table, (clusters, codes), 1)
    matched = table[linear_sum_assignment(table, maximize=True)].sum()
    return {
        "kmeans_purity": _binomial(table.max(1).sum(), len(codes)),
        "kmeans_accuracy": _binomial(matched, len(codes)),
    }


def _binomial(n_right: int, n: int) -> dict:
    share = float(n_right / n)
    return {
        "value": share,
        "error": float(np.sqrt(share * (1 - share) / n)),
        "error_is": "binomial; other k-means starts are not in it",
        "n": n,
        "evaluated_on": "the galaxies that were clustered",
    }

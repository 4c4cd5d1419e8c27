"""Every metric of one checkpoint, for the same galaxies at each, with errors.

Errors are those of a delete-a-group jackknife with the same 20 groups at every checkpoint; that
of the score is from the influence of each galaxy (`models.space.influence`). What is undefined
says why: a checkpoint that collapsed, classes that are not known.
"""

from collections.abc import Callable

import numpy as np

from models.space.checks import are_all_same
from models.space.class_accuracy import N_LISTED
from models.space.jackknife import groups_in_turn
from models.space.measured import Measured, undefined
from models.space.neighbors import find_neighbors
from models.space.timeline_classes import (
    clusters_without_groups,
    measure_clusters,
    measure_partition,
    measure_votes,
)
from models.space.timeline_pairs import measure_pairs, measure_uniformity
from models.space.timeline_spectrum import measure_dimension, measure_spectrum

N_CLUSTERS = 10  # of K-Means where no classes say how many
MIN_MEMBERS = 5  # of a class, among the galaxies that are measured
LEAST = 40  # galaxies: two of each group, and two components
COLLAPSED = "all galaxies have the same representation"
NO_CLASSES = f"fewer than two classes have {MIN_MEMBERS} galaxies here"

STRUCTURE = (
    "score",
    "kl",
    "kmeans_davies_bouldin",
    "kmeans_silhouette",
    "two_nn_dimension",
    "effective_rank",
    "top_component_share",
    "spread",
    "uniformity",
)
OF_CLASSES = (
    "knn_accuracy",
    "knn_balanced_accuracy",
    "kmeans_purity",
    "kmeans_accuracy",
    "davies_bouldin",
    "silhouette",
)


def measure_checkpoint(
    representations: np.ndarray,
    points: np.ndarray,
    edges: np.ndarray | None,
    codes: np.ndarray,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> dict[str, Measured]:
    """Measure everything of STRUCTURE and OF_CLASSES.

    Parameters
    ----------
    representations : (n, n_dim) array
        In random order: the groups of the jackknife are dealt one after the other.
    points : (n, k) array
        Principal components of the same galaxies.
    edges : (n_bins + 1,) array, or None
        Bins of separation, in the unit of the points; None where all of the collection coincide.
    codes : (n,) array of int
        Class of each galaxy from 0, -1 where it has none. See `usable_codes`.
    seed : int
        Of K-Means and of the splits.
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Raises
    ------
    ValueError
        If there are fewer than 40 galaxies.
    """
    n = len(representations)
    if n < LEAST:
        raise ValueError(f"{n:,} galaxies are too few to be measured: at least {LEAST} are needed.")
    progress = progress or (lambda share: None)
    if edges is None or are_all_same(points) or are_all_same(representations):
        return dict.fromkeys((*STRUCTURE, *OF_CLASSES), undefined(n, COLLAPSED))
    representations = np.asarray(representations, np.float32)
    groups = groups_in_turn(n)
    found = measure_pairs(points, edges, groups)
    progress(0.2)
    found |= measure_spectrum(representations, groups)
    found["uniformity"] = measure_uniformity(representations, groups)
    progress(0.4)
    nearest = find_neighbors(representations, N_LISTED, max_exact=n)
    found["two_nn_dimension"] = measure_dimension(nearest.distances, groups)
    progress(0.6)
    return found | _of_parts(representations, points, nearest.rows, codes, seed, progress)


def _of_parts(
    representations: np.ndarray,
    points: np.ndarray,
    rows: np.ndarray,
    codes: np.ndarray,
    seed: int,
    progress: Callable[[float], None],
) -> dict[str, Measured]:
    """Everything that needs classes or clusters."""
    groups = groups_in_turn(len(points))
    n_classes = int(codes.max()) + 1
    clusters = clusters_without_groups(points, n_classes or N_CLUSTERS, groups, seed)
    found = {
        f"kmeans_{name}": measured for name, measured in measure_partition(points, clusters).items()
    }
    progress(0.8)
    if not n_classes:
        return found | dict.fromkeys(OF_CLASSES, undefined(0, NO_CLASSES))
    found |= measure_clusters(clusters, codes)
    found |= measure_partition(points, without_groups(codes, groups))
    told = codes >= 0
    if not told.all():
        groups, codes = groups[told], codes[told]
        rows = find_neighbors(representations[told], N_LISTED, max_exact=len(codes)).rows
    progress(0.9)
    found |= measure_votes(rows, codes, groups, seed)
    progress(1.0)
    return found


def without_groups(codes: np.ndarray, groups: np.ndarray) -> np.ndarray:
    """The codes of all, and with those of each group in turn made -1: (1 + n_groups, n)."""
    gone = groups == np.arange(-1, groups.max() + 1)[:, None]
    return np.where(gone, -1, codes)


def usable_codes(codes: np.ndarray, n_classes: int) -> tuple[np.ndarray, np.ndarray]:
    """Classes with enough galaxies, numbered anew.

    Parameters
    ----------
    codes : (n,) array of int
        Class of each galaxy that is measured, -1 where it has none.
    n_classes : int

    Returns
    -------
    codes : (n,) array of int
        -1 for galaxies of other classes; all are -1 where fewer than two classes are left.
    usable : (n_usable,) array of int
        The former number of each class; empty where fewer than two are left.
    """
    usable = np.flatnonzero(np.bincount(codes[codes >= 0], minlength=n_classes) >= MIN_MEMBERS)
    if len(usable) < 2:
        usable = usable[:0]
    renumbered = np.full(n_classes + 1, -1)  # the last for -1
    renumbered[usable] = np.arange(len(usable))
    return renumbered[codes], usable

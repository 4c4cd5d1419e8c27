"""Columns that a checkpoint gives: its density's, the rank by it, clusters, and comparisons."""

from collections.abc import Callable

import numpy as np

from data.cluster_columns import cluster_column, is_clustering
from data.compared_columns import (
    anomaly_ranks,
    compared_column,
    compared_columns,
    is_compared,
)
from data.kept import Kept
from data.label_columns import is_label, label_column
from data.store import Collection
from models.errors import NotFound
from models.space.clusters import N_COMPONENTS, find_clusters

RANK = "anomaly_rank"  # 1 is the galaxy of the lowest log_density; NaN where that is undefined
CLUSTER = "cluster"  # numbered from 1, the largest first
DERIVED = (RANK, CLUSTER)
N_CLUSTERS, MAX_CLUSTERS = 8, 12  # where no classes say how many; as many as there are colors
_KEPT = Kept(2**27)  # 128 MB: two of ten million galaxies, dozens of one million


def checkpoint_columns(collection: Collection, checkpoint: str) -> tuple[str, ...]:
    """Names of the columns that a checkpoint gives."""
    compared = compared_columns(collection, checkpoint)
    return (*collection.density(checkpoint), *DERIVED, *compared)


def checkpoint_column(collection: Collection, checkpoint: str, name: str) -> np.ndarray:
    """(n_galaxies,) numbers of a column by row, NaN where undefined; NotFound where there is none.

    Also of labels, which are the same under every checkpoint: data/label_columns.py.
    Clusters of more than some million galaxies take seconds the first time, and so do
    comparisons. Raises BadInput where there is nothing to compare: data/compared_columns.py; or
    where a key of clusters is none: data/cluster_columns.py.
    """
    if is_label(name) and name not in collection.density(checkpoint):
        return label_column(collection, name)
    if is_compared(name) and name not in collection.density(checkpoint):
        return compared_column(collection, checkpoint, name)
    if name == RANK:
        return _KEPT.get(
            _key(collection, checkpoint, name), lambda: anomaly_ranks(collection, checkpoint)
        )
    if name == CLUSTER:
        return clusters(collection, checkpoint)
    if is_clustering(name):
        return cluster_column(collection, checkpoint, name)
    known = collection.density(checkpoint)
    if not isinstance(name, str) or name not in known:
        names = ", ".join(checkpoint_columns(collection, checkpoint))
        raise NotFound(f"There is no column '{name}' of '{checkpoint}'; there are {names}.")
    return known[name]


def n_clusters_of(collection: Collection, checkpoint: str) -> int:
    """How many clusters are sought: as many as there are classes, up to MAX_CLUSTERS."""
    n_classes = collection.quality(checkpoint).get("n_classes") or N_CLUSTERS
    return min(int(n_classes), MAX_CLUSTERS)


def clusters(
    collection: Collection, checkpoint: str, make: Callable[[], np.ndarray] | None = None
) -> np.ndarray:
    """(n_galaxies,) int16 cluster of each galaxy by row; made by `make` where it is not kept."""
    key = _key(collection, checkpoint, CLUSTER)
    return _KEPT.get(key, make or (lambda: make_clusters(collection, checkpoint)))


def has_clusters(collection: Collection, checkpoint: str) -> bool:
    """Whether the clusters of a checkpoint have been found."""
    return _KEPT.peek(_key(collection, checkpoint, CLUSTER)) is not None


def make_clusters(
    collection: Collection, checkpoint: str, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Find the clusters of a checkpoint, by row; nothing is kept."""
    components = collection.components(checkpoint)[:, :N_COMPONENTS]
    n_clusters = n_clusters_of(collection, checkpoint)
    by_row = np.empty(len(components), np.int16)
    by_row[collection.order] = find_clusters(components, n_clusters, progress=progress)
    return by_row + np.int16(1)


def _key(collection: Collection, checkpoint: str, name: str) -> tuple[str, str, str]:
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    return name, collection.digest, checkpoint

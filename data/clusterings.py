"""The clusters of a checkpoint one by one: what they are, who is in them, how to select them.

A clustering is named by its column: "cluster", or a key of data/cluster_columns.py. Clusters are
numbered from 1, as in the column; 0 are the galaxies in none.
"""

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from data.checkpoint_columns import CLUSTER, clusters, n_clusters_of
from data.cluster_columns import KMEANS, Progress, has_clustering, keep_clustering
from data.kept import Kept
from data.labels import label_codes
from data.store import Collection
from models.errors import NotFound
from models.space.class_agreement import agreement_with_classes
from models.space.cluster_classes import ClusterClasses, classes_of_clusters
from models.space.cluster_facts import ClusterFacts, cluster_facts
from models.space.clustering import Clustering
from models.space.clusters import N_COMPONENTS
from models.space.measured import Measured

_FACTS = Kept(2**24)  # 16 MB: a hundred clusterings of three hundred clusters each


class _Facts(NamedTuple):
    of_each: tuple[ClusterFacts, ...]

    @property
    def nbytes(self) -> int:
        """About as much memory as it takes."""
        return 500 * len(self.of_each) + 100


def clustering_of(collection: Collection, checkpoint: str, key: str) -> Clustering:
    """The clusters of a column by row, numbered from 0; raises as `asked_clustering`."""
    if key != CLUSTER:
        return keep_clustering(collection, checkpoint, key)
    codes = clusters(collection, checkpoint).astype(np.int32) - 1
    told = {"n_clusters": n_clusters_of(collection, checkpoint), "n_dim": N_COMPONENTS}
    return Clustering(codes, KMEANS, told)


def facts_of(
    collection: Collection, checkpoint: str, key: str, progress: Progress | None = None
) -> tuple[ClusterFacts, ...]:
    """Size, medoid and edges of every cluster, in the leading components; rows are galaxies'. Kept.

    Where the clusters were found in the whole representation space, too, the medoid is that
    among the components, in which distances are quick.
    """

    def make() -> _Facts:
        return _Facts(_facts(collection, checkpoint, key, progress))

    return _FACTS.get((collection.digest, checkpoint, key), make).of_each


def has_facts(collection: Collection, checkpoint: str, key: str) -> bool:
    """Whether the clusters of a key have been found, and what is told of each worked out."""
    is_found = has_clustering(collection, checkpoint, key)
    return is_found and _FACTS.peek((collection.digest, checkpoint, key)) is not None


def _facts(
    collection: Collection, checkpoint: str, key: str, progress: Progress | None
) -> tuple[ClusterFacts, ...]:
    found = clustering_of(collection, checkpoint, key)
    order = collection.order
    strength = None if found.strength is None else found.strength[order]
    stored = replace(found, codes=found.codes[order], strength=strength)
    components = np.asarray(collection.components(checkpoint)[:, :N_COMPONENTS])
    return tuple(
        replace(each, medoid=int(order[each.medoid]), edges=order[each.edges])
        for each in cluster_facts(components, stored, progress=progress)
    )


@lru_cache(maxsize=50)
def classes_in(
    collection: Collection, checkpoint: str, key: str
) -> tuple[tuple[ClusterClasses, ...], dict[str, Measured], np.ndarray]:
    """Classes of each cluster, agreement of all with the classes, and the classes' names.

    Raises BadInput where the catalog's labels are of fewer than two classes.
    """
    classes, names = label_codes(collection)
    codes = clustering_of(collection, checkpoint, key).codes
    each = classes_of_clusters(codes, classes, len(names))
    return each, agreement_with_classes(codes, classes), names


def rows_of_cluster(
    collection: Collection, checkpoint: str, key: str, cluster: object
) -> np.ndarray:
    """Rows of the galaxies of a cluster, increasing; 0 is that of those in none. Else NotFound."""
    found = clustering_of(collection, checkpoint, key)
    number = checked_cluster(found, key, cluster)
    return np.flatnonzero(found.codes == number - 1)


def ids_of_cluster(collection: Collection, checkpoint: str, key: str, cluster: object) -> list[str]:
    """The object_ids of the galaxies of a cluster, such as to label all of them."""
    rows = rows_of_cluster(collection, checkpoint, key, cluster)
    return collection.catalog["object_id"].iloc[rows].tolist()


def record_of_cluster(checkpoint: str, key: str, cluster: int) -> dict:
    """Record that selects a cluster: its eps(r) and all else is then that of any selection."""
    step = {"op": "set", "kind": "category", "checkpoint": checkpoint}
    return {"steps": [step | {"column": key, "values": [cluster]}]}


def checked_cluster(found: Clustering, key: str, cluster: object) -> int:
    """The number of a cluster, from 1, or 0 for none; NotFound where there is none of it."""
    is_number = isinstance(cluster, int) and not isinstance(cluster, bool)
    if not is_number or not 0 <= cluster <= found.n_clusters:
        there = f"clusters 1 to {found.n_clusters}" if found.n_clusters else "no clusters"
        raise NotFound(f"There is no cluster {cluster!r:.40} of '{key}', which has {there}.")
    return cluster

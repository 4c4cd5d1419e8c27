"""Clusters by any method and number, asked for by a key, such as "cluster:hdbscan:50".

    cluster:kmeans:12     k-means into 12 clusters, in the leading components
    cluster:hdbscan:50    HDBSCAN from the stored neighbors, clusters of 50 galaxies or more
    cluster:mixture:20    a Bayesian mixture of at most 20 Gaussians, in the leading components

A key is a column under any checkpoint. Nothing is worked out before it is asked for, and nothing
twice. "cluster" alone is the k-means of data/checkpoint_columns.py.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from data.kept import Kept
from data.points import refused
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.cluster_scan import ClusterScan, scan_numbers, scan_sizes
from models.space.clustering import Clustering, kmeans_clusters
from models.space.clusters import N_COMPONENTS
from models.space.density_clusters import density_clusters
from models.space.mixture_clusters import mixture_clusters
from models.space.reachability import ReachabilityTree, reachability_tree

PREFIX = "cluster:"
KMEANS, HDBSCAN, MIXTURE = "kmeans", "hdbscan", "mixture"
# method -> what its number is, the smallest and the largest
NUMBERS = {
    KMEANS: ("clusters", 2, 100),
    HDBSCAN: ("galaxies in the smallest cluster", 5, 1_000_000),
    MIXTURE: ("Gaussians at most", 2, 100),
}
SCANNED = (KMEANS, HDBSCAN)
TREE, TREE_OF_SCAN = 0.7, 0.2  # share of the time in which HDBSCAN's tree is found, about
_KEPT = Kept(2**28)  # 256 MB: three clusterings of ten million galaxies, a hundred of 300,000
_TREES = Kept(2**28)  # one of ten million galaxies

Progress = Callable[[float], None]


class Asked(NamedTuple):
    """What a key asks for: a method, and its number."""

    method: str
    number: int

    @property
    def key(self) -> str:
        """The key, as a column's name."""
        return f"{PREFIX}{self.method}:{self.number}"


def is_clustering(name: object) -> bool:
    """Whether a column's name is, or would be, such a key."""
    return isinstance(name, str) and name.startswith(PREFIX)


def asked_clustering(key: object) -> Asked:
    """What a key asks for; NotFound or BadInput names the part of it that is wrong."""
    if not is_clustering(key):
        raise NotFound(f"There are no clusters '{str(key)[:40]}'; ask for '{PREFIX}kmeans:8'.")
    method, _, number = key.removeprefix(PREFIX).partition(":")
    if method not in NUMBERS:
        raise NotFound(
            f"There is no method '{method[:40]}' of clustering; there are {', '.join(NUMBERS)}."
        )
    what, least, most = NUMBERS[method]
    if not re.fullmatch(r"[1-9][0-9]{0,8}", number) or not least <= int(number) <= most:
        raise BadInput(
            f"After '{PREFIX}{method}:' comes a whole number of {what}, {least:,} to {most:,}, not "
            f"'{number[:40]}'."
        )
    return Asked(method, int(number))


def cluster_column(collection: Collection, checkpoint: str, key: str) -> np.ndarray:
    """(n_galaxies,) int32 cluster of each galaxy by row, from 1, the largest; 0 in none."""
    return keep_clustering(collection, checkpoint, key).codes + np.int32(1)


def keep_clustering(
    collection: Collection,
    checkpoint: str,
    key: str,
    make: Callable[[], Clustering] | None = None,
) -> Clustering:
    """The clusters of a key, by row; made, by `make` where it is given, where they are not kept.

    Raises as `asked_clustering`, and NotFound where there is no such checkpoint.
    """
    place = _place(collection, checkpoint, key)
    return _KEPT.get(place, make or (lambda: make_clustering(collection, checkpoint, key)))


def has_clustering(collection: Collection, checkpoint: str, key: str) -> bool:
    """Whether the clusters of a key have been found."""
    return _KEPT.peek(_place(collection, checkpoint, key)) is not None


def make_clustering(
    collection: Collection, checkpoint: str, key: str, progress: Progress | None = None
) -> Clustering:
    """Find the clusters of a key, by row; they are not kept, but what HDBSCAN starts from is."""
    asked = asked_clustering(key)
    with refused():
        if asked.method == HDBSCAN:
            first, then = _parts(progress, TREE)
            tree = reachability(collection, checkpoint, first)
            return density_clusters(tree, asked.number, progress=then)
        find = kmeans_clusters if asked.method == KMEANS else mixture_clusters
        found = find(_components(collection, checkpoint), asked.number, progress=progress)
    strength = None if found.strength is None else found.strength[collection.places]
    codes = found.codes[collection.places]
    for array in (codes, strength):
        if array is not None:
            array.flags.writeable = False
    return replace(found, codes=codes, strength=strength)


def scan_clusters(
    collection: Collection, checkpoint: str, method: str, progress: Progress | None = None
) -> ClusterScan:
    """What each number of clusters, or smallest size, gives, and which is chosen; kept.

    Raises NotFound where there is no such method, or nothing to scan: a mixture empties the
    Gaussians that it does not need by itself.
    """
    if method not in SCANNED:
        raise NotFound(f"'{str(method)[:40]}' is not scanned; {' and '.join(SCANNED)} are.")
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name

    def make() -> ClusterScan:
        with refused():
            if method == HDBSCAN:
                first, then = _parts(progress, TREE_OF_SCAN)
                return scan_sizes(reachability(collection, checkpoint, first), progress=then)
            return scan_numbers(_components(collection, checkpoint), progress=progress)

    return _KEPT.get(_scan_place(collection, checkpoint, method), make)


def known_scan(collection: Collection, checkpoint: str, method: str) -> ClusterScan | None:
    """What `scan_clusters` gives, where it has been worked out."""
    return _KEPT.peek(_scan_place(collection, checkpoint, method))


def reachability(
    collection: Collection, checkpoint: str, progress: Progress | None = None
) -> ReachabilityTree:
    """The tree that HDBSCAN starts from, in the whole representation space, by row; kept."""

    def make() -> ReachabilityTree:
        return reachability_tree(
            collection.representations(checkpoint),
            collection.neighbors(checkpoint),
            collection.distances(checkpoint),
            progress=progress,
        )

    return _TREES.get((collection.digest, checkpoint), make)


def _parts(
    progress: Progress | None, share: float
) -> tuple[Progress, Progress] | tuple[None, None]:
    """What tells of the first `share` of some work, and what of the rest."""
    if progress is None:
        return None, None
    return lambda done: progress(share * done), lambda done: progress(share + (1 - share) * done)


def _components(collection: Collection, checkpoint: str) -> np.ndarray:
    """In the collection's random order, in which they are stored."""
    return np.asarray(collection.components(checkpoint)[:, :N_COMPONENTS])


def _scan_place(collection: Collection, checkpoint: str, method: str) -> tuple[str, str, str, str]:
    return "scan", method, collection.digest, checkpoint


def _place(collection: Collection, checkpoint: str, key: str) -> tuple[str, str, str]:
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    return asked_clustering(key).key, collection.digest, checkpoint

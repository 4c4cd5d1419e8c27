"""Clusters of a checkpoint, found once: kept in memory and in the cache, with progress."""

from collections.abc import Callable
from contextlib import suppress

import numpy as np
from flask_caching import Cache

from dashboard.cache import remembered
from dashboard.cluster_words import clustering_title
from dashboard.jobs import Cancelled, Job, Jobs, Progress
from data.checkpoint_columns import clusters, has_clusters, make_clusters
from data.cluster_columns import (
    keep_clustering,
    known_scan,
    make_clustering,
    scan_clusters,
)
from data.clusterings import classes_in, facts_of, has_facts
from data.store import Collection
from models.errors import MorphospaceError
from models.space.clustering import Clustering

VERSION = 1
KIND = "clusters"
ANY_KIND, SCAN_KIND = "clustering", "clusterscan"
FOUND = 0.8  # share of the bar in which clusters are found; then each of them is looked at
INSTANT = 1_000_000  # clusters of as many galaxies are there before a bar would be


def known_clusters(
    collection: Collection, cache: Cache, checkpoint: str, progress: Progress | None = None
) -> np.ndarray:
    """(n_galaxies,) cluster of each galaxy by row, numbered from 1."""

    def tell(share: float) -> None:
        try:
            progress(share, f"k-means clusters of {collection.n_galaxies:,} galaxies")
        except Cancelled:  # another page may wait for the same clusters: they are finished
            pass

    def find() -> dict[str, np.ndarray]:
        return {"codes": make_clusters(collection, checkpoint, tell if progress else None)}

    key = (KIND, VERSION, collection.digest, checkpoint)
    return clusters(collection, checkpoint, lambda: remembered(cache, key, find)["codes"])


def start_clusters(
    collection: Collection, cache: Cache, jobs: Jobs, page_id: str, checkpoint: str
) -> Job | None:
    """Find the clusters behind the page, where that takes long; None where it does not."""
    if collection.n_galaxies <= INSTANT or has_clusters(collection, checkpoint):
        return None

    def work(progress: Progress) -> None:
        known_clusters(collection, cache, checkpoint, progress)

    return jobs.start(f"{page_id}.{KIND}", f"{collection.digest} {checkpoint}", work)


def known_clustering(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    key: str,
    progress: Progress | None = None,
) -> Clustering:
    """The clusters of a key by row, see data/cluster_columns.py; from the cache, or found now.

    Where `progress` stops the work, whoever waits for the same finds them by itself.
    """

    def tell(share: float) -> None:
        progress(FOUND * share, f"{clustering_title(key)} of {collection.n_galaxies:,} galaxies")

    def find() -> dict[str, np.ndarray]:
        return make_clustering(collection, checkpoint, key, tell if progress else None).to_arrays()

    place = (ANY_KIND, VERSION, collection.digest, checkpoint, key)

    def make() -> Clustering:
        return Clustering.from_arrays(remembered(cache, place, find))

    return _without_others(lambda: keep_clustering(collection, checkpoint, key, make), progress)


def start_clustering(
    collection: Collection, cache: Cache, jobs: Jobs, page_id: str, checkpoint: str, key: str
) -> Job | None:
    """Find the clusters of a key behind the page, and what is told of each; None if known."""
    if has_facts(collection, checkpoint, key):  # raises where the key is none
        return None

    def work(progress: Progress) -> bool:
        def tell(share: float) -> None:
            progress(FOUND + (1 - FOUND) * share, "medoids and edges of each cluster")

        known_clustering(collection, cache, checkpoint, key, progress)
        progress(FOUND, "classes of each cluster")
        with suppress(MorphospaceError):  # there are no classes: the list says so
            classes_in(collection, checkpoint, key)
        _without_others(lambda: facts_of(collection, checkpoint, key, tell), progress)
        return True

    return jobs.start(f"{page_id}.{ANY_KIND}", f"{collection.digest} {checkpoint} {key}", work)


def start_scan(
    collection: Collection, jobs: Jobs, page_id: str, checkpoint: str, method: str
) -> Job | None:
    """Try numbers of clusters, or smallest sizes, behind the page; None where that is done."""
    if known_scan(collection, checkpoint, method) is not None:
        return None

    def work(progress: Progress) -> bool:
        def tell(share: float) -> None:
            progress(share, "clusters of each number")

        _without_others(lambda: scan_clusters(collection, checkpoint, method, tell), progress)
        return True

    return jobs.start(f"{page_id}.{SCAN_KIND}", f"{collection.digest} {checkpoint} {method}", work)


def _without_others(find: Callable[[], object], progress: Progress | None) -> object:
    """What `find` gives; once more where the page that it was being found for has stopped it."""
    while True:
        try:
            return find()
        except Cancelled:
            if progress is not None:
                progress.check()  # raises where it is this one that is to stop

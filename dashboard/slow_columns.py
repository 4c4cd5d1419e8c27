"""Columns that take long at millions of galaxies, made once: kept, in the cache, with progress."""

import numpy as np
from flask_caching import Cache

from dashboard.cache import remembered
from dashboard.clusters import start_clustering, start_clusters
from dashboard.compared_facts import compared_title
from dashboard.jobs import Cancelled, Job, Jobs, Progress
from data.checkpoint_columns import CLUSTER
from data.cluster_columns import has_clustering, is_clustering
from data.compared_columns import (
    BEST,
    FALSE,
    FLEETING,
    RECALL,
    WORST,
    is_compared,
    is_known,
    keep_compared,
    make_compared,
)
from data.store import Collection

VERSION = 1
KIND = "compared"
CHEAP = 200_000  # comparisons of as many galaxies are made again sooner than read from a file
INSTANT = 500_000  # and of as many they are there before a bar would be
_ONE_FOR = {FALSE: RECALL, WORST: BEST, FLEETING: BEST}  # worked out at once with another


def know_column(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    name: str,
    progress: Progress | None = None,
) -> None:
    """Have a column that compares kept: from the cache, or worked out where it is not there."""

    def tell(share: float) -> None:
        try:
            progress(share, f"{compared_title(collection, name)} of {collection.n_galaxies:,}")
        except Cancelled:  # another page may wait for the same: it is finished
            pass

    def make() -> np.ndarray:
        return make_compared(collection, checkpoint, name, tell if progress else None)

    def recall() -> np.ndarray:
        place = (KIND, VERSION, collection.digest, checkpoint, _ONE_FOR.get(name, name))
        return remembered(cache, place, lambda: {"values": make()})["values"]

    is_cheap = collection.n_galaxies <= CHEAP
    keep_compared(collection, checkpoint, name, make if is_cheap else recall)


def start_column(
    collection: Collection, cache: Cache, jobs: Jobs, page_id: str, checkpoint: str, name: str
) -> Job | None:
    """Make a column behind the page, where that takes long; None where it does not."""
    if name in collection.catalog:
        return None
    if name == CLUSTER:
        return start_clusters(collection, cache, jobs, page_id, checkpoint)
    if is_clustering(name):
        if has_clustering(collection, checkpoint, name):  # of each cluster, its list tells
            return None
        return start_clustering(collection, cache, jobs, page_id, checkpoint, name)
    is_quick = collection.n_galaxies <= INSTANT
    if not is_compared(name) or is_quick or is_known(collection, checkpoint, name):
        return None

    def work(progress: Progress) -> None:
        know_column(collection, cache, checkpoint, name, progress)

    return jobs.start(f"{page_id}.{KIND}", f"{collection.digest} {checkpoint} {name}", work)

"""Clusters of a checkpoint, found once: kept in memory and in the cache, with progress."""

import numpy as np
from flask_caching import Cache

from dashboard.cache import remembered
from dashboard.jobs import Cancelled, Job, Jobs, Progress
from data.checkpoint_columns import clusters, has_clusters, make_clusters
from data.store import Collection

VERSION = 1
KIND = "clusters"
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

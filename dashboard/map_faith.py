"""How far the maps of a collection can be trusted as wholes: measured behind the page, and kept."""

import numpy as np
from flask_caching import Cache

from dashboard.cache import recalled, remembered
from dashboard.facts import label_of
from dashboard.jobs import Job, Jobs, Progress
from data.compared_columns import n_compared
from data.store import Collection
from models.space.map_trust import map_neighbors
from models.space.trustworthiness import MapFaith, map_faith

KIND, VERSION = "faith", 1


def known_faith(collection: Collection, cache: Cache) -> dict[str, MapFaith]:
    """What has been measured so far, by checkpoint in training order."""
    found = {name: recalled(cache, _key(collection, name)) for name in collection.checkpoints}
    return {
        name: MapFaith(*arrays["measured"].tolist(), *map(int, arrays["counts"]))
        for name, arrays in found.items()
        if arrays is not None
    }


def start_faith(collection: Collection, cache: Cache, jobs: Jobs, page_id: str) -> Job:
    """Measure every map that has not been measured yet; each is published when it is done."""

    def work(progress: Progress) -> None:
        n_maps = len(collection.checkpoints)
        for place, name in enumerate(collection.checkpoints):
            words = f"map {place + 1} of {n_maps}: {label_of(collection, name)}"
            progress(place / n_maps, words)
            remembered(
                cache,
                _key(collection, name),
                lambda name=name, place=place: _measured(
                    collection, name, lambda share: progress((place + share) / n_maps)
                ),
            )
            progress.publish(place + 1)

    return jobs.start(f"{page_id}.{KIND}", collection.digest, work)


def _measured(collection: Collection, checkpoint: str, progress: object) -> dict[str, np.ndarray]:
    positions = np.asarray(collection.projection(checkpoint), np.float64)
    k = min(n_compared(collection, checkpoint), (len(positions) - 1) // 2)
    neighbors = collection.neighbors(checkpoint)
    found = map_faith(
        collection.representations(checkpoint),
        positions,
        neighbors,
        map_neighbors(positions, max(k, neighbors.shape[1])),
        k,
        progress=progress,
    )
    measured = [found.trustworthiness, found.trustworthiness_error]
    measured += [found.continuity, found.continuity_error]
    return {"measured": np.array(measured), "counts": np.array([found.k, found.n_asked, found.n])}


def _key(collection: Collection, checkpoint: str) -> tuple:
    return KIND, VERSION, collection.digest, checkpoint

"""How far galaxies move from one checkpoint's map to another's, and how far by chance alone."""

from typing import NamedTuple

import numpy as np
from flask_caching import Cache

from dashboard.cache import recalled, remembered
from dashboard.facts import label_of
from dashboard.jobs import Job, Jobs, Progress
from data.runs import map_starts
from data.store import Collection
from models.errors import BadInput
from models.space.alignment import residual
from models.space.neighbors import find_neighbors
from models.space.projection import starting_map
from models.space.reseeding import MOST, N_SEEDS, reseeded

KIND, VERSION = "reseed", 1
N_NEIGHBORS = 15  # as many as UMAP looks at


class Moved(NamedTuple):
    """A residual: root mean square move over the map's radius, and of how many galaxies."""

    value: float
    n: int


class Mood(NamedTuple):
    """The residual between maps of one checkpoint that differ by their seed alone.

    error : standard deviation over the pairs of maps
    """

    value: float
    error: float
    n: int
    n_seeds: int

    @property
    def text(self) -> str:
        """A few words with the error and what it is of."""
        return (
            f"re-seeding alone moves {self.value:.2f} ± {self.error:.2f} "
            f"({self.n_seeds} seeds, n = {self.n:,})"
        )


def map_moved(collection: Collection, cache: Cache, checkpoint: str, onto: str) -> Moved:
    """How far the galaxies of one map are from their places on another, turned onto it.

    Of many galaxies, a random sample of MOST is compared.
    """
    rows = np.sort(collection.order[:MOST])
    maps = [collection.projection(name) for name in (checkpoint, onto)]

    def work() -> dict[str, np.ndarray]:
        return {"value": np.array(residual(*(each[rows] for each in maps)))}

    key = ("moved", VERSION, collection.digest, checkpoint, onto)
    return Moved(float(remembered(cache, key, work)["value"]), len(rows))


def moved_text(collection: Collection, cache: Cache, checkpoint: str, onto: str) -> str:
    """What a map's caption tells of how far galaxies are from the first map's; "" for itself."""
    for name in (checkpoint, onto):
        collection.checkpoint_info(name)  # raises where there is none of the name
    if checkpoint == onto:
        return ""
    moved = map_moved(collection, cache, checkpoint, onto)
    label = label_of(collection, onto)
    of = "" if moved.n == collection.n_galaxies else " at random"
    mood = known_mood(collection, cache, onto)
    chance = f" (re-seeding alone {mood.value:.2f} ± {mood.error:.2f})" if mood else ""
    return f"moved {moved.value:.2f} radii from {label}{chance}, n\u00a0=\u00a0{moved.n:,}{of}"


def known_mood(collection: Collection, cache: Cache, checkpoint: str) -> Mood | None:
    """What re-seeding does to a map, None where that has not been measured."""
    found = recalled(cache, _key(collection, checkpoint))
    if found is None:
        return None
    value, error, n, n_seeds = found["mood"].tolist()
    return Mood(value, error, int(n), int(n_seeds))


def is_made_up(collection: Collection, checkpoint: str) -> bool:
    """Whether a map is none of UMAP, so that there is no seed to change."""
    return bool(collection.checkpoint_info(checkpoint).get("projection"))


def start_reseeding(
    collection: Collection, cache: Cache, jobs: Jobs, page_id: str, checkpoint: str
) -> Job:
    """Lay a map out again with other seeds, behind the page.

    Raises BadInput where the map was not made by UMAP.
    """
    if is_made_up(collection, checkpoint):
        raise BadInput("This map is made up with its galaxies: there is no seed to change.")

    def work(progress: Progress) -> None:
        remembered(
            cache,
            _key(collection, checkpoint),
            lambda: _measured(collection, checkpoint, progress),
        )

    return jobs.start(f"{page_id}.{KIND}", f"{collection.digest} {checkpoint}", work)


def _measured(collection: Collection, checkpoint: str, progress: Progress) -> dict[str, np.ndarray]:
    rows = np.sort(collection.order[:MOST])
    words = f"the map of {len(rows):,} galaxies with {N_SEEDS} seeds"
    progress(0.0, words)
    points = np.asarray(collection.representations(checkpoint)[rows], np.float32)
    neighbors = find_neighbors(points, min(N_NEIGHBORS, len(rows) - 1), max_exact=MOST)
    found = reseeded(
        neighbors,
        _start(collection, checkpoint, rows),
        progress=lambda share: progress(share, words),
    )
    return {"mood": np.array([found.mean, found.error, found.n_points, found.n_seeds])}


def _start(collection: Collection, checkpoint: str, rows: np.ndarray) -> np.ndarray:
    """Where the map began when it was built: at another checkpoint's, or at first components."""
    names = collection.checkpoints
    place = names.index(checkpoint)
    if place > 0:
        starts = map_starts([(name, collection.checkpoint_info(name)) for name in names])
        return collection.projection(names[starts[place]])[rows]
    components = np.asarray(collection.components(checkpoint)[:, :2])
    return starting_map(components[collection.places[rows]])


def _key(collection: Collection, checkpoint: str) -> tuple:
    return KIND, VERSION, collection.digest, checkpoint

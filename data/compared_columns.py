"""Columns that compare: the map with its space, galaxies with their classes, checkpoints.

Nothing is worked out before it is asked for. All are of the K nearest neighbors, as stored.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from data.kept import Kept
from data.labels import label_codes, why_no_classes
from data.runs import series_with
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.class_purity import class_purity
from models.space.map_trust import map_neighbors, map_neighbors_of, map_trust
from models.space.neighbor_change import (
    change_along_run,
    is_collapsed,
    n_shared,
    neighbor_change,
)
from models.space.rank_stability import rank_stability
from models.space.ranked import ranked_rows

K = 15  # neighbors that are compared; fewer where fewer are stored
RECALL, FALSE = "map_recall", "false_neighbors"
PURITY = "class_purity"
BEST, WORST, FLEETING = "anomaly_best_rank", "anomaly_worst_rank", "anomaly_fleeting"
ALONG_RUN = "neighbors_kept_along_run"
KEPT = "neighbors_kept:"  # and the name of the checkpoint that is compared with
_TOGETHER = ((RECALL, FALSE), (BEST, WORST, FLEETING))  # worked out at once
_KEPT = Kept(2**28)  # 256 MB: three maps of ten million galaxies

Progress = Callable[[float], None]


@lru_cache(maxsize=500)
def compared_columns(collection: Collection, checkpoint: str) -> tuple[str, ...]:
    """Names of the columns that there are under a checkpoint; those of one kind together.

    Beside what a checkpoint is compared with, one with itself is there, in which all is kept: a
    page that is colored by a comparison can be stepped through all checkpoints.
    """
    names = [RECALL, FALSE]
    names += [PURITY] if why_no_classes(collection) is None else []
    names += [BEST, WORST, FLEETING] if _ranked(collection, checkpoint) else []
    names += [ALONG_RUN] if len(series_with(collection, checkpoint).checkpoints) > 1 else []
    others = collection.checkpoints if len(collection.checkpoints) > 1 else ()
    return (*names, *(KEPT + other for other in others))


def is_compared(name: object) -> bool:
    """Whether a column of the name is, or would be, one of these."""
    fixed = (RECALL, FALSE, PURITY, BEST, WORST, FLEETING, ALONG_RUN)
    return isinstance(name, str) and (name in fixed or name.startswith(KEPT))


def compared_column(
    collection: Collection, checkpoint: str, name: str, progress: Progress | None = None
) -> np.ndarray:
    """(n_galaxies,) float32 of a column by row, NaN where undefined; kept.

    Raises BadInput where there is nothing to compare: no labels, one checkpoint of a run, a
    checkpoint under which all galaxies are alike; NotFound where a checkpoint is not there.
    """
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    group = _group(name)

    def make() -> np.ndarray:
        return make_compared(collection, checkpoint, name, progress)

    return keep_compared(collection, checkpoint, name, make)[group.index(name)]


def keep_compared(
    collection: Collection, checkpoint: str, name: str, make: Callable[[], np.ndarray]
) -> np.ndarray:
    """(columns, n_galaxies) of a column and those worked out with it; made where not kept."""
    return _KEPT.get(_key(collection, checkpoint, name), make)


def is_known(collection: Collection, checkpoint: str, name: str) -> bool:
    """Whether a column has been worked out."""
    return _KEPT.peek(_key(collection, checkpoint, name)) is not None


def make_compared(
    collection: Collection, checkpoint: str, name: str, progress: Progress | None = None
) -> np.ndarray:
    """(columns, n_galaxies) of a column and those worked out with it; nothing is kept."""
    if name.startswith(KEPT):
        return _kept(collection, checkpoint, name.removeprefix(KEPT), progress)[None]
    make = {
        RECALL: _trust,
        PURITY: _purity,
        BEST: _stability,
        ALONG_RUN: _along_run,
    }[_group(name)[0]]
    return make(collection, checkpoint, progress)


def trust_of(collection: Collection, checkpoint: str, row: int) -> tuple[int, int, int] | None:
    """Of one galaxy: true neighbors that the map keeps, strangers among those on the map, K.

    Worked out for it alone; None where it is undefined.
    """
    k = n_compared(collection, checkpoint)
    if k < 1 or not are_apart(collection, checkpoint):
        return None
    on_map = map_neighbors_of(collection.projection(checkpoint), row, k)[None]
    true = np.asarray(collection.neighbors(checkpoint)[row])[None]
    n_kept, n_known = n_shared(true[:, :k], on_map), n_shared(true, on_map)
    return int(n_kept[0]), k - int(n_known[0]), k


def anomaly_ranks(collection: Collection, checkpoint: str) -> np.ndarray:
    """(n_galaxies,) float32 place of each galaxy by density, 1 in the emptiest region."""
    density = collection.density(checkpoint)["log_density"]
    ordered = ranked_rows(np.asarray(density), is_low_unusual=True)
    ranks = np.full(len(density), np.nan, np.float32)
    ranks[ordered] = np.arange(1, len(ordered) + 1)  # float32 holds whole numbers to 16,777,216
    return ranks


def n_compared(collection: Collection, checkpoint: str) -> int:
    """How many neighbors are compared: K, or as many as are stored."""
    return min(K, collection.neighbors(checkpoint).shape[1])


def trained_of(collection: Collection, checkpoint: str) -> tuple[str, ...]:
    """Checkpoints of the run of one whose anomaly ranks are compared.

    Those of a network that has not been trained, and those under which galaxies are exactly alike,
    are no evidence that a galaxy is ordinary: they are left out where there are others.
    """
    names = series_with(collection, checkpoint).checkpoints
    trained = [
        name
        for name in names
        if collection.checkpoint_info(name).get("training_epoch") != 0
        and are_apart(collection, name)
    ]
    return tuple(trained) or names


def followed_along_run(collection: Collection, checkpoint: str) -> list[str]:
    """Checkpoints of the run of one whose neighbors are compared, each with the next."""
    names = series_with(collection, checkpoint).checkpoints
    return [name for name in names if are_apart(collection, name)]


def _trust(collection: Collection, checkpoint: str, progress: Progress | None) -> np.ndarray:
    k = _checked_k(collection, checkpoint)
    positions = collection.projection(checkpoint)
    share = _part(progress, 0, 0.9)  # nearly all of the time goes into the search on the map
    on_map = map_neighbors(positions, k, share)
    near = collection.neighbors(checkpoint)
    trust = map_trust(near, on_map, k, _part(progress, 0.9, 1))
    return np.stack([trust.recall, trust.false_neighbors])


def _purity(collection: Collection, checkpoint: str, progress: Progress | None) -> np.ndarray:
    codes = label_codes(collection)[0]
    k = _checked_k(collection, checkpoint)
    return class_purity(collection.neighbors(checkpoint), codes, k)[None]


def _stability(collection: Collection, checkpoint: str, progress: Progress | None) -> np.ndarray:
    names = _ranked(collection, checkpoint)
    if not names:
        raise BadInput("No checkpoint of the run has a density, so none ranks its galaxies.")
    found = rank_stability([anomaly_ranks(collection, name) for name in names])
    return np.stack([found.best, found.worst, found.fleeting])


def _along_run(collection: Collection, checkpoint: str, progress: Progress | None) -> np.ndarray:
    names = followed_along_run(collection, checkpoint)
    if len(names) < 2:
        raise BadInput("A change along a run needs 2 checkpoints of it with galaxies apart.")
    k = min(n_compared(collection, name) for name in names)
    lists = [collection.neighbors(name) for name in names]
    return change_along_run(lists, k, progress)[None]


def _kept(
    collection: Collection, checkpoint: str, other: str, progress: Progress | None
) -> np.ndarray:
    k = min(_checked_k(collection, checkpoint), _checked_k(collection, other))
    lists = (collection.neighbors(other), collection.neighbors(checkpoint))
    return neighbor_change(*lists, k, progress).jaccard


def _ranked(collection: Collection, checkpoint: str) -> list[str]:
    names = trained_of(collection, checkpoint)
    return [name for name in names if "log_density" in collection.density(name)]


def _checked_k(collection: Collection, checkpoint: str) -> int:
    """How many neighbors are compared; BadInput where they are arbitrary."""
    k = n_compared(collection, checkpoint)
    if not are_apart(collection, checkpoint):
        raise BadInput(
            f"Under '{checkpoint}' every galaxy has {k} others exactly like it: which are its "
            "neighbors is arbitrary."
        )
    return k


@lru_cache(maxsize=500)
def are_apart(collection: Collection, checkpoint: str) -> bool:
    """Whether galaxies differ under a checkpoint, so that it is not arbitrary which are near."""
    k = n_compared(collection, checkpoint)
    return k > 0 and not is_collapsed(collection.distances(checkpoint), k)


def _group(name: str) -> tuple[str, ...]:
    if not is_compared(name):
        raise NotFound(f"There is no column '{name}' that compares.")
    return next((group for group in _TOGETHER if name in group), (name,))


def _key(collection: Collection, checkpoint: str, name: str) -> tuple[str, str, str]:
    """Columns of a run are the same under each of its checkpoints."""
    group = _group(name)
    if group[0] in (BEST, ALONG_RUN):
        checkpoint = series_with(collection, checkpoint).checkpoints[0]
    return group[0], collection.digest, checkpoint


def _part(progress: Progress | None, start: float, stop: float) -> Progress | None:
    """Progress of a part of the work, as progress of all of it."""
    if progress is None:
        return None
    return lambda share: progress(start + (stop - start) * share)

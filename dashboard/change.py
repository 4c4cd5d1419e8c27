"""What changes for galaxies from one checkpoint to another: which neighbors they keep."""

from dataclasses import dataclass

import numpy as np

from dashboard.facts import label_of
from data.kept import Kept
from data.runs import series_with
from data.store import Collection
from models.errors import BadInput
from models.space.neighbor_change import is_collapsed, neighbor_change

BEFORE = "before"  # the checkpoint before the shown one in its run, whichever that is
KS = (5, 10, 15, 30)  # neighbors that can be compared, where as many are stored
K = 15
_CHANGES = Kept(2**27)  # 128 MB: one of ten million galaxies, dozens of 300,000


@dataclass(frozen=True)
class Change:
    """How the k nearest neighbors of all galaxies changed between two checkpoints.

    before, after : names of the checkpoints
    kept : (n_galaxies,) float32, neighbors that are in both lists
    jaccard : (n_galaxies,) float32, those over all in either list; NaN where undefined
    """

    before: str
    after: str
    k: int
    kept: np.ndarray
    jaccard: np.ndarray


@dataclass(frozen=True)
class Counts:
    """How many galaxies kept how many of their neighbors.

    counts : (k + 1,) galaxies that kept 0, 1, ... k
    n : of how many
    mean, error : Jaccard index and its standard error, of galaxies as if independent; None where
        there are too few
    """

    counts: np.ndarray
    n: int
    mean: float | None
    error: float | None


def ks_of(collection: Collection) -> tuple[int, ...]:
    """Numbers of neighbors that can be compared between any two checkpoints."""
    stored = min(collection.neighbors(name).shape[1] for name in collection.checkpoints)
    return tuple(k for k in KS if k <= stored) or (stored,)


def before_of(collection: Collection, checkpoint: str, asked: str | None = BEFORE) -> str:
    """The checkpoint that one is compared with: the one asked for, or the one before in its run.

    Raises BadInput where there is nothing to compare, in a sentence that says the way on.
    """
    if len(collection.checkpoints) == 1:
        raise BadInput(
            "This collection has one checkpoint only, so nothing changes in it; build it with "
            "several to compare them."
        )
    label = label_of(collection, checkpoint)
    if asked in (None, BEFORE):
        names = series_with(collection, checkpoint).checkpoints
        place = names.index(checkpoint)
        if len(names) == 1:
            raise BadInput(f"{label} is the only one of its run: choose one to compare with.")
        if place == 0:
            raise BadInput(
                f"{label} is the first of its run: show a later checkpoint, or choose one to "
                "compare with."
            )
        return names[place - 1]
    collection.checkpoint_info(asked)  # raises where there is none of the name
    if asked == checkpoint:
        raise BadInput(f"{label} is what is shown: choose another checkpoint to compare with.")
    return asked


def change_between(collection: Collection, before: str, after: str, k: int) -> Change:
    """Compare the neighbors under two checkpoints; kept for whoever asks again.

    Raises BadInput where they are arbitrary, since all galaxies are alike.
    """
    if type(k) is not int or k not in ks_of(collection):
        raise BadInput(f"{', '.join(map(str, ks_of(collection)))} neighbors can be compared.")
    for name in (before, after):
        if is_collapsed(collection.distances(name), k):
            raise BadInput(
                f"All galaxies are alike under {label_of(collection, name)}: which are neighbors "
                "is arbitrary."
            )

    def work() -> np.ndarray:
        found = neighbor_change(collection.neighbors(before), collection.neighbors(after), k)
        return np.stack([np.float32(found.kept), found.jaccard])

    kept, jaccard = _CHANGES.get((collection.digest, before, after, k), work)
    return Change(before, after, k, kept, jaccard)


def changed_rows(
    change: Change, order: np.ndarray, mask: np.ndarray | None, n: int, *, is_most: bool
) -> np.ndarray:
    """Rows of the `n` galaxies whose neighbors changed most, or least; equal ones at random.

    order : (n_galaxies,) random order of the rows
    mask : (n_galaxies,) bool, of which galaxies; None for all
    """
    rows = order if mask is None else order[mask[order]]
    return first_by(change.jaccard if is_most else -change.jaccard, rows, n)


def first_by(values: np.ndarray, rows: np.ndarray, n: int) -> np.ndarray:
    """The `n` of some rows whose values are lowest; undefined ones are left out."""
    scores = values[rows]
    rows, scores = rows[np.isfinite(scores)], scores[np.isfinite(scores)]
    if 0 < n < len(rows):  # all that may be among them, in their order
        is_low = scores <= np.partition(scores, n - 1)[n - 1]
        rows, scores = rows[is_low], scores[is_low]
    return rows[np.argsort(scores, kind="stable")][:n]


def counts_of(change: Change, mask: np.ndarray | None = None) -> Counts:
    """How many galaxies kept how many neighbors; of all, or of those where `mask` is true."""
    kept, jaccard = change.kept, change.jaccard
    if mask is not None:
        kept, jaccard = kept[mask], jaccard[mask]
    is_known = np.isfinite(jaccard)
    if not is_known.all():
        kept, jaccard = kept[is_known], jaccard[is_known]
    n = len(kept)
    return Counts(
        np.bincount(kept.astype(np.int64), minlength=change.k + 1),
        n,
        float(jaccard.mean(dtype=np.float64)) if n else None,
        float(jaccard.std(ddof=1, dtype=np.float64) / np.sqrt(n)) if n > 1 else None,
    )


@dataclass(frozen=True)
class NeighborsAt:
    """The nearest neighbors of one galaxy under one checkpoint.

    rows : (k,) nearest first; None where which they are is arbitrary
    is_kept : (k,) bool, whether each was among the k nearest at the checkpoint before; None where
        there is none to compare with
    """

    checkpoint: str
    rows: np.ndarray | None
    is_kept: np.ndarray | None


def neighbors_along(
    collection: Collection, checkpoint: str, row: int, k: int
) -> tuple[NeighborsAt, ...]:
    """The k nearest neighbors of a galaxy at each checkpoint of the run of one, in order."""
    found, before = [], None
    for name in series_with(collection, checkpoint).checkpoints:
        near = np.asarray(collection.neighbors(name)[row, :k])
        if is_collapsed(collection.distances(name), k):
            near = None
        is_kept = None if near is None or before is None else np.isin(near, before)
        found.append(NeighborsAt(name, near, is_kept))
        before = near
    return tuple(found)

"""The labels of a collection's galaxies by row, as they were at a version.

Kept, and of the next version only what has changed is read: the history grows with every key that
somebody presses, and hundreds of thousands of labels take seconds.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.kept import Kept
from data.label_ids import labels_of
from data.label_state import Label
from data.label_store import LabelStore
from data.selection_ids import rows_of_ids
from data.store import Collection
from models.errors import NotFound

MAX_CHANGED = 5_000  # galaxies whose labels are sought one by one
_LABELLED = Kept(2**26)
_LAST: dict[tuple[str, str], str] = {}  # version that was read last, of a file and a collection
_ROWS: dict[str, dict[str, int]] = {}  # by the digest of a collection, of galaxies ever labelled


@dataclass(frozen=True, eq=False)
class Labelled:
    """Labels of the galaxies that a collection has, at one version.

    rows : (m,) int64 row of the galaxy of each label, one label a galaxy and user
    labels : (m,) what was said
    absent : galaxies that are labelled and not in this build of the collection
    users, tags : all that had been used by then
    """

    rows: np.ndarray
    labels: tuple[Label, ...]
    absent: frozenset[str]
    users: tuple[str, ...]
    tags: tuple[str, ...]

    @property
    def n_absent(self) -> int:
        """How many galaxies are labelled that are not here."""
        return len(self.absent)

    @property
    def nbytes(self) -> int:
        """About as much memory as it takes."""
        return 500 * len(self.labels) + 1000

    @cached_property
    def scores(self) -> np.ndarray:
        """(m,) float64 score of each label, NaN where it has none."""
        return np.array([np.nan if one.score is None else one.score for one in self.labels], float)

    @cached_property
    def by(self) -> np.ndarray:
        """(m,) int64 who gave each label, as a place among the users."""
        places = {user: place for place, user in enumerate(self.users)}
        return np.array([places[label.user] for label in self.labels], np.int64)

    @cached_property
    def at(self) -> np.ndarray:
        """(m,) int64 when the last of each label was given: microseconds since 1970 UTC."""
        moments = [max(one.score_at or "", one.tags_at or "")[:26] for one in self.labels]
        return np.array(moments, "datetime64[us]").astype(np.int64)

    @cached_property
    def tagged(self) -> np.ndarray:
        """(n, 2) int64 a label that has a tag, and the tag as a place among the tags."""
        places = {tag: place for place, tag in enumerate(self.tags)}
        pairs = [
            (number, places[tag]) for number, label in enumerate(self.labels) for tag in label.tags
        ]
        return np.array(pairs, np.int64).reshape(-1, 2)

    def having(self, tag: str) -> np.ndarray:
        """(m,) bool, the labels that have a tag."""
        has = np.zeros(len(self.labels), bool)
        has[self.tagged[self.tagged[:, 1] == self.tags.index(tag), 0]] = True
        return has


def labelled(collection: Collection, version: str) -> Labelled:
    """The labels at a version, by row; kept. NotFound where they never had it.

    Where labels of an earlier version are kept, only those that are others now are read.
    """
    store = labels_of(collection)
    place = (str(store.database.path), collection.digest)

    def make() -> Labelled:
        last = _LAST.get(place)
        before = None if last is None else _LABELLED.peek((*place, last))
        changed = None if before is None else _changed(store, last, version)
        found = _read(collection, store, version, before, changed)
        _LAST[place] = version
        return found

    return _LABELLED.get((*place, version), make)


def _changed(store: LabelStore, since: str, version: str) -> list[str] | None:
    """Galaxies to read anew; None where these are all, or too many to be sought one by one."""
    if n_events_at(since) > n_events_at(version):
        return None
    try:
        changed = store.changed(since, version)
    except NotFound:  # another file is in the place of that one
        return None
    return changed if len(changed) <= MAX_CHANGED else None


def _read(
    collection: Collection,
    store: LabelStore,
    version: str,
    before: Labelled | None,
    changed: list[str] | None,
) -> Labelled:
    """The labels at a version: those of the galaxies that changed, and the others as before."""
    labels = store.labels(changed, version)
    rows = _rows(collection, [label.object_id for label in labels])
    is_here = rows >= 0
    here = [label for label, is_in in zip(labels, is_here, strict=True) if is_in]
    absent = {one.object_id for one, is_in in zip(labels, is_here, strict=True) if not is_in}
    rows = rows[is_here]
    if changed is not None:
        others = frozenset(changed)
        stays = np.array([one.object_id not in others for one in before.labels], bool)
        here = [*(before.labels[place] for place in np.flatnonzero(stays)), *here]
        rows = np.concatenate([before.rows[stays], rows])
        absent |= before.absent - others
    users, tags = store.users(version), store.tags(version)
    return Labelled(rows, tuple(here), frozenset(absent), tuple(users), tuple(tags))


def n_events_at(version: str) -> int:
    """After how many events of the history a version is."""
    return int(version.partition(".")[0])


def _rows(collection: Collection, object_ids: list[str]) -> np.ndarray:
    """(n,) row of each galaxy, -1 where it has none; those known before are not sought again."""
    known = _ROWS.setdefault(collection.digest, {})
    new = [name for name in dict.fromkeys(object_ids) if name not in known]
    known.update(zip(new, rows_of_ids(collection, new).tolist(), strict=True))
    return np.array([known[name] for name in object_ids], np.int64)

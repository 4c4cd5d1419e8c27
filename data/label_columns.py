"""Labels as columns by row, to color, cut, list and measure by.

    score@17.3fa2c1d0          mean of the users' scores of a galaxy, NaN where nobody gave one
    n_scorers@17.3fa2c1d0      users who gave it one, 0 where nobody did
    score_spread@17.3fa2c1d0   standard deviation between them; NaN for fewer than two
    score:Ada@17.3fa2c1d0      the score of one user
    tag:merger@17.3fa2c1d0     share of those who labelled the galaxy who gave it the tag, NaN
                               where nobody labelled it

After the @ stands the version of the labels, which is part of the name: labels change, and a
record that names a column means the same galaxies and colors for ever, as does whatever is kept
under it. Nothing is ever deleted, so that what labels were is there to be read. `pinned` gives
the name of a column as the labels are now.
"""

import re
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from data.kept import Kept
from data.label_ids import labels_of
from data.label_state import Label
from data.label_store import LabelStore
from data.selection_ids import rows_of_ids
from data.store import Collection
from models.errors import NotFound, first_few

SCORE, N_SCORERS, SPREAD = "score", "n_scorers", "score_spread"
OF_USER, OF_TAG = "score:", "tag:"
_FORM = re.compile(rf"(({SCORE}|{N_SCORERS}|{SPREAD}|{OF_USER}.+|{OF_TAG}.+)@(\d+\.[0-9a-f]{{8}}))")
_COLUMNS = Kept(2**26)  # 64 MB: 16 columns of a million galaxies
_LABELLED = Kept(2**26)
_LAST: dict[tuple[str, str], str] = {}  # version that was read last, of a file and a collection
MAX_CHANGED = 5_000  # galaxies whose labels are sought one by one
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


def is_label(name: object) -> bool:
    """Whether a column of the name is, or was, one of labels: with its version."""
    return isinstance(name, str) and _FORM.fullmatch(name) is not None


def label_columns(collection: Collection) -> tuple[str, ...]:
    """Names of the columns that the labels give as they are now; none where there are none."""
    version = labels_of(collection).version()
    found = labelled(collection, version)
    scorers = {found.users[place] for place in np.unique(found.by[np.isfinite(found.scores)])}
    tags = {found.tags[place] for place in np.unique(found.tagged[:, 1])}
    names = [SCORE, N_SCORERS, SPREAD] if scorers else []
    names += [OF_USER + user for user in sorted(scorers)] + [OF_TAG + tag for tag in sorted(tags)]
    return tuple(f"{name}@{version}" for name in names)


def label_column(collection: Collection, name: str) -> np.ndarray:
    """(n_galaxies,) float32 of a column by row, read-only; NaN as told above.

    Raises NotFound where there is no such column, or the labels never had its version.
    """
    plain, version = parted(name)
    found = labelled(collection, version)  # raises
    known = _known(found)
    if plain not in known:
        raise NotFound(f"There is no column '{plain}' of labels; there are {first_few(known, 12)}.")
    key = (str(collection.kept), collection.digest, name)
    return _COLUMNS.get(key, lambda: _spread_out(collection, plain, found))


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


def pinned(collection: Collection, plain: str) -> str:
    """Name of a column of labels as they are now: "score" becomes "score@17.3fa2c1d0"."""
    return f"{plain}@{labels_of(collection).version()}"


def parted(name: str) -> tuple[str, str]:
    """What a column of labels is of, and their version; NotFound where it is none."""
    form = _FORM.fullmatch(name) if isinstance(name, str) else None
    if form is None:
        raise NotFound(f"'{str(name)[:60]}' is no column of labels.")
    return form[2], form[3]


def label_title(name: str) -> str:
    """What a column of labels is called: "mean score", "score of Ada", "tag merger"."""
    plain = parted(name)[0]
    if plain.startswith(OF_USER):
        return f"score of {plain.removeprefix(OF_USER)}"
    if plain.startswith(OF_TAG):
        return f"tag {plain.removeprefix(OF_TAG)}"
    return {SCORE: "mean score", N_SCORERS: "users who scored", SPREAD: "spread of scores"}[plain]


def n_events_of(name: str) -> int:
    """After how many events of the history the labels of a column are: tells versions apart."""
    return n_events_at(parted(name)[1])


def n_events_at(version: str) -> int:
    """After how many events of the history a version is."""
    return int(version.partition(".")[0])


def _rows(collection: Collection, object_ids: list[str]) -> np.ndarray:
    """(n,) row of each galaxy, -1 where it has none; those known before are not sought again."""
    known = _ROWS.setdefault(collection.digest, {})
    new = [name for name in dict.fromkeys(object_ids) if name not in known]
    known.update(zip(new, rows_of_ids(collection, new).tolist(), strict=True))
    return np.array([known[name] for name in object_ids], np.int64)


def _known(found: Labelled) -> list[str]:
    of_users = [OF_USER + user for user in found.users]
    return [SCORE, N_SCORERS, SPREAD, *of_users, *(OF_TAG + tag for tag in found.tags)]


def _spread_out(collection: Collection, plain: str, found: Labelled) -> np.ndarray:
    nothing = 0 if plain == N_SCORERS else np.nan
    column = np.full(collection.n_galaxies, nothing, np.float32)
    rows, values = _by_galaxy(plain, found)
    column[rows] = values
    return column


def _by_galaxy(plain: str, found: Labelled) -> tuple[np.ndarray, np.ndarray]:
    """Rows of the galaxies that have a value, and their values."""
    if plain.startswith(OF_TAG):
        return _means(found.rows, found.having(plain.removeprefix(OF_TAG)))[:2]
    scores, is_meant = found.scores, np.isfinite(found.scores)
    if plain.startswith(OF_USER):
        is_meant = is_meant & (found.by == found.users.index(plain.removeprefix(OF_USER)))
    rows, means, counts = _means(found.rows[is_meant], scores[is_meant])
    if plain == N_SCORERS:
        return rows, counts
    if plain == SPREAD:
        squares = _means(found.rows[is_meant], scores[is_meant] ** 2)[1]
        with np.errstate(invalid="ignore", divide="ignore"):
            variances = np.maximum(squares - means**2, 0) * counts / (counts - 1)
        return rows, np.sqrt(variances)
    return rows, means


def _means(rows: np.ndarray, values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows, each once, the mean of its values, and how many there are."""
    unique, places = np.unique(rows, return_inverse=True)
    counts = np.bincount(places, minlength=len(unique))
    return unique, np.bincount(places, values, minlength=len(unique)) / counts, counts

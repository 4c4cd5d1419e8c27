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

import numpy as np

from data.kept import Kept
from data.label_ids import labels_of
from data.labels_by_row import Labelled, labelled, n_events_at
from data.store import Collection
from models.errors import NotFound, first_few

SCORE, N_SCORERS, SPREAD = "score", "n_scorers", "score_spread"
OF_USER, OF_TAG = "score:", "tag:"
_FORM = re.compile(rf"(({SCORE}|{N_SCORERS}|{SPREAD}|{OF_USER}.+|{OF_TAG}.+)@(\d+\.[0-9a-f]{{8}}))")
_COLUMNS = Kept(2**26)  # 64 MB: 16 columns of a million galaxies


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

"""What was labelled, as the page tells it: galaxies, users, scores, tags, and what selects them."""

from dataclasses import dataclass, field

import numpy as np

from data.label_columns import OF_TAG, OF_USER, SCORE
from data.label_events import MAX_SCORE
from data.labels_by_row import Labelled
from models.errors import BadInput

BY_SCORE, BY_TIME = "score", "time"
EVERYONE, MINE = "all", "mine"


@dataclass
class Given:
    """What was given to one galaxy.

    scores, tags : by user, of those who gave any
    """

    row: int
    scores: dict[str, int] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def score(self) -> float:
        """Mean of the scores, NaN where there is none."""
        return float(np.mean([*self.scores.values()])) if self.scores else np.nan

    @property
    def all_tags(self) -> list[str]:
        """Every tag once, in alphabetical order."""
        return sorted({tag for tags in self.tags.values() for tag in tags})

    @property
    def in_words(self) -> str:
        """Who gave what: "Ada: score 4, merger; me: score 2"."""
        said = []
        for user in sorted({*self.scores, *self.tags}):
            parts = [f"score {self.scores[user]}"] if user in self.scores else []
            said.append(f"{user}: {', '.join([*parts, *self.tags.get(user, ())])}")
        return "; ".join(said)


@dataclass(frozen=True, eq=False)
class GivenLabels:
    """Labelled galaxies in an order, however many; told one by one for the first of them.

    found : all labels, and is_meant : (m,) bool, those of whoever is asked for
    rows : (n,) int64 the galaxies that have such labels
    scores : (n,) float64 mean of their scores, NaN where nobody gave one
    """

    found: Labelled
    is_meant: np.ndarray
    rows: np.ndarray
    scores: np.ndarray

    def __len__(self) -> int:
        return len(self.rows)

    def first(self, n: int) -> list[Given]:
        """What was given to the first `n` galaxies."""
        given = {row: Given(row) for row in self.rows[:n].tolist()}
        for place in np.flatnonzero(self.is_meant & np.isin(self.found.rows, self.rows[:n])):
            label, one = self.found.labels[place], given[int(self.found.rows[place])]
            if label.score is not None:
                one.scores[label.user] = label.score
            if label.tags:
                one.tags[label.user] = label.tags
        return [*given.values()]


def given_labels(found: Labelled, user: str, whose: str, order: str) -> GivenLabels:
    """Every labelled galaxy, in order.

    user, whose : labels of EVERYONE, or MINE alone, which are those of `user`
    order : BY_SCORE, the highest first and those without one last; BY_TIME, the last given first;
        of equals the last given first, then by row
    """
    if whose not in (EVERYONE, MINE) or order not in (BY_SCORE, BY_TIME):
        raise BadInput(
            f"Labels are listed of '{EVERYONE}' or '{MINE}', by '{BY_SCORE}' or '{BY_TIME}'."
        )
    is_meant = np.ones(len(found.rows), bool)
    if whose == MINE:
        is_meant = found.by == (found.users.index(user) if user in found.users else -1)
    rows, places = np.unique(found.rows[is_meant], return_inverse=True)
    last = np.zeros(len(rows), np.int64)
    np.maximum.at(last, places, found.at[is_meant])
    scores = _means(found.scores[is_meant], places, len(rows))
    by_score = np.nan_to_num(-scores, nan=1.0)
    ordered = np.lexsort((-last, by_score) if order == BY_SCORE else (-last,))
    return GivenLabels(found, is_meant, rows[ordered], scores[ordered])


def _means(scores: np.ndarray, places: np.ndarray, n: int) -> np.ndarray:
    """(n,) mean of the scores at each place, NaN where there is none."""
    is_known = np.isfinite(scores)
    counts = np.bincount(places[is_known], minlength=n)
    totals = np.bincount(places[is_known], scores[is_known], minlength=n)
    return np.divide(totals, counts, out=np.full(n, np.nan), where=counts > 0)


def users_of(given: GivenLabels) -> list[tuple[str, int, int]]:
    """Each user, how many galaxies are labelled by her, and how many of them scored."""
    found, n_users = given.found, len(given.found.users)
    n = np.bincount(found.by[given.is_meant], minlength=n_users)
    is_scored = given.is_meant & np.isfinite(found.scores)
    n_scored = np.bincount(found.by[is_scored], minlength=n_users)
    told = zip(found.users, n.tolist(), n_scored.tolist(), strict=True)
    return sorted(one for one in told if one[1])


def tags_of(given: GivenLabels) -> list[tuple[str, int]]:
    """Each tag, and how many galaxies have it from anyone; the most frequent first."""
    found, n_tags = given.found, len(given.found.tags)
    labels, tags = found.tagged[given.is_meant[found.tagged[:, 0]]].T
    pairs = np.unique(found.rows[labels] * max(n_tags, 1) + tags)  # each galaxy once
    counts = np.bincount(pairs % max(n_tags, 1), minlength=n_tags).tolist()
    told = [pair for pair in zip(found.tags, counts, strict=False) if pair[1]]
    return sorted(told, key=lambda pair: (-pair[1], pair[0]))


def scores_of(given: GivenLabels) -> list[tuple[int, int]]:
    """Each score from the highest on, and how many galaxies have as much or more in the mean."""
    return [(least, int((given.scores >= least).sum())) for least in range(MAX_SCORE, -1, -1)]


def score_step(version: str, least: float, user: str = "") -> dict:
    """What selects galaxies by score: by the mean, or by that of a user."""
    plain = f"{OF_USER}{user}" if user else SCORE
    return {"kind": "range", "column": f"{plain}@{version}", "min": least}


def tag_step(version: str, tag: str, n_users: int) -> dict:
    """What selects galaxies that have a tag from anyone: a share that one of all users makes."""
    share = np.floor(1e6 / max(n_users, 1)) / 1e6
    return {"kind": "range", "column": f"{OF_TAG}{tag}@{version}", "min": float(share)}

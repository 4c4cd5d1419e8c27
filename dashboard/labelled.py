"""What was labelled, as the page tells it: galaxies, users, scores, tags, and what selects them."""

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from data.label_columns import OF_TAG, OF_USER, SCORE, Labelled
from data.label_events import MAX_SCORE
from models.errors import BadInput

BY_SCORE, BY_TIME = "score", "time"
EVERYONE, MINE = "all", "mine"


@dataclass
class Given:
    """What was given to one galaxy.

    scores, tags : by user, of those who gave any
    at : when the last of it was given
    """

    row: int
    scores: dict[str, int] = field(default_factory=dict)
    tags: dict[str, tuple[str, ...]] = field(default_factory=dict)
    at: str = ""

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


def given_labels(found: Labelled, user: str, whose: str, order: str) -> list[Given]:
    """Every labelled galaxy with what was given to it, in order.

    user, whose : labels of EVERYONE, or MINE alone, which are those of `user`
    order : BY_SCORE, the highest first and those without one last; BY_TIME, the last given first
    """
    if whose not in (EVERYONE, MINE) or order not in (BY_SCORE, BY_TIME):
        raise BadInput(
            f"Labels are listed of '{EVERYONE}' or '{MINE}', by '{BY_SCORE}' or '{BY_TIME}'."
        )
    given: dict[int, Given] = {}
    for row, label in zip(found.rows.tolist(), found.labels, strict=True):
        if whose == MINE and label.user != user:
            continue
        one = given.setdefault(row, Given(row))
        if label.score is not None:
            one.scores[label.user] = label.score
        if label.tags:
            one.tags[label.user] = label.tags
        one.at = max(one.at, label.score_at or "", label.tags_at or "")
    in_time = sorted(given.values(), key=lambda one: one.at, reverse=True)
    if order == BY_TIME:
        return in_time
    return sorted(in_time, key=lambda one: -one.score if one.scores else 1.0)


def users_of(given: list[Given]) -> list[tuple[str, int, int]]:
    """Each user, how many galaxies are labelled by her, and how many of them scored."""
    n, n_scored = Counter(), Counter()
    for one in given:
        n.update({*one.scores, *one.tags})
        n_scored.update(one.scores.keys())
    return [(user, n[user], n_scored[user]) for user in sorted(n)]


def tags_of(given: list[Given]) -> list[tuple[str, int]]:
    """Each tag, and how many galaxies have it from anyone; the most frequent first."""
    counts = Counter(tag for one in given for tag in one.all_tags)
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def scores_of(given: list[Given]) -> list[tuple[int, int]]:
    """Each score from the highest on, and how many galaxies have as much or more in the mean."""
    scores = np.array([one.score for one in given])
    return [(least, int((scores >= least).sum())) for least in range(MAX_SCORE, -1, -1)]


def score_step(version: str, least: float, user: str = "") -> dict:
    """What selects galaxies by score: by the mean, or by that of a user."""
    plain = f"{OF_USER}{user}" if user else SCORE
    return {"kind": "range", "column": f"{plain}@{version}", "min": least}


def tag_step(version: str, tag: str, n_users: int) -> dict:
    """What selects galaxies that have a tag from anyone: a share that one of all users makes."""
    share = np.floor(1e6 / max(n_users, 1)) / 1e6
    return {"kind": "range", "column": f"{OF_TAG}{tag}@{version}", "min": float(share)}

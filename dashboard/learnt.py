"""What a user's scores teach: galaxies in the order of the interest they let expect."""

from dataclasses import dataclass
from hashlib import sha256
from typing import NamedTuple

import numpy as np

from dashboard.ranking import Ranking, rankings_of
from dashboard.score_facts import SCORES
from data.kept import Kept
from data.label_columns import OF_USER, label_column
from data.label_events import checked_user
from data.label_ids import labels_of
from data.label_store import DEFAULT_USER
from data.labels_by_row import labelled
from data.learning_features import learning_features
from data.store import Collection
from models.errors import BadInput, MorphospaceError, NotFound
from models.space.estimators import AGREEMENT, IS_LOW_UNUSUAL
from models.space.learning import LEAST, learn
from models.space.learning_recall import INTERESTING, Found, Recall, recall_of_labels

PROCESS, FOREST, NEXT = "process", "forest", "next"
NAMES = {
    PROCESS: "your scores (Gaussian process)",
    FOREST: "your scores (random forest)",
    NEXT: "to score next (process)",
}
UNITS = {PROCESS: "expected score", FOREST: "learned value", NEXT: "place in the list to score"}
N_NEXT = 200
MAX_PROCESS = 1_000  # scores: its fit takes their number to the third power
_KEPT = Kept(2**27)


@dataclass(frozen=True, eq=False)
class Learnt:
    """What the scores of a user teach under a checkpoint.

    values : (n_galaxies,) float32 by row, the highest first
    to_score : rows to look at next, the best first
    n : scores it was learned from
    told : how, in words
    base : what ranked before, in words
    recall : of what was called interesting, before and after; empty where nothing was
    """

    values: np.ndarray
    to_score: np.ndarray
    n: int
    told: str
    base: str
    recall: tuple[Recall, ...]

    @property
    def nbytes(self) -> int:
        """About as much memory as it takes."""
        return self.values.nbytes + self.to_score.nbytes


def user_and_version(collection: Collection, labels: object) -> tuple[str, str]:
    """Whose labels a page is about, and as they are now: what its store holds may be older."""
    user = labels.get("user") if isinstance(labels, dict) else None
    return checked_user(user or DEFAULT_USER), labels_of(collection).version()


def learnt(collection: Collection, checkpoint: str, method: str, labels: object) -> Learnt:
    """What there is to learn from the labels of the user that a page's store names.

    Raises BadInput where there are too few scores, or all are the same; NotFound where there is
    no such way.
    """
    return _kept(collection, checkpoint, _asked(collection, checkpoint, method, labels))


def is_learnt(collection: Collection, checkpoint: str, method: str, labels: object) -> bool:
    """Whether `learnt` has it at hand; raises as it does where nobody has scored."""
    return _KEPT.peek(_asked(collection, checkpoint, method, labels).key) is not None


class _Asked(NamedTuple):
    """What is to be learned: how, from whose scores, of which rows. Kept under the key.

    Others' labels, and tags, are no part of the key.
    """

    by: str
    user: str
    rows: np.ndarray
    scores: np.ndarray
    key: tuple


def _asked(collection: Collection, checkpoint: str, method: str, labels: object) -> _Asked:
    if method not in NAMES:
        raise NotFound(f"There is no way '{method}' to learn; there are {', '.join(NAMES)}.")
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    user, version = user_and_version(collection, labels)
    rows, scores = _scores(collection, user, version)
    by = FOREST if method == FOREST else PROCESS
    told = sha256(rows.tobytes() + scores.tobytes()).hexdigest()
    key = (collection.digest, str(collection.kept), checkpoint, by, user, told)
    return _Asked(by, user, rows, scores, key)


def _kept(collection: Collection, checkpoint: str, asked: _Asked) -> Learnt:
    return _KEPT.get(asked.key, lambda: _learn(collection, checkpoint, asked))


def learnt_ranking(collection: Collection, checkpoint: str, method: str, labels: object) -> Ranking:
    """Galaxies in the order of what was learned, or those to score next."""
    asked = _asked(collection, checkpoint, method, labels)
    found, key = _kept(collection, checkpoint, asked), (method, *asked.key)
    if method != NEXT:
        return Ranking(key, found.values, is_low_unusual=False)
    places = np.full(collection.n_galaxies, np.nan, np.float32)
    places[found.to_score] = np.arange(1, len(found.to_score) + 1)
    return Ranking(key, places, is_low_unusual=True)


def own_scores(collection: Collection, labels: object) -> np.ndarray | None:
    """(n_galaxies,) scores of the user that a page's store names; None where there are none.

    Nor where labels cannot be read: that is told where galaxies are labelled.
    """
    try:
        user, version = user_and_version(collection, labels)
        if user not in labelled(collection, version).users:
            return None
        return label_column(collection, f"{OF_USER}{user}@{version}")
    except MorphospaceError:
        return None


def recall_text(found: Learnt) -> str:
    """What is recalled, of how many galaxies."""
    if not found.recall:
        return f"No galaxy has a score of {INTERESTING:g} or more yet, so there is no recall."
    n = found.recall[0].n_interesting
    return (
        f"Recall of the {n:,} that you scored {INTERESTING:g} or more, each left out of what it is "
        "judged by, with 95 % intervals:"
    )


def recall_rows(found: Learnt) -> list[tuple[str, str, str]]:
    """First so many, how much of what was called interesting is in them, before and after."""
    return [
        (
            f"first {one.first:,}",
            _share(one.before, one.n_interesting),
            _share(one.after, one.n_interesting),
        )
        for one in found.recall
    ]


def _share(found: Found, n: int) -> str:
    return f"{100 * found.n_found / n:.0f} % ({100 * found.low:.0f}–{100 * found.high:.0f})"


def _learn(collection: Collection, checkpoint: str, asked: _Asked) -> Learnt:
    rows, scores = asked.rows, asked.scores
    if asked.by == PROCESS and len(rows) > MAX_PROCESS:
        raise BadInput(
            f"A Gaussian process learns from at most {MAX_PROCESS:,} scores, and '{asked.user}' "
            f"gave {len(rows):,}: choose {NAMES[FOREST]} instead."
        )
    by = _base_of(collection, checkpoint)
    base = np.asarray(collection.density(checkpoint)[by])
    base = -base if IS_LOW_UNUSUAL[by] else base
    features = learning_features(collection, checkpoint)
    learned = learn(features, rows, scores, base, asked.by, n_next=N_NEXT)
    recall = ()
    if (scores >= INTERESTING).any():
        recall = recall_of_labels(learned.value, learned.held_out, base, rows, scores)
    return Learnt(
        learned.value,
        learned.next_rows,
        len(rows),
        learned.told,
        SCORES[by].ranking,
        recall,
    )


def _scores(collection: Collection, user: str, version: str) -> tuple[np.ndarray, np.ndarray]:
    if user not in labelled(collection, version).users:
        raise BadInput(
            f"'{user}' has scored no galaxy yet: inspect some and press a digit from 0 to 5; from "
            f"{LEAST} on, not all the same, there is something to learn."
        )
    column = label_column(collection, f"{OF_USER}{user}@{version}")
    rows = np.flatnonzero(np.isfinite(column))
    return rows, column[rows]


def _base_of(collection: Collection, checkpoint: str) -> str:
    """The score that ranks before anything is learned."""
    known = rankings_of(collection, checkpoint)
    if not known:
        raise BadInput("No anomaly score is there to begin with: build the collection again.")
    return AGREEMENT if AGREEMENT in known else known[0]

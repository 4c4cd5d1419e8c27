"""A rehearsal: somebody who knows what is interesting labels what comes next, again and again."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from models.space.learning import Learned, learn
from models.space.learning_recall import places

AFTER = (0, 20, 50, 100)  # labels
BATCH = 10  # labels between two rankings
LISTED = 200


class Rehearsal(NamedTuple):
    """How well a kind of galaxy is found, by labels given.

    n_labels : (n_steps,) labels given
    recall : (n_steps,) share of the kind among the first `LISTED` of the ranking
    n_labeled : (n_steps,) of the kind that have been labeled
    """

    n_labels: np.ndarray
    recall: np.ndarray
    n_labeled: np.ndarray


def rehearse(
    features: np.ndarray,
    scores: np.ndarray,
    base: np.ndarray,
    is_sought: np.ndarray,
    method: str,
    *,
    after: tuple[int, ...] = AFTER,
    seed: int = 0,
    by: Callable[..., Learned] = learn,
) -> Rehearsal:
    """Label what is proposed in batches of 10, rank anew after each, and see what is found.

    While all scores are the same there is nothing to learn, and the base ranking goes on.

    Parameters
    ----------
    features, base, method, seed : as `learning.learn` has them
    scores : (n,) array
        What would be given to each galaxy, were it looked at.
    is_sought : (n,) bool array
        The kind whose recall is told.
    after : tuple of int
        Multiples of 10, increasing: when to tell it.
    by : callable
        What learns, called as `learn` is: another program's way, to compare with.
    """
    rows = np.zeros(0, np.int64)
    by_base = np.argsort(-base, kind="stable")
    ranked_by, proposed = base, by_base
    recall, n_labeled = [], []
    for n_labels in range(0, after[-1] + 1, BATCH):
        if n_labels:
            rows = np.append(rows, proposed[:BATCH])
            if np.ptp(scores[rows]) > 0:
                learned = by(features, rows, scores[rows], base, method, seed=seed, n_next=BATCH)
                ranked_by, proposed = learned.value, learned.next_rows
            else:
                proposed = by_base[~np.isin(by_base, rows)]
        if n_labels in after:
            recall.append(np.mean(places(ranked_by)[is_sought] < LISTED))
            n_labeled.append(int(is_sought[rows].sum()))
    return Rehearsal(np.array(after), np.array(recall), np.array(n_labeled))

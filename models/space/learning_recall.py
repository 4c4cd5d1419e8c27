"""Whether learning helps: interesting galaxies among the first listed, before and after."""

from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from models.errors import BadInput

FIRST = (40, 100, 200)  # so many of a list are looked at
INTERESTING = 4.0  # this score and more
LEVEL = 0.95


class Found(NamedTuple):
    """How many of the interesting galaxies a list has among its first, and limits of the share.

    low, high : Wilson's 95 % limits of n_found / n_interesting
    """

    n_found: int
    low: float
    high: float


class Recall(NamedTuple):
    """Recall of the labels that call a galaxy interesting, among the `first` of the list.

    first : galaxies looked at; all there are, where that is fewer
    n_interesting : labels of at least the score asked for
    before, after : in the ranking by anomaly score, and in the learned one
    """

    first: int
    n_interesting: int
    before: Found
    after: Found


def recall_of_labels(
    value: np.ndarray,
    held_out: np.ndarray,
    base: np.ndarray,
    rows: np.ndarray,
    scores: np.ndarray,
    *,
    threshold: float = INTERESTING,
    first: tuple[int, ...] = FIRST,
) -> tuple[Recall, ...]:
    """Count the galaxies called interesting among the first of the list, before and after learning.

    No label is judged by a fit that has seen it: in the learned list each labeled galaxy stands at
    its `held_out` value. What is left in favor of learning is that the others were seen: labels
    of one group vouch for each other. And the labels are those that the lists so far have shown,
    so neither number is the recall of all interesting galaxies there are.

    Parameters
    ----------
    value : (n,) array
        Of the learned ranking, the highest first.
    held_out : (m,) array
        Values of the labeled galaxies, each without its own label.
    base : (n,) array
        Anomaly score, higher is more unusual; NaN comes last.
    rows, scores : (m,) arrays
        The labels.
    threshold : float
        Score from which a galaxy is interesting.
    first : tuple of int
        How many of a list are looked at.

    Raises
    ------
    BadInput
        If no score reaches the threshold.
    """
    interesting = rows[np.asarray(scores) >= threshold]
    if not len(interesting):
        raise BadInput(
            f"No galaxy has a score of {threshold:g} or more yet: there is nothing to be found."
        )
    honest = np.array(value, np.float64)
    honest[rows] = held_out
    before, after = (places(ranked)[interesting] for ranked in (base, honest))
    return tuple(
        Recall(
            min(count, len(value)),
            len(interesting),
            *(_found(int((place < count).sum()), len(interesting)) for place in (before, after)),
        )
        for count in first
    )


def places(value: np.ndarray) -> np.ndarray:
    """Place of each galaxy in a list, the highest value first, from 0; ties by row, NaN last."""
    place = np.empty(len(value), np.int64)
    place[np.argsort(-np.asarray(value), kind="stable")] = np.arange(len(value))
    return place


def _found(n_found: int, n: int) -> Found:
    limits = binomtest(n_found, n).proportion_ci(LEVEL, method="wilson")
    return Found(n_found, float(limits.low), float(limits.high))

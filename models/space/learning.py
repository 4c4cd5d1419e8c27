"""Learn from a few scores what somebody finds interesting, and rank every galaxy by it.

Two ways: a Gaussian process, as in Protege, and a random forest, as in Astronomaly. Both fall
back on the order of the anomaly scores where nothing near has been scored.
"""

from typing import NamedTuple

import numpy as np

from models.errors import BadInput, first_few
from models.space.checks import checked_points
from models.space.learning_forest import (
    N_TREES,
    TRUST,
    grow_forest,
    nearest_labeled,
    nearest_other,
    trusted_value,
)
from models.space.learning_process import (
    expected_improvement,
    fit_process,
    held_out_mean,
    predict,
)
from models.space.ranked import first_ranked

METHODS = ("process", "forest")
HIGHEST = 5.0  # of the scores
LEAST = 3  # labels: of fewer there is nothing to tell
WORTH = 2.0  # score expected of the most unusual galaxy before any is seen; of the last it is 0
TRADEOFF = 0.5  # Protege's: what a galaxy must add to the best score, to be worth a look
_SAMPLE = 10_000  # galaxies that give the size of the space


class Learned(NamedTuple):
    """What is expected of every galaxy, given the scores so far.

    expected : (n,) float32 expected score; beyond 0 and 5 where the fit goes there
    error : (n,) float32; of a process the standard deviation of the interest, the scatter of
        scores left out; of a forest that over its trees, which is no error of the mean
    value : (n,) float32 by which the list is ranked, the highest first
    next_rows : (n_next,) or fewer, unlabeled galaxies to look at next, best first
    held_out : (m,) value that each labeled galaxy would have had its own label not been given
    told : how it was learned, in words
    """

    expected: np.ndarray
    error: np.ndarray
    value: np.ndarray
    next_rows: np.ndarray
    held_out: np.ndarray
    told: str


def surprise(base: np.ndarray) -> np.ndarray:
    """Give each galaxy's place in a ranking as a number from 1, the first, to 0, the last.

    log(n / place) / log n: a tenth of the way down the list it has fallen to log 10 / log n, so
    that the few first differ as much as the many last. Only the order of `base` counts.

    Parameters
    ----------
    base : (n,) array
        Anomaly score, higher is more unusual; NaN, undefined, comes last.

    Returns
    -------
    (n,) float32 array
    """
    n = len(base)
    order = np.argsort(-np.asarray(base), kind="stable")  # NaN last, ties by row
    of_place = (np.log(n / np.arange(1, n + 1)) / max(np.log(n), 1)).astype(np.float32)
    told = np.empty(n, np.float32)
    told[order] = of_place
    return told


def learn(
    features: np.ndarray,
    rows: np.ndarray,
    scores: np.ndarray,
    base: np.ndarray,
    method: str = "process",
    *,
    seed: int = 0,
    n_next: int = 20,
) -> Learned:
    """Rank galaxies by the interest that scores of a few of them let expect.

    Scores are an order, 0 to 5, and noisy; they are taken for numbers, as both papers do.

    "process": Gaussian process regression of the score on the features (Lochner & Rudnick 2025,
    AJ 169, Protege), with a Matern covariance. Unlike there the prior mean is not 0 but `WORTH`
    times the `surprise` of the base ranking, so the list is that ranking where nothing is known.
    It is ranked by the mean; next is what has the largest expected improvement over the best
    score, with their tradeoff of 0.5.

    "forest": random forest regression, and the formula of Astronomaly (Lochner & Bassett 2021,
    Astronomy and Computing 36, 100481), see `learning_forest.trusted_value`. Next are the first
    of the list.

    Parameters
    ----------
    features : (n, d) array
        Best 50 principal components, far galaxies drawn in (`projection.drawn_in`): rehearsals
        found more by them than by 15 as they are, and whitening found nothing sooner
        (benchmarks/README.md). May be memory-mapped, or float16.
    rows : (m,) array of int
        Galaxies that have been scored, each once.
    scores : (m,) array
        From 0, of no interest, to 5.
    base : (n,) array
        Anomaly score, higher is more unusual; only its order counts, NaN comes last.
    method : str
        One of `METHODS`.
    seed : int
        Of the forest. The process has no randomness.
    n_next : int
        How many to look at next.

    Raises
    ------
    BadInput
        If fewer than 3 galaxies are scored or all scores are the same, there is nothing to
        learn; or if an argument is not as above.
    """
    features = checked_points(features)
    rows, scores = _checked(len(features), rows, scores, base)
    if method not in METHODS:
        raise BadInput(f"The method is one of {', '.join(METHODS)}, not {method!r}.")
    by = _by_process if method == "process" else _by_forest
    learned, worth_a_look = by(features, rows, scores, surprise(base), seed)
    worth_a_look[rows] = -np.inf  # has been looked at
    to_look_at = first_ranked(worth_a_look, n_next, is_low_unusual=False)[:n_next]
    return learned._replace(next_rows=to_look_at)


_NONE = np.zeros(0, np.int32)


def _by_process(
    features: np.ndarray, rows: np.ndarray, scores: np.ndarray, unusual: np.ndarray, _seed: int
) -> tuple[Learned, np.ndarray]:
    sample = np.asarray(features[:: max(len(features) // _SAMPLE, 1)], np.float64)
    scale = float(np.sqrt(2 * sample.var(axis=0).sum()))
    if scale == 0:
        raise BadInput("All galaxies coincide in this space: there is nothing to tell them by.")
    labeled, prior = features[rows], WORTH * unusual
    beyond = scores - prior[rows]
    process = fit_process(labeled, beyond, scale)
    mean, error = predict(process, features, labeled)
    mean += prior
    improvement = expected_improvement(mean, error, scores.max() + TRADEOFF)
    told = (
        f"Gaussian process of {len(rows)} scores: interest is alike within "
        f"{process.length / scale:.2g} times the typical separation of two galaxies, varies by "
        f"{process.spread:.2g} over the space, and scores scatter by {process.noise:.2g} about it; "
        f"before any is given, {WORTH:g} is expected of the most unusual galaxy."
    )
    held_out = prior[rows] + held_out_mean(process, beyond)
    return Learned(mean, error, mean, _NONE, held_out, told), improvement


def _by_forest(
    features: np.ndarray, rows: np.ndarray, scores: np.ndarray, unusual: np.ndarray, seed: int
) -> tuple[Learned, np.ndarray]:
    forest = grow_forest(features, rows, scores, seed)
    distance = nearest_labeled(features, features[rows])
    typical = max(float(distance.mean(dtype=np.float64)), np.finfo(np.float32).tiny)
    value = trusted_value(unusual, forest.expected / HIGHEST, distance / typical)
    held_out = trusted_value(
        unusual[rows], forest.held_out / HIGHEST, nearest_other(features[rows]) / typical
    )
    told = (
        f"Random forest of {N_TREES} trees on {len(rows)} scores, trusted near them: half as far "
        f"away as galaxies are on average, {1 - np.tanh(np.expm1(TRUST / 2)):.0%} of what it "
        f"expects is added to how unusual a galaxy is."
    )
    learned = Learned(forest.expected, forest.error, value, _NONE, held_out, told)
    return learned, value.copy()


def _checked(
    n: int, rows: np.ndarray, scores: np.ndarray, base: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows and scores as arrays, or the reason why nothing can be learned from them."""
    rows, scores = np.asarray(rows), np.asarray(scores, np.float64)
    if rows.ndim != 1 or rows.shape != scores.shape or (len(rows) and rows.dtype.kind not in "iu"):
        raise BadInput("Scores need one row each, a whole number.")
    if len(base) != n:
        raise BadInput(f"There must be an anomaly score of each of the {n:,} galaxies.")
    if len(outside := rows[(rows < 0) | (rows >= n)]):
        raise BadInput(f"There are {n:,} galaxies, and no row {first_few(list(outside))}.")
    if len(np.unique(rows)) < len(rows):
        raise BadInput("A galaxy can have one score only; keep the last one given.")
    if len(wrong := scores[~((scores >= 0) & (scores <= HIGHEST))]):
        raise BadInput(f"A score is 0 to {HIGHEST:g}, not {first_few(list(wrong))}.")
    if len(rows) < LEAST:
        raise BadInput(
            f"Nothing to learn yet: score {LEAST - len(rows)} more, some high and some low."
        )
    if np.ptp(scores) == 0:
        raise BadInput(
            f"Nothing to learn yet: all {len(rows)} scores are {scores[0]:g}; give some galaxies "
            "a different one."
        )
    return rows, scores

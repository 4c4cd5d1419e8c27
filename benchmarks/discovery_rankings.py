"""Rankings that nobody taught, and how much of what was planted stands first in them."""

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy import stats

from benchmarks.discovery_draws import Draw
from models.space.anomaly_scores import anomaly_scores, place_shares
from models.space.estimators import IS_LOW_UNUSUAL
from models.space.learning_recall import FIRST, places
from models.space.rank_stability import rank_stability

WORST, MEAN = "worst of trained", "mean of trained"
RANDOM, ONLY = "random", "seen"
LEVEL = 0.95


class Found(NamedTuple):
    """What one ranking of one draw finds.

    space, estimator : which ranking
    recall : (3,) share of what is sought among the first 40, 100 and 200
    of_kind : kind -> share of it among the first 200
    """

    space: str
    estimator: str
    recall: np.ndarray
    of_kind: dict[str, float]

    @property
    def name(self) -> str:
        """Both together."""
        return f"{self.space}, {self.estimator}"


class Estimate(NamedTuple):
    """A mean over draws, and half of the width of its 95 % interval; NaN where n is 1."""

    mean: float
    half: float
    n: int

    def __str__(self) -> str:
        error = "" if np.isnan(self.half) else f" ± {self.half:.3f}"
        return f"{self.mean:.3f}{error}"


def mean_over_draws(values: np.ndarray | list[float]) -> Estimate:
    """The mean and Student's interval: draws are few and alike."""
    values = np.asarray(values, float)
    n = len(values)
    error = values.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    return Estimate(float(values.mean()), float(stats.t.ppf((1 + LEVEL) / 2, n - 1) * error), n)


def unusual_first(draw: Draw) -> dict[tuple[str, str], np.ndarray]:
    """Values of every ranking of a draw, the highest first, by space and estimator.

    Over the trained checkpoints, each estimator's places are put together twice: by the worst of
    them, which is low only where every checkpoint agrees (`rank_stability`), and by their
    geometric mean, as estimators are put together (`agreement`).
    """
    found, shares = {}, {}
    for name, space in draw.spaces.items():
        scores = anomaly_scores(space.neighbors, space.components, seed=draw.seed)
        for estimator, is_low_unusual in IS_LOW_UNUSUAL.items():
            values = scores[estimator]
            found[name, estimator] = -values if is_low_unusual else values
            shares[name, estimator] = place_shares(values, is_low_unusual=is_low_unusual)
    trained = draw.trained()
    if len(trained) > 1:
        for estimator in IS_LOW_UNUSUAL:
            of_each = [shares[name, estimator] for name in trained]
            ranks = [share * np.isfinite(share).sum() for share in of_each]
            found[WORST, estimator] = -rank_stability(ranks).worst
            found[MEAN, estimator] = -np.mean(np.log(of_each), axis=0)
    found[RANDOM, ONLY] = np.random.default_rng([draw.seed, 1]).random(len(draw.kinds))
    return found


def recalls(draw: Draw, rankings: dict[tuple[str, str], np.ndarray]) -> Iterator[Found]:
    """What each ranking finds of what was planted."""
    is_sought = draw.kinds != ""
    for (space, estimator), values in rankings.items():
        place = places(values)
        recall = np.array([np.mean(place[is_sought] < first) for first in FIRST])
        of_kind = {
            str(kind): float(np.mean(place[draw.kinds == kind] < FIRST[-1]))
            for kind in np.unique(draw.kinds[is_sought])
        }
        yield Found(space, estimator, recall, of_kind)


def over_draws(
    draws: list[list[Found]], value: Callable[[Found], float]
) -> dict[tuple[str, str], Estimate]:
    """A value of each ranking, averaged over the draws."""
    by_ranking: dict[tuple[str, str], list[float]] = {}
    for draw in draws:
        for found in draw:
            by_ranking.setdefault((found.space, found.estimator), []).append(value(found))
    return {ranking: mean_over_draws(values) for ranking, values in by_ranking.items()}


def chosen_elsewhere(draws: list[list[Found]], which: int, spaces: list[str]) -> tuple:
    """Recall of the best ranking of some spaces, the best being chosen on the *other* draws.

    The best of many is the luckiest too: on the draw that chose it, it would look better than it
    is. Of a single draw nothing else can be said.

    which : place in `FIRST`

    Returns
    -------
    (n_draws,) recall, and (space, estimator) of the ranking that is best on all draws
    """
    table = np.array([[f.recall[which] for f in draw if f.space in spaces] for draw in draws])
    names = [(f.space, f.estimator) for f in draws[0] if f.space in spaces]
    told = []
    for i in range(len(table)):
        others = np.delete(table, i, axis=0) if len(table) > 1 else table
        told.append(table[i, others.mean(axis=0).argmax()])
    return np.array(told), names[table.mean(axis=0).argmax()]

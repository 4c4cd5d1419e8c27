"""Do two numbers rise and fall together over the checkpoints of training runs?

Everything that training changes has a trend, and two trends correlate without having to do with
each other. So besides the rank correlation there is the partial one, training time given, that of
the later half of the checkpoints, and that with the accuracy of *other* runs: a statistic that
follows another run's accuracy as well as its own's tells the time, not the run.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import rankdata

N_PERMUTATIONS = 9_999
INTERVAL = 2.5, 97.5  # percentiles


@dataclass(frozen=True)
class Runs:
    """One statistic, or the accuracy, at every checkpoint: (n_runs, n_checkpoints).

    statistics : name -> array
    accuracy : array
    epochs : (n_checkpoints,) array, the same for all runs
    """

    statistics: dict[str, np.ndarray]
    accuracy: np.ndarray
    epochs: np.ndarray

    def later_half(self) -> "Runs":
        """The second half of the checkpoints alone."""
        late = slice(len(self.epochs) // 2, None)
        statistics = {name: values[:, late] for name, values in self.statistics.items()}
        return Runs(statistics, self.accuracy[:, late], self.epochs[late])


def unit_ranks(values: np.ndarray, given: np.ndarray | None = None) -> np.ndarray:
    """Ranks along the last axis, centred and of unit length: their products are correlations.

    given : what the ranks are freed of, by taking off their regression on its ranks. All NaN
        where a value is undefined or nothing is left.
    """
    if values.shape[-1] == 0:
        return values
    ranks = _unit(rankdata(values, axis=-1, nan_policy="propagate"))
    if given is not None:
        time = unit_ranks(given)
        ranks = _unit(ranks - (ranks @ time)[..., None] * time)
    return ranks


def _unit(values: np.ndarray) -> np.ndarray:
    centered = values - values.mean(axis=-1, keepdims=True)
    length = np.linalg.norm(centered, axis=-1, keepdims=True)
    # Of what is left of unit vectors, less than this is rounding error.
    return np.where(length > 1e-9, centered / np.where(length > 0, length, 1), np.nan)


def correlations(runs: Runs, *, freed_of_time: bool = False) -> dict[str, np.ndarray]:
    """Rank correlation of each statistic with the accuracy, in each run."""
    found = {}
    for name, values in runs.statistics.items():
        # Of an untrained network there is no loss: it is ranked without that checkpoint.
        defined = ~np.isnan(values).all(axis=0)
        given = runs.epochs[defined] if freed_of_time else None
        accuracy = unit_ranks(runs.accuracy[:, defined], given)
        found[name] = (unit_ranks(values[:, defined], given) * accuracy).sum(axis=-1)
    return found


def other_runs(runs: Runs) -> dict[str, float]:
    """Mean rank correlation of a statistic with the accuracy of the runs that are not its own."""
    n_runs = len(runs.accuracy)
    if n_runs < 2:
        return dict.fromkeys(runs.statistics, np.nan)
    found = {}
    for name, values in runs.statistics.items():
        defined = ~np.isnan(values).all(axis=0)
        table = unit_ranks(values[:, defined]) @ unit_ranks(runs.accuracy[:, defined]).T
        found[name] = float((table.sum() - np.trace(table)) / (n_runs * (n_runs - 1)))
    return found


@dataclass(frozen=True)
class Chance:
    """Mean rank correlations that come by chance.

    low, high : of one statistic, 95 % of the draws within
    largest : 95 % of the draws have no statistic beyond it, in either direction
    """

    low: float
    high: float
    largest: float


def chance(
    runs: Runs,
    rng: np.random.Generator,
    *,
    freed_of_time: bool = False,
    rotated: bool = False,
) -> Chance:
    """What shuffling the accuracies of each run gives, the same shuffle for every statistic.

    Checkpoints beside each other are alike, which shuffled ones are not, so that the limits are
    too narrow. `rotated` ones are: the last accuracies of a run come before its first. That
    makes sense without a trend only, and with several runs: one has few rotations.
    """
    given = runs.epochs if freed_of_time else None
    accuracy = unit_ranks(runs.accuracy, given)
    table = np.array([unit_ranks(values, given) for values in runs.statistics.values()])
    drawn = np.empty((N_PERMUTATIONS, len(table)))
    for i in range(N_PERMUTATIONS):
        shuffled = _rotate(accuracy, rng) if rotated else rng.permuted(accuracy, axis=1)
        drawn[i] = (table * shuffled).sum(axis=2).mean(axis=1)
    known = drawn[:, np.isfinite(drawn).all(axis=0)]
    if known.size == 0:
        return Chance(np.nan, np.nan, np.nan)
    low, high = np.percentile(known, INTERVAL)
    largest = np.percentile(np.abs(known).max(axis=1), 95)
    return Chance(float(low), float(high), float(largest))


def _rotate(values: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Each row moved around by a random number of places."""
    n = values.shape[1]
    starts = rng.integers(n, size=(len(values), 1))
    return np.take_along_axis(values, (np.arange(n) + starts) % n, axis=1)


def loss_of_choice(runs: Runs, signs: dict[str, int]) -> dict[str, float]:
    """Accuracy lost, on average, by the checkpoint at which a statistic is best; 0 is none."""
    best = runs.accuracy.max(axis=1)
    every = np.arange(len(best))
    found = {}
    for name, values in runs.statistics.items():
        if np.isnan(values).all(axis=1).any():
            found[name] = np.nan
            continue
        chosen = np.nanargmax(signs[name] * values, axis=1)
        found[name] = float((best - runs.accuracy[every, chosen]).mean())
    return found

"""Anomaly ranks over the checkpoints of a run: which candidates are stable, which fleeting."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from models.space.neighbor_change import blocks


@dataclass(frozen=True)
class RankStability:
    """Where each galaxy stands among all over several checkpoints.

    A rank is told as a share of the galaxies that have one: 1 / n is the most unusual galaxy of
    n, 1 the least. Checkpoints that give a galaxy no rank are left out for it.

    best, median, worst : (n,) float32, lowest, middle and highest share of each galaxy; NaN where
        no checkpoint gives it a rank
    n_ranked : (n,) int16, checkpoints that give it one
    """

    best: np.ndarray
    median: np.ndarray
    worst: np.ndarray
    n_ranked: np.ndarray

    @property
    def fleeting(self) -> np.ndarray:
        """(n,) float32 decades between a galaxy's middle and best rank.

        0 for one that is always at the same place, 3 for one that was among the first of 1,000
        once and in the middle of all otherwise. A logarithm: an ordinary galaxy moves by half of
        all ranks between checkpoints, which a difference would count as much.
        """
        return np.log10(self.median / self.best)


def rank_stability(ranks: Sequence[np.ndarray]) -> RankStability:
    """Compare the ranks of galaxies over checkpoints.

    The worst rank finds stable candidates: it is low only where every checkpoint agrees. One
    checkpoint, such as an untrained one, can spoil it, so it is for the caller to leave those
    out that are no evidence.

    Parameters
    ----------
    ranks : sequence of (n,) arrays, of one checkpoint each
        1 for the most unusual galaxy, NaN where undefined.

    Raises
    ------
    ValueError
        If there is no checkpoint, or they are not of the same galaxies.
    """
    if len({len(each) for each in ranks}) != 1:
        raise ValueError("Ranks of one checkpoint or more are needed, all of the same galaxies.")
    n = len(ranks[0])
    n_in_all = [max(1, int(np.isfinite(each).sum())) for each in ranks]
    best, median, worst = (np.empty(n, np.float32) for _ in range(3))
    n_ranked = np.empty(n, np.int16)
    for part in blocks(n):
        shares = [np.float64(each[part]) / of for each, of in zip(ranks, n_in_all, strict=True)]
        ordered = np.sort(shares, axis=0)  # NaN last
        n_ranked[part] = known = np.isfinite(ordered).sum(0)
        best[part], worst[part] = ordered[0], _at(ordered, known - 1)
        median[part] = (_at(ordered, (known - 1) // 2) + _at(ordered, known // 2)) / 2
    return RankStability(best, median, worst, n_ranked)


def _at(ordered: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Value at a place of each column; NaN where the column has none."""
    inside = np.clip(place, 0, len(ordered) - 1)
    return np.take_along_axis(ordered, inside[None], 0)[0]

"""Leakage of a selection: how many true neighbors of its galaxies it has left outside."""

from dataclasses import dataclass

import numpy as np

from models.space.neighbor_change import blocks

MAX_ASKED = 30_000  # galaxies of a selection that are all asked; of more, a random sample is


@dataclass(frozen=True)
class Leakage:
    """What a selection has left outside.

    share : of the k true neighbors of the selected galaxies, those outside; NaN where nothing
        is selected
    error : standard error of it over the galaxies, whose neighbors are not independent; NaN of one
    n_outside : galaxies outside that are a neighbor of one asked; where sampled, at least so many
    n_strays : selected galaxies more than half of whose neighbors are outside, among those asked
    n_asked, n_selected : galaxies whose neighbors were looked at, of those selected
    k : neighbors of each
    """

    share: float
    error: float
    n_outside: int
    n_strays: int
    n_asked: int
    n_selected: int
    k: int

    @property
    def is_sampled(self) -> bool:
        """Whether not all selected galaxies were asked."""
        return self.n_asked < self.n_selected


def leakage(
    neighbors: np.ndarray, selected: np.ndarray, k: int, *, max_asked: int = MAX_ASKED
) -> Leakage:
    """Measure how many of the k true neighbors of selected galaxies lie outside.

    Parameters
    ----------
    neighbors : (n, at least k) integer array
        Rows of the nearest galaxies, nearest first. May be memory-mapped.
    selected : (n,) bool array
    k : int
    max_asked : int
        Of a larger selection as many galaxies are drawn at random, the same every time.
    """
    rows = np.flatnonzero(selected)
    n_selected = len(rows)
    if n_selected > max_asked:
        rng = np.random.default_rng(0)
        rows = np.sort(rows[rng.choice(n_selected, max_asked, replace=False, shuffle=False)])
    is_met = np.zeros(len(selected), bool)
    shares = np.empty(len(rows))
    for part in blocks(len(rows)):
        near = neighbors[rows[part], :k]
        is_outside = ~selected[near]
        shares[part] = is_outside.mean(1)
        is_met[near[is_outside]] = True
    return Leakage(
        share=float(shares.mean()) if len(rows) else np.nan,
        error=float(shares.std(ddof=1) / np.sqrt(len(rows))) if len(rows) > 1 else np.nan,
        n_outside=int(np.count_nonzero(is_met)),
        n_strays=int(np.count_nonzero(shares > 0.5)),
        n_asked=len(rows),
        n_selected=n_selected,
        k=k,
    )


def strays(neighbors: np.ndarray, selected: np.ndarray, k: int) -> np.ndarray:
    """(n,) bool of the selected galaxies more than half of whose k true neighbors lie outside."""
    rows = np.flatnonzero(selected)
    found = np.zeros(len(selected), bool)
    for part in blocks(len(rows)):
        n_outside = (~selected[neighbors[rows[part], :k]]).sum(1)
        found[rows[part][2 * n_outside > k]] = True
    return found

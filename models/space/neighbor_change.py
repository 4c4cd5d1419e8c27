"""How much the neighbors of each galaxy change from one checkpoint to another, and along a run."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

BLOCK = 2**15  # galaxies at a time: the files may be larger than memory
_ON_THE_WAY = 2**19  # comparisons at once, which then stay in the processor's cache


@dataclass(frozen=True)
class NeighborChange:
    """What two checkpoints have in common of the k nearest neighbors of each galaxy.

    kept : (n,) int16, neighbors that are in both lists
    jaccard : (n,) float32, kept / (those in either list): 1 where nothing has changed, 0 where
        everything has; NaN where a galaxy has no neighbor in either
    k : length of the lists
    """

    kept: np.ndarray
    jaccard: np.ndarray
    k: int


def neighbor_change(
    before: np.ndarray,
    after: np.ndarray,
    k: int,
    progress: Callable[[float], None] | None = None,
) -> NeighborChange:
    """Compare the k nearest neighbors of each galaxy under two checkpoints.

    The neighbors are rows of galaxies, so the representations may differ in width.

    Parameters
    ----------
    before, after : (n, at least k) integer arrays
        Rows of the nearest galaxies, nearest first, each at most once in a list; a negative one
        stands for a neighbor that was not found. May be memory-mapped: they are read in blocks.
    k : int
        Only the first k of each list are compared.
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Raises
    ------
    ValueError
        If the arrays are not of the same galaxies, or a list is shorter than k.
    """
    _check([before, after], k)
    kept = np.empty(len(before), np.int16)
    jaccard = np.empty(len(before), np.float32)
    for part in blocks(len(before), progress):
        one, other = np.asarray(before[part, :k]), np.asarray(after[part, :k])
        kept[part] = n_shared(one, other)
        jaccard[part] = _jaccard(kept[part], one, other)
    return NeighborChange(kept, jaccard, k)


def change_along_run(
    neighbors: Sequence[np.ndarray], k: int, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Compare the k nearest neighbors of each galaxy from checkpoint to checkpoint of a run.

    Parameters
    ----------
    neighbors : sequence of (n, at least k) integer arrays
        Of two checkpoints or more, in training order; as `neighbor_change` takes them.
    k, progress
        As in `neighbor_change`.

    Returns
    -------
    (n,) float32 array
        Mean of the Jaccard index over the steps from one checkpoint to the next.

    Raises
    ------
    ValueError
        As in `neighbor_change`, or if there are fewer than two checkpoints.
    """
    if len(neighbors) < 2:
        raise ValueError("A change along a run needs at least 2 checkpoints.")
    _check(neighbors, k)
    n = len(neighbors[0])
    kept = np.empty(n, np.float32)
    for part in blocks(n, progress):
        lists = [np.asarray(near[part, :k]) for near in neighbors]
        pairs = zip(lists, lists[1:], strict=False)
        kept[part] = np.mean([_jaccard(n_shared(*pair), *pair) for pair in pairs], axis=0)
    return kept


def is_collapsed(distances: np.ndarray, k: int) -> bool:
    """Whether all galaxies are alike, so that which neighbors they have is arbitrary.

    distances : (n, at least k) array, to the nearest neighbors of each galaxy; it is collapsed
        where each has k others at distance 0
    """
    return not any(np.any(distances[part, k - 1] > 0) for part in blocks(len(distances)))


def n_shared(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(n,) int64 numbers that two lists of each galaxy have in common; negative ones are none.

    one, other : (n, any) integer arrays, each number at most once in a row
    """
    found = np.zeros(len(one), np.int64)
    size = max(1, _ON_THE_WAY // max(1, one.shape[1]))
    for start in range(0, len(one), size):
        block, others = one[start : start + size], other[start : start + size]
        is_shared = np.zeros(block.shape, bool)
        for column in others.T:
            is_shared |= block == column[:, None]
        found[start : start + size] = (is_shared & (block >= 0)).sum(1)
    return found


def blocks(n: int, progress: Callable[[float], None] | None = None) -> Iterator[slice]:
    """Slices that cover n rows; `progress` hears of each when it has been worked on."""
    for start in range(0, n, BLOCK):
        stop = min(start + BLOCK, n)
        yield slice(start, stop)
        if progress is not None:
            progress(stop / n)


def _jaccard(shared: np.ndarray, one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """(n,) share of what is in either list that is in both; NaN where both are empty."""
    in_either = (one >= 0).sum(1) + (other >= 0).sum(1) - shared
    return np.where(in_either > 0, shared / np.maximum(in_either, 1), np.nan)


def _check(neighbors: Sequence[np.ndarray], k: int) -> None:
    lengths = {len(near) for near in neighbors}
    if len(lengths) > 1:
        raise ValueError(f"Neighbors of {sorted(lengths)} galaxies cannot be compared.")
    stored = min(near.shape[1] for near in neighbors)
    if not 1 <= k <= stored:
        raise ValueError(f"1 to {stored} neighbors can be compared, not {k}.")

"""How far a map can be trusted around each galaxy: which of its true neighbors it keeps."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from models.space.neighbor_change import blocks, n_shared

_PLACES = 2**15  # places on the map expanded into galaxies at once


@dataclass(frozen=True)
class MapTrust:
    """What a map makes of the neighbors of each galaxy.

    recall : (n,) float32, share of the k true nearest that are among the k nearest on the map
    false_neighbors : (n,) float32, share of the k nearest on the map that are not even among the
        `n_stored` true nearest
    k : neighbors that are asked about
    n_stored : true neighbors that are known, k or more
    """

    recall: np.ndarray
    false_neighbors: np.ndarray
    k: int
    n_stored: int


def map_trust(
    neighbors: np.ndarray,
    on_map: np.ndarray,
    k: int,
    progress: Callable[[float], None] | None = None,
) -> MapTrust:
    """Compare the neighbors of each galaxy on a map with its true ones.

    Parameters
    ----------
    neighbors : (n, n_stored) integer array
        Rows of the true nearest galaxies, nearest first. May be memory-mapped.
    on_map : (n, k) integer array
        Rows of the nearest on the map, as `map_neighbors` gives them.
    k : int
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Raises
    ------
    ValueError
        If the arrays are not of the same galaxies, or a list is shorter than k.
    """
    n, n_stored = neighbors.shape
    if len(on_map) != n:
        raise ValueError(f"{len(on_map)} galaxies on the map, {n} with neighbors.")
    if not 1 <= k <= min(n_stored, on_map.shape[1]):
        raise ValueError(f"1 to {min(n_stored, on_map.shape[1])} neighbors can be compared.")
    recall, false = np.empty(n, np.float32), np.empty(n, np.float32)
    for part in blocks(n, progress):
        true, near = np.asarray(neighbors[part]), on_map[part, :k]
        recall[part] = n_shared(true[:, :k], near) / k
        false[part] = 1 - n_shared(true, near) / k
    return MapTrust(recall, false, k, n_stored)


def map_neighbors(
    positions: np.ndarray, k: int, progress: Callable[[float], None] | None = None
) -> np.ndarray:
    """Find the k nearest galaxies on a map to each one, itself left out.

    Of galaxies at exactly the same place those of the lowest rows come first. Which of several
    galaxies at different places that are equally far comes first is arbitrary, and the same
    every time.

    Parameters
    ----------
    positions : (n, 2) array
    k : int
        At most n - 1.
    progress : callable, optional
        Called with the share done; an exception it raises stops the search.

    Returns
    -------
    (n, k) int32 array
        Rows of the nearest, nearest first.

    Raises
    ------
    ValueError
        If there are not k other galaxies, or a position is not finite.
    """
    if not 1 <= k < len(positions):
        raise ValueError(f"Of {len(positions)} galaxies none has {k} others around it.")
    if not np.isfinite(positions).all():
        raise ValueError("A position on the map is not finite.")
    places = _Places(positions)
    tree = cKDTree(places.positions)
    found = np.empty((len(positions), k), np.int32)
    for part in blocks(len(places.positions), progress):
        at = tree.indices[part]  # places that are asked for together are near one another
        near = _nearest_places(tree, places.positions[at], min(k + 1, len(places.positions)))
        rows, which = places.members(at)
        found[rows] = _without(places.galaxies(near, k + 1)[which], rows)
    return found


def map_neighbors_of(positions: np.ndarray, row: int, k: int) -> np.ndarray:
    """(k,) int32 rows of the galaxies nearest to one on a map: as `map_neighbors`, of one alone.

    Of equally far ones the lowest rows come first.
    """
    x, y = (positions[:, axis] - positions[row, axis] for axis in (0, 1))
    squared = np.square(x, dtype=np.float64) + np.square(y, dtype=np.float64)
    squared[row] = np.inf
    limit = np.partition(squared, k - 1)[k - 1]
    near = np.flatnonzero(squared <= limit)
    return near[np.argsort(squared[near], kind="stable")][:k].astype(np.int32)


class _Places:
    """Galaxies by the place they are at: many may be at the same.

    positions : (n_places, 2), all different
    """

    def __init__(self, positions: np.ndarray) -> None:
        pairs = np.ascontiguousarray(positions, np.float64).view(np.complex128)[:, 0]
        found, of, self._n_at = np.unique(pairs, return_inverse=True, return_counts=True)
        self.positions = found.view(np.float64).reshape(-1, 2)
        self._order = np.argsort(of, kind="stable")  # rows by place, those of one by row
        self._first = np.cumsum(self._n_at) - self._n_at

    def members(self, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Rows of the galaxies at some places; and for each, which of the places it is at."""
        n_at = self._n_at[places]
        which = np.repeat(np.arange(len(places)), n_at)
        within = np.arange(len(which)) - np.repeat(np.cumsum(n_at) - n_at, n_at)
        return self._order[self._first[places][which] + within], which

    def galaxies(self, near: np.ndarray, n_wanted: int) -> np.ndarray:
        """(n_queries, n_wanted) rows of the first galaxies at some places, place by place.

        near : (n_queries, n_near) places, with `n_wanted` galaxies at least
        """
        found = np.empty((len(near), n_wanted), np.int64)
        for start in range(0, len(near), _PLACES):
            block = near[start : start + _PLACES]
            until = np.cumsum(self._n_at[block], axis=1)
            for number in range(n_wanted):
                column = (until <= number).sum(1)[:, None]
                place = np.take_along_axis(block, column, 1)[:, 0]
                before = np.take_along_axis(until, column, 1)[:, 0] - self._n_at[place]
                taken = self._order[self._first[place] + number - before]
                found[start : start + _PLACES, number] = taken
        return found


def _nearest_places(tree: cKDTree, queries: np.ndarray, n_near: int) -> np.ndarray:
    """(n_queries, n_near) nearest places to each query, by all processors."""
    found = tree.query(queries, n_near, workers=-1)[1]
    return found.reshape(len(queries), n_near)


def _without(near: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Lists without the galaxy itself, or without the last where it is not in the list."""
    is_itself = near == rows[:, None]
    is_itself[~is_itself.any(1), -1] = True
    return near[~is_itself].reshape(len(near), -1)

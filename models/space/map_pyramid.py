"""Galaxies that stand for the others of a map: one for each cell, at every size of cells.

The one that stands for a cell has the smallest rank of its galaxies; ranks are a fixed shuffle
of the rows. So it stands also for the smaller cell that it is in: what is shown of a wide view
is still shown when zoomed in. Each galaxy is kept under the coarsest level on which it stands
for its cell, so that all levels together hold each galaxy once.
"""

from dataclasses import dataclass, replace

import numba
import numpy as np

from models.space.map_grid import DEPTH, Window, first_from, is_within

N_LEVELS = DEPTH + 2  # on the last are those that stand for no cell: they share a finest one
_OWN = 4  # a part of the galaxies smaller than one in so many has a pyramid of its own


@dataclass(frozen=True, eq=False)
class Pyramid:
    """Some galaxies of an index, by the coarsest level on which each stands for its cell.

    places : (m,) int32, places in the order of the index; those of a level increase
    starts : (N_LEVELS + 1,) int64, where each level begins in `places`
    is_among : (n,) bool by place, which of them are meant; None for all
    """

    places: np.ndarray
    starts: np.ndarray
    is_among: np.ndarray | None = None

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        own = self.places.nbytes + self.starts.nbytes
        return own if self.is_among is None else self.is_among.nbytes


def make_pyramid(codes: np.ndarray, rows: np.ndarray) -> Pyramid:
    """The pyramid of all galaxies: (n,) cell numbers, which increase, and rows of an index."""
    places, starts = _by_level(_levels(codes, rows))
    places.flags.writeable = starts.flags.writeable = False
    return Pyramid(places, starts)


def pyramid_among(
    whole: Pyramid, codes: np.ndarray, rows: np.ndarray, is_among: np.ndarray
) -> Pyramid:
    """The pyramid of some galaxies, (n,) bool by place: one of their own where they are few.

    Else that of all, from which the others are left out: it costs nothing to make, and so many
    stand for cells that they are spread as well.
    """
    if np.count_nonzero(is_among) * _OWN > len(codes):
        return replace(whole, is_among=is_among)
    among = np.flatnonzero(is_among).astype(np.int32)
    own = make_pyramid(codes[among], rows[among])
    return replace(own, places=among[own.places])


def select_spread(
    pyramid: Pyramid,
    positions: np.ndarray,
    rows: np.ndarray,
    runs: np.ndarray,
    *,
    window: Window,
    most: int,
) -> np.ndarray:
    """Places of at most `most` galaxies in view: all, or spread evenly over it."""
    taken, n_taken = [], 0
    for level in range(N_LEVELS):
        found = places_of_level(pyramid, level, positions, runs, window)
        if n_taken + len(found) > most:
            taken.append(_of_small_rank(found, rows, most - n_taken))
            break
        taken.append(found)
        n_taken += len(found)
    return np.concatenate(taken)


def places_of_level(
    pyramid: Pyramid, level: int, positions: np.ndarray, runs: np.ndarray, window: Window
) -> np.ndarray:
    """Places of the galaxies of one level that are in view."""
    members = pyramid.places[pyramid.starts[level] : pyramid.starts[level + 1]]
    found = _in_view(members, positions, runs, window)
    return found if pyramid.is_among is None else found[pyramid.is_among[found]]


def _of_small_rank(places: np.ndarray, rows: np.ndarray, most: int) -> np.ndarray:
    """Those `most` of some places that have the smallest ranks."""
    ranks = ranks_of(rows[places])
    return places[ranks < np.partition(ranks, most)[most]]


@numba.njit(cache=True, nogil=True)
def ranks_of(rows: np.ndarray) -> np.ndarray:
    """(m,) uint32 ranks of rows in a fixed shuffle; those of different rows differ."""
    ranks = np.empty(len(rows), np.uint32)
    for i in range(len(rows)):
        ranks[i] = _rank(rows[i])
    return ranks


@numba.njit(cache=True, nogil=True)
def _rank(row: int) -> int:
    # The finalizer of MurmurHash3 (Appleby 2011): a permutation of the 32-bit numbers.
    rank = np.uint64(row)
    rank ^= rank >> np.uint64(16)
    rank = (rank * np.uint64(0x85EBCA6B)) & np.uint64(0xFFFFFFFF)
    rank ^= rank >> np.uint64(13)
    rank = (rank * np.uint64(0xC2B2AE35)) & np.uint64(0xFFFFFFFF)
    return rank ^ (rank >> np.uint64(16))


@numba.njit(cache=True, nogil=True)
def _levels(codes: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Coarsest level on which each galaxy has the smallest rank of its cell, (m,) uint8.

    It is the first on which it shares its cell with none of smaller rank. Of those, in the order
    of the cells, the nearest before and the nearest after it share the most levels with it.
    """
    levels = np.zeros(len(codes), np.uint8)
    waiting = np.empty(len(codes), np.int32)  # ranks increase; none of smaller rank has come yet
    ranks = np.empty(len(codes), np.uint32)
    n_waiting = 0
    for i in range(len(codes)):
        rank = np.uint32(_rank(rows[i]))
        while n_waiting > 0 and ranks[n_waiting - 1] > rank:
            n_waiting -= 1
            before = waiting[n_waiting]
            levels[before] = max(levels[before], _n_shared(codes[before], codes[i]))
        if n_waiting > 0:
            levels[i] = _n_shared(codes[waiting[n_waiting - 1]], codes[i])
        waiting[n_waiting], ranks[n_waiting] = i, rank
        n_waiting += 1
    return levels


@numba.njit(cache=True, nogil=True)
def _n_shared(code: np.uint32, other: np.uint32) -> np.uint8:
    """Levels, the coarsest included, on which two finest cells are in one cell."""
    different, n_shared = code ^ other, DEPTH + 1
    while different > 0:
        different >>= np.uint32(2)
        n_shared -= 1
    return np.uint8(n_shared)


@numba.njit(cache=True, nogil=True)
def _by_level(levels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    starts = np.zeros(N_LEVELS + 1, np.int64)
    for level in levels:
        starts[level + 1] += 1
    starts = np.cumsum(starts)
    places, filled = np.empty(len(levels), np.int32), starts.copy()
    for i in range(len(levels)):
        places[filled[levels[i]]] = i
        filled[levels[i]] += 1
    return places, starts


@numba.njit(cache=True, nogil=True)
def _in_view(
    members: np.ndarray, positions: np.ndarray, runs: np.ndarray, window: Window
) -> np.ndarray:
    """Those of increasing places that are in view."""
    found = np.empty(len(members), np.int32)
    n_found, begin = 0, 0
    for start, end, is_whole in runs:
        begin = first_from(members, start, begin, len(members))
        while begin < len(members) and members[begin] < end:
            place = members[begin]
            if is_whole or is_within(positions[place, 0], positions[place, 1], window):
                found[n_found] = place
                n_found += 1
            begin += 1
    return found[:n_found].copy()

"""Galaxies spread over a view, a cell or more apart: whose cutouts are laid on the map.

They are chosen at the spacings of a fixed ladder, from that of the whole map down to the one
asked for: what is chosen at a spacing stays at all closer ones. So zooming in adds cutouts and
panning keeps them. Only the view and what decides its edges is looked at, so that in rare cases
a cutout does go. At each spacing galaxies that stand for larger cells of the map come first, see
models/space/map_pyramid.py.
"""

import math

import numba
import numpy as np

from models.space.map_grid import window_of
from models.space.map_index import MapIndex, View
from models.space.map_pyramid import N_LEVELS, Pyramid, places_of_level
from models.space.map_walk import runs_in_view

RUNGS = 4  # of the ladder, from a spacing to its half
_MARGIN = 3  # spacings around the view that are looked at: they decide what is next to its edge
_FINER = 1  # levels of cells, below those of the spacing, that candidates stand for
_FILLED = 0.4  # of the cells get a galaxy, where there are galaxies everywhere
_SMALLEST = 2.0**-24  # spacing, of the map's side: closer positions are told apart by no float32


def spread(
    index: MapIndex,
    view: View,
    cells: tuple[int, int],
    most: int,
    pyramids: tuple[Pyramid, ...] | None = None,
) -> np.ndarray:
    """Places of galaxies in view, no two closer than a cell in both directions.

    Parameters
    ----------
    index : galaxies of the map
    view : x0, x1, y0, y1
    cells : columns and rows that fit into it; made fewer where galaxies would be more than `most`
    most : number of galaxies
    pyramids : galaxies to choose among, the first ones first; None for all

    Returns
    -------
    (n_chosen,) int32 array
    """
    size = _size_of_cell(index, view, cells, most)
    last = math.ceil(math.log2(size) * RUNGS)
    first = max(math.ceil(math.log2(max(index.grid.side, size)) * RUNGS), last)
    chosen = np.zeros(0, np.int32)
    for pyramid in (index.pyramid,) if pyramids is None else pyramids:
        for rung in range(first, last - 1, -1):
            chosen = _chosen_at(2.0 ** (rung / RUNGS), index, view, pyramid, chosen)
    return chosen[_is_inside(index.positions[chosen], view)][:most]


def _size_of_cell(index: MapIndex, view: View, cells: tuple[int, int], most: int) -> float:
    """Side of a cell in the unit of the map: the longer one where it has two."""
    shrink = math.sqrt(max(cells[0] * cells[1] * _FILLED / most, 1))
    across = (view[1] - view[0]) / max(cells[0] / shrink, 1)
    along = (view[3] - view[2]) / max(cells[1] / shrink, 1)
    return max(across, along, index.grid.side * _SMALLEST)


def _chosen_at(
    spacing: float, index: MapIndex, view: View, pyramid: Pyramid, chosen: np.ndarray
) -> np.ndarray:
    """What is chosen at a spacing, in view or a little outside, after what was at wider ones."""
    margin = _MARGIN * spacing
    wide = (view[0] - margin, view[1] + margin, view[2] - margin, view[3] + margin)
    window = window_of(wide, index.grid)
    side = max(index.grid.side, np.finfo(float).tiny)
    level = math.ceil(math.log2(side) - math.log2(spacing) + _FINER)
    level = min(max(level, 0), N_LEVELS - 1)
    runs = runs_in_view(index.codes, window, level)
    places = [
        places_of_level(pyramid, finest, index.positions, runs, window)
        for finest in range(level + 1)
    ]
    places = np.concatenate([chosen, *places])
    apart = keep_apart(index.positions[places].astype(float) / spacing, len(chosen))
    return places[apart]


def _is_inside(positions: np.ndarray, view: View) -> np.ndarray:
    x, y = positions.astype(float).T  # ends of a view may be no float32
    return (x >= view[0]) & (x <= view[1]) & (y >= view[2]) & (y <= view[3])


@numba.njit(cache=True, nogil=True)
def keep_apart(positions: np.ndarray, n_first: int) -> np.ndarray:
    """Which of some positions, taken in order, are 1 or more from all taken before in x or in y.

    positions : (m, 2) in units of the spacing
    n_first : so many of the first are taken whatever their distance
    """
    is_taken = np.zeros(len(positions), np.bool_)
    taken = np.empty(len(positions), np.int64)
    n_taken = 0
    for i in range(len(positions)):
        is_apart = True
        if i >= n_first:
            for j in taken[:n_taken]:
                dx = positions[i, 0] - positions[j, 0]
                dy = positions[i, 1] - positions[j, 1]
                if abs(dx) < 1 and abs(dy) < 1:
                    is_apart = False
                    break
        if is_apart:
            is_taken[i] = True
            taken[n_taken] = i
            n_taken += 1
    return is_taken

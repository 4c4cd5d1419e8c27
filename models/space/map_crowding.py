"""How crowded a map is at each size of cells: what a picture's brightest pixel stands for.

A picture of the map is normalised by its zoom alone, so that it does not flicker when it is
moved: by the count that 999 of 1,000 cells of a pixel's size do not pass, over the whole map.
"""

import math

import numba
import numpy as np

from models.space.map_grid import DEPTH, Grid

_SHARE = 0.999  # of the cells that hold galaxies
_FINE = 8  # steps of the counts between a number and its double
_N_STEPS = 32 * _FINE


@numba.njit(cache=True, nogil=True)
def crowding_of(codes: np.ndarray) -> np.ndarray:
    """(DEPTH + 1,) count that 999 of 1,000 filled cells do not pass, by level, the coarsest first.

    codes : (n,) uint32 cell numbers of an index, increasing
    """
    crowding = np.empty(DEPTH + 1)
    cells, counts = codes.astype(np.uint32), np.ones(len(codes), np.int64)
    n_cells = len(cells)
    for level in range(DEPTH, -1, -1):
        n_merged = 0
        for i in range(n_cells):
            cell = cells[i] if level == DEPTH else cells[i] >> np.uint32(2)
            if n_merged > 0 and cells[n_merged - 1] == cell:
                counts[n_merged - 1] += counts[i]
            else:
                cells[n_merged], counts[n_merged] = cell, counts[i]
                n_merged += 1
        n_cells = n_merged
        crowding[level] = _upper(counts[:n_cells])
    return crowding


@numba.njit(cache=True, nogil=True)
def _upper(counts: np.ndarray) -> float:
    """Count that a share of all do not pass, to the ninth part of itself."""
    steps = np.zeros(_N_STEPS + 1, np.int64)
    for count in counts:
        steps[min(int(np.ceil(np.log2(count) * _FINE)), _N_STEPS)] += 1
    below = 0
    for step in range(_N_STEPS + 1):
        below += steps[step]
        if below >= _SHARE * len(counts):
            return 2.0 ** (step / _FINE)
    return 2.0 ** (_N_STEPS / _FINE)


def crowded_count(crowding: np.ndarray, grid: Grid, pixel_area: float) -> float:
    """Galaxies in a crowded pixel of an area, in squared units of the map; at least 2.

    Between the levels it is interpolated, logarithmically in both.
    """
    if grid.side == 0 or not pixel_area > 0:
        return max(2.0, float(crowding[0]))
    level = math.log2(grid.side) - math.log2(pixel_area) / 2
    return max(2.0, float(np.exp2(np.interp(level, np.arange(DEPTH + 1), np.log2(crowding)))))

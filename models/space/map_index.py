"""A map's galaxies by place: what is in view costs what is in view, however many there are.

Twenty bytes a galaxy: positions in the order of the grid's cells, the numbers of those cells,
their rows, and the pyramid of those that stand for others.
"""

from dataclasses import dataclass

import numpy as np

from models.space.map_crowding import crowding_of
from models.space.map_grid import Grid, Window, grid_of, sort_by_place, window_of
from models.space.map_nearest import nearest_place
from models.space.map_pyramid import (
    Pyramid,
    make_pyramid,
    pyramid_among,
    select_spread,
)
from models.space.map_walk import count_in_runs, count_marked, places_in_runs, runs_in_view

View = tuple[float, float, float, float]  # x0, x1, y0, y1; the edges belong to it

_MARGIN = 0.04  # around all galaxies
_SMALLEST = 1e-6  # extent of a map whose galaxies are all at one place
_ALL = np.zeros(0, bool)
_ALL.flags.writeable = False


class MapIndex:
    """Galaxies of a map, sorted by place.

    A galaxy's *place* is where it is in this order; its *row* is where it is in the collection.

    positions : (n, 2) float32, by place
    order : (n,) int32, row of each place
    codes : (n,) uint32, number of the cell of each place: they increase
    pyramid : those that stand for others
    crowding : galaxies in a crowded cell, by level: see models/space/map_crowding.py
    """

    def __init__(self, positions: np.ndarray) -> None:
        """Sort galaxies by place.

        Parameters
        ----------
        positions : (n, 2) array
            By row; used as float32.

        Raises
        ------
        ValueError
            If the shape is another, there are none, or one is not a finite number.
        """
        checked = _checked(positions)
        self.grid: Grid = grid_of(checked)
        self.codes, self.order = sort_by_place(checked, self.grid)
        self.positions = np.take(checked, self.order, axis=0)
        for array in (self.codes, self.order, self.positions):
            array.flags.writeable = False  # shared by threads
        self.pyramid: Pyramid = make_pyramid(self.codes, self.order)
        self.crowding = crowding_of(self.codes)

    def __len__(self) -> int:
        return len(self.order)

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        arrays = (self.positions, self.order, self.codes, self.pyramid)
        return sum(array.nbytes for array in arrays)

    @property
    def home(self) -> View:
        """The view of all galaxies, with a margin."""
        grid = self.grid
        margins = [
            _MARGIN * max(high - low, _SMALLEST)
            for low, high in ((grid.low_x, grid.high_x), (grid.low_y, grid.high_y))
        ]
        return (
            grid.low_x - margins[0],
            grid.high_x + margins[0],
            grid.low_y - margins[1],
            grid.high_y + margins[1],
        )

    def seen(self, view: View) -> "Seen":
        """What is in view: the runs of places to look at."""
        window = window_of(view, self.grid)
        return Seen(window, runs_in_view(self.codes, window))

    def count(self, view: View, is_among: np.ndarray | None = None) -> int:
        """Galaxies in view, exactly; of those marked, where `is_among` (n,) bool by place says."""
        seen = self.seen(view)
        if is_among is None:
            return count_in_runs(self.positions, seen.runs, seen.window)
        return count_marked(self.positions, seen.runs, seen.window, is_among)

    def places(self, view: View) -> np.ndarray:
        """Places of the galaxies in view, increasing int32."""
        seen = self.seen(view)
        return places_in_runs(self.positions, seen.runs, seen.window)

    def rows(self, view: View) -> np.ndarray:
        """Rows of the galaxies in view, int32 in the order of their places."""
        return self.order[self.places(view)]

    def nearest(
        self, x: float, y: float, radius: float, is_shown: np.ndarray | None = None
    ) -> int | None:
        """Row of the galaxy nearest to (x, y), no further than `radius`; None where there is none.

        is_shown : (n,) bool by place, the galaxies to look among; None for all
        """
        place = nearest_place(
            float(x),
            float(y),
            float(radius),
            self.grid,
            self.codes,
            self.positions,
            self.order,
            _ALL if is_shown is None else is_shown,
        )
        return None if place < 0 else int(self.order[place])

    def representatives(self, view: View, most: int, pyramid: Pyramid | None = None) -> np.ndarray:
        """Places of at most `most` galaxies in view: all of them, or some spread evenly over it.

        Those of a wide view are among those of any view inside it.

        pyramid : of the galaxies to choose among, see `among`; None for all
        """
        seen = self.seen(view)
        return select_spread(
            self.pyramid if pyramid is None else pyramid,
            self.positions,
            self.order,
            seen.runs,
            window=seen.window,
            most=most,
        )

    def among(self, is_among: np.ndarray) -> Pyramid:
        """The pyramid of some galaxies, (n,) bool by place."""
        return pyramid_among(self.pyramid, self.codes, self.order, is_among)


@dataclass(frozen=True, eq=False)
class Seen:
    """A view on an index: its window, and the runs of places that hold all galaxies in it."""

    window: Window
    runs: np.ndarray


def warm() -> None:
    """Compile the kernels, or load them from numba's cache, before someone waits for them."""
    index = MapIndex(np.arange(600, dtype=np.float32).reshape(300, 2) % 17)
    some, few = np.arange(300) % 2 == 0, np.arange(300) % 9 == 0
    some.flags.writeable = False
    view = (0.5, 12.0, 0.5, 12.0)
    index.count(view), index.count(view, some), index.rows(view)
    index.nearest(1, 1, 1), index.nearest(1, 1, 1, some)
    index.representatives(view, 20, index.among(few))


def _checked(positions: np.ndarray) -> np.ndarray:
    """Positions as contiguous, read-only float32."""
    positions = np.asarray(positions)
    if positions.ndim != 2 or positions.shape[1] != 2 or len(positions) == 0:
        raise ValueError(
            f"Positions on a map have shape (n, 2), n at least 1, not {positions.shape}."
        )
    if positions.dtype.kind not in "fiub":
        raise ValueError(f"Positions on a map are numbers, not of type {positions.dtype}.")
    with np.errstate(over="ignore"):
        positions = np.ascontiguousarray(positions, dtype=np.float32).view()
    if not np.isfinite(positions.sum(dtype=np.float64)):
        row = int(np.flatnonzero(~np.isfinite(positions).all(axis=1))[0])
        raise ValueError(f"Positions on a map are finite numbers; that of row {row} is not.")
    positions.flags.writeable = False
    return positions

"""Counts of cyclic shifts that grow: for who goes on counting the pairs of the same points."""

import numpy as np

from models.space.checks import as_float32, checked_points
from models.space.pair_bins import direct_error, make_bins
from models.space.pair_shifts import count_offsets, transposed
from models.space.pair_tiles import power_of_two_near


class ShiftCounter:
    """Neighbors of each point, `n_shifts` places before and after it and nearer.

    As `models.space.pairs.count_shifted` counts them for shifts 1 to `n_shifts`, without making
    the points ready again for every portion.

    Parameters
    ----------
    points : (n_points, n_dim) array, in random order
    edges : (n_bins + 1,) array
    max_shifts : int
        The most that will be counted, n_points // 2 at most: a point has twice as many partners,
        and they are counted in the smallest integers that hold them.

    Raises
    ------
    ValueError
        If a value is not finite, or `edges` do not increase.
    """

    def __init__(self, points: np.ndarray, edges: np.ndarray, max_shifts: int) -> None:
        self.n_shifts = 0
        self._points = as_float32(checked_points(points))
        n_points, n_dim = self._points.shape
        self._max_shifts = min(max_shifts, n_points // 2)
        scale = power_of_two_near(self._points)
        self._columns = transposed(self._points, np.float32(scale))
        self._bins = make_bins(edges, scale, direct_error(n_dim))
        kind = np.min_scalar_type(2 * self._max_shifts)
        self._counts = np.zeros((n_points, len(self._bins.below) + 1), kind)

    @property
    def counts(self) -> np.ndarray:
        """(n_points, n_bins) unsigned integers, of all shifts so far; changed by `count`."""
        return self._counts[:, 1:-1]

    def count(self, n_more: int) -> None:
        """Count the next `n_more` shifts, or those that are left."""
        last = min(self.n_shifts + n_more, self._max_shifts)
        shifts = np.arange(self.n_shifts + 1, last + 1)
        # The shift by exactly half of the points reaches the same partner in both directions.
        backward = (len(self._points) - shifts)[2 * shifts != len(self._points)]
        both = np.concatenate([shifts, backward])
        both_sides = (self._points, self._columns) * 2
        count_offsets(*both_sides, both, self._bins, self._counts)
        self.n_shifts = last

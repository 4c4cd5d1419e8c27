"""The picture of a view, by pixel: how many galaxies, and the sums that their colors are made of.

Each galaxy counts in the pixel that it is in, exactly: nothing is sampled or put together
beforehand. Galaxies come in the order of the map's cells, so that pixels next to one another are
filled next to one another, and the sums stay in the processor's cache.
"""

from typing import NamedTuple

import numba
import numpy as np

from models.space.map_grid import Window, is_within

N_SUMS = 3
MIXTURES = 2**15  # of three colors at 5 bits each
MAX_GALAXIES = 2**32 // 256  # sums of bytes that a pixel holds


class Drawn(NamedTuple):
    """Which galaxies are in a picture, and what each adds to its pixel. All by place or group.

    groups : (n,) uint8 by place
    values : (256, 3) uint32 by group: bytes that are summed; or (0, 3) to count alone
    is_shown : (256,) bool by group; others are left out
    is_over : (n,) bool by place, or empty: galaxies drawn over the others
    """

    groups: np.ndarray
    values: np.ndarray
    is_shown: np.ndarray
    is_over: np.ndarray


class Pixels(NamedTuple):
    """A picture, row 0 at the bottom.

    counts : (height, width) uint32; where some galaxies are drawn over the others, of those alone
    sums : (height, width, 3) uint32 of the values of the same galaxies; (0, 0, 3) without values
    is_over : (height, width) bool, pixels in which some are drawn over the others
    """

    counts: np.ndarray
    sums: np.ndarray
    is_over: np.ndarray


def fill_pixels(
    positions: np.ndarray,
    runs: np.ndarray,
    window: Window,
    shape: tuple[int, int],
    drawn: Drawn,
) -> tuple[Pixels, int]:
    """The picture of a window, and the number of galaxies shown in it.

    Pixel edges are as in numpy.histogram2d: half-open, the last closed.

    Parameters
    ----------
    positions : (n, 2) float32 by place
    runs : of the window, see models/space/map_walk.py
    shape : height and width in pixels
    drawn : which galaxies, and how
    """
    has_values = len(drawn.values) > 0
    counts = np.zeros(shape, np.uint32)
    sums = np.zeros((*shape, N_SUMS) if has_values else (0, 0, N_SUMS), np.uint32)
    is_over = np.zeros(shape if len(drawn.is_over) else (0, 0), bool)
    n_shown = _fill(positions, runs, window, drawn, counts, sums, is_over)
    return Pixels(counts, sums, is_over), n_shown


@numba.njit(cache=True, nogil=True)
def _fill(
    positions: np.ndarray,
    runs: np.ndarray,
    window: Window,
    drawn: Drawn,
    counts: np.ndarray,
    sums: np.ndarray,
    is_over: np.ndarray,
) -> int:
    height, width = counts.shape
    per_x, per_y = width / (window.x1 - window.x0), height / (window.y1 - window.y0)
    has_over, has_values = len(drawn.is_over) > 0, len(drawn.values) > 0
    n_shown = 0
    for start, end, is_whole in runs:
        for i in range(start, end):
            x, y = np.float64(positions[i, 0]), np.float64(positions[i, 1])
            group = drawn.groups[i]
            if not drawn.is_shown[group] or not (is_whole or is_within(x, y, window)):
                continue
            n_shown += 1
            column = min(np.int64((x - window.x0) * per_x), width - 1)
            row = min(np.int64((y - window.y0) * per_y), height - 1)
            if has_over and drawn.is_over[i] != is_over[row, column]:
                if is_over[row, column]:
                    continue  # hidden by one over it
                is_over[row, column] = True
                counts[row, column] = 0
                if has_values:
                    sums[row, column] = 0
            counts[row, column] += np.uint32(1)
            if has_values:
                sums[row, column, 0] += drawn.values[group, 0]
                sums[row, column, 1] += drawn.values[group, 1]
                sums[row, column, 2] += drawn.values[group, 2]
    return n_shown


class Inks(NamedTuple):
    """How pixels become numbers of a palette; 0 is where nothing is.

    Each pixel has a color, by its sums, and a step, by its count; its number is
    `first + color * n_steps + step`.

    colors : (32,768,) uint8, color of a mean of three bytes at 5 bits each; of (n_shades + 1,)
        by mean of the first value, over the galaxies that the second counts, the last where it
        counts none; or empty where there is one color
    steps : (n_counts,) uint8, step by count; larger counts have the last
    first, n_steps : of the numbers of a palette
    """

    colors: np.ndarray
    steps: np.ndarray
    first: int
    n_steps: int


@numba.njit(cache=True, nogil=True)
def ink_pixels(pixels: Pixels, inks: Inks, over: Inks) -> np.ndarray:
    """(height, width) uint8 numbers of a palette, row 0 on top.

    inks : of pixels; over : of those in which galaxies are drawn over the others
    """
    height, width = pixels.counts.shape
    has_over = pixels.is_over.shape[0] > 0
    image = np.zeros((height, width), np.uint8)
    for row in range(height):
        for column in range(width):
            count = pixels.counts[row, column]
            if count == 0:
                continue
            one = over if has_over and pixels.is_over[row, column] else inks
            step = one.steps[min(count, len(one.steps) - 1)]
            color = 0
            if len(one.colors) > 0:
                color = _color(pixels.sums[row, column], count, one.colors)
            image[height - 1 - row, column] = one.first + color * one.n_steps + step
    return image


@numba.njit(cache=True, nogil=True)
def _color(sums: np.ndarray, count: int, colors: np.ndarray) -> int:
    if len(colors) == MIXTURES:
        red, green, blue = sums[0] // count, sums[1] // count, sums[2] // count
        return colors[(red >> 3) << 10 | (green >> 3) << 5 | blue >> 3]
    if sums[1] == 0:
        return colors[len(colors) - 1]
    return colors[int(sums[0] / sums[1] + 0.5)]


def warm() -> None:
    """Compile the kernels, or load them from numba's cache, before someone waits for them."""
    positions = np.zeros((1, 2), np.float32)
    groups, is_shown, marked = np.zeros(1, np.uint8), np.ones(256, bool), np.ones(1, bool)
    for array in (positions, groups, is_shown, marked):
        array.flags.writeable = False
    window, runs = Window(-1.0, 1.0, -1.0, 1.0, -1, 1, -1, 1), np.zeros((1, 3), np.int64)
    one = Inks(np.zeros(1, np.uint8), np.zeros(1, np.uint8), 1, 1)
    drawn = Drawn(groups, np.zeros((256, N_SUMS), np.uint32), is_shown, marked)
    ink_pixels(fill_pixels(positions, runs, window, (1, 1), drawn)[0], one, one)

"""The picture of a view of the map, for when its galaxies are too many to be drawn one by one.

Every galaxy in view counts. A pixel's color is that of its galaxies: their mean color where they
are of classes, the color of their mean shade where they are colored by a number; its opacity
grows with the logarithm of their number. What is full opacity depends on the zoom alone. Selected
galaxies are drawn over the others, which are dimmed.

Counts, means and mixtures are those of Datashader, to which tests hold them. They are summed up
by kernels of ours because these look at the cells in view alone, draw the selected over the others,
and need three sums a pixel where Datashader needs one for each class: of the whole map Datashader
is as fast or faster but for classes, zoomed in it is not (`python -m benchmarks.raster`).
"""

from dataclasses import dataclass, replace

import numpy as np
from flask_caching import Cache

from dashboard.map_asked import MapAsked
from dashboard.map_points import rgb_of
from dashboard.map_view import Shown, map_index, shown_of
from dashboard.png import encode_png
from dashboard.raster_colors import (
    N_OVER,
    N_STEPS,
    Look,
    Palette,
    look_of,
    mixture_of,
    palette_for,
)
from data.store import Collection
from models.space.map_crowding import crowded_count
from models.space.map_index import View
from models.space.map_pixels import MIXTURES, Drawn, Inks, Pixels, fill_pixels, ink_pixels

MAX_SIDE = 8192
MAX_PIXELS = 2**20  # of a picture for the page: more would be more bytes than it may take
MAX_BYTES = 700_000
_SAMPLED = (512, 512)  # pixels of the whole map, whose mixtures of colors are looked at
_N_COUNTS = 2**16
_NONE = np.zeros(0, bool)
_NONE.flags.writeable = False


@dataclass(frozen=True, eq=False)
class Raster:
    """A picture: numbers of colors, (height, width) uint8 with row 0 on top, and the colors."""

    image: np.ndarray
    palette: np.ndarray
    n_in_view: int


def raster_png(
    collection: Collection, cache: Cache, asked: MapAsked, view: View, size: tuple[int, int]
) -> tuple[bytes, int]:
    """Picture of a view as PNG for the page, and the number of galaxies shown in it.

    size : width and height in pixels; made smaller where the picture would be too many bytes
    """
    shown = shown_of(collection, cache, asked)
    size, png = limited(size, MAX_PIXELS), None
    while png is None or len(png) > MAX_BYTES:
        size = size if png is None else limited(size, size[0] * size[1] * MAX_BYTES // len(png) - 1)
        raster = draw(shown, view, size, asked.theme)
        png = encode_png(raster.image, raster.palette)
    return png, raster.n_in_view


def limited(size: tuple[int, int], most: int) -> tuple[int, int]:
    """A width and height of the same shape, with at most `most` pixels; about, if it is narrow."""
    shrink = min(1.0, (most / (size[0] * size[1])) ** 0.5)
    return max(int(size[0] * shrink), 1), max(int(size[1] * shrink), 1)


def draw(
    shown: Shown, view: View, size: tuple[int, int], theme: str, *, is_density: bool = False
) -> Raster:
    """Picture of what is shown of a view.

    size : width and height in pixels
    is_density : by the number of galaxies alone, whatever the coloring
    """
    index, (width, height) = shown.index, size
    rgb = rgb_of(shown.coloring.palette(theme))
    look = look_of(shown.coloring, rgb, theme, is_density=is_density)
    key = (*shown.place, shown.asked.paint, theme)
    palette = palette_for(look, lambda: _mixtures(shown, look), key)
    pixels, n_in_view = _pixels(shown, view, size, look)
    area = (view[1] - view[0]) / width * ((view[3] - view[2]) / height)
    crowded = crowded_count(index.crowding, index.grid, area)
    if shown.selected is None:
        inks, colors = _inks(palette, palette.n_steps, crowded, first=1)
        return Raster(ink_pixels(pixels, inks, inks), _with_nothing(colors), n_in_view)
    n_over = palette.n_steps * N_OVER // N_STEPS
    over, over_colors = _inks(palette, n_over, crowded, first=1)
    first = 1 + len(over_colors)
    rest, colors = _inks(palette, palette.n_steps - n_over, crowded, first=first, is_dimmed=True)
    image = ink_pixels(pixels, rest, over)
    return Raster(image, _with_nothing(over_colors, colors), n_in_view)


def overview_png(
    collection: Collection, cache: Cache, asked: MapAsked, size: tuple[int, int]
) -> bytes:
    """Small picture of the whole map, by the number of galaxies, as PNG."""
    shown = shown_of(collection, cache, asked)
    home = map_index(collection, asked.checkpoint).home
    raster = draw(shown, home, limited(size, MAX_PIXELS), asked.theme, is_density=True)
    return encode_png(raster.image, raster.palette)


def _pixels(
    shown: Shown, view: View, size: tuple[int, int], look: Look, *, has_over: bool = True
) -> tuple[Pixels, int]:
    seen = shown.index.seen(view)
    over = shown.selected if has_over and shown.selected is not None else _NONE
    drawn = Drawn(shown.groups, look.values, shown.is_shown, over)
    return fill_pixels(shown.index.positions, seen.runs, seen.window, size[::-1], drawn)


def _mixtures(shown: Shown, look: Look) -> np.ndarray:
    """(32,768,) pixels of the whole map by the mean of their colors, whatever is hidden."""
    whole = replace(shown, is_shown=np.ones_like(shown.is_shown))
    pixels, _ = _pixels(whole, shown.index.home, _SAMPLED, look, has_over=False)
    is_filled = pixels.counts > 0
    means = pixels.sums[is_filled] // pixels.counts[is_filled][:, None]
    return np.bincount(mixture_of(*means.astype(int).T), minlength=MIXTURES)


def _inks(
    palette: Palette, n_steps: int, crowded: float, *, first: int, is_dimmed: bool = False
) -> tuple[Inks, np.ndarray]:
    """How pixels are numbered from `first` on, and (n, 4) uint8 the colors of these numbers."""
    counts = np.maximum(np.arange(_N_COUNTS), 1)
    steps = np.log(counts) * (n_steps / np.log(crowded))
    steps = np.minimum(steps, n_steps - 1).astype(np.uint8)
    return Inks(palette.lookup, steps, first, n_steps), palette.layer(n_steps, is_dimmed=is_dimmed)


def _with_nothing(*colors: np.ndarray) -> np.ndarray:
    """Colors in the order of their numbers; that of 0, where nothing is, is transparent."""
    return np.concatenate([np.zeros((1, 4), np.uint8), *colors])

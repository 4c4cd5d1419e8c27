"""Colors of the map's picture: few enough that a pixel is one byte.

A color has some steps of opacity. Mixtures of the colors of classes are rounded to a few, which
are chosen for the whole map: so they are the same wherever the map is moved to.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from plotly.colors import sample_colorscale, unlabel_rgb

from dashboard.colors import Coloring
from data.kept import Kept
from models.space.map_pixels import N_SUMS

N_COLORS, N_STEPS = 28, 9  # 252 pairs of a color and an opacity; 0 is where nothing is
N_OVER = 6  # of the steps, where some galaxies are selected: theirs; the others have the rest
FAINTEST, FAINTEST_POINT = 0.35, 0.6  # opacity of a single galaxy: in color, and by number alone
DIMMED = (0.12, 0.2)  # opacity of what is not selected, about .15
GRAYED = 0.7  # how much of its saturation it loses
# Viridis between what stands out from the ground; more galaxies are further from it.
_RAMPS = {"dark": (0.22, 1.0), "light": (0.7, 0.0)}
_MOST_PURE = 20  # colors of classes that are all kept before mixtures are
_GRAY = np.array([0.2126, 0.7152, 0.0722])
_LEVELS = np.arange(32) * 8 + 4  # middle of each fifth bit
_KEPT = Kept(2**23)


@dataclass(frozen=True, eq=False)
class Look:
    """How galaxies become colors.

    kind : "density" (their number alone), "mean" (of shades) or "mixture" (of colors)
    values : (256, 3) uint32 that each group adds to a pixel; (0, 3) where their number is all
    rgb : (n_groups, 3) uint8, color of each group
    has_missing : whether the last group has no shade
    theme : "dark" or "light"
    """

    kind: str
    values: np.ndarray
    rgb: np.ndarray
    has_missing: bool
    theme: str


@dataclass(frozen=True, eq=False)
class Palette:
    """The colors of a picture.

    rgb : (n_colors, 3) of each color; (n_colors, n_steps, 3) where it changes with the number
    lookup : uint8, color by what a pixel sums up, see `models.space.map_pixels.Inks`
    """

    rgb: np.ndarray
    lookup: np.ndarray

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self.rgb.nbytes + self.lookup.nbytes

    @property
    def n_steps(self) -> int:
        """Steps of opacity that each color can have."""
        return N_COLORS * N_STEPS if self.rgb.ndim == 3 else N_STEPS

    def layer(self, n_steps: int, *, is_dimmed: bool = False) -> np.ndarray:
        """(n_colors * n_steps, 4) uint8 red, green, blue and opacity, step by step."""
        place = np.linspace(0, 1, n_steps)
        rgb = self.rgb[:, None].astype(float) if self.rgb.ndim == 2 else self._ramp(place)
        faintest = FAINTEST_POINT if self.rgb.ndim == 3 else FAINTEST
        opacity = np.interp(place, (0, 1), DIMMED if is_dimmed else (faintest, 1.0))
        if is_dimmed:
            rgb = rgb + GRAYED * ((rgb @ _GRAY)[..., None] - rgb)
        layer = np.empty((len(rgb), n_steps, 4))
        layer[..., :3], layer[..., 3] = rgb, 255 * opacity
        return np.round(layer).astype(np.uint8).reshape(-1, 4)

    def _ramp(self, place: np.ndarray) -> np.ndarray:
        steps = np.round(place * (self.rgb.shape[1] - 1)).astype(int)
        return self.rgb[:, steps].astype(float)


def look_of(coloring: Coloring, rgb: np.ndarray, theme: str, *, is_density: bool) -> Look:
    """How the galaxies of a coloring are drawn.

    rgb : (n_groups, 3) uint8, its palette
    is_density : by their number alone, whatever the coloring
    """
    values = np.zeros((256, N_SUMS), np.uint32)
    if is_density or coloring.kind == "points":
        return Look("density", values[:0], rgb, False, theme)
    if coloring.kind == "classes":
        values[: len(rgb)] = rgb
        return Look("mixture", values, rgb, coloring.has_missing, theme)
    n_shades = len(rgb) - coloring.has_missing
    values[:n_shades, 0] = np.arange(n_shades)
    values[:n_shades, 1] = 1
    return Look("mean", values, rgb, coloring.has_missing, theme)


def palette_for(
    look: Look, weigh_mixtures: Callable[[], np.ndarray], key: tuple[object, ...]
) -> Palette:
    """The colors that a look is drawn with.

    weigh_mixtures : gives (32,768,) pixels of the whole map by the mean of their colors, at 5
        bits each; asked once for a key
    """
    if look.kind == "density":
        low, high = _RAMPS[look.theme]
        places = np.linspace(low, high, N_COLORS * N_STEPS)
        ramp = [unlabel_rgb(color) for color in sample_colorscale("Viridis", places)]
        return Palette(np.array(ramp, np.float32)[None], np.zeros(0, np.uint8))
    if look.kind == "mean":
        return _of_shades(look.rgb, look.has_missing)
    return _KEPT.get(key, lambda: _of_mixtures(look.rgb, weigh_mixtures()))


def mixture_of(red: np.ndarray, green: np.ndarray, blue: np.ndarray) -> np.ndarray:
    """Number of a mixture, of three bytes at 5 bits each."""
    return (red >> 3) << 10 | (green >> 3) << 5 | blue >> 3


def _of_shades(rgb: np.ndarray, has_missing: bool) -> Palette:
    n_shades = max(len(rgb) - has_missing, 1)
    n_kept = min(n_shades, N_COLORS - 1)
    kept = np.round(np.linspace(0, n_shades - 1, n_kept)).astype(int)
    lookup = np.round(np.linspace(0, n_kept - 1, n_shades)).astype(np.uint8)
    return Palette(rgb[[*kept, len(rgb) - 1]], np.append(lookup, np.uint8(n_kept)))


def _of_mixtures(pure: np.ndarray, weights: np.ndarray) -> Palette:
    """The colors of classes, and the mixtures of them that the map has most of.

    pure : (n_groups, 3) uint8
    weights : (32,768,) pixels by mixture
    """
    cube = np.stack(np.meshgrid(_LEVELS, _LEVELS, _LEVELS, indexing="ij"), axis=-1).reshape(-1, 3)
    unmixed = mixture_of(*pure.astype(int).T)
    mixed = np.setdiff1d(np.flatnonzero(weights), unmixed)
    candidates = np.concatenate([pure, cube[mixed]]).astype(float)
    weight = np.sqrt(weights[np.concatenate([unmixed, mixed])])
    chosen = list(range(len(pure))) if len(pure) <= _MOST_PURE else [int(weight.argmax())]
    squares = np.full(len(candidates), np.inf)
    for color in chosen:
        squares = np.minimum(squares, ((candidates - candidates[color]) ** 2).sum(axis=1))
    while len(chosen) < N_COLORS and (weight * squares).max() > 0:
        color = int((weight * squares).argmax())
        chosen.append(color)
        squares = np.minimum(squares, ((candidates - candidates[color]) ** 2).sum(axis=1))
    rgb = candidates[chosen]
    return Palette(rgb.astype(np.uint8), _nearest(cube.astype(float), rgb))


def _nearest(colors: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """(n_colors,) uint8, the one of a few chosen that each color is nearest to."""
    best, nearest = np.full(len(colors), np.inf), np.zeros(len(colors), np.uint8)
    for number, color in enumerate(chosen):
        squares = ((colors - color) ** 2).sum(axis=1)
        is_nearer = squares < best
        best[is_nearer], nearest[is_nearer] = squares[is_nearer], number
    return nearest

"""The parts that galaxies are made of, as light on a grid of the sky.

Every part is a (size, size) float32 map of relative surface brightness before the atmosphere
and the camera; `Layer` gives it a share of the galaxy's light and the age of its stars. Lengths
are arcseconds, angles radians.
"""

from dataclasses import dataclass

import numpy as np
from astropy.modeling.functional_models import Sersic1D
from scipy import ndimage
from scipy.special import k1

MARGIN = 0.125  # of the cutout's width on each side: light is scattered in from beyond the edge


@dataclass(frozen=True, eq=False)
class Frame:
    """A square of the sky around a galaxy, `margin` pixels wider than the cutout on each side.

    x, y : (size, size) positions of the pixels' centres; the galaxy is at 0, 0. A tide bends
    them, and whatever is drawn on them, while `deposit` knows the pixels' true places.
    """

    pixel_arcsec: float
    margin: int
    x: np.ndarray
    y: np.ndarray

    @classmethod
    def around(cls, width_arcsec: float, cutout_px: int) -> "Frame":
        """Frame for a cutout of `width_arcsec`."""
        pixel, margin = width_arcsec / cutout_px, round(MARGIN * cutout_px)
        size = cutout_px + 2 * margin
        axis = (np.arange(size, dtype=np.float32) - (size - 1) / 2) * np.float32(pixel)
        return cls(pixel, margin, *np.meshgrid(axis, axis))

    @property
    def size(self) -> int:
        return len(self.x)

    @property
    def half_width(self) -> float:
        """From the centre to the edge of the cutout, arcseconds."""
        return (self.size / 2 - self.margin) * self.pixel_arcsec

    def inside(self, light: np.ndarray) -> np.ndarray:
        """The cutout's own pixels of a map or of a stack of maps."""
        keep = slice(self.margin, self.size - self.margin)
        return light[..., keep, keep]


@dataclass(frozen=True)
class Shape:
    """Where an ellipse lies and how it is turned and flattened.

    `angle` is that of the major axis; `boxiness` is 2 for an ellipse, more for a box.
    """

    axis_ratio: float = 1.0
    angle: float = 0.0
    x: float = 0.0
    y: float = 0.0
    boxiness: float = 2.0

    def axes(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Positions along the major axis and, stretched to a circle, along the minor one."""
        cos, sin = np.float32(np.cos(self.angle)), np.float32(np.sin(self.angle))
        dx, dy = x - np.float32(self.x), y - np.float32(self.y)
        return cos * dx + sin * dy, (cos * dy - sin * dx) / np.float32(self.axis_ratio)

    def radius(self, x: np.ndarray, y: np.ndarray) -> np.ndarray:
        """Semi-major axis of the isophote through every position."""
        u, v = self.axes(x, y)
        if self.boxiness == 2:
            return np.hypot(u, v)
        return (np.abs(u) ** self.boxiness + np.abs(v) ** self.boxiness) ** (1 / self.boxiness)


@dataclass(frozen=True)
class Layer:
    """One population of stars: its map, its share of the r light, its age from 0 (blue) to 1."""

    light: np.ndarray
    share: float
    age: float


def sersic(frame: Frame, radius: float, index: float, shape: Shape) -> np.ndarray:
    """Sersic profile with about half of its light in a circle of `radius`, however flattened."""
    semi_major = radius * shape.axis_ratio**-0.4
    distance = shape.radius(frame.x, frame.y)
    light = Sersic1D.evaluate(distance, 1.0, semi_major, index).astype(np.float32)
    if index > 1.2:
        middle = np.unravel_index(distance.argmin(), distance.shape)
        _resolve_cusp(light, frame, middle, shape, (semi_major, index))
    return light


def _resolve_cusp(
    light: np.ndarray,
    frame: Frame,
    middle: tuple[int, int],
    shape: Shape,
    profile: tuple[float, float],
) -> None:
    """Replace the pixels around the `middle` (row, column) by means over a finer grid, in place."""
    fine, reach = 9, 2
    row, column = middle
    if not (reach <= min(middle) and max(middle) < frame.size - reach):
        return
    n_px = 2 * reach + 1
    offsets = ((np.arange(n_px * fine) + 0.5) / fine - 0.5 - reach) * frame.pixel_arcsec
    x, y = np.meshgrid(frame.x[middle] + offsets, frame.y[middle] + offsets)
    values = Sersic1D.evaluate(shape.radius(x, y), 1.0, *profile)
    means = values.reshape(n_px, fine, n_px, fine).mean(axis=(1, 3))
    light[row - reach : row + reach + 1, column - reach : column + reach + 1] = means


def edge_on_disk(
    frame: Frame, scale: float, height: float, shape: Shape, warp: float
) -> np.ndarray:
    """Exponential disk from the side: R K1(R) along it, sech^2 across (van der Kruit 1981)."""
    u, z = _along_and_across(frame, shape)
    z = z - warp * scale * (u / (3 * scale)) ** 3
    distance = np.maximum(np.abs(u) / scale, 1e-3)
    # Disks end: the light falls off faster beyond about four scale lengths.
    along = distance * k1(distance) / (1 + np.exp((distance - 4) / 0.35))
    return (along / np.cosh(np.clip(z / height, -40, 40)) ** 2).astype(np.float32)


def dust_lane(frame: Frame, scale: float, height: float, shape: Shape, offset: float) -> np.ndarray:
    """Relative optical depth of the dust in the plane of a disk seen from the side."""
    u, z = _along_and_across(frame, shape)
    return np.exp(-np.abs(u) / scale - ((z - offset) / height) ** 2).astype(np.float32)


def _along_and_across(frame: Frame, shape: Shape) -> tuple[np.ndarray, np.ndarray]:
    """Positions along and across the plane of a disk seen from the side."""
    u, v = shape.axes(frame.x, frame.y)
    return u, v * np.float32(shape.axis_ratio)


def deposit(frame: Frame, x: np.ndarray, y: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Point sources on the grid, each shared among its four nearest pixels."""
    column = np.asarray(x) / frame.pixel_arcsec + (frame.size - 1) / 2
    row = np.asarray(y) / frame.pixel_arcsec + (frame.size - 1) / 2
    left, low = np.floor(column).astype(int), np.floor(row).astype(int)
    inside = (left >= 0) & (low >= 0) & (left < frame.size - 1) & (low < frame.size - 1)
    left, low = left[inside], low[inside]
    to_right, to_top = column[inside] - left, row[inside] - low
    weight = np.broadcast_to(light, column.shape)[inside]
    grid = np.zeros(frame.size * frame.size)
    for up, right, share in (
        (0, 0, (1 - to_right) * (1 - to_top)),
        (0, 1, to_right * (1 - to_top)),
        (1, 0, (1 - to_right) * to_top),
        (1, 1, to_right * to_top),
    ):
        cells = (low + up) * frame.size + left + right
        grid += np.bincount(cells, weight * share, minlength=grid.size)
    return grid.reshape(frame.size, frame.size).astype(np.float32)


def stream(
    frame: Frame, path: np.ndarray, width: float, brightness: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """Stars strewn along a (n, 2) path: tidal tails, bridges, arcs and jets.

    `brightness` is relative, one number per point of the path; `width` is that of a Gaussian.
    """
    n_stars = 500
    at = rng.choice(len(path), n_stars, p=brightness / brightness.sum())
    step = np.gradient(path, axis=0)[at]
    x, y = (path[at] + step * rng.uniform(-0.5, 0.5, (n_stars, 1))).T
    spread = width * rng.normal(size=(2, n_stars)) * 0.5
    strewn = deposit(frame, x + spread[0], y + spread[1], rng.gamma(2.0, size=n_stars))
    return ndimage.gaussian_filter(strewn, max(0.75 * width / frame.pixel_arcsec, 0.5))


def texture(
    radius: np.ndarray, azimuth: np.ndarray, rng: np.random.Generator, shear: float, grain: int
) -> np.ndarray:
    """Smooth random field of unit variance, wound up by `shear` radians per e-fold of radius.

    `grain` is the number of cells around the circle: few for a lopsided disk, many for the
    flocculent pattern of star formation.
    """
    rings = 3 + 5 * grain // 8
    values = rng.normal(size=(rings, grain)).astype(np.float32)
    log_radius = np.log(np.maximum(radius, 1e-6))
    phase = (azimuth - np.float32(shear) * log_radius) * np.float32(grain / (2 * np.pi))
    depth = (log_radius - log_radius.min()) * np.float32(grain / (2 * np.pi))
    field = ndimage.map_coordinates(values, (depth, phase), order=1, mode="grid-wrap")
    return 1.5 * field  # linear interpolation lowers the variance to about 4 / 9


def half_light_radius(frame: Frame, light: np.ndarray) -> float:
    """Radius of the circle around 0, 0 that holds half of a map's light, arcseconds."""
    rings = (np.hypot(frame.x, frame.y) / (frame.pixel_arcsec / 4)).astype(int)
    growth = np.cumsum(np.bincount(rings.ravel(), light.ravel()))
    return float(np.searchsorted(growth, growth[-1] / 2) * frame.pixel_arcsec / 4)

"""Cutouts of a made-up collection, drawn when someone looks at one: there is no file of them.

A galaxy's picture follows from its class, magnitude, redshift and row alone, so it is the same
every time. Quick rather than true (a millisecond each): the simulated survey of data/simulated/ is
the one to train on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO

import numpy as np
from PIL import Image

FACTS = ("label", "magnitude", "redshift")  # columns of the catalog that pictures follow from
SIZE_PX = 64
KEPT = 4096  # encoded pictures of the last ones looked at, of some 2 kB each
CUTOUT = 0x6375  # stream of random numbers
_HALF = (SIZE_PX - 1) / 2
_Y, _X = np.mgrid[-_HALF : _HALF + 1, -_HALF : _HALF + 1].astype(np.float32)
_WARM, _COLD = np.array([1.0, 0.78, 0.55], np.float32), np.array([0.55, 0.72, 1.0], np.float32)


@dataclass(frozen=True)
class _Shape:
    """Where every pixel is as seen in the plane of one galaxy.

    radius : (SIZE_PX, SIZE_PX) in units of its half-light radius
    angle : (SIZE_PX, SIZE_PX) around its center
    along, across : (SIZE_PX, SIZE_PX) in the same unit
    """

    radius: np.ndarray
    angle: np.ndarray
    along: np.ndarray
    across: np.ndarray


Light = tuple[np.ndarray, np.ndarray]  # of old stars, and of young ones


@lru_cache(maxsize=KEPT)
def made_up_cutout(
    seed: int, row: int, label: str | None, magnitude: float | None, redshift: float | None
) -> bytes:
    """JPEG of the galaxy of a row. Facts that are missing (None) are drawn at random."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(CUTOUT, row)))
    pixels = draw_cutout(rng, label, magnitude, redshift)
    encoded = BytesIO()
    Image.fromarray(pixels).save(encoded, "JPEG", quality=88)
    return encoded.getvalue()


def draw_cutout(
    rng: np.random.Generator, label: str | None, magnitude: float | None, redshift: float | None
) -> np.ndarray:
    """(SIZE_PX, SIZE_PX, 3) uint8 of a galaxy with these facts."""
    # Drawn in any case, so that what follows does not depend on what is missing.
    any_label = list(_RECIPES)[rng.integers(len(_RECIPES))]
    any_magnitude, any_redshift = rng.uniform(15, 18), rng.gamma(3.0, 0.03)
    old, young = _RECIPES[label if label in _RECIPES else any_label](rng)
    magnitude = any_magnitude if magnitude is None else magnitude
    redshift = any_redshift if redshift is None else redshift
    bright = 10 ** (-0.16 * (np.clip(magnitude, 11, 21) - 15))
    # What is far is redder: its light is stretched.
    redden = np.array([1, 1 - 0.5 * min(redshift, 0.5), 1 - min(redshift, 0.5)], np.float32)
    light = old[..., None] * _WARM + young[..., None] * _COLD
    image = 1.5 * bright * redden * light
    image += _beside(rng)
    image += 0.035 * rng.standard_normal(image.shape, np.float32) + 0.05
    return np.clip(255 * np.arcsinh(5 * np.maximum(image, 0)) / np.arcsinh(7), 0, 255).astype(
        np.uint8
    )


def _shape(
    rng: np.random.Generator,
    axis_ratio: float,
    radius_px: float,
    x: float = 0.0,
    y: float = 0.0,
) -> _Shape:
    """A galaxy tilted to an axis ratio, turned anywhere, about `x` and `y` from the middle."""
    turn = rng.uniform(0, np.pi)
    across_x, across_y = _X - x - rng.normal(0, 0.7), _Y - y - rng.normal(0, 0.7)
    along = (across_x * np.cos(turn) + across_y * np.sin(turn)) / radius_px
    across = (across_y * np.cos(turn) - across_x * np.sin(turn)) / (radius_px * axis_ratio)
    return _Shape(np.hypot(along, across), np.arctan2(across, along), along, across)


def _sersic(radius: np.ndarray, index: float) -> np.ndarray:
    return np.exp(-1.7 * radius ** np.float32(1 / index))


def _disturbed(rng: np.random.Generator) -> Light:
    shape = _shape(rng, rng.uniform(0.5, 0.9), rng.uniform(6, 9))
    lopsided = 1 + 0.7 * np.cos(shape.angle - rng.uniform(0, 6))
    young = _sersic(shape.radius, 1.0) * lopsided
    for _ in range(rng.integers(3, 7)):
        knot = _shape(rng, 0.8, rng.uniform(1.2, 2.2), *rng.normal(0, 6, 2))
        young = young + 0.5 * np.exp(-(knot.radius**2))
    return 0.3 * _sersic(shape.radius, 1.5), young


def _merging(rng: np.random.Generator) -> Light:
    apart = rng.uniform(5, 10)
    turn = rng.uniform(0, 2 * np.pi)
    x, y = apart * np.cos(turn), apart * np.sin(turn)
    first, second = (_shape(rng, 0.7, rng.uniform(4, 6), s * x, s * y) for s in (1, -1))
    old = _sersic(first.radius, 2.0) + rng.uniform(0.4, 1) * _sersic(second.radius, 2.0)
    tail = np.exp(-(((first.radius - 3.2) / 0.5) ** 2)) * (np.cos(first.angle) > 0.2)
    return old, 0.25 * tail + 0.3 * _sersic(second.radius, 1.0)


def _smooth(axis_ratio: tuple[float, float]) -> Callable[[np.random.Generator], Light]:
    def draw(rng: np.random.Generator) -> Light:
        shape = _shape(rng, rng.uniform(*axis_ratio), rng.uniform(3.5, 6.5))
        return 1.2 * _sersic(shape.radius, rng.uniform(1.2, 2.0)), np.float32(0.0) * shape.radius

    return draw


def _barred(rng: np.random.Generator) -> Light:
    shape = _shape(rng, rng.uniform(0.6, 1), rng.uniform(8, 11))
    bar = np.exp(-((shape.along / 0.8) ** 4) - (shape.across / 0.22) ** 2)
    arms = _arms(shape, 2, rng.uniform(2.5, 4), 0.0)
    arms = arms * (shape.radius > 0.75)
    return 0.8 * bar + 0.4 * _sersic(shape.radius, 1.0), 0.8 * arms * _sersic(shape.radius, 1.0)


def _spiral(pitch: tuple[float, float]) -> Callable[[np.random.Generator], Light]:
    def draw(rng: np.random.Generator) -> Light:
        shape = _shape(rng, rng.uniform(0.5, 1), rng.uniform(8, 12))
        n_arms = int(rng.choice([2, 2, 2, 3, 4]))
        arms = _arms(shape, n_arms, rng.uniform(*pitch), rng.uniform(0, 6))
        disk = _sersic(shape.radius, 1.0)
        bulge = np.exp(-((shape.radius / 0.25) ** 2))
        return 0.8 * bulge + 0.35 * disk, 1.1 * arms * disk

    return draw


def _arms(shape: _Shape, n_arms: int, winding: float, phase: float) -> np.ndarray:
    """Logarithmic arms, 0 between them and 1 on their ridges."""
    turned = shape.angle - winding * np.log(np.maximum(shape.radius, 0.1)) + phase
    return (0.5 + 0.5 * np.cos(n_arms * turned)) ** 2


def _edge_on(bulge: bool) -> Callable[[np.random.Generator], Light]:
    def draw(rng: np.random.Generator) -> Light:
        shape = _shape(rng, rng.uniform(0.12, 0.2), rng.uniform(9, 13))
        disk = _sersic(shape.radius, 1.0)
        dust = 1 - 0.6 * np.exp(-((shape.across / 0.5) ** 2)) * (shape.radius < 2)
        old = 0.6 * disk * dust
        if bulge:
            old = old + 1.2 * np.exp(-2.2 * np.hypot(shape.along, shape.across * 0.25) / 0.35)
        return old, 0.5 * disk * dust

    return draw


_RECIPES: dict[str, Callable[[np.random.Generator], Light]] = {
    "Disturbed": _disturbed,
    "Merging": _merging,
    "Round Smooth": _smooth((0.85, 1.0)),
    "In-between Round Smooth": _smooth((0.5, 0.8)),
    "Cigar Shaped Smooth": _smooth((0.2, 0.4)),
    "Barred Spiral": _barred,
    "Unbarred Tight Spiral": _spiral((4.0, 6.0)),
    "Unbarred Loose Spiral": _spiral((1.5, 2.8)),
    "Edge-on without Bulge": _edge_on(False),
    "Edge-on with Bulge": _edge_on(True),
}


def _beside(rng: np.random.Generator) -> np.ndarray:
    """Stars and small galaxies that happen to lie there."""
    light = np.zeros((SIZE_PX, SIZE_PX, 3), np.float32)
    for _ in range(rng.poisson(1.5)):
        x, y = rng.uniform(-_HALF, _HALF, 2)
        size = rng.uniform(0.8, 2.0)
        spot = np.exp(-((_X - x) ** 2 + (_Y - y) ** 2) / (2 * size**2))
        mix = rng.random()
        light += rng.uniform(0.1, 0.8) * spot[..., None] * (mix * _WARM + (1 - mix) * _COLD)
    return light

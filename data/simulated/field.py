"""What else is in a cutout: neighbouring galaxies, foreground stars, the glow of bright ones."""

import numpy as np

from data.simulated.light import Frame, Layer, Shape, deposit, sersic
from data.simulated.photometry import flux, paint

GALAXIES_PER_ARCMIN2 = 9.0  # brighter than the limit below
STARS_PER_ARCMIN2 = 3.5
FAINTEST = 22.3
BRIGHTEST = 15.0


def draw_field(frame: Frame, rng: np.random.Generator) -> np.ndarray:
    """(3, size, size) nanomaggies per pixel of everything but the galaxy itself."""
    area = (frame.size * frame.pixel_arcsec / 60) ** 2
    light = _stars(frame, rng.poisson(STARS_PER_ARCMIN2 * area), rng)
    for _ in range(rng.poisson(GALAXIES_PER_ARCMIN2 * area)):
        light += _neighbor(frame, rng)
    # A tenth has a companion at its own distance, brighter than chance would have it.
    if rng.random() < 0.1:
        light += _neighbor(frame, rng, brighter_by=2.5)
    if rng.random() < 0.025:
        light += _glow(frame, rng)
    return light


def _magnitudes(n: int, slope: float, rng: np.random.Generator) -> np.ndarray:
    """Magnitudes of n sources, counts rising as 10 ** (slope * magnitude)."""
    lowest = 10 ** (slope * (BRIGHTEST - FAINTEST))
    return FAINTEST + np.log10(rng.uniform(lowest, 1, n)) / slope


def _neighbor(frame: Frame, rng: np.random.Generator, brighter_by: float = 0.0) -> np.ndarray:
    """A galaxy anywhere in the frame: one upon the galaxy itself is a blend, as on the sky."""
    magnitude = max(float(_magnitudes(1, 0.45, rng)[0]) - brighter_by, BRIGHTEST + 1)
    size = 0.7 * 10 ** (0.13 * (22 - magnitude)) * rng.lognormal(0, 0.3)
    shape = Shape(float(rng.uniform(0.3, 1)), float(rng.uniform(0, np.pi)))
    # Drawn on a small frame of its own: there are many of them, and they are small.
    reach = min(int(9 * size / frame.pixel_arcsec) + 4, frame.size)
    own = Frame.around(reach * frame.pixel_arcsec, reach)
    light = sersic(own, size, float(rng.choice([1.0, 1.0, 2.5])), shape)
    redshift = float(rng.uniform(0.05, 0.45))
    painted = paint([Layer(light, 1.0, float(rng.beta(2, 1.3)))], 0.0, magnitude, redshift)
    return _put(painted, frame.size, *rng.integers(0, frame.size, 2))


def _put(small: np.ndarray, size: int, row: int, column: int) -> np.ndarray:
    """`small` (3, k, k) on an empty (3, size, size), its middle at `row` and `column`."""
    k = small.shape[-1]
    padded = np.zeros((3, size + 2 * k, size + 2 * k), np.float32)
    low, left = row + k - k // 2, column + k - k // 2
    padded[:, low : low + k, left : left + k] = small
    return padded[:, k:-k, k:-k]


def _stars(frame: Frame, n_stars: int, rng: np.random.Generator) -> np.ndarray:
    x, y = rng.uniform(-0.5, 0.5, (2, n_stars)) * frame.size * frame.pixel_arcsec
    fluxes = flux(_magnitudes(n_stars, 0.22, rng))
    colors = np.array([star_colors(rng) for _ in range(n_stars)]).reshape(n_stars, 3)
    return np.stack([deposit(frame, x, y, fluxes * colors[:, band]) for band in range(3)])


def star_colors(rng: np.random.Generator) -> np.ndarray:
    """Flux in g, r, i over that in r: mostly red dwarfs, some like the Sun, few blue."""
    g_minus_r = float(
        np.clip(rng.choice([1.35, 0.45], p=[0.35, 0.65]) + rng.normal(0, 0.2), -0.3, 1.6)
    )
    r_minus_i = 0.35 * g_minus_r + (rng.uniform(0, 0.7) if g_minus_r > 1.25 else 0.0)
    return 10 ** (np.array([-g_minus_r, 0.0, r_minus_i]) / 2.5)


def _glow(frame: Frame, rng: np.random.Generator) -> np.ndarray:
    """Scattered light of a bright star outside of the cutout."""
    toward, away = rng.uniform(0, 2 * np.pi), frame.half_width * rng.uniform(1.2, 2.0)
    x, y = away * np.cos(toward), away * np.sin(toward)
    distance = np.hypot(frame.x - x, frame.y - y) / frame.half_width
    brightness = 0.15 * rng.lognormal(0, 0.7) * frame.pixel_arcsec**2
    return (brightness * star_colors(rng)[:, None, None] * distance**-2.0).astype(np.float32)

"""Six kinds of unusual picture, planted on one galaxy in a hundred.

Rings, arcs, second nuclei and jets are of the sky, trails and saturated stars of what stands
between. All are light added before the atmosphere and the camera, so that their noise is right.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.simulated.field import star_colors
from data.simulated.light import Frame, Layer, Shape, deposit, sersic, stream, texture
from data.simulated.photometry import flux, paint

# In the order in which they are dealt out, smooth galaxies first.
KINDS = (
    "gravitational arc",
    "jet",
    "ring",
    "double nucleus",
    "satellite trail",
    "saturated star",
)


@dataclass(frozen=True)
class Host:
    """The galaxy that an anomaly is planted on."""

    radius_arcsec: float
    magnitude: float
    redshift: float
    axis_ratio: float
    angle: float
    seeing_arcsec: float


Recipe = Callable[[Frame, Host, np.random.Generator], np.ndarray]


def planted(kind: str, frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """(3, size, size) nanomaggies per pixel to be added before the atmosphere."""
    return _RECIPES[kind](frame, host, rng)


def _ring(frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """A detached ring of young stars, as in Hoag's object or after a head-on collision."""
    plane = Shape(max(host.axis_ratio, 0.5), host.angle)
    u, v = plane.axes(frame.x, frame.y)
    distance, azimuth = np.hypot(u, v), np.arctan2(v, u)
    at = min(host.radius_arcsec * rng.uniform(1.7, 2.3), 0.8 * frame.half_width)
    width = at * rng.uniform(0.07, 0.12)
    band = np.exp(-0.5 * ((distance - at) / width) ** 2)
    band = band * np.exp(0.5 * texture(distance, azimuth, rng, 0.0, 24))
    magnitude = host.magnitude - 2.5 * np.log10(rng.uniform(0.5, 1.0))
    return paint([Layer(band, 1.0, float(rng.uniform(-0.1, 0.4)))], 0.0, magnitude, host.redshift)


def _arc(frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """A far galaxy bent around this one, and often its image on the other side."""
    einstein = host.radius_arcsec * rng.uniform(1.1, 1.7)
    at, span = rng.uniform(0, 2 * np.pi), rng.uniform(0.9, 2.4)
    images = [(einstein, at, span, 1.0)]
    if rng.random() < 0.6:
        images.append((0.8 * einstein, at + np.pi + rng.normal(0, 0.1), 0.3 * span, 0.35))
    light = np.zeros((frame.size, frame.size), np.float32)
    for distance, middle, length, share in images:
        azimuth = np.linspace(-0.5, 0.5, 80) * length
        path = distance * np.stack([np.cos(middle + azimuth), np.sin(middle + azimuth)], axis=1)
        bright = np.exp(-0.5 * (azimuth / (0.35 * length)) ** 2)
        image = stream(frame, path, 0.025 * einstein, bright, rng)
        light += share * image / image.sum()
    magnitude = host.magnitude + rng.uniform(1.8, 2.8)
    return paint([Layer(light, 1.0, float(rng.uniform(-0.3, 0.2)))], 0.0, magnitude, 0.0)


def _double_nucleus(frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """A second compact core of nearly the same brightness, resolved from the first."""
    apart = max(host.radius_arcsec * rng.uniform(0.45, 0.7), 1.4 * host.seeing_arcsec)
    toward, light = rng.uniform(0, 2 * np.pi), 0.0
    for side, share in ((-0.5, 1.0), (0.5, rng.uniform(0.6, 1.0))):
        x, y = side * apart * np.cos(toward), side * apart * np.sin(toward)
        core = sersic(frame, 0.08 * host.radius_arcsec, 1.5, Shape(x=x, y=y))
        light = light + share * core / core.sum()
    magnitude = host.magnitude + rng.uniform(0.9, 1.6)
    return paint([Layer(light, 1.0, float(rng.uniform(0.4, 1)))], 0.0, magnitude, host.redshift)


def _jet(frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """A straight, narrow, blue row of knots from the nucleus, as in M87."""
    length = host.radius_arcsec * rng.uniform(1.8, 2.8)
    toward = rng.uniform(0, 2 * np.pi)
    along = np.linspace(0.15, 1, 60)[:, None]
    path = along * length * np.array([np.cos(toward), np.sin(toward)])
    beam = stream(frame, path, 0.025 * host.radius_arcsec, np.exp(-along[:, 0]), rng)
    knots = np.sort(rng.uniform(0.2, 1, int(rng.integers(3, 7))))
    x, y = knots * length * np.cos(toward), knots * length * np.sin(toward)
    points = deposit(frame, x, y, rng.uniform(0.4, 1, len(knots)))
    light = 0.5 * beam / beam.sum() + 0.5 * points / points.sum()
    magnitude = host.magnitude + rng.uniform(1.8, 2.8)
    return paint([Layer(light, 1.0, -0.3)], 0.0, magnitude, 0.0)


def _trail(frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """A satellite that crosses the field in one band: the bands are exposed one after another."""
    heading = rng.uniform(0, np.pi)
    miss = rng.uniform(-0.6, 0.6) * frame.half_width
    across = -np.sin(heading) * frame.x + np.cos(heading) * frame.y - miss
    light = np.zeros((3, frame.size, frame.size), np.float32)
    width = 0.2 * host.seeing_arcsec
    brightness = rng.lognormal(-0.7, 0.5) * frame.pixel_arcsec**2 / 0.16
    band = rng.integers(3)
    light[band] = brightness * np.exp(-0.5 * (across / width) ** 2)
    if rng.random() < 0.35:  # a second one, or its tumbling twin in the next exposure
        light[(band + 1) % 3] = np.roll(light[band], rng.integers(-6, 7), axis=0) * 0.8
    return light


def _saturated_star(frame: Frame, host: Host, rng: np.random.Generator) -> np.ndarray:
    """A star too bright for the camera: halo, four spikes of the spider, bleeding columns."""
    toward, away = rng.uniform(0, 2 * np.pi), frame.half_width * rng.uniform(0.35, 0.95)
    dx, dy = frame.x - away * np.cos(toward), frame.y - away * np.sin(toward)
    distance = np.hypot(dx, dy) + 0.3
    tilt = rng.uniform(0, np.pi / 2)
    u, v = np.cos(tilt) * dx + np.sin(tilt) * dy, np.cos(tilt) * dy - np.sin(tilt) * dx
    spikes = _spike(u, v, host.seeing_arcsec) + _spike(v, u, host.seeing_arcsec)
    star = flux(rng.uniform(10.0, 12.5)) * frame.pixel_arcsec**2
    halo = 2e-4 / distance**2 + 0.1 * (1 + (distance / 0.8) ** 2) ** -2.5
    bleed = np.exp(-0.5 * (dx / 0.3) ** 2) * (np.abs(dy) < rng.uniform(3, 15))
    colors = star_colors(rng)[:, None, None]
    saturated = np.array([0.55, 1.0, 0.8])[rng.permutation(3)][:, None, None]
    light = star * (colors * (halo + 8e-4 * spikes) + 0.0005 * saturated * bleed)
    return light.astype(np.float32)


def _spike(along: np.ndarray, across: np.ndarray, seeing: float) -> np.ndarray:
    return np.exp(-0.5 * (across / (0.3 * seeing)) ** 2) / (1 + (along / 3) ** 2)


_RECIPES: dict[str, Recipe] = {
    "ring": _ring,
    "gravitational arc": _arc,
    "double nucleus": _double_nucleus,
    "satellite trail": _trail,
    "saturated star": _saturated_star,
    "jet": _jet,
}

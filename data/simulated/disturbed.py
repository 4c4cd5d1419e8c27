"""What tides do to galaxies: bent positions, lopsided light, tails, bridges and shells."""

from dataclasses import replace

import numpy as np

from data.simulated.light import Frame, Layer, Shape, stream


def bent(frame: Frame, radius: float, strength: float, rng: np.random.Generator) -> Frame:
    """Frame whose positions are bent by a smooth field that leaves the centre alone.

    `strength` is the displacement far out, in units of `radius`.
    """
    grip = np.tanh((frame.x**2 + frame.y**2) / (2 * radius) ** 2)
    moved = []
    for positions in (frame.x, frame.y):
        field = 0.0
        for _ in range(2):
            kx, ky = rng.normal(size=2) * 1.3 / radius
            field = field + np.sin(kx * frame.x + ky * frame.y + rng.uniform(0, 2 * np.pi))
        moved.append((positions + strength * radius * grip * field).astype(np.float32))
    return replace(frame, x=moved[0], y=moved[1])


def lopsided(
    frame: Frame, layers: list[Layer], radius: float, strength: float, rng: np.random.Generator
) -> list[Layer]:
    """The layers with one side of the galaxy brighter than the other, more so outwards."""
    toward = rng.uniform(0, 2 * np.pi)
    along = (np.cos(toward) * frame.x + np.sin(toward) * frame.y) / radius
    weight = np.exp(strength * np.tanh(0.7 * along)).astype(np.float32)
    return [Layer(layer.light * weight, layer.share, layer.age) for layer in layers]


def tail(
    frame: Frame, radius: float, place: np.ndarray, toward: float, rng: np.random.Generator
) -> np.ndarray:
    """Tidal tail that leaves the galaxy at `place` in the direction `toward` and curls."""
    length = radius * rng.uniform(2.0, 4.0)
    along = np.linspace(0, 1, 60)
    heading = toward + rng.choice([-1, 1]) * rng.uniform(0.3, 2.2) * along
    steps = np.stack([np.cos(heading), np.sin(heading)], axis=1) * length / len(along)
    start = np.asarray(place) + 0.7 * radius * np.array([np.cos(toward), np.sin(toward)])
    path = start + np.cumsum(steps, axis=0)
    fading = np.exp(-along * rng.uniform(0.5, 2.5))
    return stream(frame, path, radius * rng.uniform(0.12, 0.3), fading, rng)


def bridge(
    frame: Frame, start: np.ndarray, end: np.ndarray, width: float, rng: np.random.Generator
) -> np.ndarray:
    """Stars between two galaxies, on a slightly curved way."""
    along = np.linspace(0, 1, 40)[:, None]
    across = np.array([start[1] - end[1], end[0] - start[0]])
    path = start + (end - start) * along + across * rng.normal(0, 0.25) * along * (1 - along)
    return stream(frame, path, width, np.ones(len(path)), rng)


def shells(frame: Frame, radius: float, angle: float, rng: np.random.Generator) -> np.ndarray:
    """Shells of a radial merger: sharp outer edges, interleaved on both sides of the centre."""
    u, v = Shape(float(rng.uniform(0.75, 1)), angle).axes(frame.x, frame.y)
    distance, azimuth = np.hypot(u, v), np.arctan2(v, u)
    light, side = np.zeros_like(distance), rng.choice([-1, 1])
    edge = radius * rng.uniform(1.2, 1.5)
    for _ in range(int(rng.integers(2, 5))):
        behind = (edge - distance) / radius
        fade = np.where(behind > 0, np.exp(-3.5 * behind), np.exp(np.minimum(behind, 0) / 0.03))
        light += fade * np.exp(2.5 * (side * np.cos(azimuth) - 1)) * (radius / edge)
        edge, side = edge * rng.uniform(1.15, 1.5), -side
    return light.astype(np.float32)

"""Disks with spiral arms and bars, drawn in the plane of the disk and seen at its inclination."""

from dataclasses import dataclass

import numpy as np
from scipy.special import i0e

from data.simulated.light import Frame, Layer, Shape, deposit, texture


@dataclass(frozen=True)
class Arms:
    """A family of logarithmic spiral arms.

    pitch : radians between an arm and the circle; small is tightly wound
    winding : 1 or -1, the sense in which the arms trail
    start, phase : radius (arcsec) and azimuth where the first arm begins
    sharpness : concentration of the light across an arm (kappa of a von Mises profile)
    contrast : of the arms against the old disk; 0 is none
    raggedness : 0 for a grand design, 1 for flocculent
    """

    n_arms: int
    pitch: float
    winding: int
    start: float
    phase: float
    sharpness: float
    contrast: float
    raggedness: float

    def pattern(self, radius: np.ndarray, azimuth: np.ndarray) -> np.ndarray:
        """Light of the arms between 0 and 1 at every place of the disk."""
        turns = np.log(np.maximum(radius, 1e-3) / self.start) / np.tan(self.pitch)
        angle = self.n_arms * (azimuth - self.phase - self.winding * turns)
        begun = 1 / (1 + np.exp(np.clip((self.start - radius) / (0.12 * self.start), -40, 40)))
        return np.exp(self.sharpness * (np.cos(angle) - 1)) * begun


@dataclass(frozen=True)
class Disk:
    """The plane that everything in a spiral galaxy lies in.

    scale : exponential scale length, arcseconds
    plane : how the disk is turned and inclined
    age : of its old stars, 0 to 1
    """

    scale: float
    plane: Shape
    age: float

    def polar(self, frame: Frame) -> tuple[np.ndarray, np.ndarray]:
        """Radius and azimuth in the plane of the disk."""
        u, v = self.plane.axes(frame.x, frame.y)
        return np.hypot(u, v), np.arctan2(v, u)


def spiral_layers(
    frame: Frame, disk: Disk, arms: Arms, young_share: float, rng: np.random.Generator
) -> tuple[list[Layer], np.ndarray]:
    """Old disk, young arms and their knots, and the optical depth of the dust along the arms."""
    radius, azimuth = disk.polar(frame)
    shear = arms.winding / np.tan(arms.pitch)
    # An arm wanders by a part of the space between arms: no galaxy is a perfect logarithm.
    wander = (0.08 + 0.12 * arms.raggedness) * 2 * np.pi / arms.n_arms
    wandering = azimuth + wander * texture(radius, azimuth, rng, 0.3 * shear, 8)
    pattern = arms.pattern(radius, wandering)
    lanes = arms.pattern(radius, wandering + arms.winding * 0.16 * np.pi / arms.n_arms)

    clumps = np.exp((0.5 + 0.5 * arms.raggedness) * texture(radius, azimuth, rng, shear, 32))
    patches = np.exp(0.5 * texture(radius, azimuth, rng, shear, 12))
    smooth = np.exp(-radius / disk.scale)
    mean = i0e(arms.sharpness)
    old = smooth * np.maximum(1 + arms.contrast * (pattern - mean), 0.1)
    diffuse = 0.15 + 0.5 * arms.raggedness
    young = np.exp(-radius / (1.25 * disk.scale)) * (pattern * patches + diffuse * mean) * clumps
    knots = _knots(frame, young, rng)
    layers = [
        Layer(old, 1 - young_share, disk.age),
        Layer(young, 0.85 * young_share, 0.45 * disk.age - 0.1),
        Layer(knots, 0.15 * young_share, 0.3 * disk.age - 0.3),
    ]
    depth = lanes * np.sqrt(clumps) * np.exp(-radius / (2.5 * disk.scale))
    return layers, depth


def _knots(frame: Frame, young: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Regions of star formation: points of uneven brightness where the young stars are."""
    n_knots = int(rng.integers(15, 70))
    growth = np.cumsum(young.ravel(), dtype=float)
    pixels = np.searchsorted(growth, rng.uniform(0, growth[-1], n_knots))
    # Where the positions are bent, pixels are still where they are.
    row, column = np.unravel_index(np.minimum(pixels, young.size - 1), young.shape)
    middle = (frame.size - 1) / 2
    x, y = (column - middle) * frame.pixel_arcsec, (row - middle) * frame.pixel_arcsec
    return deposit(frame, x, y, rng.pareto(1.8, n_knots) + 0.2)


def bar_light(frame: Frame, disk: Disk, length: float, shape: Shape) -> np.ndarray:
    """A bar that reaches `length` arcseconds from the centre; `shape` is its form in the plane."""
    u, v = disk.plane.axes(frame.x, frame.y)
    reach = shape.radius(u, v) / length
    # Nearly flat along the bar, then a quick end, as bars of early types are.
    return (np.exp(-0.6 * reach) / (1 + np.exp(np.clip((reach - 0.85) / 0.09, -40, 40)))).astype(
        np.float32
    )

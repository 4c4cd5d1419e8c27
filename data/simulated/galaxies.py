"""The ten classes of Galaxy10 DECaLS as distributions of the parts of galaxies.

What a class is lies in its shape alone. Ages, bulges, sizes and textures vary widely inside
every class and overlap between them, as they do on the sky: neither colour nor brightness
gives a galaxy away.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from data.simulated.disturbed import bent, bridge, lopsided, shells, tail
from data.simulated.light import Frame, Layer, Shape, dust_lane, edge_on_disk, sersic
from data.simulated.spirals import Arms, Disk, bar_light, spiral_layers


@dataclass
class Galaxy:
    """Light in layers, and the optical depth (r band) of the dust before all of it."""

    axis_ratio: float
    layers: list[Layer]
    depth: np.ndarray | float = 0.0
    angle: float = 0.0
    age: float = 0.7


Recipe = Callable[[Frame, float, np.random.Generator], Galaxy]


def _old(rng: np.random.Generator) -> float:
    """Age of an early-type galaxy: mostly red, with a tail of blue ones."""
    return float(rng.beta(3.2, 1.4))


def _mixed(rng: np.random.Generator) -> float:
    """Age of a disk: anything from blue to red."""
    return float(rng.beta(1.8, 1.5))


def _angle(rng: np.random.Generator) -> float:
    return float(rng.uniform(0, 2 * np.pi))


def _inclined(rng: np.random.Generator, thinnest: float) -> Shape:
    """Disk at a random inclination, up to the axis ratio where its arms are hidden."""
    return Shape(float(rng.uniform(thinnest, 1)), _angle(rng))


def _smooth(frame: Frame, radius: float, axis_ratio: float, rng: np.random.Generator) -> Galaxy:
    age, angle = _old(rng), _angle(rng)
    boxiness = float(rng.normal(2.0, 0.12))
    main = Shape(axis_ratio, angle, boxiness=boxiness)
    # From fluffy disks without structure to the cusps of giant ellipticals.
    index = float(np.clip(rng.lognormal(0.75, 0.5), 0.8, 5.5))
    layers = [Layer(sersic(frame, radius, index, main), 1.0, age)]
    if rng.random() < 0.4:  # a core or an envelope, slightly turned: isophotes twist
        ratio = float(np.clip(axis_ratio + rng.normal(0, 0.06), 0.2, 1))
        second = Shape(ratio, angle + rng.normal(0, 0.1))
        size = radius * rng.choice([0.3, 1.6]) * rng.lognormal(0, 0.15)
        light = sersic(frame, size, float(rng.uniform(1, 2.5)), second)
        layers.append(Layer(light, float(rng.uniform(0.1, 0.4)), age + rng.normal(0, 0.1)))
    return Galaxy(axis_ratio, layers, angle=angle, age=age)


def round_smooth(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    return _smooth(frame, radius, float(np.clip(1 - abs(rng.normal(0, 0.09)), 0.76, 1)), rng)


def in_between_smooth(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    return _smooth(frame, radius, float(np.clip(rng.normal(0.61, 0.08), 0.44, 0.79)), rng)


def cigar_smooth(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    return _smooth(frame, radius, float(np.clip(rng.normal(0.31, 0.05), 0.2, 0.42)), rng)


def _bulge(frame: Frame, radius: float, disk: Disk, rng: np.random.Generator) -> np.ndarray:
    ratio = 0.5 + 0.5 * disk.plane.axis_ratio  # rounder than the disk it sits in
    shape = Shape(ratio, disk.plane.angle)
    return sersic(frame, radius * rng.uniform(0.12, 0.3), float(rng.uniform(1, 3.5)), shape)


def _disk(radius: float, bulge: float, plane: Shape, rng: np.random.Generator) -> Disk:
    """Disk that, with its bulge, has about half of its light inside `radius`."""
    return Disk(radius * (0.6 + 0.4 * bulge) * plane.axis_ratio**-0.4, plane, _mixed(rng))


def _spiral(
    frame: Frame, radius: float, pitch: float, n_arms: int, rng: np.random.Generator
) -> Galaxy:
    plane = _inclined(rng, 0.42)
    bulge = float(rng.uniform(0.02, 0.35))
    disk = _disk(radius, bulge, plane, rng)
    arms = Arms(
        n_arms=n_arms,
        pitch=pitch,
        winding=int(rng.choice([-1, 1])),
        start=radius * rng.uniform(0.2, 0.4),
        phase=_angle(rng),
        sharpness=float(rng.uniform(1.5, 5)),
        contrast=float(rng.uniform(0.6, 1.6)),
        raggedness=float(rng.beta(1.2, 2)),
    )
    young = float(rng.uniform(0.25, 0.6)) * (1.2 - 0.6 * disk.age)
    layers, lanes = spiral_layers(frame, disk, arms, young, rng)
    galaxy = Galaxy(plane.axis_ratio, layers, lanes * rng.exponential(0.5), plane.angle, disk.age)
    _add_bulge(galaxy, bulge, _bulge(frame, radius, disk, rng), rng)
    if rng.random() < 0.25:  # an oval in the middle that nobody would call a bar
        oval = bar_light(frame, disk, radius * rng.uniform(0.25, 0.4), Shape(0.7, _angle(rng)))
        _add(galaxy, Layer(oval, float(rng.uniform(0.02, 0.06)), disk.age + 0.1))
    return galaxy


def _add(galaxy: Galaxy, layer: Layer) -> None:
    """Add a layer; its share is of the whole galaxy with it."""
    galaxy.layers = [Layer(x.light, x.share * (1 - layer.share), x.age) for x in galaxy.layers]
    galaxy.layers.append(layer)


def _add_bulge(galaxy: Galaxy, share: float, light: np.ndarray, rng: np.random.Generator) -> None:
    age = float(np.clip(galaxy.age + rng.uniform(0, 0.5), 0.3, 1.05))
    _add(galaxy, Layer(light, share, age))


def tight_spiral(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    pitch = np.deg2rad(np.clip(rng.normal(11.5, 1.8), 8, 15))
    return _spiral(frame, radius, pitch, int(rng.choice([1, 2, 3], p=[0.1, 0.75, 0.15])), rng)


def loose_spiral(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    pitch = np.deg2rad(np.clip(rng.normal(28, 5), 20, 42))
    return _spiral(frame, radius, pitch, int(rng.choice([2, 3, 4], p=[0.6, 0.25, 0.15])), rng)


def barred_spiral(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    plane = _inclined(rng, 0.45)
    bulge = float(rng.uniform(0.02, 0.2))
    disk = _disk(radius, bulge, plane, rng)
    length = radius * rng.uniform(0.6, 1.0) * plane.axis_ratio**-0.4
    along = _angle(rng)
    arms = Arms(
        n_arms=2,
        pitch=np.deg2rad(rng.uniform(9, 32)),
        winding=int(rng.choice([-1, 1])),
        start=length * rng.uniform(0.9, 1.0),
        phase=along,
        sharpness=float(rng.uniform(1.5, 5)),
        contrast=float(rng.uniform(0.4, 1.5)),
        raggedness=float(rng.beta(1.2, 2.5)),
    )
    young = float(rng.uniform(0.1, 0.5)) * (1.2 - 0.6 * disk.age)
    layers, lanes = spiral_layers(frame, disk, arms, young, rng)
    galaxy = Galaxy(plane.axis_ratio, layers, lanes * rng.exponential(0.4), plane.angle, disk.age)
    form = Shape(float(rng.uniform(0.2, 0.38)), along, boxiness=float(rng.uniform(2, 3.5)))
    age = float(np.clip(disk.age + rng.uniform(0, 0.4), 0.3, 1.05))
    _add(galaxy, Layer(bar_light(frame, disk, length, form), float(rng.uniform(0.13, 0.3)), age))
    _add_bulge(galaxy, bulge, _bulge(frame, radius, disk, rng), rng)
    return galaxy


def _edge_on(frame: Frame, radius: float, bulge: float, rng: np.random.Generator) -> Galaxy:
    scale = radius * 0.62 * (1 + 0.8 * bulge)
    height = scale * rng.uniform(0.07, 0.18)
    side = Shape(angle=_angle(rng))
    age = _mixed(rng) - 0.12  # the dust along a disk makes up for it
    warp = float(rng.normal(0, 0.1))
    layers = [Layer(edge_on_disk(frame, scale, height, side, warp), 1 - bulge, age)]
    if bulge > 0:
        round_ = Shape(float(rng.uniform(0.55, 1)), side.angle, boxiness=float(rng.uniform(2, 3)))
        size = scale * rng.uniform(0.3, 0.65)
        light = sersic(frame, size, float(rng.uniform(1, 3.5)), round_)
        layers.append(Layer(light, bulge, float(np.clip(age + rng.uniform(0, 0.5), 0.3, 1.05))))
    # Seldom seen exactly from the side: the lane passes a little beside the middle.
    thickness, offset = height * rng.uniform(0.3, 0.6), height * rng.normal(0, 0.35)
    lane = dust_lane(frame, 1.5 * scale, thickness, side, offset)
    ratio = float(np.clip(1.6 * height / scale * (1 - bulge) + 0.6 * bulge, 0.1, 0.7))
    return Galaxy(ratio, layers, lane * rng.exponential(0.6), side.angle, age)


def edge_on_without_bulge(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    bulge = 0.0 if rng.random() < 0.5 else float(rng.uniform(0, 0.06))
    return _edge_on(frame, radius, bulge, rng)


def edge_on_with_bulge(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    return _edge_on(frame, radius, float(rng.uniform(0.15, 0.5)), rng)


_CALM = (round_smooth, in_between_smooth, tight_spiral, loose_spiral)


def disturbed(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    strained = bent(frame, radius, float(rng.uniform(0.35, 0.7)), rng)
    recipe = _CALM[rng.choice(4, p=[0.15, 0.15, 0.25, 0.45])]
    galaxy = recipe(strained, radius * 0.85, rng)
    galaxy.layers = lopsided(frame, galaxy.layers, radius, float(rng.uniform(0.3, 0.9)), rng)
    traces = rng.choice(["tail", "two tails", "shells", "none"], p=[0.45, 0.2, 0.25, 0.1])
    if "tail" in traces:
        for _ in range(2 if traces == "two tails" else 1):
            light = tail(frame, radius, (0.0, 0.0), _angle(rng), rng)
            _add(galaxy, Layer(light, float(rng.uniform(0.08, 0.18)), 0.7 * galaxy.age))
    elif traces == "shells":
        light = shells(frame, radius, galaxy.angle, rng)
        _add(galaxy, Layer(light, float(rng.uniform(0.08, 0.2)), galaxy.age))
    return galaxy


def merging(frame: Frame, radius: float, rng: np.random.Generator) -> Galaxy:
    share = float(rng.uniform(0.25, 0.5))  # of the lesser of the two
    apart = radius * rng.uniform(0.9, 2.0)
    toward = _angle(rng)
    direction = np.array([np.cos(toward), np.sin(toward)])
    places = (-apart * share * direction, apart * (1 - share) * direction)
    layers, depth, galaxy = [], 0.0, None
    for place, part in zip(places, (1 - share, share), strict=True):
        there = Frame(frame.pixel_arcsec, frame.margin, frame.x - place[0], frame.y - place[1])
        size = radius * 0.75 * np.sqrt(part / 0.6)
        strained = bent(there, size, float(rng.uniform(0.1, 0.4)), rng)
        galaxy = _CALM[rng.choice(4, p=[0.3, 0.3, 0.15, 0.25])](strained, size, rng)
        depth = depth + galaxy.depth
        layers += [Layer(x.light, x.share * part, x.age) for x in galaxy.layers]
        if rng.random() < 0.6:
            light = tail(frame, size, place, toward + rng.normal(np.pi * (part < 0.5), 0.7), rng)
            layers.append(Layer(light, part * rng.uniform(0.05, 0.2), 0.8 * galaxy.age))
    if rng.random() < 0.5:
        light = bridge(frame, *places, 0.3 * radius, rng)
        layers.append(Layer(light, float(rng.uniform(0.03, 0.12)), 0.8 * galaxy.age))
    return Galaxy(galaxy.axis_ratio, layers, depth, toward, galaxy.age)


# Name, number in Galaxy10 DECaLS (Leung & Bovy 2021), recipe; `ans` is the position in the list.
CLASSES: tuple[tuple[str, int, Recipe], ...] = (
    ("Disturbed", 1081, disturbed),
    ("Merging", 1853, merging),
    ("Round Smooth", 2645, round_smooth),
    ("In-between Round Smooth", 2027, in_between_smooth),
    ("Cigar Shaped Smooth", 334, cigar_smooth),
    ("Barred Spiral", 2043, barred_spiral),
    ("Unbarred Tight Spiral", 1829, tight_spiral),
    ("Unbarred Loose Spiral", 2628, loose_spiral),
    ("Edge-on without Bulge", 1423, edge_on_without_bulge),
    ("Edge-on with Bulge", 1873, edge_on_with_bulge),
)
CLASS_NAMES = tuple(name for name, _, _ in CLASSES)

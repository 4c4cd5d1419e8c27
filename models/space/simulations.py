"""Made-up representation spaces whose structure is known: what the structure lab draws.

A scene is a few pieces with their centers in a plane: Gaussian clusters, or alternatives that
are no clusters at all. Every random number belongs to one point, piece or dimension and is
only scaled and moved by the parameters, so with one seed the picture follows a slider: it
shows the effect of the parameter and not that of another draw.

The two simulations that were published are in `models.space.published`.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from scipy.special import erf, gammaln

KINDS = ("clusters", "uniform", "filament", "shell")

# Smallest and largest value of each number of a scene.
RANGES: dict[str, tuple[float, float]] = {
    "n_clusters": (1, 10),
    "n_points": (100, 20_000),
    "n_dim": (1, 64),
    "separation": (0, 20),
    "cohesion": (0.2, 5),
    "size_ratio": (1, 20),
    "variance_ratio": (1, 20),
    "axis_ratio": (1, 10),
}

_CANDIDATES = 20  # places tried for each center; the one farthest from the others is taken
_THICKNESS = 0.05  # of a shell, relative to its radius, and of a filament, to half its length
_BEND = 1.0  # height of a filament's parabola, relative to half its length


@dataclass(frozen=True)
class Scene:
    """What a made-up space looks like.

    kind : "clusters" (Gaussian), "uniform" (boxes), "filament" (parabolic arcs) or "shell"
        (hollow spheres). All kinds have the same size, sqrt(n_dim) / cohesion root mean square
        from the center of a piece.
    n_clusters : pieces, each with its own label
    n_points : points in all; each belongs to a random piece
    n_dim : dimensions; the centers lie in the first two, the others tell nothing
    separation : distance of the closest two centers, in standard deviations (in one dimension)
        of a cluster of cohesion 1
    cohesion : 1 / standard deviation of a cluster in one dimension
    size_ratio : expected points of the largest piece (the first) over those of the smallest
    variance_ratio : variance of the widest piece (the last) over that of the narrowest
    axis_ratio : length of the long axis of a piece, which lies in the plane of the centers,
        over that of its other axes

    ValueError if a value is outside of `RANGES` or the kind is none of `KINDS`.
    """

    kind: str = "clusters"
    n_clusters: int = 2
    n_points: int = 2000
    n_dim: int = 2
    separation: float = 6.0
    cohesion: float = 1.0
    size_ratio: float = 1.0
    variance_ratio: float = 1.0
    axis_ratio: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"The kind of a scene is one of {', '.join(KINDS)}, not {self.kind}.")
        for field in fields(self)[1:]:
            value, (lowest, highest) = getattr(self, field.name), RANGES[field.name]
            if not lowest <= value <= highest:
                raise ValueError(
                    f"{field.name} of a scene must be {lowest:g} to {highest:g}, not {value:g}."
                )
            if field.name.startswith("n_") and not isinstance(value, int | np.integer):
                raise ValueError(f"{field.name} of a scene must be a whole number, not {value!r}.")


def draw(scene: Scene, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Draw the points of a scene, in random order.

    Returns
    -------
    points : (n_points, n_dim) float64 array
    labels : (n_points,) int array
        The piece of each point, from 0; no piece is empty.
    """
    center_seed, angle_seed, label_seed, *column_seeds = rng.integers(2**63, size=3 + 64)
    # A stream for each dimension: more points or dimensions leave the numbers of the others.
    normals = np.column_stack(
        [np.random.default_rng(s).normal(size=scene.n_points) for s in column_seeds[: scene.n_dim]]
    )
    labels = _labels(scene, np.random.default_rng(label_seed))
    centers = _centers(scene, np.random.default_rng(center_seed))
    angles = np.random.default_rng(angle_seed).uniform(0, np.pi, RANGES["n_clusters"][1])

    points, mean_squares = _SHAPES[scene.kind](normals)
    axes = np.r_[scene.axis_ratio, np.ones(scene.n_dim - 1)]
    points = points * (axes / np.sqrt(np.mean(mean_squares * axes**2)))
    if scene.n_dim > 1:
        points[:, :2] = _turned(points[:, :2], angles[labels])
    points *= _widths(scene)[labels, None]
    points[:, : centers.shape[1]] += centers[labels]
    return points, labels


def _ladder(ratio: float, n_steps: int) -> np.ndarray:
    """Factors in geometric progression, the last `ratio` times the first; their product is 1."""
    return ratio ** (np.linspace(-0.5, 0.5, n_steps) if n_steps > 1 else np.zeros(1))


def _widths(scene: Scene) -> np.ndarray:
    return np.sqrt(_ladder(scene.variance_ratio, scene.n_clusters)) / scene.cohesion


def _labels(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Piece of each point; a small change of the ratio moves few points to another piece."""
    shares = _ladder(scene.size_ratio, scene.n_clusters)[::-1]
    limits = np.cumsum(shares / shares.sum())[:-1]
    labels = np.searchsorted(limits, rng.uniform(size=scene.n_points))
    labels[: scene.n_clusters] = np.arange(scene.n_clusters)  # no piece is empty
    return labels


def _centers(scene: Scene, rng: np.random.Generator) -> np.ndarray:
    """Centers (n_clusters, 1 or 2) around 0, the closest two `separation` apart."""
    if scene.n_dim == 1:
        places = np.arange(float(scene.n_clusters))[:, None]
    else:
        places = _spread(rng)[: scene.n_clusters]
    places = places - places.mean(axis=0)
    gaps = np.linalg.norm(places[:, None] - places, axis=2)
    closest = gaps[~np.eye(len(gaps), dtype=bool)].min(initial=np.inf)
    return places * (scene.separation / closest)


def _spread(rng: np.random.Generator) -> np.ndarray:
    """Ten places in a square, each the candidate that is farthest from those before it."""
    places = rng.uniform(size=(1, 2))
    while len(places) < RANGES["n_clusters"][1]:
        candidates = rng.uniform(size=(_CANDIDATES, 2))
        gaps = np.linalg.norm(candidates[:, None] - places, axis=2).min(axis=1)
        places = np.concatenate([places, candidates[[gaps.argmax()]]])
    return places


def _turned(plane: np.ndarray, angles: np.ndarray) -> np.ndarray:
    x, y = plane.T
    cos, sin = np.cos(angles), np.sin(angles)
    return np.column_stack([cos * x - sin * y, sin * x + cos * y])


# The shapes: standard normals (n, d) -> points (n, d) around 0, and the mean square of each axis.


def _gaussian(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return normals, np.ones(normals.shape[1])


def _uniform(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    return erf(normals / np.sqrt(2)), np.full(normals.shape[1], 1 / 3)


def _filament(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    points, mean_squares = _THICKNESS * normals, np.full(normals.shape[1], _THICKNESS**2)
    along = erf(normals[:, 0] / np.sqrt(2))  # uniform from -1 to 1
    points[:, 0], mean_squares[0] = along, 1 / 3
    points[:, 1:2] += _BEND * (along**2 - 1 / 3)[:, None]
    mean_squares[1:2] += _BEND**2 * 4 / 45
    return points, mean_squares


def _shell(normals: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The radius of each point follows the Gaussian's, whose scatter it presses together."""
    n_dim = normals.shape[1]
    radius = np.linalg.norm(normals, axis=1, keepdims=True)
    mean_radius = np.sqrt(2) * np.exp(gammaln((n_dim + 1) / 2) - gammaln(n_dim / 2))
    variance = n_dim - mean_radius**2
    thin = 1 + _THICKNESS * (radius - mean_radius) / np.sqrt(variance)
    return normals / radius * thin, np.full(n_dim, (1 + _THICKNESS**2) / n_dim)


_SHAPES: dict[str, Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]]] = {
    "clusters": _gaussian,
    "uniform": _uniform,
    "filament": _filament,
    "shell": _shell,
}

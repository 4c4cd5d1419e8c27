"""The sliders of the structure lab, and what they ask for; no dash here."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from models.errors import BadInput
from models.space.simulations import KINDS, Scene

SCENE, SIMULATION_A, SIMULATION_B = SOURCES = ("scene", "A", "B")
COLORS = ("true", "kmeans")
SCALES = ("linear", "log")


class Slider(NamedTuple):
    """One slider: its range, where it starts, and the line that explains it."""

    label: str
    least: float
    most: float
    step: float
    start: float
    unit: str
    explanation: str

    @property
    def is_whole(self) -> bool:
        """Whether only whole numbers make sense."""
        return isinstance(self.step, int)

    @property
    def decimals(self) -> int:
        """Digits after the point that tell two of its values apart."""
        return max(0, math.ceil(-math.log10(self.step)))

    def text(self, value: float) -> str:
        """A value as it is shown beside the slider."""
        return f"{value:,.{self.decimals}f}{self.unit}"


# Those of a scene, by the name of its field.
SLIDERS = {
    "separation": Slider(
        "Separation", 0, 12, 0.1, 5, " σ",
        "Distance of the closest two centers, in standard deviations of a cluster of cohesion 1.",
    ),
    "cohesion": Slider(
        "Cohesion", 0.3, 4, 0.05, 1, "",
        "1 / standard deviation of a cluster in one dimension: higher is tighter.",
    ),
    "n_clusters": Slider("Clusters", 1, 10, 1, 2, "", "How many pieces there are."),
    "n_points": Slider(
        "Points", 200, 4000, 100, 1200, "", "Points in all. More points, smaller errors."
    ),
    "n_dim": Slider(
        "Dimensions", 1, 50, 1, 2, "",
        "The centers lie in the first two dimensions; further ones hold nothing but noise.",
    ),
    "size_ratio": Slider(
        "Unequal sizes", 1, 20, 0.5, 1, " : 1",
        "Expected points of the largest cluster over those of the smallest.",
    ),
    "variance_ratio": Slider(
        "Unequal variances", 1, 20, 0.5, 1, " : 1",
        "Variance of the widest cluster over that of the narrowest.",
    ),
    "axis_ratio": Slider(
        "Elongation", 1, 10, 0.5, 1, " : 1",
        "Long axis of a cluster over its other axes; each points its own way.",
    ),
}  # fmt: skip

# Those of the published simulations, by the name of what they change.
PUBLISHED_SLIDERS = {
    "variance": Slider(
        "Variance", 80, 2000, 10, 400, "",
        "Variance of both clusters in one dimension, as published: from 80 to 2,000.",
    ),
    "s": Slider(
        "s", 1, 25, 0.5, 12, "",
        "The centers are at (±s², 0); each cluster has the covariance 2,000 I.",
    ),
}  # fmt: skip
SWEPT = {SIMULATION_A: "variance", SIMULATION_B: "s"}


@dataclass(frozen=True)
class Asked:
    """What the page asks the lab to show.

    source : "scene", or the published simulation "A" or "B"
    scene : what is made up; for a simulation the scene waits unseen
    variance, s : what the simulations are shown at
    seed : of the draw; the same while a slider moves
    colors : by the "true" clusters, or by those that "kmeans" finds
    scale : of eps(r), "linear" or "log"
    """

    source: str = SCENE
    scene: Scene = Scene()
    variance: float = PUBLISHED_SLIDERS["variance"].start
    s: float = PUBLISHED_SLIDERS["s"].start
    seed: int = 0
    colors: str = COLORS[0]
    scale: str = SCALES[0]


def asked(values: object, **newer: object) -> Asked:
    """What the browser asks for, checked; what it leaves out starts where its slider does.

    newer : values that take the place of those of their name

    Raises BadInput where a value is none that the page could send.
    """
    if not isinstance(values, Mapping):
        raise BadInput("The lab was asked for something that is no set of values.")
    values = {**values, **newer}
    return Asked(
        source=_one_of(values, "source", SOURCES),
        scene=Scene(
            kind=_one_of(values, "kind", KINDS),
            **{name: _number(values, name, slider) for name, slider in SLIDERS.items()},
        ),
        **{name: _number(values, name, slider) for name, slider in PUBLISHED_SLIDERS.items()},
        seed=_seed(values.get("seed", 0)),
        colors=_one_of(values, "colors", COLORS),
        scale=_one_of(values, "scale", SCALES),
    )


def _one_of(values: Mapping, name: str, known: tuple[str, ...]) -> str:
    value = values.get(name, known[0])
    if not isinstance(value, str) or value not in known:
        raise BadInput(f"'{name}' in the lab is one of {', '.join(known)}, not {value!r:.40}.")
    return value


def _number(values: Mapping, name: str, slider: Slider) -> float:
    value = values.get(name, slider.start)
    # A bool is an int to Python, and NaN compares false.
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not slider.least <= value <= slider.most:
        raise BadInput(
            f"'{slider.label}' goes from {slider.least:g} to {slider.most:g}, and "
            f"{value!r:.40} is not in it."
        )
    if not slider.is_whole:
        return float(value)
    if value != int(value):
        raise BadInput(f"'{slider.label}' is a whole number, and {value:g} is not.")
    return int(value)


def _seed(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise BadInput(f"The number of a draw is whole and not negative; {value!r:.40} is not.")
    return value

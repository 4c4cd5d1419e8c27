"""Colors of the page's data, and the coloring of a map: one group, so one color, per galaxy."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dashboard.palettes import CATEGORIES, palette_of, shades

__all__ = ["CATEGORIES", "shades"]  # asked for together with what is below

SELECTED = "#FFC857"
SECOND = "#6CC3F5"
WHOLE = "#8A94A3"
COMPLEMENT, CROSSED = "#9C8CD9", "#C5B8F5"  # the rest, and the selection with it
PINNED, PIN_CROSSED = "#F0803C", "#F7B48A"  # a second selection, and the first with it

N_SHADES = 64
MAX_GROUPS = 254  # a group is one byte
POINTS = "density of points"  # the column of a map that is not colored
_CHUNK = 2**20


@dataclass(frozen=True, eq=False)
class Coloring:
    """One group per galaxy, and the color of each group: what maps draw and legends list.

    column : name of the column, as a paint record has it
    names : (n_groups,) what each group is called; what has no value is in the last one
    groups : (n_galaxies,) uint8, group of each galaxy
    kind : "classes", "steps" (classes that have an order), "shades" (of a number), "ranks" (shades,
        1 the furthest from the ground), "excess" (shades with 0 in the middle) or "points"
    title : the column in words, for people
    values : (n_groups,) of classes, the value that a selection by category asks for: None for
        galaxies without one, "" where no single value is meant
    has_missing : whether the last group is of galaxies without a value
    n_other : classes without a color of their own, all in the group before that (or the last)
    low, high : ends of the shades, in the unit of the column
    edges : (N_SHADES + 1,) limits of the shades, in the unit of the column; empty without shades
    scale : how the shades are spread: "linear", "log" or "quantile"
    cut : column that a selection by range asks for, "" where there is none; `cut_edges` are the
        limits of the shades in its unit
    said : a sentence about what cannot be colored, or how; "" where there is nothing to say
    missing_name : what having no value means here
    form : format of the numbers in a legend
    """

    column: str
    names: tuple[str, ...]
    groups: np.ndarray
    kind: str = "classes"
    title: str = ""
    values: tuple[object, ...] = ()
    has_missing: bool = False
    n_other: int = 0
    low: float = np.nan
    high: float = np.nan
    edges: Sequence[float] = ()
    scale: str = "linear"
    cut: str = ""
    cut_edges: Sequence[float] = ()
    said: str = ""
    missing_name: str = "missing"
    form: str = ".4g"

    def __post_init__(self) -> None:
        self.groups.flags.writeable = False

    @property
    def is_number(self) -> bool:
        """Whether groups are shades of a range `low` to `high`."""
        return self.kind in ("shades", "ranks", "excess")

    @property
    def has_other(self) -> bool:
        """Whether some classes share a group."""
        return self.n_other > 0

    @property
    def n_groups(self) -> int:
        """Number of groups, that of missing values included."""
        return len(self.names)

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self.groups.nbytes

    def told(self, group: int) -> str:
        """What a group is called; what having no value means, where it is of those."""
        is_missing = self.has_missing and group == self.n_groups - 1
        return self.missing_name if is_missing else self.names[group]

    def palette(self, theme: str = "dark") -> tuple[str, ...]:
        """(n_groups,) colors "#rrggbb" on the ground of a theme, "dark" or "light"."""
        n_plain = self.n_groups - self.has_missing - self.has_other
        return palette_of(self.kind, n_plain, self.has_other, self.has_missing, theme)

    def counts(self, chosen: np.ndarray | None = None) -> np.ndarray:
        """(n_groups,) galaxies of each group, among `chosen` (rows or a mask) where given."""
        groups = self.groups if chosen is None else self.groups[chosen]
        counts = np.zeros(self.n_groups, np.int64)
        for start in range(0, len(groups), _CHUNK):  # bincount makes 8 bytes of each byte
            counts += np.bincount(groups[start : start + _CHUNK], minlength=self.n_groups)
        return counts


def color_points(n_galaxies: int) -> Coloring:
    """No column: how many galaxies are where, which is all that the picture of a map tells."""
    return Coloring(
        POINTS, ("galaxies",), np.zeros(n_galaxies, np.uint8), kind="points", title=POINTS
    )


def color_excess(name: str, excess: np.ndarray) -> Coloring:
    """Color galaxies by an excess: 0 is in the middle of the shades, however far each side goes.

    Above 0 the shades are logarithmic, in 1 + excess: where few pairs are expected, some galaxies
    have a thousand times as many neighbors.

    excess : (n_galaxies,) -1 or more, NaN where it was not asked for
    """
    is_missing = ~np.isfinite(excess)
    known = excess[~is_missing] if not is_missing.all() else np.zeros(1)
    low, high = min(np.quantile(known, 0.01), 0.0), max(np.quantile(known, 0.99), 0.0)
    low, high = low or -0.1, high or 0.1
    half = N_SHADES // 2
    above = np.log1p(np.maximum(np.nan_to_num(excess), 0.0)) / np.log1p(high)
    below = np.minimum(np.nan_to_num(excess), 0.0) / low
    shade = np.clip(half * (1 + above - below), 0, N_SHADES - 1)
    lacks = np.linspace(low, 0.0, half + 1)
    edges = [*lacks, *np.expm1(np.linspace(0.0, np.log1p(high), N_SHADES - half + 1))[1:]]
    return Coloring(
        name,
        (*(f"shade {number + 1}" for number in range(N_SHADES)), "not asked"),
        np.where(is_missing, N_SHADES, shade).astype(np.uint8),
        kind="excess",
        title=name,
        has_missing=True,
        low=float(low),
        high=float(high),
        edges=tuple(map(float, edges)),
        scale="0 in the middle, logarithmic above it",
        missing_name="not selected",
        form="+.3g",
    )

"""What decides a curve of eps(r): the space, its metric, the bins and the errors, and presets."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import NamedTuple

import numpy as np

from models.space.checks import checked_edges, checked_points
from models.space.correlation import author_edges, n_components_for, rms_separation
from models.space.error_modes import ERRORS

UNITS = ("rms", "p70", "raw")
SPACINGS = ("linear", "log")
METRICS = ("euclidean", "cosine")
MAX_COMPONENTS, MAX_BINS = 2048, 512
AUTHOR_BINS = 99  # those of `author_edges`
LOG_START = 1 / 50  # of the extent: the first edge of logarithmic bins, which cannot be 0
_LARGEST = 1e300  # of any number given; its square may be infinite, but not itself
_ROWS_NAMED = 5  # a message names the first few offending rows and counts the rest


class Words(NamedTuple):
    """What the page says of a preset."""

    name: str
    explanation: str


PRESET_WORDS = {
    "default": Words(
        "Default",
        "15 components, 40 even bins up to twice the RMS separation: comparable between "
        "checkpoints.",
    ),
    "author": Words(
        "Author",
        "99 even bins up to twice P70, the 70th percentile of the distance from the mean, as in "
        "the first author's code.",
    ),
    "deck": Words("Deck", "The first two components alone, as on the slides; bins as by default."),
    "log": Words(
        "Log",
        "Bins of equal ratio from 1/50 of the extent: small separations in detail, where there "
        "are pairs.",
    ),
    "cosine": Words(
        "Cosine",
        "Each galaxy scaled to length 1 after the PCA: only directions count, not how far out "
        "it lies.",
    ),
}


def _refuse_unknown(name: str, value: object, known: tuple[str, ...]) -> None:
    if not isinstance(value, str) or value not in known:
        raise ValueError(
            f"The {name} of a measure is one of {', '.join(known)}, not {value!r:.40}."
        )


_WORDS = {
    "n_components": "number of components",
    "n_bins": "number of bins",
    "extent": "largest separation",
    "lower": "smallest separation",
}


def _finite(name: str, value: object) -> float:
    # A bool is an int to Python, and is none to whoever sends true.
    is_number = isinstance(value, int | float | np.number) and not isinstance(value, bool)
    if not is_number or not abs(value) <= _LARGEST:  # NaN is caught too: it compares false
        raise ValueError(f"The {_WORDS[name]} is a finite number, not {value!r:.40}.")
    return float(value)


def _whole(name: str, value: object, largest: int) -> int:
    number = _finite(name, value)
    if number != int(number) or not 1 <= number <= largest:
        raise ValueError(
            f"The {_WORDS[name]} is a whole number from 1 to {largest}, not {value!r:.40}."
        )
    return int(number)


@dataclass(frozen=True)
class Measure:
    """Everything that decides a curve, beside the points themselves. Checked when made.

    preset : name of the preset that it started from; does not decide anything by itself
    n_components : principal components asked for, 1 to 2048; see `prepared` for those used
    n_bins : 1 to 512
    extent : largest separation, in `unit`s
    unit : "rms", the root mean square separation; "p70", the 70th percentile of the distance
        from the mean; "raw", that of the representation itself
    spacing : "linear" or "log"
    metric : "euclidean", or "cosine": points are scaled to length 1 after the PCA
    errors : "fitted", "fixed", "poisson" or "subsample", as for `two_point_correlation`
    lower : smallest separation, in `unit`s; 0 becomes extent / 50 where `spacing` is "log"
    """

    preset: str = "default"
    n_components: int = 15
    n_bins: int = 40
    extent: float = 2.0
    unit: str = "rms"
    spacing: str = "linear"
    metric: str = "euclidean"
    errors: str = "fitted"
    lower: float = 0.0

    def __post_init__(self) -> None:
        _refuse_unknown("preset", self.preset, tuple(PRESET_WORDS))
        _refuse_unknown("unit", self.unit, UNITS)
        _refuse_unknown("spacing", self.spacing, SPACINGS)
        _refuse_unknown("metric", self.metric, METRICS)
        _refuse_unknown("errors", self.errors, ERRORS)
        # As a browser writes it, 15.0 may stand for 15, and 2 for 2.0: one value, one key.
        whole = {"n_components": MAX_COMPONENTS, "n_bins": MAX_BINS}
        for name, largest in whole.items():
            object.__setattr__(self, name, _whole(name, getattr(self, name), largest))
        for name in ("extent", "lower"):
            object.__setattr__(self, name, _finite(name, getattr(self, name)))
        if self.extent <= 0:
            raise ValueError(f"The largest separation must be above 0, not {self.extent:g}.")
        if not 0 <= self.lower < self.extent:
            raise ValueError(
                f"The smallest separation must be from 0 to below the largest, {self.extent:g}, "
                f"not {self.lower:g}."
            )

    @classmethod
    def from_dict(cls, values: Mapping[str, object]) -> "Measure":
        """Measure that a browser or a link asks for.

        What is not given is taken from the preset that is named, or from the default.

        Raises
        ------
        ValueError
            If a name is unknown or a value not allowed; one sentence says which.
        """
        if not isinstance(values, Mapping):
            raise ValueError(f"A measure is a set of named values, not {values!r:.40}.")
        names = [field.name for field in fields(cls)]
        unknown = [name for name in values if name not in names]
        if unknown:
            raise ValueError(
                f"A measure has no value named {unknown[0]!r:.40}; it has {', '.join(names)}."
            )
        preset = values.get("preset", cls.preset)
        _refuse_unknown("preset", preset, tuple(PRESET_WORDS))
        return replace(PRESETS[preset], **values)

    def to_dict(self) -> dict[str, str | int | float]:
        """Every value by its name, for JSON; `from_dict` takes it back."""
        return asdict(self)

    @property
    def key(self) -> str:
        """Text that two measures share just when they give the same curve, for caches."""
        values = asdict(self)
        del values["preset"]
        return json.dumps(values, sort_keys=True)

    @property
    def is_changed(self) -> bool:
        """Whether any value differs from those of the preset it started from."""
        return self != PRESETS[self.preset]


PRESETS = {
    "default": Measure(),
    "author": Measure("author", n_bins=AUTHOR_BINS, unit="p70"),
    "deck": Measure("deck", n_components=2),
    "log": Measure("log", spacing="log"),
    "cosine": Measure("cosine", metric="cosine"),
}


def prepared(
    components: np.ndarray, measure: Measure, *, n_points: int | None = None
) -> np.ndarray:
    """Points whose separations a measure asks for.

    Parameters
    ----------
    components : (n, n_columns) array
        Principal components, the strongest first.
    n_points : int, optional
        Points that limit the components, `len(components)` by default. Bins of a whole
        collection for a selection of it need as many components as the selection's points.

    Returns
    -------
    (n, k) array
        k = min(n_components, n_points // 20, n_columns), and at least 1.

    Raises
    ------
    ValueError
        If `components` are not an array of rows; for "cosine", if rows are 0 and so have no
        direction.
    """
    components = np.asarray(components)
    if components.ndim != 2 or components.shape[1] == 0:
        raise ValueError(f"Components must have shape (n, n_columns), not {components.shape}.")
    n_points = len(components) if n_points is None else n_points
    k = n_components_for(n_points, measure.n_components, components.shape[1])
    points = components[:, :k]
    return _directions(points) if measure.metric == "cosine" else points


def unit_length(points: np.ndarray, unit: str) -> float:
    """Length of one "rms", "p70" or "raw" `unit` for some points, in the unit of the points.

    Raises
    ------
    ValueError
        If it is 0 because the points coincide, there are fewer than 2, or one is not finite.
    """
    _refuse_unknown("unit", unit, UNITS)
    if unit == "raw":
        return 1.0
    # The author's range is defined in one place: twice P70.
    length = rms_separation(points) if unit == "rms" else _p70(points)
    if not 0 < length < np.inf:
        raise ValueError(
            f"The {unit.upper()} of these {len(points)} points is {length:g}, as of points that "
            "coincide, and cannot be the unit of the bins: use raw units."
        )
    return length


def edges_for(points: np.ndarray, measure: Measure) -> np.ndarray:
    """Edges of the bins that a measure asks for.

    Parameters
    ----------
    points : (n_points, k) array
        From `prepared`. They set the unit, so a selection that is to be compared with its
        collection takes the edges of the collection's points.

    Returns
    -------
    (n_bins + 1,) array
        Increasing separations, in the unit of `points`.

    Raises
    ------
    ValueError
        If the unit is 0 or undefined, or bins are too narrow to tell their edges apart.
    """
    length = unit_length(points, measure.unit)
    upper = measure.extent * length
    if measure.spacing == "linear":
        return checked_edges(np.linspace(measure.lower * length, upper, measure.n_bins + 1))
    lower = measure.lower * length or upper * LOG_START
    return checked_edges(np.geomspace(lower, upper, measure.n_bins + 1))


def _p70(points: np.ndarray) -> float:
    """70th percentile of the distance from the mean: half of the author's range."""
    return float(author_edges(points)[-1] / 2)


def _directions(points: np.ndarray) -> np.ndarray:
    """Points scaled to length 1. Their largest coordinate first, whose square may be too large."""
    points = checked_points(points)
    largest = np.abs(points).max(axis=1, keepdims=True)
    rows = np.flatnonzero(largest == 0)
    if len(rows):
        named = ", ".join(str(row) for row in rows[:_ROWS_NAMED])
        more = f" and {len(rows) - _ROWS_NAMED} more" if len(rows) > _ROWS_NAMED else ""
        raise ValueError(
            f"The cosine needs points with a direction; these rows are 0: {named}{more}."
        )
    points = points / largest
    return points / np.linalg.norm(points, axis=1, keepdims=True)

"""Histograms of columns: bins of all galaxies once, then a selection counted in one pass.

Each galaxy's bin is kept as one byte, so that ten million galaxies are 10 MB a column.
"""

import json
import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from data.checkpoint_columns import CLUSTER
from data.kept import Kept
from data.selection_columns import (
    MISSING,
    classes_of,
    column_of,
    day_text,
    is_date,
    is_number,
    numbers_of,
)
from data.store import Collection
from models.errors import BadInput
from models.space.tallies import tally

N_BINS = 60
MAX_CLASSES = 40  # shown one by one; the rest together
NO_BIN = 255  # of a galaxy without a value
N_SAMPLED = 100_000  # galaxies by which far outliers are told
FAR = 3  # a range so many times that of nearly all galaxies is drawn without its ends
_BINS = Kept(2**27)  # 128 MB: a dozen columns of ten million galaxies
_CHUNK = 2**18


@dataclass(frozen=True)
class Scale:
    """What the bins of a column are.

    kind : "numbers", "dates" or "classes"; "one" or "none" where there is nothing to divide
    edges : (n_bins + 1,) of numbers and dates, in days; the end bins hold what is beyond, too
    is_whole : bins are of whole numbers
    is_beyond : (below, above) whether galaxies lie beyond the ends
    names, values : of classes, as told and as JSON; values are "" where several stand together
    """

    kind: str
    edges: tuple[float, ...] = ()
    is_whole: bool = False
    is_beyond: tuple[bool, bool] = (False, False)
    names: tuple[str, ...] = ()
    values: tuple[str, ...] = ()

    @property
    def n_bins(self) -> int:
        """How many bins there are."""
        return len(self.names) if self.kind == "classes" else max(len(self.edges) - 1, 0)


@dataclass(frozen=True)
class Histogram:
    """Galaxies of a column by bin.

    total, selected : (n_bins,) galaxies, all of them and those selected; None where none are
    n, n_missing : galaxies with a value and without; n_selected, n_selected_missing : selected ones
    """

    scale: Scale
    total: np.ndarray
    selected: np.ndarray | None
    n: int
    n_missing: int
    n_selected: int | None
    n_selected_missing: int | None


def histogram(
    collection: Collection, column: str, checkpoint: str, mask: np.ndarray | None
) -> Histogram:
    """Histogram of a column of the catalog, or of the checkpoint.

    mask : (n_galaxies,) bool, those selected; None where nothing is

    Raises NotFound where there is no such column, BadInput where it holds lists.
    """
    place = None if column in collection.catalog else checkpoint
    scale = scale_of(collection, column, place)
    total = _totals(collection, column, place)
    if mask is None:
        return Histogram(scale, total[: scale.n_bins], None, *_known(total), None, None)
    counts = tally(bins_of(collection, column, place), mask)
    return Histogram(
        scale, total[: scale.n_bins], counts[: scale.n_bins], *_known(total), *_known(counts)
    )


def _known(counts: np.ndarray) -> tuple[int, int]:
    return int(counts.sum() - counts[NO_BIN]), int(counts[NO_BIN])


@lru_cache(maxsize=500)
def _totals(collection: Collection, column: str, checkpoint: str | None) -> np.ndarray:
    return tally(bins_of(collection, column, checkpoint))


@lru_cache(maxsize=500)
def scale_of(collection: Collection, column: str, checkpoint: str | None) -> Scale:
    """What the bins of a column are; `checkpoint` is None for a column of the catalog."""
    if not _is_of_classes(collection, column, checkpoint):
        kind = "dates" if is_date(column_of(collection, column, checkpoint)) else "numbers"
        values = numbers_of(collection, column, checkpoint)
        return _number_scale(values, collection.order[:N_SAMPLED], kind)
    return _class_scale(collection, column, checkpoint)


def _is_of_classes(collection: Collection, column: str, checkpoint: str | None) -> bool:
    series = column_of(collection, column, checkpoint)
    return column == CLUSTER or not (is_number(series) or is_date(series))


def bins_of(collection: Collection, column: str, checkpoint: str | None) -> np.ndarray:
    """(n_galaxies,) uint8 bin of each galaxy, NO_BIN where it has no value; kept."""

    def make() -> np.ndarray:
        scale = scale_of(collection, column, checkpoint)
        if _is_of_classes(collection, column, checkpoint):
            return _class_bins(collection, column, checkpoint)
        values = numbers_of(collection, column, checkpoint)
        if scale.kind in ("one", "none"):
            return np.where(np.isfinite(values.astype(np.float64)), 0, NO_BIN).astype(np.uint8)
        return _number_bins(values, np.array(scale.edges))

    return _BINS.get((collection.digest, column, checkpoint), make)


def _number_scale(values: np.ndarray, sampled: np.ndarray, kind: str) -> Scale:
    """Equal bins over the values; over nearly all of them where a few are far away."""
    low, high, is_whole = _extent(values)
    if not low <= high:
        return Scale("none")
    if low == high:
        return Scale("one", (low, high), is_whole and kind == "numbers")
    ends, known = (low, high), values[sampled].astype(np.float64)
    known = known[np.isfinite(known)]
    if len(known):
        inner_low, inner_high = np.quantile(known, [0.002, 0.998])
        margin = 0.05 * (inner_high - inner_low)
        if high - low > FAR * (inner_high - inner_low) > 0:
            ends = (max(low, inner_low - margin), min(high, inner_high + margin))
    if kind == "numbers" and is_whole:
        return _whole_scale(low, high, ends)
    edges = tuple(np.linspace(*ends, N_BINS + 1).tolist())
    return Scale(kind, edges, is_beyond=(low < edges[0], high > edges[-1]))


def _whole_scale(low: float, high: float, ends: tuple[float, float]) -> Scale:
    """Bins of as many whole numbers each, their limits between them."""
    first, last = math.floor(ends[0]), math.ceil(ends[1])
    width = -(-(last - first + 1) // N_BINS)
    n_bins = -(-(last - first + 1) // width)
    edges = tuple(first - 0.5 + width * place for place in range(n_bins + 1))
    return Scale("numbers", edges, True, (low < edges[0], high > edges[-1]))


def _extent(values: np.ndarray) -> tuple[float, float, bool]:
    """Smallest and largest finite value, and whether all are whole; (inf, -inf) for none."""
    low, high, is_whole = math.inf, -math.inf, True
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64)
        part = part[np.isfinite(part)]
        if len(part):
            low, high = min(low, float(part.min())), max(high, float(part.max()))
            is_whole = is_whole and bool((part == np.floor(part)).all())
    # Beyond 2^52 every float is whole.
    return low, high, is_whole and max(abs(low), abs(high)) < 2**52


def _number_bins(values: np.ndarray, edges: np.ndarray) -> np.ndarray:
    bins = np.empty(len(values), np.uint8)
    n_bins = len(edges) - 1
    with np.errstate(over="ignore", invalid="ignore"):
        for start in range(0, len(values), _CHUNK):
            part = values[start : start + _CHUNK].astype(np.float64)
            is_known = np.isfinite(part)
            places = (part - edges[0]) * (n_bins / (edges[-1] - edges[0]))
            places = np.where(is_known, np.clip(places, 0, n_bins - 1), 0)
            bins[start : start + _CHUNK] = np.where(is_known, places.astype(np.uint8), NO_BIN)
    return bins


def _shown_classes(collection: Collection, column: str, checkpoint: str | None) -> np.ndarray:
    """Classes that have a bar of their own, the largest first."""
    codes, values = classes_of(collection, column, checkpoint)
    counts = np.bincount(codes + 1, minlength=len(values) + 1)[1:]
    ordered = np.argsort(-counts, kind="stable")
    return ordered[counts[ordered] > 0][:MAX_CLASSES]


def _class_scale(collection: Collection, column: str, checkpoint: str | None) -> Scale:
    codes, values = classes_of(collection, column, checkpoint)
    shown = _shown_classes(collection, column, checkpoint)
    n_classes = len(np.unique(codes[codes != MISSING]))
    if n_classes == 0:
        return Scale("none")
    names = [str(values[code]) for code in shown]
    written = [json.dumps(_plain(values[code])) for code in shown]
    if n_classes > len(shown):
        names.append(f"other ({n_classes - len(shown):,} classes)")
        written.append("")
    return Scale("classes", names=tuple(names), values=tuple(written))


def _class_bins(collection: Collection, column: str, checkpoint: str | None) -> np.ndarray:
    codes, values = classes_of(collection, column, checkpoint)
    shown = _shown_classes(collection, column, checkpoint)
    bins = np.full(len(values) + 1, len(shown), np.uint8)  # the last is that of MISSING, -1
    bins[shown] = np.arange(len(shown))
    bins[MISSING] = NO_BIN
    return bins[codes]


def _plain(value: object) -> object:
    value = value.item() if hasattr(value, "item") else value
    if not isinstance(value, str | bool | int | float):
        return str(value)
    return value


def ticks_of(scale: Scale) -> list[tuple[float, str]]:
    """A few places on the axis of a column of numbers or dates, and what is written there."""
    if scale.kind == "dates":
        first, last = scale.edges[0], scale.edges[-1]
        places = [first + share * (last - first) for share in (0.1, 0.5, 0.9)]
        return [
            (place, day_text(math.floor(place) if last - first > 3 else place)) for place in places
        ]
    if scale.kind != "numbers":
        return []
    first, last = scale.edges[0], scale.edges[-1]
    step = _nice((last - first) / 4)
    if scale.is_whole:
        step = max(step, 1)
    start = math.ceil(first / step)
    places = [start * step + place * step for place in range(int((last - start * step) / step) + 1)]
    return [(place, _number_text(place, step)) for place in places]


def _nice(step: float) -> float:
    """A step of 1, 2 or 5 times a power of ten, no smaller."""
    power = 10.0 ** math.floor(math.log10(step))
    return next(power * factor for factor in (1, 2, 5, 10) if power * factor >= step * 0.999)


def _number_text(value: float, step: float) -> str:
    if abs(value) < step * 1e-6:
        return "0"
    if 1e-4 <= abs(value) < 1e6:
        return f"{value:,.{max(0, -math.floor(math.log10(step) + 1e-9))}f}"
    return f"{value:.3g}"


def checked_columns(columns: object, most: int) -> list[str]:
    """Names of columns from the page, or BadInput."""
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise BadInput("Histograms are of a list of columns.")
    if len(columns) > most:
        raise BadInput(f"At most {most} histograms are shown at once.")
    return list(dict.fromkeys(columns))

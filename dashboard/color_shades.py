"""Coloring by a number: 64 shades, spread evenly, evenly in its logarithm, or by rank."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from dashboard.colors import N_SHADES, Coloring

SCALES = ("linear", "log", "quantile")
CLIP = (1.0, 99.0)  # percentiles that the shades span, unless asked otherwise
MAX_MEASURED = 1_000_000  # percentiles of more galaxies are those of as many random ones
_CHUNK = 2**18


@dataclass(frozen=True)
class Shading:
    """How numbers become shades.

    clip : percentiles that the shades span; what is beyond has the first or the last shade
    ends : the numbers that they span instead, where given
    """

    scale: str = "linear"
    clip: tuple[float, float] = CLIP
    ends: tuple[float, float] | None = None


def color_shades(
    column: str,
    title: str,
    values: np.ndarray,
    shading: Shading,
    *,
    sampled: Callable[[np.ndarray], np.ndarray] | None = None,
) -> Coloring:
    """Color galaxies by a number.

    What is not finite is missing, and so is a number of 0 or less on a logarithmic scale.

    values : (n_galaxies,) numbers, NaN where there is none
    sampled : `values` of up to MAX_MEASURED random galaxies, from all; the first ones where missing
    """
    is_log = shading.scale == "log"
    known = (values if sampled is None else sampled(values))[:MAX_MEASURED]
    known = known[np.isfinite(known)].astype(np.float64)
    usable = known[known > 0] if is_log else known
    ends = _ends(usable, shading)
    if ends is None:
        return _all_missing(column, title, values, is_log and known.size > 0)
    edges = _edges(usable, shading.scale, ends)
    groups = _shade_of(values, edges, is_log)
    n_lost = int(np.count_nonzero(values <= 0)) if is_log else 0
    said = f"{n_lost:,} of 0 or less have no logarithm: grey." if n_lost else ""
    if len(values) > MAX_MEASURED:
        said = f"{said} Percentiles of {MAX_MEASURED:,} random galaxies.".strip()
    limits = [f"{edge:.4g}" for edge in edges]
    names = tuple(f"{a} to {b}" for a, b in zip(limits[:-1], limits[1:], strict=True))
    return Coloring(
        column,
        (*names, "missing"),
        groups,
        kind="shades",
        title=title,
        has_missing=True,
        low=float(edges[0]),
        high=float(edges[-1]),
        edges=tuple(map(float, edges)),
        scale=shading.scale,
        cut=column,
        cut_edges=tuple(map(float, edges)),
        said=said,
        missing_name="missing or infinite" if np.isinf(values).any() else "missing",
    )


def _ends(usable: np.ndarray, shading: Shading) -> tuple[float, float] | None:
    """The numbers that the shades span; None where there are none to span."""
    if not usable.size:
        return None
    low, high = shading.ends or np.percentile(usable, shading.clip)
    if shading.scale == "log" and low <= 0:
        low = float(usable.min())
    return (float(low), float(high)) if high > low else _around(float(low), shading.scale)


def _around(value: float, scale: str) -> tuple[float, float]:
    """A range about a single number, for shades to have some width."""
    if scale == "log":
        return value / 1.01, value * 1.01
    width = max(abs(value) * 0.01, 1e-12)
    return value - width, value + width


def _edges(usable: np.ndarray, scale: str, ends: tuple[float, float]) -> np.ndarray:
    """(N_SHADES + 1,) limits of the shades, none lower than the one before."""
    if scale == "log":
        return np.geomspace(*ends, N_SHADES + 1)
    inside = usable[(usable >= ends[0]) & (usable <= ends[1])] if scale == "quantile" else usable
    if scale == "quantile" and inside.size:
        edges = np.quantile(inside, np.linspace(0, 1, N_SHADES + 1))
        return np.maximum.accumulate(edges)
    return np.linspace(*ends, N_SHADES + 1)


def _shade_of(values: np.ndarray, edges: np.ndarray, is_log: bool) -> np.ndarray:
    """(n,) uint8 shade of each number, N_SHADES where it has none."""
    # A range that is brushed on the color bar is cut at the edges: they alone decide the shades.
    inner = edges[1:-1]
    shades = np.empty(len(values), np.uint8)
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64)
        is_known = np.isfinite(part) & (part > 0) if is_log else np.isfinite(part)
        found = np.searchsorted(inner, part, side="right")
        shades[start : start + _CHUNK] = np.where(is_known, found, N_SHADES)
    return shades


def _all_missing(column: str, title: str, values: np.ndarray, has_none_positive: bool) -> Coloring:
    why = "has no value above 0, so no logarithm" if has_none_positive else "has no finite value"
    return Coloring(
        column,
        ("missing",),
        np.zeros(len(values), np.uint8),
        title=title,
        values=(None,),
        has_missing=True,
        said=f"{title[:1].upper()}{title[1:]} {why}: every galaxy is grey.",
    )

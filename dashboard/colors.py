"""Colors of the page's data: Okabe-Ito for classes, viridis for numbers."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from plotly.colors import sample_colorscale

# Okabe & Ito (2008), lightened where the original is too dark for a dark page,
# then four more that stay apart from them; 12 classes at most.
CATEGORIES = (
    "#E69F00", "#56B4E9", "#2FBF95", "#F0E442", "#4C8FD6", "#F0803C", "#D98CBC", "#B5BDC9",
    "#A6761D", "#8DD3C7", "#BC80FF", "#FF6F91",
)  # fmt: skip
MISSING = "#5B6472"
SELECTED = "#FFC857"
SECOND = "#6CC3F5"
WHOLE = "#8A94A3"
COMPLEMENT, CROSSED = "#9C8CD9", "#C5B8F5"  # the rest, and the selection with it
PINNED, PIN_CROSSED = "#F0803C", "#F7B48A"  # a second selection, and the first with it
N_SHADES = 24
# Fewer neighbors than expected, as many, more: bright where there are more, for a dark page.
LACK, LEVEL, EXCESS, MOST = "#4C8FD6", "#3A424E", "#FFC857", "#FFF3CF"


@dataclass(frozen=True)
class Coloring:
    """One color per galaxy, by group: what the map draws and the legend lists.

    column : name of the catalog column, or "" where nothing is colored
    names, palette : (n_groups,) what a group is called and its color
    groups : (n_galaxies,) group of each galaxy
    is_number : groups are shades of a continuous range `low` to `high`, missing ones last
    scale : what the range is, and what missing means, for the legend of numbers
    form : format of the numbers in the legend
    """

    column: str
    names: tuple[str, ...]
    palette: tuple[str, ...]
    groups: np.ndarray
    is_number: bool = False
    low: float = np.nan
    high: float = np.nan
    scale: tuple[str, str] = ("1st to 99th percentile", "missing")
    form: str = ".4g"

    def counts(self, rows: np.ndarray | None = None) -> np.ndarray:
        """(n_groups,) galaxies of each group, among `rows` where given."""
        groups = self.groups if rows is None else self.groups[rows]
        return np.bincount(groups, minlength=len(self.names))


def color_by(column: str, values: pd.Series) -> Coloring:
    """Color galaxies by a catalog column: numbers by shade, anything else by class.

    One trace of one color draws several times faster than one with a color array, so that
    numbers too are drawn as groups: shades between the 1st and the 99th percentile.
    """
    is_number = pd.api.types.is_numeric_dtype(values) and not pd.api.types.is_bool_dtype(values)
    if is_number and values.nunique() > len(CATEGORIES):
        return _by_number(column, values)
    return _by_class(column, values)


def _by_class(column: str, values: pd.Series) -> Coloring:
    texts = values.astype("string").replace("", pd.NA)
    ordered = list(texts.value_counts().index)
    shown = ordered if len(ordered) <= len(CATEGORIES) else ordered[: len(CATEGORIES) - 1]
    names, palette = list(shown), list(CATEGORIES[: len(shown)])
    groups = texts.map({name: group for group, name in enumerate(shown)})
    groups = groups.fillna(-1).to_numpy(dtype=np.int64)
    is_missing = texts.isna().to_numpy()
    if len(ordered) > len(shown):
        names.append(f"other ({len(ordered) - len(shown)} classes)")
        palette.append("#3E4653")
        groups = np.where((groups < 0) & ~is_missing, len(names) - 1, groups)
    if is_missing.any():
        names.append("missing")
        palette.append(MISSING)
        groups = np.where(is_missing, len(names) - 1, groups)
    return Coloring(column, tuple(names), tuple(palette), groups)


def _by_number(column: str, values: pd.Series) -> Coloring:
    numbers = values.to_numpy(dtype=float, na_value=np.nan)
    is_missing = ~np.isfinite(numbers)
    low, high = np.quantile(numbers[~is_missing], [0.01, 0.99])
    span = (high - low) or 1.0
    shades = np.clip((numbers - low) / span * N_SHADES, 0, N_SHADES - 1)
    groups = np.where(is_missing, N_SHADES, np.nan_to_num(shades)).astype(np.int64)
    limits = np.linspace(low, high, N_SHADES + 1)
    names = [f"{a:.4g} to {b:.4g}" for a, b in zip(limits[:-1], limits[1:], strict=True)]
    palette = sample_colorscale("Viridis", np.linspace(0.08, 1, N_SHADES))
    return Coloring(
        column,
        (*names, "missing"),
        (*palette, MISSING),
        groups,
        is_number=True,
        low=float(low),
        high=float(high),
    )


def shades(number: int) -> list[str]:
    """Colors of a series that has an order, such as the epochs of a training: quiet to clear."""
    return sample_colorscale("Viridis", np.linspace(0.3, 0.75, number)) if number else []


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
    shades = np.clip(half * (1 + above - below), 0, N_SHADES - 1)
    scale = [[0, LACK], [0.5, LEVEL], [0.8, EXCESS], [1, MOST]]
    return Coloring(
        name,
        (*(f"shade {number + 1}" for number in range(N_SHADES)), "not asked"),
        (*sample_colorscale(scale, np.linspace(0, 1, N_SHADES)), MISSING),
        np.where(is_missing, N_SHADES, shades).astype(np.int64),
        is_number=True,
        low=float(low),
        high=float(high),
        scale=("0 in the middle, logarithmic above it", "not selected"),
        form="+.3g",
    )

"""Palettes: Okabe-Ito for classes, viridis for numbers; one for the dark page, one for the light.

Colors of classes have a contrast of 3 : 1 or more with the ground of their page.
"""

from functools import lru_cache

import numpy as np
from plotly.colors import sample_colorscale, unlabel_rgb

# Okabe & Ito (2008), lightened where the original is too dark for a dark page,
# then four more that stay apart from them; 12 classes at most.
CATEGORIES = (
    "#E69F00", "#56B4E9", "#2FBF95", "#F0E442", "#4C8FD6", "#F0803C", "#D98CBC", "#B5BDC9",
    "#A6761D", "#8DD3C7", "#BC80FF", "#FF6F91",
)  # fmt: skip
# The same hues in the same order, darkened where the original is too light for white.
ON_LIGHT = (
    "#BD7A00", "#2C94CF", "#009E73", "#8F8500", "#00599C", "#D55E00", "#C2579A", "#6B7480",
    "#7A4F0C", "#1F8F99", "#8A4FD3", "#E0405F",
)  # fmt: skip
N_COLORS = len(CATEGORIES)
MISSING, OTHER = "#5B6472", "#434C5A"
MISSING_ON_LIGHT, OTHER_ON_LIGHT = "#9AA3AF", "#C0C6CF"
POINTS_COLOR, POINTS_ON_LIGHT = "#8FB6DE", "#2F6DA8"

# Viridis without its end that a page's ground swallows.
VIRIDIS, VIRIDIS_ON_LIGHT = (0.1, 1.0), (0.0, 0.88)
# Fewer neighbors than expected, as many, more: furthest from the ground where there are more.
LACK, LEVEL, EXCESS, MOST = "#4C8FD6", "#3A424E", "#FFC857", "#FFF3CF"
_EXCESS = ((0, LACK), (0.5, LEVEL), (0.8, EXCESS), (1, MOST))
_EXCESS_ON_LIGHT = ((0, "#2C7FC4"), (0.5, "#D5DAE1"), (0.8, "#D98A00"), (1, "#7A3D00"))


@lru_cache(maxsize=256)
def palette_of(
    kind: str, n_plain: int, has_other: bool, has_missing: bool, theme: str
) -> tuple[str, ...]:
    """Colors "#rrggbb" of the groups of a coloring; see dashboard/colors.py."""
    is_light = theme == "light"
    plain = _plain(kind, n_plain, is_light)
    other = (OTHER_ON_LIGHT if is_light else OTHER,) * has_other
    missing = (MISSING_ON_LIGHT if is_light else MISSING,) * has_missing
    return (*plain, *other, *missing)


def _plain(kind: str, n_plain: int, is_light: bool) -> tuple[str, ...]:
    if kind == "points":
        return (POINTS_ON_LIGHT if is_light else POINTS_COLOR,) * n_plain
    if kind == "classes":
        return (ON_LIGHT if is_light else CATEGORIES)[:n_plain]
    places = np.linspace(0, 1, n_plain)
    if kind == "excess":
        return _sampled(_EXCESS_ON_LIGHT if is_light else _EXCESS, places)
    low, high = VIRIDIS_ON_LIGHT if is_light else VIRIDIS
    if kind == "ranks" and not is_light:  # the first stand out, on either ground
        low, high = high, low
    return _sampled("Viridis", low + (high - low) * places)


def _sampled(scale: object, places: np.ndarray) -> tuple[str, ...]:
    scale = [list(stop) for stop in scale] if isinstance(scale, tuple) else scale
    sampled = [unlabel_rgb(color) for color in sample_colorscale(scale, places)]
    return tuple("#" + "".join(f"{round(part):02X}" for part in color) for color in sampled)


def shades(number: int) -> list[str]:
    """Colors of a series that has an order, such as the epochs of a training: quiet to clear."""
    return sample_colorscale("Viridis", np.linspace(0.3, 0.75, number)) if number else []

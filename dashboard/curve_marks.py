"""What is written beside a curve of eps(r): its bumps and its forced dip."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from dashboard.curve_axes import Axes
from dashboard.curve_facts import significance_text
from dashboard.figure_style import card_style
from dashboard.themes import Theme
from models.space.bumps import Bump
from models.space.correlation import Correlation

DIP_EXPLANATION = (
    "The Gaussian has the mean and the covariance of the galaxies,<br>so the mean square "
    "separation is the same in both: an excess<br>at small r forces a lack further out. "
    "The dip is its shadow."
)
MARK_SHARE = 0.12  # of the axis of r: about as wide as a mark is


def mark_bumps(
    figure: go.Figure,
    measured: Correlation,
    x: np.ndarray,
    axes: Axes,
    bumps: Sequence[Bump],
    color: str,
) -> None:
    """A sign at the top of each bump, with its significance, where the curve does not cross it.

    x : (n_bins,) middles of the bins as drawn; the axis of r has its range already
    """
    for bump in bumps:
        top = int(np.searchsorted(measured.edges, bump.peak)) - 1
        place = free_place(figure, measured, x, top, axes)
        if place is None:
            continue
        anchor, y = place
        words = significance_text(bump.significance)
        figure.add_annotation(
            **axes.placed(x[top], y),
            text=f"{words} ▾" if anchor == "right" else f"▾ {words}",
            showarrow=False, xanchor=anchor, yanchor="bottom", yshift=1,
            xshift={"left": 1, "center": 0, "right": -1}[anchor],
            font={"size": 10, "color": color},
        )  # fmt: skip


def free_place(
    figure: go.Figure, measured: Correlation, x: np.ndarray, top: int, axes: Axes
) -> tuple[str, float] | None:
    """Where a mark of bin `top` goes: how its words are anchored, and the height they stand on.

    To the side on which the band is lowest as far as the words reach: beside a steep fall they
    would be crossed by it. None where the bin has no height on this axis.
    """
    height = measured.upper + axes.level
    if not np.isfinite(height[top]) or (axes.is_log and height[top] <= 0):
        return None
    along = np.log10(x) if axes.r_is_log else x
    first, last = figure.layout.xaxis.range
    reach = MARK_SHARE * (last - first)
    # The middle first: of equal heights it is taken.
    spans = {"center": (-reach / 2, reach / 2), "left": (0, reach), "right": (-reach, 0)}
    heights = {}
    for anchor, (low, high) in spans.items():
        if not first <= along[top] + low <= along[top] + high <= last:
            continue
        covered = (along >= along[top] + low) & (along <= along[top] + high)
        heights[anchor] = float(np.nanmax(height[covered]))
    if not heights:
        return "center", float(height[top])
    anchor = min(heights, key=heights.get)
    return anchor, heights[anchor]


def mark_dip(
    figure: go.Figure, measured: Correlation, x: np.ndarray, axes: Axes, theme: Theme
) -> None:
    """Words under the forced dip, where there is one, and why it is there on hover."""
    dip = forced_dip(measured)
    if dip is None:
        return
    y = measured.lower[dip] + axes.level
    if axes.is_log and not y > 0:
        y = measured.eps[dip] + axes.level
        if not y > 0:
            return
    figure.add_annotation(
        **axes.placed(x[dip], y), text="forced dip (why?)", hovertext=DIP_EXPLANATION,
        showarrow=False, yshift=-10, font={"size": 10, "color": theme.faint},
        hoverlabel=card_style(theme),
    )  # fmt: skip


def forced_dip(measured: Correlation) -> int | None:
    """Bin of the deepest lack of pairs beyond an excess, both by two errors; None without one."""
    is_sure = measured.used & (np.abs(measured.eps) > 2 * measured.sigma)
    excess = np.flatnonzero(is_sure & (measured.eps > 0))
    lack = np.flatnonzero(is_sure & (measured.eps < 0))
    if not len(excess):
        return None
    # Up to the next excess: the fall at the end of the range is no dip.
    lack = lack[lack > excess[0]]
    if not len(lack):
        return None
    after = excess[excess > lack[0]]
    lack = lack[lack < after[0]] if len(after) else lack
    return int(lack[np.argmin(measured.eps[lack])])

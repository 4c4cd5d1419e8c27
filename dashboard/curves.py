"""Curves of eps(r) -> plotly figures; no dash here."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.curve_axes import Axes, drawn_in, eps_axis, r_axis
from dashboard.curve_marks import mark_bumps, mark_dip
from dashboard.figure_style import axis_style, page_style
from dashboard.themes import DARK, Theme
from models.space.bumps import Bump
from models.space.correlation import Correlation
from models.space.null import NullSummary


@dataclass(frozen=True, eq=False)
class Curve:
    """One eps(r) to draw.

    unit : RMS separation of its checkpoint, in which separations are shown
    null : what Gaussian points of its number give, where it is known
    has_band : whether the band of that is drawn
    dash : "solid", "dash" for a complement, "dot" for a cross-correlation
    is_main : bumps, the dip and the brush are those of this curve
    is_told : its numbers are told beneath, those of others on hover
    note : what else is to be said of it on hover
    ending : how its selection was closed or cleaned at the end, told beside its name
    """

    name: str
    measured: Correlation
    unit: float
    color: str
    null: NullSummary | None = None
    dash: str = "solid"
    is_main: bool = False
    is_told: bool = False
    has_band: bool = False
    note: str = ""
    ending: str = ""


def correlation_figure(
    curves: Sequence[Curve],
    axes: Axes,
    bumps: Sequence[Bump] = (),
    *,
    theme: Theme = DARK,
) -> go.Figure:
    """Curves of eps(r), the last on top; bumps are those of the main one."""
    figure = _empty_figure(theme)
    figure.add_hline(y=axes.level, line={"color": theme.faint, "width": 1, "dash": "dot"})
    for curve in curves:
        if curve.null is not None and curve.has_band:
            _add_null(figure, curve, axes, theme)
    for curve in curves:
        _add_curve(figure, curve, axes)
    measured = [curve.measured for curve in curves]
    spans = [curve.measured.edges / drawn_in(axes, curve.unit) for curve in curves]
    figure.update_xaxes(r_axis(axes, spans, [curve.unit for curve in curves]))
    figure.update_yaxes(eps_axis(axes, measured))
    for curve in curves:
        if curve.is_main:
            x = centers(curve.measured, drawn_in(axes, curve.unit), axes)
            mark_bumps(figure, curve.measured, x, axes, bumps, curve.color)
            mark_dip(figure, curve.measured, x, axes, theme)
            figure.update_layout(meta=_told_to_brush(curve, axes))
    return figure


def _empty_figure(theme: Theme) -> go.Figure:
    figure = go.Figure()
    figure.update_layout(
        **page_style(theme),
        margin={"l": 52, "r": 12, "t": 10, "b": 36},
        hovermode="x unified",
        dragmode=False,  # dragging is assets/correlation.js's: it brushes a range of r
    )
    spike = {"spikecolor": theme.faint, "spikethickness": 1, "spikedash": "dot"}
    figure.update_xaxes(**axis_style(theme), **spike, fixedrange=True)
    figure.update_yaxes(**axis_style(theme), fixedrange=True)
    return figure


def _told_to_brush(curve: Curve, axes: Axes) -> dict:
    """Bin edges as drawn, to which a brush snaps, and what turns them into RMS separations."""
    unit = drawn_in(axes, curve.unit)
    return {"edges": (curve.measured.edges / unit).tolist(), "per_rms": curve.unit / unit}


def centers(measured: Correlation, unit: float, axes: Axes) -> np.ndarray:
    """(n_bins,) middles of the bins as drawn: in ratio where the axis is logarithmic."""
    low, high = measured.edges[:-1] / unit, measured.edges[1:] / unit
    middle = (low + high) / 2
    return np.where(low > 0, np.sqrt(low * high), middle) if axes.r_is_log else middle


def _add_null(figure: go.Figure, curve: Curve, axes: Axes, theme: Theme) -> None:
    """The band that Gaussian points of the same number fill by chance."""
    low, high = curve.null.eps_low + axes.level, curve.null.eps_high + axes.level
    is_drawn = curve.measured.used & (low > 0 if axes.is_log else np.isfinite(low))
    x = centers(curve.measured, drawn_in(axes, curve.unit), axes)
    _add_band(figure, x, (np.where(is_drawn, low, np.nan), high), theme.faint)


def _add_band(
    figure: go.Figure,
    x: np.ndarray,
    limits: tuple[np.ndarray, np.ndarray],
    color: str,
    *,
    opacity: float = 0.22,
) -> None:
    """A band between limits; broken where either is not a number, as the curve is."""
    low, high = limits
    rows = np.flatnonzero(np.isfinite(low) & np.isfinite(high))
    parts = np.split(rows, np.flatnonzero(np.diff(rows) > 1) + 1)
    figure.add_scatter(
        x=np.concatenate([[*x[part], *x[part][::-1], np.nan] for part in parts]),
        y=np.concatenate([[*high[part], *low[part][::-1], np.nan] for part in parts]),
        fill="toself", fillcolor=color, opacity=opacity, line={"width": 0}, mode="lines",
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _add_curve(figure: go.Figure, curve: Curve, axes: Axes) -> None:
    """One curve with its 68 % band; bins that are not resolved yet are hollow and faint."""
    measured, color = curve.measured, curve.color
    x = centers(measured, drawn_in(axes, curve.unit), axes)
    shown = measured.resolved & np.isfinite(measured.eps)
    middle, low, high = (
        np.where(shown, values, np.nan) + axes.level
        for values in (measured.eps, measured.lower, measured.upper)
    )
    if axes.is_log:
        middle, low, high = (np.where(v > 0, v, np.nan) for v in (middle, low, high))
        low = np.where(np.isfinite(middle) & np.isnan(low), middle / 10, low)
    is_main = curve.is_main
    _add_band(figure, x, (low, high), color, opacity=0.22 if is_main else 0.12)
    figure.add_scatter(
        x=x, y=middle, name=curve.name, mode="lines+markers",
        line={"color": color, "width": 1.9 if is_main else 1.3, "dash": curve.dash},
        marker={
            "size": 5 if is_main else 3.5,
            "symbol": np.where(measured.used, "circle", "circle-open"),
        },
        customdata=np.column_stack([measured.eps, measured.sigma, measured.dd]),
        hovertemplate="%{customdata[0]:.3g} ± %{customdata[1]:.2g}, %{customdata[2]:,.0f} pairs",
    )  # fmt: skip
    _add_unresolved(figure, curve, x, axes)


def _add_unresolved(figure: go.Figure, curve: Curve, x: np.ndarray, axes: Axes) -> None:
    """Bins with too few sampled pairs to say anything yet: where they stand now, without a line."""
    eps = curve.measured.eps + axes.level
    is_drawn = ~curve.measured.resolved & (eps > 0 if axes.is_log else np.isfinite(eps))
    if not is_drawn.any():
        return
    figure.add_scatter(
        x=x[is_drawn], y=eps[is_drawn], mode="markers", opacity=0.4,
        marker={"color": curve.color, "size": 5, "symbol": "circle-open"},
        hovertemplate="not resolved yet: fewer than 100 sampled pairs expected<extra></extra>",
    )  # fmt: skip

"""Arrays -> plotly figures; no dash here."""

from dataclasses import dataclass

import numpy as np
import plotly.graph_objects as go

from dashboard.colors import SELECTED, Coloring
from models.space.correlation import Correlation
from models.space.null import NullSummary

DIMMED = 0.15
INK, FAINT, GRID = "#D7DCE3", "#8A94A3", "#252B34"
FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"


def map_figure(
    positions: np.ndarray, rows: np.ndarray, coloring: Coloring, selected: np.ndarray | None
) -> go.Figure:
    """The map: a trace for each color, then one for the selected galaxies of each color.

    positions : (n_galaxies, 2) as drawn
    rows : rows drawn, all or a sample
    selected : selected rows among them, None where nothing is selected
    """
    figure = go.Figure()
    size = point_size(len(rows))
    for group, color in enumerate(coloring.palette):
        members = rows[coloring.groups[rows] == group]
        figure.add_trace(_points(positions, members, color, size))
    for color in coloring.palette:
        figure.add_trace(_points(positions, rows[:0], color, size + 1))
    if selected is not None:
        for number, change in enumerate(selection_changes(positions, coloring, selected)):
            figure.data[number].update(change)
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        margin={"l": 6, "r": 6, "t": 6, "b": 6},
        font={"family": FONT, "size": 12, "color": INK},
        showlegend=False,
        hovermode="closest",
        hoverdistance=24,
        spikedistance=0,  # -1 makes plotly search every point on every mouse move
        uirevision="map",  # zoom and pan outlive every redraw
        dragmode="lasso",
        newselection={"line": {"color": SELECTED, "width": 1.5, "dash": "solid"}},
        activeselection={"fillcolor": "rgba(0,0,0,0)", "opacity": 0},
    )
    bare = {"visible": False, "zeroline": False, "showgrid": False}
    home = whole_map(positions)
    figure.update_xaxes(**bare, range=home[0])
    figure.update_yaxes(**bare, range=home[1], scaleanchor="x")
    figure.update_layout(meta={"home": home})  # where `fit` in assets/map.js returns to
    return figure


def whole_map(positions: np.ndarray) -> list[list[float]]:
    """Ranges of x and y that show every position, with a margin."""
    low, high = positions.min(axis=0), positions.max(axis=0)
    margin = 0.04 * np.maximum(high - low, 1e-6)
    return np.stack([low - margin, high + margin], axis=1).tolist()


def message_figure(text: str = "") -> go.Figure:
    """A sentence, or nothing, where a figure would be."""
    bare = {"visible": False}
    ground = "rgba(0,0,0,0)"
    figure = go.Figure(
        layout={"paper_bgcolor": ground, "plot_bgcolor": ground, "xaxis": bare, "yaxis": bare}
    )
    font = {"family": FONT, "size": 13, "color": FAINT}
    figure.add_annotation(text=text, showarrow=False, xref="paper", yref="paper", font=font)
    return figure


def selection_changes(
    positions: np.ndarray, coloring: Coloring, selected: np.ndarray | None
) -> list[dict]:
    """What a selection changes in each trace of `map_figure`, in their order."""
    n_groups = len(coloring.palette)
    # While a lasso is drawn plotly dims by itself; from then on these opacities tell.
    base = {"marker": {"opacity": 0.85 if selected is None else DIMMED}, "selectedpoints": None}
    groups = coloring.groups[selected] if selected is not None else np.zeros(0, int)
    chosen = selected if selected is not None else np.zeros(0, int)
    return [base] * n_groups + [
        _columns(positions, chosen[groups == group]) for group in range(n_groups)
    ]


def point_size(n_points: int) -> float:
    """Marker diameter in pixels: smaller where there are more."""
    return float(np.clip(9 - 1.25 * np.log10(max(n_points, 1)), 2, 7))


def _columns(positions: np.ndarray, members: np.ndarray) -> dict:
    # Lists, not arrays: plotly gives a point's customdata back in events only from a list.
    return {
        "x": positions[members, 0],
        "y": positions[members, 1],
        "customdata": members.tolist(),
        "selectedpoints": None,
    }


def _points(positions: np.ndarray, members: np.ndarray, color: str, size: float) -> go.Scattergl:
    return go.Scattergl(
        **_columns(positions, members),
        mode="markers",
        marker={"color": color, "size": size, "opacity": 0.85, "line": {"width": 0}},
        hoverinfo="none",
    )


@dataclass(frozen=True, eq=False)
class Curve:
    """One eps(r) to draw.

    unit : RMS separation of its checkpoint, in which separations are shown
    null : what Gaussian points of its number give, where it is known
    """

    name: str
    measured: Correlation
    unit: float
    color: str
    null: NullSummary | None = None


def correlation_figure(curves: list[Curve], *, is_log: bool) -> go.Figure:
    """Curves of eps(r), the last on top.

    is_log : draw 1 + eps on a logarithmic axis, where a Gaussian is 1
    """
    figure = go.Figure()
    figure.add_hline(y=1 if is_log else 0, line={"color": FAINT, "width": 1, "dash": "dot"})
    for curve in curves:
        if curve.null is not None and len(curves) == 1:
            _add_null(figure, curve, is_log)
        _add_curve(figure, curve, is_log)
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": INK},
        margin={"l": 52, "r": 10, "t": 8, "b": 36},
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": "#1B2027", "bordercolor": GRID, "font": {"color": INK}},
        uirevision=f"correlation {is_log}",
    )  # fmt: skip
    axis = {
        "gridcolor": GRID, "zeroline": False, "linecolor": GRID,
        "tickfont": {"size": 11},
    }  # fmt: skip
    figure.update_xaxes(**axis, title=_title("separation r / RMS separation"))
    shown = [curve.measured for curve in curves]
    figure.update_yaxes(
        **axis,
        title=_title("1 + ε(r)" if is_log else "ε(r)"),
        **(_log_axis(shown) if is_log else _linear_axis(shown)),
    )
    return figure


def _linear_axis(curves: list[Correlation]) -> dict:
    """Range of the bins that count, with a margin: emptier ones may be far beyond any figure."""
    low, high = _limits(curves)
    margin = 0.08 * max(high - low, 1e-3)
    span = [low - margin, high + margin]
    return {"type": "linear", "range": span, "nticks": 6, "exponentformat": "SI"}


def _log_axis(curves: list[Correlation]) -> dict:
    low, high = _limits(curves)
    low, high = np.log10(max(1 + low, 1e-4)), np.log10(max(1 + high, 2))
    margin = 0.08 * (high - low)
    step = max(1, round((high - low) / 4))
    span = [low - margin, high + margin]
    return {"type": "log", "range": span, "dtick": step, "exponentformat": "power"}


def _limits(curves: list[Correlation]) -> tuple[float, float]:
    """Least and largest limit of eps in the bins that count, 0 included."""
    limits = [0.0]
    for curve in curves:
        limits += [*curve.lower[curve.used], *curve.upper[curve.used]]
    return float(np.nanmin(limits)), float(np.nanmax(limits))


def _title(text: str) -> dict:
    return {"text": text, "font": {"size": 12}, "standoff": 4}


def _add_null(figure: go.Figure, curve: Curve, is_log: bool) -> None:
    """The band that Gaussian points of the same number fill by chance."""
    shift = 1.0 if is_log else 0.0
    low, high = curve.null.eps_low + shift, curve.null.eps_high + shift
    is_drawn = curve.measured.used & (low > 0 if is_log else np.isfinite(low))
    centers = (curve.measured.edges[:-1] + curve.measured.edges[1:]) / 2 / curve.unit
    _add_band(figure, centers[is_drawn], low[is_drawn], high[is_drawn], FAINT)


def _add_band(
    figure: go.Figure, x: np.ndarray, low: np.ndarray, high: np.ndarray, color: str
) -> None:
    figure.add_scatter(
        x=np.concatenate([x, x[::-1]]),
        y=np.concatenate([high, low[::-1]]),
        fill="toself", fillcolor=color, opacity=0.22, line={"width": 0}, mode="lines",
        hoverinfo="skip", showlegend=False,
    )  # fmt: skip


def _add_curve(figure: go.Figure, curve: Curve, is_log: bool) -> None:
    """One curve with its 68 % band; bins that are undefined or not resolved are gaps."""
    measured, color = curve.measured, curve.color
    shown = measured.resolved & np.isfinite(measured.eps)
    centers = (measured.edges[:-1] + measured.edges[1:]) / 2 / curve.unit
    middle, low, high = (
        np.where(shown, values, np.nan) + (1.0 if is_log else 0.0)
        for values in (measured.eps, measured.lower, measured.upper)
    )
    if is_log:
        middle, low, high = (np.where(v > 0, v, np.nan) for v in (middle, low, high))
        low = np.where(np.isfinite(middle) & np.isnan(low), middle / 10, low)
    is_drawn = np.isfinite(low) & np.isfinite(high)
    _add_band(figure, centers[is_drawn], low[is_drawn], high[is_drawn], color)
    figure.add_scatter(
        x=centers, y=middle, name=curve.name, mode="lines+markers",
        line={"color": color, "width": 1.8},
        marker={"size": 5, "symbol": np.where(measured.used, "circle", "circle-open")},
        customdata=np.column_stack([measured.eps, measured.sigma, measured.dd]),
        hovertemplate="%{customdata[0]:.3g} ± %{customdata[1]:.2g}, %{customdata[2]:,.0f} pairs",
    )  # fmt: skip

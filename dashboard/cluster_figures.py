"""A scan of clusters, and eps(r) of one of them -> small plotly figures; no dash here."""

import plotly.graph_objects as go

from dashboard.cluster_words import MEASURES
from dashboard.curve_axes import Axes
from dashboard.curves import Curve, correlation_figure
from dashboard.figure_style import axis_style, axis_title, page_style
from dashboard.themes import DARK, Theme
from data.cluster_columns import HDBSCAN
from models.space.cluster_scan import ClusterScan
from models.space.correlation import Correlation

SIZE = 10  # of text, in pixels


def scan_figure(
    method: str, scan: ClusterScan, number: int | None, *, theme: Theme = DARK
) -> go.Figure:
    """What each number gives, with its error; the one that is chosen is filled, `number` ringed."""
    figure = go.Figure()
    values = next(iter(scan.measures.values()))
    is_chosen = scan.asked == (scan.chosen or 0)
    ringed = [2.5 if each == number else 1 for each in scan.asked.tolist()]
    found = [
        f"{n:,} clusters" + (f", {none:.0%} in none" if none else "")
        for n, none in zip(scan.n_clusters.tolist(), scan.in_none.tolist(), strict=True)
    ]
    figure.add_scatter(
        x=scan.asked, y=values, mode="lines+markers", text=found,
        error_y={"array": scan.error, "color": theme.whole, "thickness": 1.2, "width": 3},
        line={"color": theme.whole, "width": 1.4},
        marker={
            "size": 9,
            "color": [theme.selected if chosen else theme.panel for chosen in is_chosen],
            "line": {"color": theme.ink, "width": ringed},
        },
        hovertemplate="%{x}: %{y:.3g}, %{text}<extra></extra>",
    )  # fmt: skip
    is_size = method == HDBSCAN
    axis = {**axis_style(theme), "fixedrange": True}
    figure.update_layout(
        **page_style(theme, size=SIZE),
        margin={"l": 12, "r": 6, "t": 6, "b": 30},
        dragmode=False,
        xaxis={
            **axis,
            "type": "log" if is_size else "linear",
            "tickvals": scan.asked[:: 1 if is_size else 2].tolist(),
            "title": axis_title("smallest size" if is_size else "clusters", size=SIZE),
        },
        yaxis={
            **axis,
            "title": axis_title(MEASURES[method], size=SIZE),
            "nticks": 4,
            "automargin": True,
        },
    )
    return figure


def cluster_curve(
    name: str, measured: Correlation, whole: Correlation | None, unit: float, theme: Theme = DARK
) -> go.Figure:
    """Curve of a cluster with its 68 % band; beneath it that of all galaxies, where there is one.

    unit : RMS separation of the checkpoint, in which separations are shown
    """
    curves = [Curve(name, measured, unit, theme.selected)]
    if whole is not None:
        curves.insert(0, Curve("all", whole, unit, theme.whole, dash="dash"))
    figure = correlation_figure(curves, Axes(is_log=True), theme=theme)
    figure.update_layout(
        font={"size": SIZE},
        margin={"l": 46, "r": 6, "t": 6, "b": 30},
        hoverlabel={"namelength": 12},
    )
    figure.update_xaxes(title_font_size=SIZE, tickfont_size=SIZE, nticks=5)
    figure.update_yaxes(title_font_size=SIZE, tickfont_size=SIZE, nticks=5)
    return figure

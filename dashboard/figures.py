"""Arrays -> plotly figures; no dash here."""

import numpy as np
import plotly.graph_objects as go

from dashboard.colors import SELECTED, Coloring

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

"""Arrays -> plotly figures; no dash here."""

import plotly.graph_objects as go

from dashboard.figure_style import CLEAR
from dashboard.themes import DARK


def gesture_figure() -> go.Figure:
    """What lies over a map and draws nothing: two hidden axes of one scale that take gestures.

    assets/map_follow.js sets what is in view and what dragging does; nothing is sent anew.
    """
    figure = go.Figure(
        # plotly gives a trace without points no axes; one without a place is drawn nowhere.
        go.Scatter(x=[None], y=[None], mode="markers", hoverinfo="skip")
    )
    figure.update_layout(
        template="none",
        paper_bgcolor=CLEAR,
        plot_bgcolor=CLEAR,
        margin={"l": 0, "r": 0, "t": 0, "b": 0},
        showlegend=False,
        hovermode=False,
        uirevision="map",  # zoom and pan outlive every redraw
        dragmode="lasso",
        newselection={"line": {"color": DARK.selected, "width": 1.5, "dash": "solid"}},
        activeselection={"fillcolor": CLEAR, "opacity": 0},
    )
    bare = {"visible": False, "zeroline": False, "showgrid": False}
    figure.update_xaxes(**bare, range=[-1, 1])
    figure.update_yaxes(**bare, range=[-1, 1], scaleanchor="x")
    return figure

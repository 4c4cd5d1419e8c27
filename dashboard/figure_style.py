"""What all plain figures of the page have in common, in either theme; no dash here."""

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from dashboard.themes import DARK, Theme

FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif"
CLEAR = "rgba(0,0,0,0)"


def page_style(theme: Theme, *, size: float = 12) -> dict:
    """Layout of a figure that lies on a panel: no ground of its own, no legend.

    size : of its text, in pixels
    """
    return {
        "template": "none",
        "paper_bgcolor": CLEAR,
        "plot_bgcolor": CLEAR,
        "font": {"family": FONT, "size": size, "color": theme.ink},
        "showlegend": False,
        "hoverlabel": card_style(theme),
    }


def card_style(theme: Theme) -> dict:
    """What appears over a figure on hover."""
    return {
        "bgcolor": theme.raised,
        "bordercolor": theme.faint,
        "font": {"color": theme.ink, "size": 11},
    }


def axis_style(theme: Theme) -> dict:
    """An axis with its grid."""
    return {"gridcolor": theme.grid, "linecolor": theme.grid, "zeroline": False}


def axis_title(text: str, *, size: float = 12) -> dict:
    """Name of an axis."""
    return {"text": text, "font": {"size": size}, "standoff": 4}


def shades(number: int, theme: Theme) -> list[str]:
    """Colors of a series that has an order, such as the epochs of a training; seen on a panel."""
    return sample_colorscale("Viridis", np.linspace(*theme.shades, max(number, 2)))[:number]


def message_figure(text: str = "", theme: Theme = DARK) -> go.Figure:
    """A sentence, or nothing, where a figure would be."""
    bare = {"visible": False}
    style = {"paper_bgcolor": CLEAR, "plot_bgcolor": CLEAR, "xaxis": bare, "yaxis": bare}
    figure = go.Figure(layout=style)
    font = {"family": FONT, "size": 13, "color": theme.faint}
    figure.add_annotation(text=text, showarrow=False, xref="paper", yref="paper", font=font)
    return figure

"""Score against the number of components -> a plotly figure; no dash here."""

import plotly.graph_objects as go

from dashboard.figure_style import axis_style, axis_title, page_style
from dashboard.themes import DARK, Theme
from models.space.score import ScoreByComponents


def sweep_figure(
    swept: ScoreByComponents, *, color: str = DARK.whole, theme: Theme = DARK
) -> go.Figure:
    """The score with its error above, the divergence below, over the number of components.

    color : of what was measured: the selection's, or that of all galaxies
    """
    figure = go.Figure()
    bins = [f"{used} of {swept.n_bins} bins" for used in swept.n_bins_used]
    drawn = {"x": swept.n_components, "mode": "lines+markers", "text": bins}
    figure.add_scatter(
        **drawn, y=swept.score, name="score",
        error_y={"array": swept.sigma, "color": color, "thickness": 1.2, "width": 3},
        line={"color": color, "width": 1.6}, marker={"size": 6},
        hovertemplate="%{y:.4g} ± %{error_y.array:.2g}, %{text}",
    )  # fmt: skip
    figure.add_scatter(
        **drawn, y=swept.kl, name="KL", yaxis="y2",
        line={"color": theme.faint, "width": 1.4, "dash": "dot"}, marker={"size": 5},
        hovertemplate="%{y:.3g} nats",
    )  # fmt: skip
    axis = {**axis_style(theme), "fixedrange": True}
    figure.update_layout(
        **page_style(theme),
        margin={"l": 58, "r": 12, "t": 10, "b": 36},
        hovermode="x unified",
        dragmode=False,
        xaxis={
            **axis, "type": "log", "title": axis_title("components k"), "anchor": "y2",
            "tickvals": list(swept.n_components), "tickfont": {"size": 11},
            "spikecolor": theme.faint, "spikethickness": 1, "spikedash": "dot",
        },
        yaxis={**axis, "title": axis_title("score Σε"), "domain": [0.42, 1], "nticks": 5},
        yaxis2={
            **axis, "title": axis_title("KL / nats"), "domain": [0, 0.34], "nticks": 4,
            "rangemode": "tozero",
        },
    )  # fmt: skip
    return figure

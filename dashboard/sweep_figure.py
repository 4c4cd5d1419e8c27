"""Score against the number of components -> a plotly figure; no dash here."""

import plotly.graph_objects as go

from dashboard.colors import SELECTED
from dashboard.figures import FAINT, FONT, GRID, INK
from models.space.score import ScoreByComponents


def sweep_figure(swept: ScoreByComponents) -> go.Figure:
    """The score with its error above, the divergence below, over the number of components."""
    figure = go.Figure()
    bins = [f"{used} of {swept.n_bins} bins" for used in swept.n_bins_used]
    drawn = {"x": swept.n_components, "mode": "lines+markers", "text": bins}
    figure.add_scatter(
        **drawn, y=swept.score, name="score",
        error_y={"array": swept.sigma, "color": SELECTED, "thickness": 1.2, "width": 3},
        line={"color": SELECTED, "width": 1.6}, marker={"size": 6},
        hovertemplate="%{y:.4g} ± %{error_y.array:.2g}, %{text}",
    )  # fmt: skip
    figure.add_scatter(
        **drawn, y=swept.kl, name="KL", yaxis="y2",
        line={"color": FAINT, "width": 1.4}, marker={"size": 5},
        hovertemplate="%{y:.3g} nats",
    )  # fmt: skip
    axis = {"gridcolor": GRID, "zeroline": False, "linecolor": GRID, "fixedrange": True}
    figure.update_layout(
        template="none",
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font={"family": FONT, "size": 12, "color": INK},
        margin={"l": 58, "r": 12, "t": 10, "b": 36},
        showlegend=False,
        hovermode="x unified",
        hoverlabel={"bgcolor": "#1B2027", "bordercolor": GRID, "font": {"color": INK, "size": 11}},
        dragmode=False,
        xaxis={
            **axis, "type": "log", "title": _title("components k"), "anchor": "y2",
            "tickvals": list(swept.n_components), "tickfont": {"size": 11},
            "spikecolor": FAINT, "spikethickness": 1, "spikedash": "dot",
        },
        yaxis={**axis, "title": _title("score Σε"), "domain": [0.42, 1], "nticks": 5},
        yaxis2={
            **axis, "title": _title("KL / nats"), "domain": [0, 0.34], "nticks": 4,
            "rangemode": "tozero",
        },
    )  # fmt: skip
    return figure


def _title(text: str) -> dict:
    return {"text": text, "font": {"size": 12}, "standoff": 4}

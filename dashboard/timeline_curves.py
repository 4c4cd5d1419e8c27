"""eps(r) of the same galaxies at every checkpoint: as curves, and as a heat map r x epoch."""

import numpy as np
import plotly.graph_objects as go
from plotly.colors import sample_colorscale

from dashboard.curve_axes import Axes
from dashboard.curves import Curve, correlation_figure
from dashboard.figure_style import axis_style, axis_title, message_figure, page_style, shades
from dashboard.themes import DARK, Theme
from dashboard.timeline import Timeline
from models.space.correlation import Correlation

MOST_CURVES = 12  # more could not be told apart


def drawn_curves(timeline: Timeline, theme: Theme = DARK) -> list[Curve]:
    """A curve for each checkpoint in the color of its place; of more than 12, some of them."""
    names = list(timeline.correlations)
    if len(names) > MOST_CURVES:
        names = [names[int(i)] for i in np.rint(np.linspace(0, len(names) - 1, MOST_CURVES))]
    asked = timeline.asked
    return [
        Curve(
            asked.label(name),
            timeline.correlations[name],
            asked.unit(name, timeline.correlations[name]),
            color,
        )
        for name, color in zip(names, shades(len(names), theme), strict=True)
    ]


def curves_figure(timeline: Timeline, theme: Theme = DARK) -> go.Figure:
    """The curves with their 68 % bands."""
    curves = drawn_curves(timeline, theme)
    if not curves:
        return message_figure("No checkpoint has a curve of these galaxies.", theme)
    return correlation_figure(curves, Axes(is_log=True), theme=theme)


def heat_map(timeline: Timeline, theme: Theme = DARK) -> go.Figure:
    """1 + eps by separation and checkpoint, its logarithm as color; uncounted bins are blank."""
    asked, names = timeline.asked, list(timeline.correlations)
    if not names:
        return message_figure("No checkpoint has a curve of these galaxies.", theme)
    edges, table = excess_by_checkpoint(timeline)
    shown = [asked.label(name).removeprefix("epoch ") for name in names]
    reach = float(np.nanmax(np.abs(table))) if np.isfinite(table).any() else 1.0
    powers = np.arange(-np.floor(reach), np.floor(reach) + 1)
    if len(powers) < 3:
        powers = np.array([-reach, 0, reach])
    text = [
        [
            _told(asked.label(name), timeline.correlations[name], edges[i : i + 2], i)
            for name in names
        ]
        for i in range(len(edges) - 1)
    ]
    trace = {
        "type": "heatmap",
        "x": list(range(len(names))),
        "y": edges.tolist(),
        "z": [[None if np.isnan(v) else float(v) for v in line] for line in table],
        "text": text,
        "hovertemplate": "%{text}<extra></extra>",
        "zmin": -reach,
        "zmax": reach,
        "colorscale": _diverging(theme),
        "colorbar": {
            "title": {"text": "1 + ε", "font": {"size": 11}},
            "tickvals": powers.tolist(),
            "ticktext": [_power_text(power) for power in powers],
            "thickness": 10,
            "outlinewidth": 0,
            "tickfont": {"size": 10.5},
        },
        "hoverongaps": False,
    }
    axis = {**axis_style(theme), "fixedrange": True, "tickfont": {"size": 10.5}, "showgrid": False}
    step = -(-len(names) // 16)
    style = {
        **page_style(theme),
        "margin": {"l": 52, "r": 8, "t": 10, "b": 36},
        "dragmode": False,
        "xaxis": {
            **axis,
            "tickvals": list(range(0, len(names), step)),
            "ticktext": shown[::step],
            "title": axis_title("checkpoint, by training epoch"),
            "automargin": True,  # names of several runs are long, and turned
        },
        "yaxis": {**axis, "title": axis_title("separation r / RMS separation"), "nticks": 6},
    }
    return go.Figure([trace], style)


def excess_by_checkpoint(timeline: Timeline) -> tuple[np.ndarray, np.ndarray]:
    """Edges in RMS separations, and log10(1 + eps): (n_bins, n_checkpoints).

    NaN where fewer than 10 pairs are expected, or too few of those counted. Where no pair was
    found although some were expected, what a pair less than one would give: a lower limit.
    """
    first = next(iter(timeline.correlations))
    edges = timeline.correlations[first].edges / timeline.asked.unit(
        first, timeline.correlations[first]
    )
    columns = []
    for measured in timeline.correlations.values():
        with np.errstate(divide="ignore", invalid="ignore"):
            least = 1 / (measured.expected * measured.pairs_counted / measured.pairs_possible)
            ratio = np.where(measured.counted > 0, 1 + measured.eps, least)
            columns.append(np.where(measured.used, np.log10(ratio), np.nan))
    return edges, np.column_stack(columns)


def _power_text(power: float) -> str:
    """10 to a power, as an axis has it."""
    return f"{10.0**power:.3g}" if abs(power) < 3 else f"10<sup>{power:.0f}</sup>"


def _diverging(theme: Theme) -> list[tuple[float, str]]:
    """Few pairs, as many as a Gaussian has, many; steep in the middle, where most bins are."""
    few, many = (
        sample_colorscale([[0, theme.panel], [1, color]], [0.45])[0]
        for color in (theme.second, theme.selected)
    )
    return [(0, theme.second), (0.42, few), (0.5, theme.panel), (0.58, many), (1, theme.selected)]


def _told(label: str, measured: Correlation, ends: np.ndarray, i: int) -> str:
    return (
        f"{label}<br>r = {ends[0]:.2f} to {ends[1]:.2f} RMS<br>"
        f"ε = {measured.eps[i]:.3g} ± {measured.sigma[i]:.2g}, {measured.dd[i]:,.0f} pairs"
    )

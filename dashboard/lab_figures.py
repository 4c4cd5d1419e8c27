"""What the structure lab measured -> plotly figures; no dash here.

Each figure is made at once from plain dicts: plotly takes ten times as long to change one.
"""

import numpy as np
import plotly.graph_objects as go

from dashboard.figure_style import axis_style, axis_title, page_style, shades
from dashboard.lab import METRICS, SCORE, Space
from dashboard.lab_controls import PUBLISHED_SLIDERS, SIMULATION_A, SLIDERS, SWEPT
from dashboard.lab_published import SETTINGS, Rerun
from dashboard.lab_sweep import Sweep, over_draws
from dashboard.themes import DARK, Theme

_LOG_SPAN = 4  # largest over smallest value; fewer would leave a logarithmic axis without ticks
_STEP = 1.15  # of the picture's size: it grows in steps, not with every point


def scatter_figure(space: Space, colors: str, theme: Theme = DARK) -> go.Figure:
    """The points, colored by the "true" clusters or those that "kmeans" finds."""
    groups = space.clusters if colors == "kmeans" else space.labels
    size = float(np.clip(9 - 1.7 * np.log10(len(groups)), 2.5, 6))
    traces = [
        {
            "type": "scattergl",
            "x": space.picture[groups == group, 0].astype(np.float32),
            "y": space.picture[groups == group, 1].astype(np.float32),
            "mode": "markers",
            "hoverinfo": "skip",
            "opacity": 0.8,
            "marker": {"color": theme.categories[group % len(theme.categories)], "size": size},
        }
        for group in np.unique(groups).tolist()
    ]
    half = picture_size(space.picture)
    square = {"range": [-half, half], "nticks": 7}
    x_name, y_name = space.axes
    is_told = bool(y_name)
    return _figure(
        theme,
        traces,
        {"l": 40, "r": 8, "t": 8, "b": 36},
        {**square, "title": _title(x_name)},
        {**square, "title": _title(y_name), "scaleanchor": "x", "showticklabels": is_told},
        uirevision="lab",
        dragmode="pan",
    )


def picture_size(picture: np.ndarray) -> float:
    """Half of a square around 0 that holds all points, one of few sizes."""
    reach = max(float(np.abs(picture).max()), 1e-6)
    return float(_STEP ** np.ceil(np.log(1.02 * reach) / np.log(_STEP)))


def sweep_figures(swept: Sweep, theme: Theme = DARK) -> dict[str, go.Figure]:
    """The score against what was swept (the first), and against each metric, by their names."""
    values = swept.values
    is_even = np.allclose(np.diff(values), np.diff(values)[0])
    slider = SLIDERS[swept.parameter]
    texts = [f"{slider.label} {slider.text(value)}" for value in values.tolist()]
    told = list(zip(texts, shades(len(values), theme), strict=True))
    exact = (values.astype(float), np.zeros(len(values)))
    score = over_draws(swept.score)
    first = points_figure(
        exact, score, told, (slider.label, SCORE.name), is_log=not is_even, theme=theme
    )
    first.layout.yaxis.title = _title(SCORE.name)
    figures = {swept.parameter: first}
    for name, metric in METRICS.items():
        factor = 100 if metric.is_percent else 1
        mean, error = over_draws(swept.metrics[name])
        against = (factor * mean, factor * error)
        names = (f"{metric.name} / %" if metric.is_percent else metric.name, SCORE.name)
        figures[name] = points_figure(
            against, score, told, names, is_log=metric.is_log, theme=theme
        )
    return figures


def points_figure(
    x: tuple[np.ndarray, np.ndarray],
    y: tuple[np.ndarray, np.ndarray],
    told: list[tuple[str, str]],
    names: tuple[str, str],
    *,
    is_log: bool = False,
    theme: Theme = DARK,
) -> go.Figure:
    """Points with error bars, joined in their order; not those that are undefined in either.

    x, y : values and their errors; an error of 0 or NaN is not drawn
    told : what is said of each point, and its color
    names : of the axes
    is_log : of x, where its values span enough for it
    """
    shown = np.isfinite(x[0]) & np.isfinite(y[0])
    (x_value, x_error), (y_value, y_error) = (
        (value[shown], np.nan_to_num(np.asarray(error)[shown])) for value, error in (x, y)
    )
    bar = {"color": theme.faint, "thickness": 1, "width": 0}
    line = {"mode": "lines", "hoverinfo": "skip", "line": {"color": theme.grid, "width": 1.2}}
    told = [one for one, is_shown in zip(told, shown, strict=True) if is_shown]
    points = {
        "mode": "markers",
        "marker": {"color": [color for _, color in told], "size": 7},
        "error_x": {**bar, "array": x_error, "visible": bool(x_error.any())},
        "error_y": {**bar, "array": y_error, "visible": bool(y_error.any())},
        "customdata": np.column_stack([x_error, y_error]),
        "text": [text for text, _ in told],
        "hovertemplate": f"%{{text}}<br>{names[1]} %{{y:.4g}} ± %{{customdata[1]:.2g}}<br>"
        f"{names[0]} %{{x:.4g}}<extra></extra>",
    }
    return _figure(
        theme,
        [{"type": "scatter", "x": x_value, "y": y_value, **drawn} for drawn in (line, points)],
        {"l": 44, "r": 8, "t": 6, "b": 34},
        {**_scale(is_log, x[0]), "title": _title(names[0])},
        {"nticks": 5},
        dragmode=False,
        hovermode="closest",
    )


def rerun_figures(found: Rerun, theme: Theme = DARK) -> dict[str, go.Figure]:
    """Score against the setting, index against the setting, score against index, by these names.

    Where scores were published they are hollow rings over ours.
    """
    name = PUBLISHED_SLIDERS[SWEPT[found.source]].label
    index_name = METRICS["kmeans_davies_bouldin"].name
    settings = found.column("setting")
    none = np.zeros(len(settings))
    setting, index = (settings, none), (found.column("davies_bouldin"), none)
    score = (found.column("score"), found.column("score_error"))
    texts = [f"{name} {value:,.0f}" for value in settings]
    told = list(zip(texts, shades(len(SETTINGS[found.source]), theme), strict=False))
    is_log = found.source == SIMULATION_A
    drawn = {
        "score": (setting, score, (name, SCORE.name), is_log),
        "index": (setting, index, (name, index_name), is_log),
        "both": (index, score, (index_name, SCORE.name), False),
    }
    figures = {}
    for key, (x, y, names, is_log_x) in drawn.items():
        figures[key] = points_figure(x, y, told, names, is_log=is_log_x, theme=theme)
        figures[key].layout.yaxis.title = _title(names[1])
        if y is score:
            figures[key].add_trace(_rings(x[0], found.published_scores, theme))
    return figures


def _rings(x: np.ndarray, published: np.ndarray, theme: Theme) -> go.Scatter:
    known = np.isfinite(published)
    return go.Scatter(
        x=x[known], y=published[known], mode="markers",
        marker={"symbol": "circle-open", "size": 14, "color": theme.ink, "line": {"width": 1.4}},
        hovertemplate="published %{y:.4g}<extra></extra>",
    )  # fmt: skip


def _figure(
    theme: Theme, traces: list[dict], margin: dict, x_axis: dict, y_axis: dict, **layout: object
) -> go.Figure:
    """A figure in the style of the page."""
    axis = {**axis_style(theme), "tickfont": {"size": 10.5}}
    style = {
        **page_style(theme, size=11),
        "margin": margin,
        "xaxis": axis | x_axis,
        "yaxis": axis | y_axis,
    }
    return go.Figure(traces, style | layout)


def _scale(is_log: bool, values: np.ndarray) -> dict:
    """An axis for these values, logarithmic where that is wanted and they span enough for it."""
    known = values[np.isfinite(values)]
    span = known.max() / known.min() if len(known) and known.min() > 0 else 1
    if not is_log or span < _LOG_SPAN:
        return {"type": "linear", "nticks": 5}
    steps = (1, 2, 5) if span < 30 else (1,)
    ticks = [step * 10.0**power for power in range(-4, 6) for step in steps]
    return {"type": "log", "tickvals": ticks, "ticktext": [f"{tick:,g}" for tick in ticks]}


def _title(text: str) -> dict:
    return axis_title(text, size=11.5)

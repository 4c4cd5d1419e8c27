"""The structure lab: spaces whose structure is known, and what the numbers say of them."""

from math import isfinite

from dash import ClientsideFunction, Dash, Input, Output, ctx, html
from dash.exceptions import PreventUpdate
from flask_caching import Cache

from dashboard import ids
from dashboard.curve_axes import Axes
from dashboard.curves import Curve, correlation_figure
from dashboard.facts import count_text, number_text, with_error
from dashboard.figure_style import message_figure
from dashboard.jobs import Jobs
from dashboard.lab import (
    DIVERGENCE,
    METRICS,
    SCORE,
    Metric,
    Number,
    Space,
    scene_space,
    simulation_space,
)
from dashboard.lab_controls import SCENE, SLIDERS, SWEPT, Asked, asked
from dashboard.lab_figures import scatter_figure
from dashboard.panels.lab_layout import SLIDER_IDS, lab_layout
from dashboard.panels.lab_runs import register_runs
from dashboard.panels.parts import message, telling
from dashboard.themes import Theme, theme_of
from data.store import Collection
from models.space.score import tpcf_score


def layout(collection: Collection) -> html.Div:
    """The view; it knows nothing of the collection."""
    return lab_layout()


def space_of(wanted: Asked) -> Space:
    """What is asked for, drawn and measured."""
    if wanted.source == SCENE:
        return scene_space(wanted.scene, wanted.seed)
    return simulation_space(wanted.source, getattr(wanted, SWEPT[wanted.source]), wanted.seed)


def shown(wanted: Asked, theme: Theme) -> tuple:
    """Picture, curve, their captions, the numbers."""
    space = space_of(wanted)
    measured = space.correlation
    curve = Curve("ε", measured, measured.rms, theme.selected, is_main=True)
    return (
        scatter_figure(space, wanted.colors, theme),
        correlation_figure([curve], Axes(is_log=wanted.scale == "log"), space.bumps, theme=theme),
        picture_text(space, wanted.source),
        curve_text(space),
        numbers(space),
    )


def picture_text(space: Space, source: str = SCENE) -> str:
    """What the picture shows of the points."""
    n, n_dim = len(space.labels), space.n_dim
    if source != SCENE:
        return (
            f"n = {n:,}, divided as published. The second cluster is an exact copy of the first, "
            "so that the errors are too small."
        )
    if n_dim == 1:
        return f"n = {n:,} in one dimension; up and down is only the order of the draw."
    if n_dim == 2:
        return f"n = {n:,} in two dimensions, as they are."
    return (
        f"n = {n:,} in {n_dim} dimensions, of which the first two principal components are drawn: "
        f"{space.shown_share:.0%} of the variance."
    )


def curve_text(space: Space) -> str:
    """What the curve was measured on."""
    measured, score = space.correlation, tpcf_score(space.correlation)
    of_all = f" of {space.n_dim}" if measured.n_dim < space.n_dim else ""
    return (
        f"{count_text(measured.pairs_counted)} pairs, all counted, in {measured.n_dim}{of_all}-D; "
        f"{score.n_bins_used} of {score.n_bins} bins count. The band is 68 %."
    )


def numbers(space: Space) -> list[html.Div]:
    """The score, and what it is compared with."""
    return [
        tile(SCORE, space.score),
        tile(DIVERGENCE, space.divergence),
        *(tile(METRICS[name], number) for name, number in space.metrics.items()),
    ]


def tile(metric: Metric, number: Number) -> html.Div:
    """One number with its error, its n, and what guessing gives."""
    factor, unit = (100, " %") if metric.is_percent else (1, "")
    value, error = factor * number.value, factor * number.error
    text = with_error(value, error) if isfinite(error) else number_text(value)
    said = [f"n = {number.n:,}"]
    if isfinite(number.chance):
        said.append(f"chance {number.chance:.0%}")
    elif not isfinite(error):
        said.append("no error")
    return html.Div(
        [
            html.Div(metric.name),
            html.Strong(text if text == "undefined" else text + unit),
            html.Div(", ".join(said)),
        ],
        className="lab-number",
        title=metric.explanation,
    )


def refused(sentence: str) -> tuple:
    """What is shown where a question cannot be answered."""
    return message_figure(), message_figure(), "", "", message(sentence), None


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the sliders; run sweeps and published runs behind the page."""
    register_browser(app)
    register_runs(app, jobs)

    @app.callback(
        Output(ids.LAB_SCATTER, "figure"),
        Output(ids.LAB_CURVE, "figure"),
        Output(ids.LAB_SCATTER_TEXT, "children"),
        Output(ids.LAB_CURVE_TEXT, "children"),
        Output(ids.LAB_NUMBERS, "children"),
        Output(ids.LAB_ANSWERED, "data"),
        Input(ids.LAB_ASKED, "data"),
        Input(ids.THEME, "data"),
        prevent_initial_call=True,
    )
    @telling(refused)
    def draw_lab(values, theme):
        if values is None and ctx.triggered_id == ids.THEME:  # nothing was asked yet
            raise PreventUpdate
        return *shown(asked(values), theme_of(theme)), values

    @app.callback(
        [Output(SLIDER_IDS[name], "value") for name in SLIDERS],
        Input(ids.LAB_RESET, "n_clicks"),
        prevent_initial_call=True,
    )
    def reset(clicks):
        return [slider.start for slider in SLIDERS.values()]


def register_browser(app: Dash) -> None:
    """What assets/lab.js does: what is asked of the server, and when."""

    def in_browser(name: str, *wired: Input, **when: bool) -> None:
        app.clientside_callback(ClientsideFunction("morphospace_lab", name), *wired, **when)

    choices = (ids.LAB_SOURCE, ids.LAB_KIND, ids.LAB_COLORS, ids.LAB_SCALE)
    in_browser(
        "ask",
        *(Input(id, "value") for id in (*choices, *SLIDER_IDS.values())),
        Input(ids.LAB_SEED, "n_clicks"),
    )
    in_browser("answered", Input(ids.LAB_ANSWERED, "data"), prevent_initial_call=True)

"""The panel that asks: are the selected galaxies clustered in this space?"""

from contextlib import nullcontext

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.chance import start_null
from dashboard.compared import compared_of
from dashboard.curve_axes import Axes
from dashboard.curves import correlation_figure
from dashboard.figure_style import message_figure
from dashboard.foremost import foremost
from dashboard.jobs import Jobs
from dashboard.live import quiet, start_refinement
from dashboard.panels import (
    correlation_brush,
    correlation_chance,
    correlation_controls,
    correlation_jobs,
    correlation_sweep,
)
from dashboard.panels.checkpoints import checkpoint_table
from dashboard.panels.correlation_curves import Shown, View, different_k, measured_curves
from dashboard.panels.correlation_jobs import bar, exact_label
from dashboard.panels.correlation_numbers import bump_strip, numbers
from dashboard.panels.correlation_settings import also_shown, settings_line
from dashboard.panels.first_shown import shown_tabs
from dashboard.panels.parts import explained, job_record, message, panel, small_button, telling
from dashboard.question import is_empty
from dashboard.themes import theme_of
from data.bump_step import asked_measure
from data.store import Collection
from models.space.bumps import find_bumps

PIN_EXPLANATION = (
    "Keep this selection, to compare the next ones with it: its curve and the pairs between both "
    "are under Also show."
)
EXACT_EXPLANATION = "Count every pair instead of a sample of them; it can be cancelled."
EXPORT_EXPLANATION = (
    "The main curve as CSV: its bins, errors and pairs, with everything needed to repeat it."
)


def layout(collection: Collection) -> html.Section:
    """The curve with its numbers; behind tabs the score against k, and the checkpoints."""
    names = {"curve": "ε(r)", correlation_sweep.TAB: "Score vs k", "table": "Checkpoints"}
    behind = {
        "curve": _curve_tab(collection),
        correlation_sweep.TAB: correlation_sweep.tab(),
        "table": checkpoint_table(collection),
    }
    tabs = dmc.TabsList([dmc.TabsTab(title, value=name) for name, title in names.items()])
    head = html.Div([tabs, also_shown()], className="tabs-head")
    return panel(
        "Two-point correlation",
        shown_tabs(ids.CORRELATION_TABS, head, behind, className="tabs"),
        controls=_scale(),
        name="correlation",
    )


def _curve_tab(collection: Collection) -> list[Component]:
    graph = dcc.Graph(
        id=ids.CORRELATION,
        className="correlation-graph",
        figure=message_figure("measuring …"),
        responsive=True,
        config={"displayModeBar": False, "doubleClick": False},
    )
    return [
        settings_line(collection),
        html.Div(graph, className="curve-frame"),
        *bar(ids.REFINE_JOB),
        *bar(ids.EXACT_JOB),
        *bar(ids.BAND_JOB),
        *bar(ids.CHANCE_JOB),
        *correlation_brush.lines(),
        html.Div(id=ids.CORRELATION_NUMBERS, className="numbers"),
        html.Div(id=ids.CHANCE_TEXT, className="chance", role="status"),
        dcc.Store(id=ids.PINNED),
        html.Div(
            [
                correlation_chance.menu(),
                explained(
                    small_button("Pin selection", id=ids.PIN, disabled=True), PIN_EXPLANATION
                ),
                explained(small_button("CSV", id=ids.EXPORT), EXPORT_EXPLANATION),
                explained(small_button("Exact", id=ids.EXACT, hidden=True), EXACT_EXPLANATION),
                html.Span(id=ids.EXPORT_TOLD, className="faint", role="status"),
            ],
            className="curve-actions",
        ),
    ]


def _scale() -> Component:
    return explained(
        dmc.SegmentedControl(
            id=ids.CORRELATION_SCALE,
            data=[{"value": "log", "label": "1 + ε, log"}, {"value": "linear", "label": "ε"}],
            value="log",
            size="xs",
        ),
        "ε(r) is the excess of pairs over a Gaussian of the same mean and covariance. Both "
        "have the same mean separation, so that an excess at small r forces a dip further out.",
    )


NO_BIN = (
    "No bin is expected to hold 10 pairs: nothing can be said of this range. Its ends are in the "
    "unit chosen in the settings."
)


def drawn_axes(view: View, scale: str, r_scale: str, r_unit: str) -> tuple[Axes, list[str]]:
    """Axes as asked for; raw separations of several checkpoints are not drawn on one axis."""
    if r_unit == "raw" and view.has_several_checkpoints:
        note = "Raw separations of several checkpoints cannot be compared: r is in RMS separations."
        return Axes(scale == "log", r_scale == "log", "rms"), [note]
    return Axes(scale == "log", r_scale == "log", r_unit), []


def shown_curves(view: View, shown: Shown, axes: Axes, notes: list[str]) -> tuple:
    """Figure, numbers, bumps, and the exact count's label where there is something to count."""
    main = shown.main
    bumps = find_bumps(main.measured, main.null) if main.is_main else []
    empty = [] if main.measured.used.any() else [NO_BIN]
    notes = [*view.reasons(), *shown.notes, *notes, *different_k(shown.curves), *empty]
    told = [message(note) for note in notes]
    is_sampled = main.is_main and main.measured.is_sampled
    return (
        correlation_figure(shown.curves, axes, bumps, theme=view.theme),
        [*told, *numbers(shown.curves, is_refining=view.is_refining)],
        bump_strip(bumps, main.unit) if main.is_main else [],
        exact_label(main.measured) if is_sampled else no_update,
        not is_sampled,
    )


def start_jobs(view: View) -> tuple[dict | None, dict | None]:
    """Refine the main curve and draw its chance band behind the page, where there is need."""
    if view.page_id is None:
        return None, None
    refining = None if view.is_stored else start_refinement(view.jobs, view.page_id, view.question)
    band = start_null(view.jobs, view.page_id, view.question)
    return job_record(refining), job_record(band)


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the selection, the checkpoints and the measure."""
    correlation_controls.register(app, collection)
    correlation_brush.register(app, collection, cache)
    correlation_jobs.register(app, collection, cache, jobs)
    correlation_chance.register(app, collection, cache, jobs)
    correlation_sweep.register(app, collection, cache, jobs)
    _register_pin(app)
    questions = {ids.PAGE_ID, ids.CHECKPOINT, ids.SELECTION, ids.MEASURE}

    @app.callback(
        Output(ids.CORRELATION, "figure"),
        Output(ids.CORRELATION_NUMBERS, "children"),
        Output(ids.CORRELATION_BUMPS, "children"),
        Output(ids.EXACT, "children"),
        Output(ids.EXACT, "hidden"),
        Output(ids.REFINE_JOB, "data"),
        Output(ids.BAND_JOB, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.COMPARED, "value"),
        Input(ids.SELECTION, "data"),
        Input(ids.PINNED, "data"),
        Input(ids.MEASURE, "data"),
        Input(ids.ALSO_SHOWN, "value"),
        Input(ids.PAGE_ID, "data"),
        Input(ids.THEME, "data"),
        *(Input(axis, "value") for axis in (ids.CORRELATION_SCALE, ids.R_SCALE, ids.R_UNIT)),
        *(Input(told, "data") for told in (ids.REFINED, ids.EXACT_TOLD, ids.BAND_TOLD)),
    )
    @telling(lambda said: (message_figure(), message(said), [], no_update, True, None, None))
    def show_correlation(checkpoint, compared, selection, pinned, measure, also, *rest):
        page_id, theme, *axes = rest[:5]
        compared = compared_of(collection, compared)
        asked = (checkpoint, compared, selection, pinned, asked_measure(measure))
        asked = (*asked, frozenset(also or ()), theme_of(theme))
        view = View(collection, cache, jobs, page_id, *asked)
        changed = {source["prop_id"].split(".")[0] for source in ctx.triggered}
        is_new = not changed or bool(changed & questions)
        if is_new:
            quiet(jobs, page_id)
        with foremost() if is_new else nullcontext():
            shown = measured_curves(view)
        started = start_jobs(view) if is_new else (no_update, no_update)
        return *shown_curves(view, shown, *drawn_axes(view, *axes)), *started


def _register_pin(app: Dash) -> None:
    """Pin the selection, and show the curve of what is pinned; or let it go."""

    @app.callback(
        Output(ids.PINNED, "data"),
        Output(ids.ALSO_SHOWN, "value"),
        Input(ids.PIN, "n_clicks"),
        State(ids.SELECTION, "data"),
        State(ids.PINNED, "data"),
        State(ids.ALSO_SHOWN, "value"),
        prevent_initial_call=True,
    )
    def pin(_clicks, selection, pinned, also):
        kept = pinned_next(selection, pinned)
        rest = [key for key in also or () if key not in ("pinned", "pin-crossed")]
        return kept, [*rest, "pinned"] if kept else rest

    @app.callback(
        Output(ids.PIN, "children"),
        Output(ids.PIN, "disabled"),
        Input(ids.SELECTION, "data"),
        Input(ids.PINNED, "data"),
        prevent_initial_call=True,
    )
    def label_pin(selection, pinned):
        is_selected = not is_empty(selection)
        if pinned and pinned_next(selection, pinned) is None:
            return "Unpin", False
        return "Pin selection", not is_selected


def pinned_next(selection: dict | None, pinned: dict | None) -> dict | None:
    """What is pinned after the button: the selection, or nothing where it is pinned already."""
    is_selected = not is_empty(selection)
    return selection if is_selected and selection != pinned else None

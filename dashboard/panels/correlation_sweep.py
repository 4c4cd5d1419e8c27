"""Score against the number of components: the curse of dimensionality, seen."""

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.figure_style import message_figure
from dashboard.jobs import Jobs
from dashboard.panels.correlation_jobs import bar
from dashboard.panels.parts import job_record, telling
from dashboard.question import Question, is_empty
from dashboard.sweep import known_sweep, start_sweep
from dashboard.sweep_figure import sweep_figure
from dashboard.themes import theme_of
from data.bump_step import asked_measure
from data.store import Collection
from models.space.score import ScoreByComponents

TAB = "sweep"
READING = (
    "Bins are in these galaxies' own RMS separation at each k; those of the curve are in the "
    "collection's. The more dimensions, the fewer bins hold pairs, and those at small r, where "
    "next to none are expected, come to rule the sum: compare scores at equal k only. KL weighs "
    "bins by their pairs."
)


def tab() -> list[Component]:
    """A small curve of the score, measured when the tab is opened."""
    return [
        html.Div(
            dcc.Graph(
                id=ids.SWEEP,
                className="correlation-graph",
                figure=message_figure(),
                responsive=True,
                config={"displayModeBar": False, "doubleClick": False},
            ),
            className="curve-frame",
        ),
        *bar(ids.SWEEP_JOB),
        html.Div(id=ids.SWEEP_TEXT, className="sweep-text"),
    ]


def sweep_text(swept: ScoreByComponents) -> list[Component]:
    """On what it was measured, and how to read it."""
    sample = f"n = {swept.n_points:,}"
    if swept.n_points < swept.n_possible:
        sample += f" of {swept.n_possible:,}, a random sample"
    most = int(swept.n_components[-1])
    told = f"{sample}; k up to {most}; one standard error; no error of KL is estimated. "
    return [html.Span(told), html.Span(READING, className="faint")]


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Measure for what is on the page as long as the tab is open; draw what it came to."""

    def question(checkpoint: str, selection: dict | None, measure: dict | None) -> Question:
        return Question(collection, cache, checkpoint, selection, asked_measure(measure))

    @app.callback(
        Output(ids.SWEEP_JOB, "data"),
        Output(ids.SWEEP_TEXT, "children", allow_duplicate=True),
        Input(ids.CORRELATION_TABS, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SELECTION, "data"),
        Input(ids.MEASURE, "data"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (None, said))
    def start(tab, checkpoint, selection, measure, page_id):
        if tab != TAB:
            return no_update, no_update
        return job_record(start_sweep(jobs, page_id, question(checkpoint, selection, measure))), ""

    @app.callback(
        Output(ids.SWEEP, "figure"),
        Output(ids.SWEEP_TEXT, "children"),
        Input(ids.SWEEP_TOLD, "data"),
        Input(ids.THEME, "data"),
        State(ids.CHECKPOINT, "value"),
        State(ids.SELECTION, "data"),
        State(ids.MEASURE, "data"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message_figure(), said))
    def show_sweep(_told, theme, checkpoint, selection, measure, page_id):
        swept = known_sweep(jobs, page_id, question(checkpoint, selection, measure))
        if swept is None:
            return no_update, no_update
        theme = theme_of(theme)
        color = theme.whole if is_empty(selection) else theme.selected
        return sweep_figure(swept, color=color, theme=theme), sweep_text(swept)

"""Is it more than chance? Three questions, each with its answer as a rank among 999 draws."""

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.chance import known_chance, start_chance
from dashboard.jobs import Jobs
from dashboard.panels.parts import job_record, small_button, telling
from dashboard.question import Question, is_empty
from data.bump_step import asked_measure
from data.store import Collection
from models.space.null import QUESTIONS, NullSummary

# button -> the null that it asks for
BUTTONS = {
    ids.CHANCE_GAUSSIAN: "gaussian",
    ids.CHANCE_SUBSET: "subset",
    ids.CHANCE_PATCH: "patch",
}
# What the curve deviates from, in the answer.
FROM = {
    "gaussian": "Gaussians of as many points",
    "subset": "random subsets of the collection",
    "patch": "map patches of as many galaxies",
}
DESCRIPTIVE = (
    "The lasso was drawn on the same data, so p describes this selection; it is not a test of a "
    "hypothesis made before looking."
)


def menu() -> Component:
    """The button, and the three questions that open from it."""
    items = [dmc.MenuItem(_asked(kind), id=button) for button, kind in BUTTONS.items()]
    return html.Div(
        [
            dmc.Menu(
                [
                    dmc.MenuTarget(small_button("More than chance? ▾")),
                    dmc.MenuDropdown(items, className="settings questions"),
                ],
                width=300,
                position="top-start",
                keepMounted=True,
                returnFocus=True,
            ),
            dcc.Store(id=ids.CHANCE),
        ]
    )


def _asked(kind: str) -> list[Component]:
    """The question, and beneath it what is compared."""
    question, mark, compared = QUESTIONS[kind].partition("? ")
    return [html.Strong(question + mark), html.Div(compared, className="faint")]


def answer_text(null: NullSummary, kind: str, *, is_selected: bool) -> list[Component]:
    """The rank p-value with what it was ranked among, and what it is not."""
    rank = round(null.p_value * (null.n_draws + 1))
    told = f" its largest deviation ranks {rank:,} among it and B = {null.n_draws:,} {FROM[kind]}. "
    sign = "≤" if rank == 1 else "="  # no draw went beyond: more draws might tell a smaller p
    parts = [html.Strong(f"p {sign} {null.p_value:.3g}:"), told]
    return [*parts, html.Span(DESCRIPTIVE, className="faint")] if is_selected else parts


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Start the draws; tell what they came to, for the question that is on the page."""

    def question(checkpoint: str, selection: dict | None, measure: dict | None) -> Question:
        return Question(collection, cache, checkpoint, selection, asked_measure(measure))

    @app.callback(
        Output(ids.CHANCE, "data"),
        Output(ids.CHANCE_JOB, "data"),
        Output(ids.CHANCE_TEXT, "children", allow_duplicate=True),
        *(Input(button, "n_clicks") for button in BUTTONS),
        State(ids.PAGE_ID, "data"),
        State(ids.CHECKPOINT, "value"),
        State(ids.SELECTION, "data"),
        State(ids.MEASURE, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, None, said))
    def ask_chance(*clicks_and_state):
        page_id, checkpoint, selection, measure = clicks_and_state[len(BUTTONS) :]
        kind = BUTTONS[ctx.triggered_id]
        job = start_chance(jobs, page_id, question(checkpoint, selection, measure), kind)
        return kind, job_record(job), ""

    @app.callback(
        Output(ids.CHANCE_TEXT, "children"),
        Input(ids.CHANCE, "data"),
        Input(ids.CHANCE_TOLD, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SELECTION, "data"),
        Input(ids.MEASURE, "data"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(str)
    def tell_chance(kind, _told, checkpoint, selection, measure, page_id):
        if kind not in FROM:
            return ""
        null = known_chance(jobs, page_id, question(checkpoint, selection, measure), kind)
        return answer_text(null, kind, is_selected=not is_empty(selection)) if null else ""

"""What goes on behind the curve: bars that tell how far it is, and the exact count's button."""

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.live import exact_seconds, start_exact
from dashboard.panels.parts import follow_job, job_record, telling
from dashboard.question import Question
from data.bump_step import asked_measure
from data.store import Collection
from models.space.correlation import Correlation

# job -> its bar, and the store that is told of a new result
BARS = {
    ids.REFINE_JOB: (ids.REFINE_BAR, ids.REFINED),
    ids.EXACT_JOB: (ids.EXACT_BAR, ids.EXACT_TOLD),
    ids.BAND_JOB: (ids.BAND_BAR, ids.BAND_TOLD),
    ids.CHANCE_JOB: (ids.CHANCE_BAR, ids.CHANCE_TOLD),
    ids.SWEEP_JOB: (ids.SWEEP_BAR, ids.SWEEP_TOLD),
}


def bar(job: str) -> list[Component]:
    """Place of a job's bar, and its stores: assets/jobs.js fills them while it runs."""
    place, told = BARS[job]
    return [html.Div(id=place, hidden=True), dcc.Store(id=job), dcc.Store(id=told)]


def duration_text(seconds: float) -> str:
    """A time in the unit that fits: about 40 min."""
    for limit, unit in ((3600, "h"), (60, "min")):
        if seconds >= 1.5 * limit:
            return f"about {seconds / limit:.2g} {unit}"
    return "about a minute" if seconds >= 45 else f"about {max(seconds, 1):.0f} s"


def exact_label(measured: Correlation) -> str:
    """What the button of the exact count says: it states its time."""
    n = measured.n_possible or measured.n_points
    return f"Exact, {duration_text(exact_seconds(n, measured.n_dim))}"


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow every job of the panel; start the exact count."""
    for job, (place, told) in BARS.items():
        follow_job(app, job, place, told)

    @app.callback(
        Output(ids.EXACT_JOB, "data"),
        Input(ids.EXACT, "n_clicks"),
        State(ids.PAGE_ID, "data"),
        State(ids.CHECKPOINT, "value"),
        State(ids.SELECTION, "data"),
        State(ids.MEASURE, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: no_update)  # the curve's own callback tells
    def count_exactly(_clicks, page_id, checkpoint, selection, measure):
        question = Question(collection, cache, checkpoint, selection, asked_measure(measure))
        return job_record(start_exact(jobs, page_id, question))

"""The bar of what a map is colored by where it takes long: clusters, comparisons."""

from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.panels.parts import follow_job, job_record, telling
from dashboard.slow_columns import start_column
from data.store import Collection


def bar() -> list[Component]:
    """Place of the bar, and its stores: assets/jobs.js fills them while it runs."""
    return [
        html.Div(id=ids.CLUSTER_BAR, hidden=True),
        dcc.Store(id=ids.CLUSTER_JOB),
        dcc.Store(id=ids.CLUSTER_TOLD),
    ]


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Begin the work when such a column is asked for."""
    follow_job(app, ids.CLUSTER_JOB, ids.CLUSTER_BAR, ids.CLUSTER_TOLD)

    @app.callback(
        Output(ids.CLUSTER_JOB, "data"),
        Input(ids.COLOR, "value"),
        Input(ids.CHECKPOINT, "value"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: no_update)  # what is drawn in the colors tells
    def make_column(column, checkpoint, page_id):
        job = start_column(collection, cache, jobs, page_id, checkpoint, column)
        return job_record(job)

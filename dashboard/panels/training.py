"""Training: every metric over the epochs, of all galaxies or of the selection alone."""

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, html, no_update
from flask_caching import Cache

from dashboard import ids
from dashboard.figure_style import message_figure
from dashboard.jobs import Jobs
from dashboard.panels.parts import follow_job, job_record, message, telling
from dashboard.panels.training_layout import SELECTION, training_layout
from dashboard.panels.training_words import (
    about,
    confusion_words,
    curve_names,
    files,
    metric_table,
    rank_table,
)
from dashboard.question import is_empty
from dashboard.records import keep_record
from dashboard.themes import Theme, theme_of
from dashboard.timeline import Asked, Timeline, shown_timeline, start_timeline
from dashboard.timeline_classes import confusion_figure
from dashboard.timeline_curves import curves_figure, heat_map
from dashboard.timeline_figure import timeline_figure
from data.store import Collection
from models.errors import BadInput

PATH = "/training"
NOTHING = "Nothing is selected: select galaxies on the map, or measure all of them."


def layout(collection: Collection) -> html.Div:
    """The view; what it shows is measured when it is first opened."""
    return training_layout()


def asked_of(collection: Collection, cache: Cache, of: object, selection: dict | None) -> Asked:
    """What the view is asked for. Raises BadInput where nothing is selected."""
    if of != SELECTION:
        return Asked(collection, cache)
    if is_empty(selection):
        raise BadInput(NOTHING)
    return Asked(collection, cache, selection)


def of_checkpoint(timeline: Timeline, checkpoint: str | None, theme: Theme) -> tuple:
    """What follows the current checkpoint: multiples, table, confusion, its words."""
    names, row = timeline.asked.sample.class_names, timeline.rows.get(checkpoint)
    confusion = (
        message_figure("This checkpoint is not measured yet.", theme)
        if row is None
        else confusion_figure(row.confusion, names, theme)
    )
    measuring = message_figure("The first checkpoint is being measured.", theme)
    return (
        timeline_figure(timeline, checkpoint, theme) if timeline.rows else measuring,
        metric_table(timeline, checkpoint),
        confusion,
        confusion_words(timeline, checkpoint),
    )


def of_all(timeline: Timeline, theme: Theme) -> tuple:
    """What does not follow it: the text, curves, their names, heat map, rank correlations."""
    return (
        about(timeline, theme),
        curves_figure(timeline, theme),
        curve_names(timeline, theme),
        heat_map(timeline, theme),
        rank_table(timeline),
    )


def nothing(sentence: str) -> tuple:
    """What is shown where there is nothing to measure: the reason, in the place of the text."""
    empty = message_figure()
    return empty, None, empty, None, message(sentence), empty, None, empty, None


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Measure when the view is opened, and show what there is after each checkpoint."""
    _register_browser(app)
    address = f"/collections/{collection.digest}/training"

    @app.callback(
        Output(ids.TRAINING_JOB, "data"),
        Output(ids.TRAINING_FILES, "children"),
        Input(ids.TRAINING_VISIT, "data"),
        Input(ids.TRAINING_OF, "value"),
        Input(ids.SELECTION, "data"),
        State(ids.ADDRESS, "pathname"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: ({"said": said}, None))
    def start_training(_visit, of, selection, path, page_id):
        if path != PATH:
            return no_update, no_update
        asked = asked_of(collection, cache, of, selection)
        job = start_timeline(jobs, page_id, asked)
        record = keep_record(cache, asked.selection) if asked.is_selection else ""
        return job_record(job), files(address, record)

    @app.callback(
        Output(ids.TRAINING_MULTIPLES, "figure"),
        Output(ids.TRAINING_TABLE, "children"),
        Output(ids.TRAINING_CONFUSION, "figure"),
        Output(ids.TRAINING_CLASSES, "children"),
        Output(ids.TRAINING_TEXT, "children"),
        Output(ids.TRAINING_CURVES, "figure"),
        Output(ids.TRAINING_CURVES_TEXT, "children"),
        Output(ids.TRAINING_HEAT, "figure"),
        Output(ids.TRAINING_RANKS, "children"),
        Input(ids.TRAINING_JOB, "data"),
        Input(ids.TRAINING_TOLD, "data"),
        Input(ids.THEME, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.TRAINING_VISIT, "data"),
        State(ids.ADDRESS, "pathname"),
        State(ids.TRAINING_OF, "value"),
        State(ids.SELECTION, "data"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(nothing)
    def show_training(job, _told, theme, checkpoint, _visit, path, of, selection, page_id):
        if path != PATH or not job:
            return (no_update,) * 9
        theme = theme_of(theme)
        timeline = shown_timeline(jobs, page_id, asked_of(collection, cache, of, selection))
        shown = of_checkpoint(timeline, checkpoint, theme)
        if ctx.triggered_id == ids.CHECKPOINT:
            return *shown, *(no_update,) * 5
        return *shown, *of_all(timeline, theme)


def _register_browser(app: Dash) -> None:
    """What assets/training.js does: it follows the job, and opens the checkpoint of a point."""
    follow_job(app, ids.TRAINING_JOB, ids.TRAINING_BAR, ids.TRAINING_TOLD)
    app.clientside_callback(
        ClientsideFunction("morphospace_training", "clicked"),
        Input(ids.TRAINING_MULTIPLES, "clickData"),
        prevent_initial_call=True,
    )

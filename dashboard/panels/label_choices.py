"""Labels among the columns to choose from: wherever there is a choice, as they are at present.

A chosen column of labels is named "score@now"; what depends on it listens to LABELS_NOW, which
changes with the labels, no more often than once a second: a map of a million galaxies is not to be
drawn for every key that is pressed.
"""

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, no_update
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.label_facts import present_columns
from data.store import Collection

NOT_ASKED = {"version": "", "columns": []}  # what a page knows of the labels when it opens
# Choices of a column that labels are among; assets/label_columns.js puts them there.
CHOICES = (ids.COLOR, ids.HISTOGRAM_COLUMNS, ids.GALLERY_SORT, ids.EXAMPLES_COLUMN)


def stores() -> list[dcc.Store]:
    """What of the labels all panels listen to."""
    return [dcc.Store(id=ids.LABELS_CALM), dcc.Store(id=ids.LABELS_NOW, data=NOT_ASKED)]


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the labels calmly, and offer their columns."""
    app.clientside_callback(
        ClientsideFunction("morphospace_label_columns", "calm"),
        Output(ids.LABELS_CALM, "data"),
        Input(ids.LABELS, "data"),
    )

    @app.callback(
        Output(ids.LABELS_NOW, "data"),
        Input(ids.LABELS_CALM, "data"),
        State(ids.LABELS_NOW, "data"),
        prevent_initial_call=True,
    )
    def know_labels(_labels, known):
        now = present_columns(collection)
        # Every page asks once it is open: where there are no labels, nothing is to be drawn again.
        is_known = now == known or (known == NOT_ASKED and not now["columns"])
        return no_update if is_known else now

    # Without an output: the choices stay what the layout says they are, with labels beside.
    app.clientside_callback(
        ClientsideFunction("morphospace_label_columns", "offer"),
        Input(ids.LABELS_NOW, "data"),
        *(State(choice, "data") for choice in CHOICES),
    )

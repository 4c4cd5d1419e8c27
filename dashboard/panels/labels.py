"""Labels on the shelf: by whom, galaxies with what was given to them, the last acts, files.

A galaxy is labelled where it is inspected (assets/labels.js); here is what came of it, for all
users. What changes labels is posted to plain routes by assets/labelled.js.
"""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.labelled import BY_SCORE, BY_TIME, EVERYONE, MINE, given_labels
from dashboard.learnt import user_and_version
from dashboard.panels.labels_files import files_menu
from dashboard.panels.labels_views import acts, caption_of, facts, pictures
from dashboard.panels.parts import explained, message, panel, small_button, telling
from data.label_events import MAX_NAME
from data.label_ids import labels_of
from data.labels_by_row import labelled
from data.store import Collection

NAME = "labels"  # on the shelf
N_ACTS = 40
EMPTY = (
    "No galaxy is labelled yet. Inspect one and press a digit from 0 to 5, how interesting it is, "
    "or give it a tag; label all of a selection; or bring a table in under Files."
)
NONE_OF_YOURS = "You have labelled no galaxy yet, as '{user}': choose Everyone, or another name."
NONE_SELECTED = "Select galaxies to label all of them at once."
USER_WHY = "Your name: labels are kept by user. The same as where a galaxy is inspected."


def layout(collection: Collection) -> html.Section:
    """By whom and what at the left, pictures, and what was done last at the right."""
    return panel(
        "Labels",
        html.Div(
            [
                html.Div(
                    [_acts(collection), html.Div(id=ids.LABELLED_FACTS)],
                    className="labelled-facts",
                ),
                html.Div(message(EMPTY), id=ids.LABELLED, className="labelled-pictures"),
                html.Div(
                    id=ids.LABELLED_ACTS,
                    className="labelled-history",
                    tabIndex=0,
                    role="group",
                    **{"aria-label": "The last acts of labelling"},
                ),
            ],
            className="labelled-body",
        ),
        controls=_controls(),
        name=NAME,
    )


def _controls() -> html.Div:
    """What stands in the panel's header: as narrow as may be, beside the tabs of the shelf."""
    whose = {EVERYONE: "Everyone", MINE: "Mine"}
    order = {BY_SCORE: "Score", BY_TIME: "Latest"}
    return html.Div(
        [
            html.Span(id=ids.LABELLED_CAPTION, className="faint", role="status"),
            explained(
                _segments(ids.LABELLED_WHOSE, whose, "Whose labels are shown"),
                "Labels of every user, or yours alone.",
            ),
            explained(
                _segments(ids.LABELLED_ORDER, order, "Order of the labels"),
                "The highest score first, or what was labelled last.",
            ),
        ],
        className="toolbar",
    )


def _acts(collection: Collection) -> html.Div:
    """Who labels, and what changes labels of more than the inspected galaxy."""
    name = dmc.TextInput(
        id=ids.LABEL_USER,
        value="",
        placeholder="your name",
        debounce=True,
        size="xs",
        inputProps={"maxLength": MAX_NAME, "autoComplete": "off"},
        **{"aria-label": "Your name, under which you label"},
    )
    return html.Div(
        [
            html.Div(
                [
                    explained(name, USER_WHY),
                    small_button(
                        "Undo", id=ids.LABELLED_UNDO, title="Undo your last act of labelling (u)"
                    ),
                    small_button(
                        "Redo", id=ids.LABELLED_REDO, title="Take the undoing back (Shift+U)"
                    ),
                    files_menu(collection),
                ],
                className="labelled-line",
            ),
            html.P(id=ids.LABELLED_TOLD, className="labelled-told faint", role="status"),
            html.Div(id=ids.LABELLED_MANY, className="label-many"),  # assets/label_many.js
            html.P(NONE_SELECTED, className="labelled-hint faint"),
        ],
        className="labelled-doing",
    )


def _segments(name: str, options: dict[str, str], label: str) -> Component:
    return dmc.SegmentedControl(
        id=name,
        data=[{"value": value, "label": text} for value, text in options.items()],
        value=next(iter(options)),
        size="xs",
        **{"aria-label": label},
    )


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Show labels as they are while the panel is shown; wire what changes them."""
    _register_in_browser(app)

    @app.callback(
        Output(ids.LABELLED, "children"),
        Output(ids.LABELLED_CAPTION, "children"),
        Output(ids.LABELLED_FACTS, "children"),
        Output(ids.LABELLED_ACTS, "children"),
        Input(ids.SHELF, "value"),
        Input(ids.LABELS_NOW, "data"),
        Input(ids.LABELLED_WHOSE, "value"),
        Input(ids.LABELLED_ORDER, "value"),
        State(ids.LABELS, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message(said), "", [], []))
    @following
    def show_labels(shelf, _now, whose, order, labels):
        if shelf != NAME:
            return (no_update,) * 4
        return shown_labels(collection, labels, whose, order)


def shown_labels(collection: Collection, labels: object, whose: str, order: str) -> tuple:
    """Pictures, caption, facts, and the last acts; as the label file is now.

    Raises BadInput where the label file cannot be read.
    """
    user, version = user_and_version(collection, labels)
    found = labelled(collection, version)
    given = given_labels(found, user, whose, order)
    recent = labels_of(collection).recent_acts(N_ACTS)
    n_all = len(found.labels)
    said = NONE_OF_YOURS.format(user=user) if n_all else EMPTY
    return (
        pictures(collection, given) or message(said),
        caption_of(given, collection.n_galaxies) if n_all else "",
        facts(given, version, user, whose) if len(given) else [],
        acts(collection, recent) if recent else [],
    )


def _register_in_browser(app: Dash) -> None:
    """Wire assets/labelled.js and assets/labelled_files.js."""
    app.clientside_callback(
        ClientsideFunction("morphospace_labelled", "follow"),
        Output(ids.LABEL_USER, "value"),
        Input(ids.LABELS, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SELECTED, "data"),
        Input(ids.SHELF, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_labelled", "rename"),
        Input(ids.LABEL_USER, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_labelled_files", "end"),
        Input(ids.IMPORT_DONE, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_labelled", "turn"),
        Input(ids.LABELLED_UNDO, "n_clicks"),
        Input(ids.LABELLED_REDO, "n_clicks"),
        prevent_initial_call=True,
    )

"""The panel of one galaxy: its cutout, large; its catalog values; its neighbors; the way to others.

The picture is drawn by assets/viewer.js, which assets/inspector.js tells what to show; what is told
of the galaxy is a Dash callback.
"""

from dash import ClientsideFunction, Dash, Input, Output, html
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.panels.inspector_told import told
from dashboard.panels.inspector_viewer import viewer
from dashboard.panels.parts import explained, message, panel, telling
from data.store import Collection

EMPTY = (
    "Click a galaxy on the map, or a picture anywhere on the page, to inspect it here. "
    "The key . goes to the first of the selected galaxies, or of all."
)


def layout(collection: Collection) -> html.Section:
    """The picture beside what is told, or above it, by the shape of the panel; first, a message."""
    parts = [
        viewer(collection),
        html.Div(
            [
                html.Div(id=ids.GALAXY_LABELLED, className="labelled"),
                html.Div(message(EMPTY), id=ids.INSPECTOR),
            ],
            className="told",
        ),
    ]
    body = html.Div(
        [
            html.Div(parts, className="galaxy-parts"),
            html.Div(id=ids.LABELS_SAID, className="labels-said", role="status"),
        ],
        id=ids.INSPECTOR_BODY,
        className="inspector",
        **{
            "data-digest": collection.digest,
            "data-rows": str(collection.n_galaxies),
            "data-cutouts": "yes" if collection.has_cutouts else "no",
        },
    )
    labels = html.Div(id=ids.GALAXY_LABELS, className="labels")
    return panel("Galaxy", labels, body, controls=_steps(), name="inspector")


def _steps() -> html.Div:
    """The way to the next and the previous galaxy, and where this one is among them."""
    return html.Div(
        [
            html.Span(id=ids.INSPECTOR_PLACE, className="faint place", role="status"),
            _step(ids.INSPECTOR_PREVIOUS, "‹", "Previous galaxy", ","),
            _step(ids.INSPECTOR_NEXT, "›", "Next galaxy", "."),
        ],
        className="toolbar",
    )


def _step(button: str, sign: str, name: str, key: str) -> html.Div:
    control = html.Button(
        sign, id=button, type="button", className="small-button", **{"aria-label": name}
    )
    return explained(control, f"{name} of the selection, or of all where none is selected ({key}).")


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the clicked galaxy, the checkpoint, and how its picture is to be shown."""

    @app.callback(
        Output(ids.INSPECTOR, "children"),
        Input(ids.QUERY, "data"),
        Input(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    @telling(message)
    def show_inspector(row, checkpoint):
        if row is None:
            return message(EMPTY)
        if type(row) is not int or not 0 <= row < collection.n_galaxies:
            return message(f"There is no galaxy in row {row}.")
        return told(collection, checkpoint, row)

    app.clientside_callback(
        ClientsideFunction("morphospace_labels", "follow"),
        Output(ids.GALAXY_LABELS, "title"),
        Input(ids.QUERY, "data"),
        Input(ids.CHECKPOINT, "value"),
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_inspector", "follow"),
        Output(ids.INSPECTOR_BODY, "title"),
        Input(ids.QUERY, "data"),
        Input(ids.SELECTED, "data"),
        Input(ids.INSPECTOR_ZOOM, "value"),
        Input(ids.INSPECTOR_STRETCH, "value"),
        Input(ids.INSPECTOR_CHANNEL, "value"),
        Input(ids.INSPECTOR_BRIGHTNESS, "value"),
        Input(ids.INSPECTOR_CROSSHAIR, "checked"),
    )

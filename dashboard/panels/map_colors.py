"""What colors the maps: the choice of a column, and the paint record that the choices make."""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from flask_caching import Cache

from dashboard import ids
from dashboard.column_facts import column_groups, first_column
from dashboard.jobs import Jobs
from dashboard.paints import VERSION, paint_record
from dashboard.panels import map_clusters, map_color_settings, map_legend
from dashboard.panels.parts import explained, telling
from dashboard.records import keep_record
from data.label_present import at_present
from data.selection import digest
from data.store import Collection
from models.errors import BadInput

WHY = (
    "Color the galaxies by a column of the catalog, by what this checkpoint gives (density, "
    "anomaly rank, clusters), by what compares it: map with space, classes, other checkpoints; or "
    "by labels, as they are given. Type to search."
)


def color_controls(collection: Collection) -> html.Div:
    """The choice of a column, and the button that opens how it is colored."""
    choice = dmc.Select(
        id=ids.COLOR,
        data=column_groups(collection),
        value=first_column(collection),
        size="xs",
        w=150,
        allowDeselect=False,
        searchable=True,
        nothingFoundMessage="No such column",
        maxDropdownHeight=320,
        comboboxProps={"width": 250, "position": "bottom-start"},
        **{"aria-label": "Color by"},
    )
    return html.Div(
        [explained(choice, WHY), map_color_settings.settings()], className="color-controls"
    )


def legend_place(collection: Collection) -> html.Div:
    """Where the legend is, and the stores of what is colored and hidden."""
    # Known from the start, the map need not wait for a callback to ask for its first picture.
    first = {"id": digest(first_paint(collection)), "version": VERSION}
    return html.Div(
        [
            html.Div(id=ids.MAP_LEGEND, className="legend"),
            *map_clusters.bar(),
            html.Div(id=ids.LEGEND_LISTENER, hidden=True),
            dcc.Store(id=ids.PAINT, data=first),
            dcc.Store(id=ids.HIDDEN, data=[]),
            dcc.Store(id=ids.COLOR_OF),
        ],
        className="legend-place",
    )


def first_paint(collection: Collection) -> dict:
    """The paint record that a page begins with."""
    return paint_record(first_column(collection))


def asked_paint(controls: tuple, of: dict | None) -> dict:
    """The paint record of the controls' values: column, scale, clip, ends, classes.

    of : what ends and classes belong to; those of another column are as good as none
    """
    column, scale, clip, low, high, classes = controls
    is_own = (of or {}).get("column") == column
    ends = tuple(None if end in ("", None) else end for end in (low, high))
    ends = ends if is_own else (None, None)
    if ends != (None, None) and not all(isinstance(end, int | float) for end in ends):
        raise BadInput("A color range has two ends; leave both empty for the percentiles.")
    return paint_record(
        column,
        scale=scale,
        clip=clip,
        ends=None if ends == (None, None) else ends,
        classes=(classes or []) if is_own else [],
    )


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Keep the paint that the controls ask for; draw the legend."""
    keep_record(cache, first_paint(collection))

    @app.callback(
        Output(ids.PAINT, "data"),
        Output(ids.COLOR_TOLD, "children"),
        Input(ids.COLOR, "value"),
        Input(ids.COLOR_SCALE, "value"),
        Input(ids.COLOR_CLIP, "value"),
        Input(ids.COLOR_LOW, "value"),
        Input(ids.COLOR_HIGH, "value"),
        Input(ids.COLOR_CLASSES, "value"),
        Input(ids.COLOR_OF, "data"),
        Input(ids.BRUSH, "data"),
        Input(ids.MEASURE, "data"),
        Input(ids.SELECTED, "data"),
        Input(ids.LABELS_NOW, "data"),
        State(ids.PAINT, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, said))
    def keep_paint(*state):
        *controls, of, brush, measure, selected, _labels, paint = state
        record = asked_paint(tuple(controls), of)
        record["column"] = at_present(collection, record["column"])
        if brush is not None:
            record |= {"brush": brush, "measure": measure, "selection": (selected or {}).get("id")}
        kept = {"id": keep_record(cache, record), "version": VERSION}
        return (no_update if kept == paint else kept), ""

    app.clientside_callback(
        ClientsideFunction("morphospace_legend", "belong"),
        Output(ids.COLOR_OF, "data"),
        Output(ids.HIDDEN, "data"),
        Output(ids.COLOR_LOW, "value"),
        Output(ids.COLOR_HIGH, "value"),
        Output(ids.COLOR_CLASSES, "value"),
        Input(ids.COLOR, "value"),
        Input(ids.COLOR_CLASSES, "value"),
        Input(ids.BRUSH, "data"),
        Input(ids.CHECKPOINT, "value"),
        State(ids.COLOR_OF, "data"),
    )
    map_color_settings.register(app, collection, cache)
    map_clusters.register(app, collection, cache, jobs)
    map_legend.register(app, collection, cache)

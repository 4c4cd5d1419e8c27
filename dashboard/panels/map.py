"""The maps: projection of the collection, in the colors of a paint; here selections are made.

Pictures of them are plain routes, asked for and put on the page by assets/map_*.js; callbacks
here say what is shown and hand the stores to those scripts.
"""

from collections.abc import Sequence

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.compared import compared_of
from dashboard.facts import label_of
from dashboard.figures import gesture_figure
from dashboard.jobs import Jobs
from dashboard.panels.map_colors import color_controls, legend_place
from dashboard.panels.map_options import export_menu, map_options
from dashboard.panels.parts import explained, panel, telling
from dashboard.panels.selecting import selection_bar
from data.store import Collection

MODES = (("lasso", "Lasso"), ("select", "Box"), ("pan", "Pan"), ("zoom", "Zoom"))
ZOOM_BUTTONS = (
    ("in", "+", "Zoom in (+)"),
    ("out", "−", "Zoom out (-)"),
    ("fit", "⤢", "The whole map (f, or a double click)"),
)
# Stores that the maps follow, by the names that assets/map_follow.js has for them, in its order.
HELD = {
    "paint": ids.PAINT,
    "selected": ids.SELECTED,
    "hidden": ids.HIDDEN,
    "theme": ids.THEME,
    "selection": ids.SELECTION,
    "query": ids.QUERY,
}


def layout(collection: Collection) -> html.Section:
    """Toolbar, the map, those of compared checkpoints, and the legend."""
    told = html.Span(caption(collection, collection.checkpoints[-1]), id=ids.MAP_CAPTION)
    return panel(
        "Map",
        selection_bar(collection),
        html.Div(
            [
                _frame(ids.MAP, told, "Map"),
                html.Div(id=ids.MORE_MAPS),
            ],
            className="maps",
        ),
        morph_bar(),
        legend_place(collection),
        html.Div(id=ids.OVERLAY, hidden=True),
        controls=_toolbar(collection),
        name="map",
    )


def more_maps(collection: Collection, compared: Sequence[str]) -> list[html.Div]:
    """A map for each compared checkpoint; assets/map_follow.js finds which by `data-checkpoint`."""
    return [
        _frame(
            graph,
            html.Span(caption(collection, checkpoint, is_short=True)),
            f"Map of {label_of(collection, checkpoint)}",
            **{"data-checkpoint": checkpoint},
        )
        for graph, checkpoint in zip(ids.MAPS[1:], compared, strict=False)
    ]


def _frame(graph: str, told: html.Span, name: str, **about: str) -> html.Div:
    """A map: plotly for the gestures, and room for what assets/map_*.js draw below and above it."""
    return html.Div(
        [
            dcc.Graph(
                id=graph,
                className="map-graph",
                figure=gesture_figure(),
                responsive=True,
                config={"displayModeBar": False, "scrollZoom": True, "doubleClick": False},
            ),
            html.Div(
                [told, html.Span(className="map-moved"), html.Span(className="map-in-view")],
                className="map-caption",
            ),
            html.Div(
                [_zoom_button(*button, name) for button in ZOOM_BUTTONS], className="map-zoom"
            ),
            html.P(className="map-told", hidden=True, role="status"),
        ],
        className="map-frame",
        tabIndex="0",
        role="group",
        **{"aria-label": f"{name}: arrow keys move over it, + and - zoom, f shows all of it"},
        **about,
    )


def morph_bar() -> html.Div:
    """What assets/map_morph.js plays with; hidden until it is asked for."""
    return html.Div(
        [
            html.Button("▶", type="button", className="small-button morph-play", title="Play (y)"),
            html.Span(className="morph-slider"),
            html.Output(className="morph-told"),
            html.Button(
                type="button",
                className="panel-button close morph-close",
                title="Back to the maps",
                **{"aria-label": "Close the morph"},
            ),
        ],
        className="morph",
        hidden=True,
    )


def _zoom_button(action: str, sign: str, explanation: str, name: str) -> html.Button:
    return html.Button(
        sign,
        type="button",
        title=explanation,
        **{"data-zoom": action, "aria-label": f"{name}: {explanation}"},
    )


def _toolbar(collection: Collection) -> html.Div:
    drag = dmc.SegmentedControl(
        id=ids.DRAG_MODE,
        data=[{"value": value, "label": label} for value, label in MODES],
        value="lasso",
        size="xs",
        **{"aria-label": "What dragging does"},
    )
    return html.Div(
        [
            explained(
                drag,
                "What dragging does: lasso (s), box (b), pan (g), or a box to zoom into (z). "
                "Ctrl adds to the selection, Alt removes from it, both keep what is in both. "
                "The wheel zooms, whatever dragging does.",
            ),
            color_controls(collection),
            map_options(collection),
            export_menu(),
        ],
        className="toolbar",
    )


def caption(collection: Collection, checkpoint: str, *, is_short: bool = False) -> str:
    """What the map shows, and what is not at its own place."""
    label = label_of(collection, checkpoint)
    _, is_moved = collection.map_positions(checkpoint)
    parts = [label] if is_short else [f"{label} · UMAP, for looking only"]
    if is_moved.any():
        parts.append(f"{int(is_moved.sum()):,} far outside, ▲ at the edge")
    return " · ".join(parts)


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Say what the maps show; wire assets/map_follow.js."""

    @app.callback(
        Output(ids.MAP_CAPTION, "children"),
        Input(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    @telling(str)
    def show_caption(checkpoint):
        return caption(collection, checkpoint)

    @app.callback(
        Output(ids.MORE_MAPS, "children"),
        Input(ids.COMPARED, "value"),
        prevent_initial_call=True,
    )
    def show_more(compared):
        return more_maps(collection, compared_of(collection, compared))

    _register_in_browser(app, collection.digest)


def _register_in_browser(app: Dash, digest: str) -> None:
    def call(function: str, output: Output, *inputs: Component) -> None:
        app.clientside_callback(
            ClientsideFunction("morphospace", function), output, *inputs, prevent_initial_call=True
        )

    app.clientside_callback(
        f"(...state) => window.dash_clientside.morphospace.follow('{digest}', ...state)",
        Output(ids.OVERLAY, "title"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SHOW_CUTOUTS, "checked"),
        Input(ids.CUTOUT_SIZE, "value"),
        Input(ids.SHOW_MINIMAP, "checked"),
        # Not as inputs: the first picture would wait for the callbacks that write to them.
        *(State(store, "data") for store in HELD.values()),
    )
    for name, store in HELD.items():
        app.clientside_callback(
            f"(value) => window.dash_clientside.morphospace.hold('{name}', value)",
            Output(ids.OVERLAY, "title", allow_duplicate=True),
            Input(store, "data"),
            prevent_initial_call="initial_duplicate",
        )
    call("dragMode", Output(ids.OVERLAY, "lang"), Input(ids.DRAG_MODE, "value"))
    call("nextFar", Output(ids.OVERLAY, "accessKey"), Input(ids.NEXT_FAR, "n_clicks"))
    for kind, button in (("svg", ids.MAP_EXPORT_SVG), ("png", ids.MAP_EXPORT_PNG)):
        app.clientside_callback(
            "(clicks, isLight) => "
            f"window.dash_clientside.morphospace.export(clicks, '{kind}', isLight)",
            Output(ids.OVERLAY, "role", allow_duplicate=True),
            Input(button, "n_clicks"),
            State(ids.MAP_EXPORT_LIGHT, "checked"),
            prevent_initial_call=True,
        )

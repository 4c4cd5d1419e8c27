"""The maps: projection of the collection, colored by any column; here selections are made."""

import dash_mantine_components as dmc
import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, Patch, State, dcc, html, no_update
from flask_caching import Cache

from dashboard import figures, ids
from dashboard.brush import Brush
from dashboard.colors import Coloring
from dashboard.facts import checkpoint_label
from dashboard.jobs import Jobs
from dashboard.measure import selected_rows
from dashboard.panels.map_colors import color_columns, coloring, legend
from dashboard.panels.parts import explained, panel, telling
from data.bump_step import asked_measure
from data.store import Collection
from models.errors import BadInput

MAX_POINTS = 50_000  # more would make every mouse move slow: a random sample is drawn


# What both maps and their legend follow, beside the checkpoint.
ASKED = (
    Input(ids.COLOR, "value"),
    Input(ids.SELECTION, "data"),
    Input(ids.BRUSH, "data"),
    Input(ids.MEASURE, "data"),
)


def layout(collection: Collection) -> html.Section:
    """Toolbar, the map, the second one when asked for, and the legend."""
    return panel(
        "Map",
        html.Div(
            [
                _frame(ids.MAP, ids.MAP_CAPTION),
                html.Div(
                    _frame(ids.MAP_SECOND, ids.MAP_SECOND_CAPTION),
                    id=ids.MAP_SECOND_FRAME,
                    className="map-second",
                    hidden=True,
                ),
            ],
            className="maps",
        ),
        html.Div(id=ids.MAP_LEGEND, className="legend"),
        html.Div(id=ids.OVERLAY, hidden=True),
        dcc.Store(id=ids.MAP_DRAWN),
        dcc.Store(id=ids.MAP_SECOND_DRAWN),
        controls=_toolbar(collection),
        name="map",
    )


def _frame(graph: str, caption: str) -> html.Div:
    return html.Div(
        [
            dcc.Graph(
                id=graph,
                className="map-graph",
                figure=figures.message_figure(),
                responsive=True,
                config={"displayModeBar": False, "scrollZoom": True, "doubleClick": False},
            ),
            html.Div(id=caption, className="map-caption"),
        ],
        className="map-frame",
    )


def _toolbar(collection: Collection) -> html.Div:
    modes = [("lasso", "Lasso"), ("select", "Box"), ("pan", "Pan")]
    columns = color_columns(collection)
    return html.Div(
        [
            explained(
                dmc.SegmentedControl(
                    id=ids.DRAG_MODE,
                    data=[{"value": value, "label": label} for value, label in modes],
                    value="lasso",
                    size="xs",
                ),
                "What dragging does: lasso (s), box (b) or pan (g). Ctrl adds to the selection, "
                "Alt removes from it, Esc clears it. The wheel zooms, whatever dragging does.",
            ),
            explained(
                dmc.Button("Fit", id=ids.FIT, size="compact-xs", variant="default"),
                "Show the whole map again (f, or a double click on it).",
            ),
            explained(
                dmc.Select(
                    id=ids.COLOR,
                    data=columns,
                    value=columns[0],
                    size="xs",
                    w=150,
                    allowDeselect=False,
                    searchable=len(columns) > 8,
                    **{"aria-label": "Color by"},
                ),
                "Color the galaxies by a column of the catalog, or by local density.",
            ),
            dmc.Switch(id=ids.SHOW_CUTOUTS, label="Cutouts", checked=True, size="xs"),
            html.Span(id=ids.SELECTION_COUNT, className="selection-count"),
            dmc.Button(
                "Clear",
                id=ids.CLEAR_SELECTION,
                size="compact-xs",
                variant="default",
                disabled=True,
            ),
        ],
        className="toolbar",
    )


def drawn_rows(collection: Collection) -> np.ndarray:
    """Rows on the map: all, or a random sample that the caption tells."""
    if collection.n_galaxies <= MAX_POINTS:
        return np.arange(collection.n_galaxies)
    return np.sort(collection.order[:MAX_POINTS])


def caption(collection: Collection, checkpoint: str) -> str:
    """What the map shows, and how much of it."""
    label = checkpoint_label(collection.checkpoint_info(checkpoint), checkpoint)
    _, is_moved = collection.map_positions(checkpoint)
    parts = [f"{label} · UMAP, for looking only"]
    if collection.n_galaxies > MAX_POINTS:
        parts.append(f"{MAX_POINTS:,} of {collection.n_galaxies:,} drawn, a random sample")
    if is_moved.any():
        parts.append(f"{int(is_moved.sum()):,} far away, drawn at the edge")
    return " · ".join(parts)


def selection_text(n_selected: int | None, n_galaxies: int) -> str:
    """How many are selected, of how many."""
    if n_selected is None:
        return f"{n_galaxies:,} galaxies"
    return f"{n_selected:,} of {n_galaxies:,}"


def colors_of(collection: Collection, cache: Cache, state: tuple) -> tuple[Coloring, list]:
    """Colors of the galaxies, and a key of them: by the brushed range where there is one.

    By the column, too, where the range cannot be told of these galaxies; the curve's panel says
    why.

    state : checkpoint, column, and the records of selection, brush and measure
    """
    checkpoint, column, selection, brush, measure = state
    try:
        brush = Brush.from_store(brush)
        if brush is not None:
            lit = brush.asked(collection, cache, checkpoint, selection, asked_measure(measure))
            return lit.coloring, [checkpoint, *map(str, lit.key)]
    except BadInput:
        pass
    return coloring(collection, checkpoint, column), [checkpoint, column]


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Draw the maps; turn what is drawn on them into the selection."""

    def draw(state: tuple, drawn: list | None) -> tuple:
        """Figure, or what changes in it where it is `drawn` already; and what is drawn then."""
        checkpoint, _, selection, _, _ = state
        positions, _ = collection.map_positions(checkpoint)
        colors, shown = colors_of(collection, cache, state)
        selected, rows = selected_rows(collection, cache, selection), drawn_rows(collection)
        if selected is not None:
            selected = np.intersect1d(selected, rows, assume_unique=True)
        if drawn == shown:
            return _patch(figures.selection_changes(positions, colors, selected)), drawn
        return figures.map_figure(positions, rows, colors, selected), shown

    @app.callback(
        Output(ids.MAP, "figure"),
        Output(ids.MAP_DRAWN, "data"),
        Input(ids.CHECKPOINT, "value"),
        *ASKED,
        State(ids.MAP_DRAWN, "data"),
    )
    @telling(lambda said: (no_update, no_update))  # beside the map, the count tells
    def show_map(*state_and_drawn):
        *state, drawn = state_and_drawn
        return draw(tuple(state), drawn)

    @app.callback(
        Output(ids.MAP_SECOND, "figure"),
        Output(ids.MAP_SECOND_DRAWN, "data"),
        Output(ids.MAP_SECOND_FRAME, "hidden"),
        Output(ids.MAP_SECOND_CAPTION, "children"),
        Input(ids.SECOND, "value"),
        *ASKED,
        State(ids.MAP_SECOND_DRAWN, "data"),
    )
    @telling(lambda said: (no_update, no_update, no_update, no_update))
    def show_second_map(checkpoint, *asked_and_drawn):
        if not checkpoint:
            return figures.message_figure(), None, True, ""
        *state, drawn = asked_and_drawn
        figure, drawn = draw((checkpoint, *state), drawn)
        return figure, drawn, False, caption(collection, checkpoint)

    _register_words(app, collection, cache)
    _register_in_browser(app, collection)


def _register_words(app: Dash, collection: Collection, cache: Cache) -> None:
    """Caption, legend and count."""

    @app.callback(Output(ids.MAP_CAPTION, "children"), Input(ids.CHECKPOINT, "value"))
    @telling(str)
    def show_caption(checkpoint):
        return caption(collection, checkpoint)

    @app.callback(
        Output(ids.MAP_LEGEND, "children"),
        Output(ids.SELECTION_COUNT, "children"),
        Output(ids.CLEAR_SELECTION, "disabled"),
        Input(ids.CHECKPOINT, "value"),
        *ASKED,
    )
    @telling(lambda said: ([], said, False))
    def show_legend(*state):
        selected = selected_rows(collection, cache, state[2])
        n_selected = None if selected is None else len(selected)
        entries = legend(colors_of(collection, cache, state)[0], selected)
        return entries, selection_text(n_selected, collection.n_galaxies), selected is None


def _register_in_browser(app: Dash, collection: Collection) -> None:
    """Wire assets/map.js: what is drawn, clicked and shown over the maps."""
    for graph, checkpoint in ((ids.MAP, ids.CHECKPOINT), (ids.MAP_SECOND, ids.SECOND)):
        app.clientside_callback(
            ClientsideFunction("morphospace", "select"),
            Output(ids.SELECTION, "data", allow_duplicate=True),
            Input(graph, "selectedData"),
            State(checkpoint, "value"),
            State(ids.SELECTION, "data"),
            State(graph, "id"),
            prevent_initial_call=True,
        )
        app.clientside_callback(
            ClientsideFunction("morphospace", "listen"),
            Output(ids.OVERLAY, "title", allow_duplicate=True),
            Input(graph, "figure"),
            State(graph, "id"),
            prevent_initial_call=True,
        )
    app.clientside_callback(
        ClientsideFunction("morphospace", "clear"),
        Output(ids.SELECTION, "data", allow_duplicate=True),
        Input(ids.CLEAR_SELECTION, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("morphospace", "fit"),
        Output(ids.OVERLAY, "dir"),
        Input(ids.FIT, "n_clicks"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("morphospace", "dragMode"),
        Output(ids.OVERLAY, "lang"),
        Input(ids.DRAG_MODE, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        f"(...state) => window.dash_clientside.morphospace.follow('{collection.digest}', ...state)",
        Output(ids.OVERLAY, "title"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SECOND, "value"),
        Input(ids.QUERY, "data"),
        Input(ids.SHOW_CUTOUTS, "checked"),
    )


def _patch(changes: list[dict]) -> Patch:
    patch = Patch()
    for number, change in enumerate(changes):
        for key, value in change.items():
            if key == "marker":
                patch["data"][number]["marker"]["opacity"] = value["opacity"]
            else:
                patch["data"][number][key] = value
    return patch

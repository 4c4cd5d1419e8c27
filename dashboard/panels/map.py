"""The maps: projection of the collection, colored by any column; here selections are made."""

from functools import lru_cache

import dash_mantine_components as dmc
import numpy as np
import pandas as pd
from dash import ClientsideFunction, Dash, Input, Output, Patch, State, dcc, html, no_update
from flask_caching import Cache

from dashboard import figures, ids
from dashboard.colors import Coloring, color_by
from dashboard.facts import checkpoint_label
from dashboard.measure import selected_rows
from dashboard.panels.parts import explained, panel, telling
from data.store import Collection

MAX_POINTS = 50_000  # more would make every mouse move slow: a random sample is drawn
DENSITY = "local density (this checkpoint)"  # a color that depends on the checkpoint
HIDDEN_COLUMNS = ("object_id",)


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


def color_columns(collection: Collection) -> list[str]:
    """Columns worth a color, the class label first where there is one."""
    catalog = collection.catalog
    usable = [
        column
        for column in catalog.columns
        if column not in HIDDEN_COLUMNS
        and 1 < catalog[column].nunique()
        and _is_worth(catalog[column])
    ]
    usable.sort(key=lambda column: column != "label")
    return [*usable, DENSITY]


def _is_worth(values: object) -> bool:
    # A column of texts that are nearly all different, such as file names, has no classes.
    return values.dtype.kind in "iufb" or values.nunique() <= max(50, len(values) // 20)


@lru_cache(maxsize=16)
def coloring(collection: Collection, checkpoint: str, column: str) -> Coloring:
    """Colors of every galaxy by a catalog column, or by density under a checkpoint.

    Both maps and the legend ask for it at every selection: it is kept.
    """
    if column == DENSITY:
        return color_by(column, pd.Series(collection.density(checkpoint)["log_density"]))
    return color_by(column, collection.catalog[column])


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


def legend(colors: Coloring, selected: np.ndarray | None) -> list:
    """Groups with their counts, those of the selection first where there is one."""
    totals = colors.counts()
    if colors.is_number:
        missing = f" · {totals[-1]:,} missing" if totals[-1] else ""
        return [
            html.Span(f"{colors.low:.4g}"),
            html.Span(
                className="color-bar",
                style={
                    "background": f"linear-gradient(to right, {', '.join(colors.palette[:-1])})"
                },
            ),
            html.Span(f"{colors.high:.4g}"),
            html.Span(f"{colors.column}, 1st to 99th percentile{missing}", className="faint"),
        ]
    chosen = None if selected is None else colors.counts(selected)
    return [
        html.Span(
            [
                html.Span(className="dot", style={"background": color}),
                f"{name} ",
                html.Span(
                    f"{total:,}" if chosen is None else f"{chosen[group]:,} / {total:,}",
                    className="faint",
                ),
            ],
            className="legend-entry",
        )
        for group, (name, color, total) in enumerate(
            zip(colors.names, colors.palette, totals, strict=True)
        )
        if total
    ]


def selection_text(n_selected: int | None, n_galaxies: int) -> str:
    """How many are selected, of how many."""
    if n_selected is None:
        return f"{n_galaxies:,} galaxies"
    return f"{n_selected:,} of {n_galaxies:,}"


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Draw the maps; turn what is drawn on them into the selection."""

    def draw(checkpoint: str, column: str, selection: dict | None, drawn: list | None) -> tuple:
        """Figure, or what changes in it where it is `drawn` already; and what is drawn then."""
        positions, _ = collection.map_positions(checkpoint)
        colors = coloring(collection, checkpoint, column)
        selected, rows = selected_rows(collection, cache, selection), drawn_rows(collection)
        if selected is not None:
            selected = np.intersect1d(selected, rows, assume_unique=True)
        if drawn == [checkpoint, column]:
            return _patch(figures.selection_changes(positions, colors, selected)), drawn
        return figures.map_figure(positions, rows, colors, selected), [checkpoint, column]

    @app.callback(
        Output(ids.MAP, "figure"),
        Output(ids.MAP_DRAWN, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.COLOR, "value"),
        Input(ids.SELECTION, "data"),
        State(ids.MAP_DRAWN, "data"),
    )
    @telling(lambda said: (no_update, no_update))  # beside the map, the count tells
    def show_map(checkpoint, column, selection, drawn):
        return draw(checkpoint, column, selection, drawn)

    @app.callback(
        Output(ids.MAP_SECOND, "figure"),
        Output(ids.MAP_SECOND_DRAWN, "data"),
        Output(ids.MAP_SECOND_FRAME, "hidden"),
        Output(ids.MAP_SECOND_CAPTION, "children"),
        Input(ids.SECOND, "value"),
        Input(ids.COLOR, "value"),
        Input(ids.SELECTION, "data"),
        State(ids.MAP_SECOND_DRAWN, "data"),
    )
    @telling(lambda said: (no_update, no_update, no_update, no_update))
    def show_second_map(checkpoint, column, selection, drawn):
        if not checkpoint:
            return figures.message_figure(), None, True, ""
        figure, drawn = draw(checkpoint, column, selection, drawn)
        return figure, drawn, False, caption(collection, checkpoint)

    @app.callback(Output(ids.MAP_CAPTION, "children"), Input(ids.CHECKPOINT, "value"))
    @telling(str)
    def show_caption(checkpoint):
        return caption(collection, checkpoint)

    @app.callback(
        Output(ids.MAP_LEGEND, "children"),
        Output(ids.SELECTION_COUNT, "children"),
        Output(ids.CLEAR_SELECTION, "disabled"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.COLOR, "value"),
        Input(ids.SELECTION, "data"),
    )
    @telling(lambda said: ([], said, False))
    def show_legend(checkpoint, column, selection):
        selected = selected_rows(collection, cache, selection)
        n_selected = None if selected is None else len(selected)
        entries = legend(coloring(collection, checkpoint, column), selected)
        return entries, selection_text(n_selected, collection.n_galaxies), selected is None

    _register_in_browser(app, collection)


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

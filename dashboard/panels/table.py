"""The selected galaxies as a table: every column, sorted and filtered on the server.

Rows come from a plain route as the table scrolls (dashboard/routes_listing.py, assets/table.js),
not by the grid's `getRowsRequest`: that property holds one request, so that of two blocks asked
for at once the answer to one is given to the other, and a refused one is waited for without end.
"""

import dash_ag_grid as dag
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.label_facts import present_columns
from dashboard.listing_columns import every_column
from dashboard.listing_cuts import cuts_of, with_cuts
from dashboard.listing_filters import Filters
from dashboard.listing_labels import pinned_filters
from dashboard.panels.parts import panel, telling
from dashboard.panels.table_columns import grid_columns
from dashboard.panels.table_controls import controls, label_choices
from dashboard.routes_listing import register_listing_routes
from data.label_present import unpinned
from data.store import Collection
from models.errors import BadInput

NAME = "table"
GRID = {
    "rowHeight": 30,
    "headerHeight": 30,
    # Blocks of rows: few enough to come at once, kept while they are near.
    "cacheBlockSize": 100,
    "maxBlocksInCache": 20,
    "blockLoadDebounceMillis": 40,
    "infiniteInitialRowCount": 1,
    # Names of columns may have dots in them.
    "suppressFieldDotNotation": True,
    "suppressDragLeaveHidesColumns": True,
    "suppressMultiSort": False,
    "animateRows": False,
    "tooltipShowDelay": 400,
    "localeText": {"noRowsToShow": "No galaxy passes."},
}


def layout(collection: Collection) -> html.Section:
    """The grid, and what it asks for."""
    columns = list(every_column(collection).values())
    return panel(
        "Table",
        html.P(id=ids.TABLE_REFUSED, className="refused table-refused", role="alert"),
        html.Div(
            dag.AgGrid(
                id=ids.TABLE,
                rowModelType="infinite",
                columnDefs=grid_columns(collection, columns),
                defaultColDef={
                    "sortable": True,
                    "resizable": True,
                    "minWidth": 60,
                    "width": 110,
                    "cellDataType": False,
                },
                dashGridOptions=GRID,
                # Not the bare row: before it is loaded, a row is named by its place.
                getRowId="params.data.id",
                className="table-grid",
                style={"height": "100%", "width": "100%"},
            ),
            className="table-frame",
        ),
        dcc.Store(id=ids.TABLE_ASKED),
        dcc.Store(id=ids.TABLE_LISTENER),
        controls=controls(columns),
        name=NAME,
    )


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the selection and the checkpoint; make the filters cuts."""
    register_listing_routes(app.server, collection, cache)
    same = {"namespace": "morphospace_table"}
    app.clientside_callback(
        ClientsideFunction(**same, function_name="follow"),
        Output(ids.TABLE_LISTENER, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.SELECTED, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.QUERY, "data"),
        Input(ids.TABLE_ASKED, "data"),
        Input(ids.TABLE_CHOSEN, "value"),
        Input(ids.TABLE_COLUMNS, "data"),
        Input(ids.LABELS_NOW, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(**same, function_name="clear"),
        Output(ids.TABLE_ASKED, "data", allow_duplicate=True),
        Input(ids.TABLE_CLEAR, "n_clicks"),
        State(ids.TABLE_ASKED, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(**same, function_name="reset"),
        Output(ids.TABLE_CHOSEN, "value"),
        Output(ids.TABLE_COLUMNS, "data"),
        Input(ids.TABLE_RESET, "n_clicks"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.TABLE_OF_LABELS, "children"),
        Input(ids.LABELS_NOW, "data"),
        prevent_initial_call=True,
    )
    def offer_labels(now):
        return label_choices((now or present_columns(collection))["columns"])

    @app.callback(
        Output(ids.SELECTION, "data", allow_duplicate=True),
        Output(ids.TABLE_ASKED, "data", allow_duplicate=True),
        Output(ids.TABLE_CUT_TOLD, "children"),
        Input(ids.TABLE_CUT, "n_clicks"),
        State(ids.TABLE_ASKED, "data"),
        State(ids.SELECTION, "data"),
        State(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, no_update, said))
    def cut_by_filters(clicks, asked, selection, checkpoint):
        if not clicks:
            return no_update, no_update, no_update
        return as_cuts(collection, checkpoint, asked, selection)


def as_cuts(
    collection: Collection, checkpoint: str, asked: object, selection: dict | None
) -> tuple[dict, dict, str]:
    """The selection with the table's ranges as cuts, what the table still filters by, and words.

    Raises BadInput where no filter is a range that a selection can have.
    """
    asked = asked if isinstance(asked, dict) else {}
    model = asked.get("filters") or {}
    model = pinned_filters(collection, model)
    filters = Filters.checked(collection, checkpoint, model)
    cuts, left = cuts_of(filters, model, checkpoint)
    if not cuts:
        raise BadInput(
            "Ranges of numbers can be cuts of the selection: filter a column by =, <, >, ≤, ≥ or "
            "between, joined by AND."
        )
    told = ""
    if left:
        names = ", ".join(each.column.title for each in filters.filters if each.column.key in left)
        told = f"{names} stays a filter of the table: it is no range that a selection can have."
    still = {unpinned(key): each for key, each in left.items()}
    return with_cuts(selection, cuts), asked | {"filters": still}, told

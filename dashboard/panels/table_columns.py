"""Columns of the table as its grid is told of them."""

from dashboard.listing_columns import DATE, NUMBER, Column
from data.store import Collection

PICTURE = ":picture"
_RANGES = ["equals", "notEqual", "lessThan", "lessThanOrEqual", "greaterThan"]
_RANGES += ["greaterThanOrEqual", "inRange", "blank", "notBlank"]
_TEXTS = ["contains", "notContains", "equals", "notEqual", "startsWith", "endsWith"]
_TEXTS += ["blank", "notBlank"]
MOST_CONDITIONS = 4  # on one column


def grid_columns(collection: Collection, columns: list[Column]) -> list[dict]:
    """The cutout, then each column: its place in a row of the route is its field."""
    shown = [_column(column, place) for place, column in enumerate(columns)]
    return [_picture(collection), *shown] if collection.has_cutouts else shown


def _picture(collection: Collection) -> dict:
    return {
        "colId": PICTURE,
        "field": "row",
        "headerName": "Cutout",
        "headerClass": "table-picture-header",
        "cellRenderer": "MorphospacePicture",
        "cellRendererParams": {"address": f"/collections/{collection.digest}/cutouts/"},
        "cellClass": "table-picture",
        "pinned": "left",
        "lockPosition": "left",
        "width": 62,
        "minWidth": 62,
        "sortable": False,
        "filter": False,
        "resizable": False,
        "suppressHeaderMenuButton": True,
    }


def _column(column: Column, place: int) -> dict:
    made = {
        "colId": column.key,
        "field": f"c{place}",
        "headerName": column.heading,
        "headerTooltip": column.told or column.heading,
        "cellRenderer": "MorphospaceValue",
        "filter": _filter(column),
        "filterParams": _filter_params(column),
    }
    if column.kind in (NUMBER, DATE):
        made |= {"cellClass": "table-number", "headerClass": "ag-right-aligned-header"}
    if column.is_on_demand:
        made |= {"hide": True, "context": {"isOnDemand": True}}
    if column.key == "object_id":
        made |= {"width": 170}
    return made


def _filter(column: Column) -> str:
    names = {NUMBER: "agNumberColumnFilter", DATE: "agDateColumnFilter"}
    return names.get(column.kind, "agTextColumnFilter")


def _filter_params(column: Column) -> dict:
    options = {NUMBER: _RANGES, DATE: [o for o in _RANGES if "OrEqual" not in o]}
    return {
        "filterOptions": options.get(column.kind, _TEXTS),
        "defaultOption": "inRange" if column.kind in options else "contains",
        "inRangeInclusive": True,
        "maxNumConditions": MOST_CONDITIONS,
        "debounceMs": 400,
        "buttons": ["reset"],
    }

"""The menu Select: what chooses galaxies without drawing."""

import json
import re

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import ids
from dashboard.column_facts import class_columns
from dashboard.panels.parts import explained, small_button, telling
from data.checkpoint_columns import CLUSTER
from data.selection_columns import MISSING, classes_of
from data.selection_ids import rows_of_ids
from data.store import Collection
from models.errors import BadInput, first_few

MAX_OPTIONS = 50  # classes listed at once; the rest are found by typing
MAX_PASTED = 20_000
WIDTH = 340
OPS = {"set": "anew", "add": "add", "remove": "remove", "intersect": "keep only"}
OPS_EXPLANATION = (
    "How what is chosen below is combined with what is selected: begin anew, add to it, remove "
    "from it, or keep only what is in both."
)
CLASS_EXPLANATION = "All galaxies of a class. Type to search among the classes of the column."
VIEW_EXPLANATION = "All galaxies in the part of the map that is shown, far ones at its edge too."
IDS_EXPLANATION = (
    f"Identifiers (object_id), one a line or separated by commas; up to {MAX_PASTED:,}. Those "
    "that are not in the collection are named."
)
GROW_EXPLANATION = (
    "Add the k nearest neighbors, in the representation space of the checkpoint shown, of every "
    "selected galaxy."
)


def menu(collection: Collection) -> Component:
    """The button, and what opens from it."""
    return dmc.Popover(
        [
            dmc.PopoverTarget(small_button("Select ▾", **{"aria-haspopup": "dialog"})),
            dmc.PopoverDropdown(
                _choices(collection), className="settings select-menu", **{"aria-label": "Select"}
            ),
        ],
        id=ids.SELECT_MENU,
        width=WIDTH,
        position="bottom-start",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )


def _choices(collection: Collection) -> list[Component]:
    n_neighbors = collection.neighbors(collection.checkpoints[-1]).shape[1]
    how = dmc.SegmentedControl(
        id=ids.SELECT_HOW,
        data=[{"value": op, "label": label} for op, label in OPS.items()],
        value="set",
        size="xs",
        fullWidth=True,
        **{"aria-label": "How what is chosen is combined with the selection"},
    )
    return [
        explained(how, OPS_EXPLANATION),
        html.H3("All of a class"),
        html.Div(_of_class(collection), className="select-line"),
        html.H3("In view"),
        html.Div(
            [
                html.Span("all galaxies in the part shown", className="faint"),
                explained(small_button("Select", id=ids.SELECT_IN_VIEW), VIEW_EXPLANATION),
            ],
            className="select-line",
        ),
        html.H3("By identifier"),
        *_by_id(),
        html.H3("Grow"),
        html.Div(
            [
                dmc.NumberInput(
                    id=ids.GROW_K,
                    value=min(5, n_neighbors),
                    min=1,
                    max=n_neighbors,
                    clampBehavior="strict",
                    allowDecimal=False,
                    size="xs",
                    w=80,
                    **{"aria-label": f"Nearest neighbors to grow by, 1 to {n_neighbors}"},
                ),
                html.Span(f"nearest neighbors, up to {n_neighbors}", className="faint"),
                explained(small_button("Grow", id=ids.GROW), GROW_EXPLANATION),
            ],
            className="select-line",
        ),
    ]


def _of_class(collection: Collection) -> list[Component]:
    columns = class_columns(collection)
    combobox = {"withinPortal": False}  # or a choice closes the popover around it
    column = dmc.Select(
        id=ids.SELECT_COLUMN,
        data=columns,
        value=columns[0],
        size="xs",
        allowDeselect=False,
        searchable=len(columns) > 8,
        comboboxProps=combobox,
        **{"aria-label": "Column of classes"},
    )
    value = dmc.Select(
        id=ids.SELECT_VALUE,
        data=[],
        searchable=True,
        clearable=True,
        placeholder="class …",
        size="xs",
        maxDropdownHeight=200,
        comboboxProps=combobox | {"width": 250, "position": "bottom-end"},
        nothingFoundMessage="no such class",
        **{"aria-label": "Class"},
    )
    return [
        column,
        value,
        explained(small_button("Select", id=ids.SELECT_CLASS), CLASS_EXPLANATION),
    ]


def _by_id() -> list[Component]:
    return [
        dmc.Textarea(
            id=ids.PASTED_IDS,
            placeholder="one a line, or separated by commas",
            minRows=2,
            maxRows=4,
            autosize=True,
            size="xs",
            **{"aria-label": "Identifiers to select"},
        ),
        html.Div(
            [
                html.Span(id=ids.PASTED_TOLD, className="faint", role="status"),
                explained(small_button("Select", id=ids.SELECT_PASTED), IDS_EXPLANATION),
            ],
            className="select-line",
        ),
        dcc.Store(id=ids.PASTED_STEP),
    ]


def class_options(
    collection: Collection, column: str, checkpoint: str, search: str
) -> list[dict[str, str]]:
    """Classes of a column whose names contain a text, the largest first, at most MAX_OPTIONS.

    The value of each is its JSON: the page knows texts only, and numbers are to stay numbers.
    """
    classes = classes_of(collection, column, checkpoint)
    counts = np.bincount(classes.codes + 1, minlength=len(classes.values) + 1)
    texts = np.array(["missing", *map(str, classes.values)], dtype=object)
    values = [None, *classes.values]
    wanted = search.strip().casefold()
    options = []
    for place in np.argsort(-counts, kind="stable"):
        if counts[place] and wanted in f"{texts[place]} ({counts[place]:,})".casefold():
            label = f"{texts[place]} ({counts[place]:,})"
            options.append({"value": json.dumps(_plain(values[place])), "label": label})
        if len(options) == MAX_OPTIONS:
            break
    return options


def _plain(value: object) -> object:
    value = value.item() if hasattr(value, "item") else value
    return value if value is None or isinstance(value, str | bool | int | float) else str(value)


def pasted_ids(text: str | None) -> list[str]:
    """Identifiers in a text, one a line or separated by commas; quotes are taken off."""
    parts = (part.strip().strip("\"'").strip() for part in re.split(r"[\n\r,;\t]+", text or ""))
    found = list(dict.fromkeys(part for part in parts if part))
    if found and found[0].casefold() in ("object_id", "objid", "id"):
        found = found[1:]  # the head of a column
    return found


def pasted_step(collection: Collection, text: str | None) -> tuple[dict | None, str]:
    """Step that selects the identifiers of a text that are known, and what is said of the rest."""
    found = pasted_ids(text)
    if not found:
        raise BadInput("Paste identifiers first, one a line.")
    if len(found) > MAX_PASTED:
        raise BadInput(
            f"{len(found):,} identifiers are more than the {MAX_PASTED:,} that can be pasted."
        )
    rows = rows_of_ids(collection, found)
    known = [found[place] for place in np.flatnonzero(rows != MISSING)]
    unknown = [found[place] for place in np.flatnonzero(rows == MISSING)]
    said = f"{len(known):,} of {len(found):,} found"
    if unknown:
        said += f"; not in this collection: {first_few(unknown)}"
    return ({"kind": "object_ids", "object_ids": known} if known else None), said


def register(app: Dash, collection: Collection) -> None:
    """Search classes; take pasted identifiers."""

    @app.callback(
        Output(ids.SELECT_VALUE, "data"),
        Input(ids.SELECT_COLUMN, "value"),
        Input(ids.SELECT_VALUE, "searchValue"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SELECT_MENU, "opened"),
        State(ids.SELECT_VALUE, "value"),
        State(ids.SELECT_VALUE, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: no_update)
    def list_classes(column, search, checkpoint, _opened, value, shown):
        if column == CLUSTER and ctx.triggered_id == ids.SELECT_MENU:
            return no_update  # finding clusters takes a while: when they are asked for
        is_chosen = any(o["value"] == value and o["label"] == search for o in shown or [])
        return class_options(collection, column, checkpoint, "" if is_chosen else search or "")

    @app.callback(
        Output(ids.SELECT_VALUE, "value"),
        Input(ids.SELECT_COLUMN, "value"),
        prevent_initial_call=True,
    )
    def forget_class(_column):
        return None

    @app.callback(
        Output(ids.PASTED_STEP, "data"),
        Output(ids.PASTED_TOLD, "children"),
        Input(ids.SELECT_PASTED, "n_clicks"),
        State(ids.PASTED_IDS, "value"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, said))
    def take_pasted(_clicks, text):
        return pasted_step(collection, text)

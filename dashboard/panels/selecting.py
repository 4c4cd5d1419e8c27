"""What is selected: its record kept under a short id, counted, told; and what changes it.

The bar of this file sits in the map's panel. What draws the selection listens to the store
SELECTED, which holds the id of a record that the server has found to be one. What the buttons do
is in assets/selecting.js: a record is changed in the browser, and checked on the server.
"""

import json

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.panels import selecting_leakage, selecting_menu, selecting_named
from dashboard.panels.parts import explained, small_button, telling
from dashboard.question import selected_mask
from dashboard.records import keep_record, record_of
from dashboard.selection_words import cut_words, selection_words
from data.store import Collection

# button -> its sign or name, its accessible name, and what it does
BUTTONS = {
    ids.UNDO: ("↶", "Undo", "Back to what was selected before (Ctrl+z); 100 steps are kept."),
    ids.REDO: ("↷", "Redo", "Select again what was undone (Ctrl+Shift+z)."),
    ids.INVERT_SELECTION: (
        "Invert",
        "Invert the selection",
        "Select the galaxies that are not selected (i).",
    ),
    ids.CLEAR_SELECTION: ("Clear", "Clear the selection", "Select nothing, without cuts (Esc)."),
}
EXPORT_EXPLANATION = "The selected galaxies as CSV: object_id, and ra and dec where there are any."
HINT = "nothing selected: draw on the map, brush a histogram, or choose under Select"


def selection_bar(collection: Collection) -> html.Div:
    """Count, history, what selects, named selections, and the selection in words.

    Made for a row of its own in the map's panel; it wraps where it is narrow.
    """
    return html.Div(
        [
            dcc.Store(id=ids.SELECTED, data=nothing_selected(collection)),
            dcc.Store(id=ids.SELECTION_REFUSED, data=""),
            html.Span(
                count_text(None, collection.n_galaxies),
                id=ids.SELECTION_COUNT,
                className="selection-count",
                role="status",
            ),
            html.Div(
                [
                    *(_button(button) for button in BUTTONS),
                    selecting_menu.menu(collection),
                    selecting_named.menu(),
                    explained(
                        html.A(
                            "CSV",
                            id=ids.SELECTION_EXPORT,
                            className="small-button",
                            href="",
                            hidden=True,
                            download="",
                        ),
                        EXPORT_EXPLANATION,
                    ),
                ],
                className="selecting-buttons",
                role="group",
                **{"aria-label": "Selection"},
            ),
            html.Div(
                [
                    html.Button(
                        HINT,
                        id=ids.SELECTION_WORDS,
                        title=HINT,
                        className="selection-words",
                        type="button",
                        **{"aria-expanded": "false", "aria-label": "How the selection was made"},
                    ),
                    html.Div(id=ids.SELECTION_CUTS, className="selection-cuts"),
                    selecting_leakage.place(),
                ],
                className="selection-line",
            ),
            html.Div(id=ids.SELECTION_TOLD, className="selection-told refused", role="alert"),
        ],
        className="selecting",
    )


def _button(button: str) -> Component:
    sign, name, explanation = BUTTONS[button]
    label = {"aria-label": name}
    return explained(small_button(sign, id=button, disabled=True, **label), explanation)


def nothing_selected(collection: Collection) -> dict:
    """What the store SELECTED holds where nothing is selected."""
    return {"id": "", "n": None, "digest": collection.digest}


def selected_record(collection: Collection, cache: Cache, selection: dict | None) -> dict:
    """What the store SELECTED holds for a selection; raises BadInput or NotFound where it is none.

    id : of the record, "" where nothing is selected; n : galaxies selected, None for no selection
    """
    mask = selected_mask(collection, cache, selection)
    if mask is None:
        return nothing_selected(collection)
    selection_words(collection, selection)  # what cannot be told is no record either
    return {"id": keep_record(cache, selection), "n": int(mask.sum()), "digest": collection.digest}


def count_text(n_selected: int | None, n_galaxies: int) -> str:
    """How many are selected, of how many."""
    if n_selected is None:
        return f"{n_galaxies:,} galaxies"
    return f"{n_selected:,} of {n_galaxies:,}"


def cut_chips(collection: Collection, selection: dict) -> list[Component]:
    """Each cut as a button that takes it away."""
    chips = []
    for cut in selection.get("cuts") or []:
        words = cut_words(collection, cut)
        chip = html.Button(
            [html.Span(words), html.Span("×", **{"aria-hidden": "true"})],
            type="button",
            className="cut-chip",
            title=f"Take the cut {words} away",
            **{
                "data-uncut": json.dumps([cut["column"], cut.get("checkpoint")]),
                "aria-label": f"Take the cut {words} away",
            },
        )
        joined = [html.Span("AND", className="faint")] if chips or selection.get("steps") else []
        chips += [*joined, chip]
    return chips


def told_selection(
    collection: Collection, cache: Cache, selected: dict
) -> tuple[str, str, list[Component]]:
    """The steps in one line, everything in words with the count, and the cuts."""
    if not selected.get("id"):
        return HINT, HINT, []
    record = record_of(cache, selected["id"])
    chips = cut_chips(collection, record)
    steps = {name: value for name, value in record.items() if name != "cuts"}
    line = selection_words(collection, steps) if record.get("steps") else "all galaxies with"
    count = count_text(selected["n"], collection.n_galaxies)
    return line, f"{selection_words(collection, record)} · {count}", chips


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Keep what is selected, and tell it; wire the buttons."""
    selecting_menu.register(app, collection)
    selecting_named.register(app, collection, cache)
    selecting_leakage.register(app, collection, cache)
    _register_in_browser(app)

    @app.callback(
        Output(ids.SELECTED, "data"),
        Output(ids.SELECTION_REFUSED, "data"),
        Input(ids.SELECTION, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, said))
    def keep_selection(selection):
        return selected_record(collection, cache, selection), ""

    @app.callback(
        Output(ids.SELECTION_COUNT, "children"),
        Output(ids.SELECTION_WORDS, "children"),
        Output(ids.SELECTION_WORDS, "title"),
        Output(ids.SELECTION_CUTS, "children"),
        Output(ids.SELECTION_EXPORT, "href"),
        Output(ids.SELECTION_EXPORT, "hidden"),
        Input(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, said, said, [], "", True))
    def tell_selection(selected):
        selected = selected or nothing_selected(collection)
        count = count_text(selected["n"], collection.n_galaxies)
        address = f"/collections/{collection.digest}/selection.csv?selection={selected['id']}"
        told = told_selection(collection, cache, selected)
        return count, *told, address, not selected["id"]


def _register_in_browser(app: Dash) -> None:
    """Wire assets/selecting.js."""
    app.clientside_callback(
        ClientsideFunction("morphospace_selecting", "changed"),
        Output(ids.UNDO, "disabled"),
        Output(ids.REDO, "disabled"),
        Output(ids.CLEAR_SELECTION, "disabled"),
        Output(ids.INVERT_SELECTION, "disabled"),
        Input(ids.SELECTION, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_selecting", "refused"),
        Output(ids.SELECTION_TOLD, "children"),
        Input(ids.SELECTION_REFUSED, "data"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_selecting", "press"),
        Output(ids.SELECTION_WORDS, "lang"),
        *(Input(button, "n_clicks") for button in BUTTONS),
        Input(ids.SELECT_IN_VIEW, "n_clicks"),
        Input(ids.SELECT_CLASS, "n_clicks"),
        Input(ids.GROW, "n_clicks"),
        State(ids.SELECT_HOW, "value"),
        State(ids.CHECKPOINT, "value"),
        State(ids.SELECT_COLUMN, "value"),
        State(ids.SELECT_VALUE, "value"),
        State(ids.GROW_K, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_selecting", "pasted"),
        Output(ids.PASTED_TOLD, "lang"),
        Input(ids.PASTED_STEP, "data"),
        State(ids.SELECT_HOW, "value"),
        prevent_initial_call=True,
    )

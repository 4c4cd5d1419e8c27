"""The line that tells a selection's leakage, with the buttons that close it or clean it."""

import json

from dash import Dash, Input, Output, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.foremost import following
from dashboard.leaking import told_leakage
from dashboard.panels.parts import explained, small_button, telling
from dashboard.question import selected_mask
from dashboard.records import record_of
from data.store import Collection

CLOSE_EXPLANATION = (
    "Add the {k} true nearest neighbors of every selected galaxy that lie outside. The galaxies "
    "added have neighbors of their own, so that some leakage is left."
)
STRAYS_EXPLANATION = (
    "Take away the selected galaxies more than half of whose true neighbors lie outside: the map "
    "has put them here, the representation has not."
)


def place() -> html.Div:
    """Where the line stands in the selection's bar; empty while nothing is selected."""
    return html.Div(id=ids.LEAKAGE, className="selection-leakage", role="status")


def leakage_line(
    collection: Collection, cache: Cache, selected: dict, checkpoint: str
) -> list[Component]:
    """Leakage of what is selected, and the buttons that close it or clean it of strays."""
    record = record_of(cache, selected["id"]) if selected.get("id") else None
    told = told_leakage(collection, checkpoint, selected_mask(collection, cache, record))
    if not told.text:
        return []
    line = explained(html.Span(told.text, className="leakage-told", tabIndex=0), told.explanation)
    if not told.k:
        return [line]
    near = {"checkpoint": checkpoint, "k": told.k}
    add = {"op": "add", "kind": "neighbors", **near}
    remove = {"op": "remove", "kind": "strays", **near}
    return [
        line,
        _step_button("Close", add, told.n_outside == 0, CLOSE_EXPLANATION.format(k=told.k)),
        _step_button("Remove strays", remove, told.n_strays == 0, STRAYS_EXPLANATION),
    ]


def _step_button(name: str, step: dict, is_idle: bool, explanation: str) -> Component:
    """A button that takes one step more from what is seen selected; assets/selecting.js does."""
    button = small_button(name, disabled=is_idle, **{"data-step": json.dumps(step)})
    return explained(button, explanation)


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Follow the selection and the checkpoint, in whose space neighbors are."""

    @app.callback(
        Output(ids.LEAKAGE, "children"),
        Input(ids.SELECTED, "data"),
        Input(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    @telling(lambda said: said)
    @following
    def tell_leakage(selected, checkpoint):
        return leakage_line(collection, cache, selected or {}, checkpoint)

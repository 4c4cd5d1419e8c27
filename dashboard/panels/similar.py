"""Similar galaxies: those nearest to one, to several, to a position, or to a picture of one's own.

What is searched from is a store that assets/similar.js changes: galaxies like, galaxies unlike, or
the id of an uploaded picture; while it holds nothing, it is the inspected galaxy.
"""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from flask_caching import Cache

from dashboard import ids
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.panels.parts import explained, message, panel, small_button, telling
from dashboard.panels.similar_views import answers, asked_from, at_every_checkpoint, caption
from dashboard.similar_query import (
    EVERYWHERE,
    INSIDE,
    MAX_K,
    METRICS,
    OUTSIDE,
    K,
    answered_query,
    check_known,
    query_of,
)
from data.similar import row_at
from data.store import Collection
from data.uploaded import MAX_BYTES
from models.errors import MorphospaceError, NotFound

NAME = "similar"  # on the shelf
ACCEPTED = ".jpg,.jpeg,.png,.webp,.fits,.fit,.fts,.gz"
EMPTY = (
    "Inspect a galaxy, write an object_id or a position, or bring a picture: the galaxies most "
    "like it are shown here."
)


def layout(collection: Collection) -> html.Section:
    """What is searched from at the left, what is found beside it."""
    return panel(
        "Similar galaxies",
        html.Div(id=ids.SIMILAR_CAPTION, className="similar-caption faint", role="status"),
        html.Div(
            [
                html.Div(
                    [_find(), html.Div(id=ids.SIMILAR_FROM), _buttons()], className="similar-from"
                ),
                html.Div(id=ids.SIMILAR, className="similar-found"),
            ],
            className="similar-body",
        ),
        dcc.Store(id=ids.SIMILAR_QUERY),
        dcc.Store(id=ids.SIMILAR_FOUND),
        controls=_controls(),
        name=NAME,
    )


def _controls() -> html.Div:
    ways = [{"value": name, "label": label} for name, label in METRICS.items()]
    scopes = {EVERYWHERE: "everywhere", INSIDE: "in the selection", OUTSIDE: "outside it"}
    return html.Div(
        [
            explained(
                dmc.Switch(id=ids.SIMILAR_ALONG, label="at every checkpoint", size="xs"),
                "The same search under each checkpoint, side by side.",
            ),
            explained(
                dmc.Select(
                    id=ids.SIMILAR_METRIC,
                    data=ways,
                    value="euclidean",
                    size="xs",
                    w=118,
                    allowDeselect=False,
                    **{"aria-label": "Distance"},
                ),
                "Euclidean distance, 1 - cosine, or in two steps: the neighbors that a galaxy's "
                "neighbors agree on.",
            ),
            explained(
                dmc.Select(
                    id=ids.SIMILAR_SCOPE,
                    data=[{"value": value, "label": label} for value, label in scopes.items()],
                    value=EVERYWHERE,
                    size="xs",
                    w=126,
                    allowDeselect=False,
                    **{"aria-label": "Where to search"},
                ),
                "Among all galaxies, those selected, or those not selected.",
            ),
            explained(
                dmc.NumberInput(
                    id=ids.SIMILAR_K,
                    value=K,
                    min=1,
                    max=MAX_K,
                    allowDecimal=False,
                    debounce=True,
                    size="xs",
                    w=66,
                    **{"aria-label": "How many galaxies"},
                ),
                f"How many galaxies, 1 to {MAX_K:,}.",
            ),
        ],
        className="toolbar",
    )


def _find() -> html.Div:
    return html.Div(
        [
            dmc.TextInput(
                id=ids.SIMILAR_FIND,
                value="",
                debounce=True,
                placeholder="object_id, or ra dec",
                size="xs",
                className="similar-find",
                **{"aria-label": "Search from an object_id or a position"},
            ),
            html.Label(
                [
                    "Picture …",
                    html.Span(
                        # Drawn by the script, since Dash has no plain choice of a file.
                        className="similar-file",
                        **{"data-accept": ACCEPTED, "data-most": str(MAX_BYTES)},
                    ),
                ],
                className="small-button similar-upload",
                title="Search from a picture of your own: JPEG, PNG, WebP or FITS",
            ),
            html.P(id=ids.SIMILAR_REFUSED, className="refused", role="alert"),
        ],
        className="similar-ask",
    )


def _buttons() -> html.Div:
    return html.Div(
        [
            small_button(
                "+ like", title="Also search from the inspected galaxy", **{"data-similar": "like"}
            ),
            small_button(
                "− unlike",
                title="Search away from the inspected galaxy",
                **{"data-similar": "unlike"},
            ),
            small_button(
                "Clear", title="Search from the inspected galaxy again", **{"data-similar": "clear"}
            ),
        ],
        className="similar-buttons",
    )


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow what is searched from and how; find a galaxy by what is written."""

    @app.callback(
        Output(ids.SIMILAR, "children"),
        Output(ids.SIMILAR_CAPTION, "children"),
        Output(ids.SIMILAR_FROM, "children"),
        Output(ids.SIMILAR_FOUND, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.SIMILAR_QUERY, "data"),
        Input(ids.QUERY, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SIMILAR_METRIC, "value"),
        Input(ids.SIMILAR_SCOPE, "value"),
        Input(ids.SIMILAR_K, "value"),
        Input(ids.SIMILAR_ALONG, "checked"),
        Input(ids.SELECTED, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message(said), "", no_update, []))
    @following
    def show_similar(shelf, asked, row, checkpoint, metric, scope, k, is_along, selected):
        unchanged = (no_update,) * 4
        if shelf != NAME:
            return unchanged
        selection = (selected or {}).get("id") or ""
        settings = {"metric": metric, "scope": scope, "k": k}
        query = query_of(asked, row, **settings)
        changed = {source["prop_id"].split(".")[0] for source in ctx.triggered}
        # Inspecting an answer is no new search where something else is searched from.
        is_same = changed == {ids.QUERY} and query == query_of(asked, None, **settings)
        if is_same or (changed == {ids.SELECTED} and scope == EVERYWHERE):
            return unchanged
        if query.is_empty:
            return message(EMPTY), "", [], []
        check_known(collection, query)
        start = asked_from(collection, cache, query, is_held=bool(asked))
        try:
            if is_along:
                shown = at_every_checkpoint(collection, cache, checkpoint, query, selection)
                return *shown, start, []
            found = answered_query(collection, cache, checkpoint, query, selection)
        except MorphospaceError as error:
            return message(str(error)), "", start, []
        rows = found.rows.tolist()
        told = caption(collection, checkpoint, query, found, selection)
        return answers(collection, found), told, start, rows

    @app.callback(
        Output(ids.QUERY, "data", allow_duplicate=True),
        Output(ids.SIMILAR_QUERY, "data"),
        Output(ids.SIMILAR_REFUSED, "children"),
        Input(ids.SIMILAR_FIND, "value"),
        State(ids.SIMILAR_QUERY, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, no_update, said))
    def find(text, _asked):
        if not text or not text.strip():
            return no_update, no_update, ""
        return found_row(collection, text.strip()), None, ""

    app.clientside_callback(
        ClientsideFunction("morphospace_similar", "follow"),
        Output(ids.SIMILAR, "title"),
        Input(ids.SHELF, "value"),
        Input(ids.SIMILAR_FOUND, "data"),
        Input(ids.QUERY, "data"),
        Input(ids.SIMILAR_QUERY, "data"),
        prevent_initial_call=True,
    )


def found_row(collection: Collection, text: str) -> int:
    """Row of an object_id, else of the galaxy nearest to a position.

    Raises NotFound where it is neither, or nothing is near: with how far the nearest is.
    """
    try:
        return collection.row_of(text)
    except NotFound:
        pass
    try:
        return row_at(collection, text)[0]
    except NotFound:
        raise
    except MorphospaceError as error:
        said = str(error)
        raise NotFound(
            f"There is no galaxy '{text[:60]}' in '{collection.name}', and "
            f"{said[0].lower()}{said[1:]}"
        ) from None

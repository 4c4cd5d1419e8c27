"""The two routes of links: a page's state is posted and gets an id; by its id it is got back."""

import json

from dash import Dash
from flask import Response, jsonify, request

from dashboard.posted import posted_bytes
from dashboard.view_state import held_on, restored, view_record
from data.store import Collection
from data.views import MAX_BYTES, keep_view, kept_view
from models.errors import MorphospaceError, NotFound

NOT_JSON = "A view is posted as JSON."
TOO_LARGE = (
    f"This view is larger than the {MAX_BYTES / 1000:,.0f} kB that a link holds: save the "
    "selection under a name first, or draw a simpler outline."
)


def register_view_routes(app: Dash, collection: Collection) -> None:
    """Add POST /views and GET /views/<id>. After the layout and all callbacks are there."""
    held = held_on(app.layout)

    def is_free(id: str) -> bool:
        written = (callback["output"] for callback in app._callback_list)
        return any(f"{id}.data" in output for output in written)

    @app.server.post("/views")
    def keep() -> Response:
        if not request.is_json:  # which no form of another site can be
            return _refused(400, NOT_JSON)
        try:
            sent = json.loads(posted_bytes(MAX_BYTES, TOO_LARGE), parse_constant=_refuse)
            name = keep_view(collection, view_record(collection, held, sent))
        except MorphospaceError as error:
            return _refused(400, str(error))
        except (ValueError, RecursionError):
            return _refused(400, NOT_JSON)
        return jsonify(id=name)

    @app.server.get("/views/<path:name>")
    def get(name: str) -> Response:
        try:
            view = kept_view(collection, name)
        except NotFound as error:
            return _refused(404, str(error))
        except MorphospaceError as error:
            return _refused(400, str(error))
        reply = jsonify(restored(collection, held, view, is_free))
        reply.headers["Cache-Control"] = "no-store"  # what has changed may change again
        return reply


def _refused(status: int, sentence: str) -> Response:
    return Response(sentence, status, mimetype="text/plain")


def _refuse(constant: str) -> None:
    raise ValueError(f"{constant} is no number")

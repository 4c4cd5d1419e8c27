"""Routes of labels: a galaxy is scored and tagged, acts are undone, tables go out and come in.

A label is answered when it is on the disk. What changes anything is posted as JSON, or with a
header of our own, which no form of another site can send.
"""

import json
import tempfile
from pathlib import Path

from flask import Flask, Response, jsonify, request

from dashboard.answers import answered
from dashboard.label_facts import event_text, galaxy_labels
from dashboard.routes_cutouts import galaxy_row
from data.label_events import Event
from data.label_export import CSV, HISTORY, LABELS, PARQUET, export_labels
from data.label_ids import labels_of
from data.label_store import DEFAULT_USER, LabelStore
from data.store import Collection
from models.errors import BadInput

MAX_LABEL = 8_000  # bytes of one posted label
MAX_TABLE = 50_000_000  # bytes of a table that is brought in
HEADER = "X-Morphospace"
FORMS = {CSV: "text/csv", PARQUET: "application/vnd.apache.parquet"}


def register_label_routes(server: Flask, collection: Collection) -> None:
    """Add the routes of the labels of a collection."""
    prefix = f"/collections/{collection.digest}/labels"
    store = labels_of(collection)

    @server.get(f"{prefix}/<row>")
    @answered
    def labels(row: str) -> Response:
        return _told(galaxy_labels(store, _id_of(collection, galaxy_row(collection, row)), _user()))

    @server.post(f"{prefix}/<row>")
    @answered
    def label(row: str) -> Response:
        asked = _posted()
        object_id = _id_of(collection, galaxy_row(collection, row))
        user, reached = asked.get("user", DEFAULT_USER), asked.get("reached") or {}
        if "score" in asked:
            store.score(object_id, asked["score"], user, reached)
        elif "tag" in asked:
            change = store.tag if asked.get("on", True) else store.untag
            change(object_id, asked["tag"], user, reached)
        else:
            raise BadInput("A label is a 'score' or a 'tag'; neither was sent.")
        return _told(galaxy_labels(store, object_id, user))

    @server.post(f"{prefix}/undo")
    @answered
    def undo() -> Response:
        return _turned_back(collection, store, store.undo(_posted().get("user", DEFAULT_USER)))

    @server.post(f"{prefix}/redo")
    @answered
    def redo() -> Response:
        return _turned_back(collection, store, store.redo(_posted().get("user", DEFAULT_USER)))

    _register_tables(server, collection, prefix, store)


def _register_tables(server: Flask, collection: Collection, prefix: str, store: LabelStore) -> None:
    @server.get(f"{prefix}/<what>.<form>")
    @answered
    def out(what: str, form: str) -> Response:
        suffix = f".{form}"
        if what not in (LABELS, HISTORY) or suffix not in FORMS:
            raise BadInput(f"Labels come as {LABELS} or {HISTORY}, in .csv or .parquet.")
        reply = Response(export_labels(store, what, suffix), mimetype=FORMS[suffix])
        name = f"{collection.name}-{what}{suffix}"
        reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        reply.headers["Cache-Control"] = "no-store"
        return reply

    @server.post(f"{prefix}/import")
    @answered
    def bring_in() -> Response:
        from data.label_import import import_labels  # reads tables by astropy: not for a first page

        if HEADER not in request.headers:
            raise BadInput(f"A table of labels is posted with the header {HEADER}.")
        if (request.content_length or 0) > MAX_TABLE:
            raise BadInput(f"A table of labels is at most {MAX_TABLE / 1e6:.0f} MB; split it.")
        suffix = Path(request.args.get("name", "")).suffix.lower()
        if suffix not in FORMS:
            raise BadInput(f"Labels are read from {' or '.join(FORMS)}, not '{suffix or 'that'}'.")
        with tempfile.TemporaryDirectory() as folder:
            table = Path(folder) / f"labels{suffix}"
            table.write_bytes(request.get_data())
            found = import_labels(
                store,
                table,
                _user(),
                skip_unknown=request.args.get("skip_unknown") == "yes",
                overwrite=request.args.get("overwrite") == "yes",
            )
        return _told({"said": str(found), "version": store.version()})


def _turned_back(collection: Collection, store: LabelStore, events: list[Event]) -> Response:
    """What was undone or is back, and the row of the galaxy where it is of one."""
    names = [event.object_id for event in events]
    row = collection.row_of(names[0]) if len(set(names)) == 1 and names[0] else None
    said = event_text(events[0], len(events)) if events else ""
    return _told({"said": said, "row": row, "version": store.version()})


def _posted() -> dict:
    if not request.is_json:
        raise BadInput("A label is posted as JSON.")
    if (request.content_length or 0) > MAX_LABEL:
        raise BadInput(f"A label is at most {MAX_LABEL:,} bytes.")
    try:
        asked = json.loads(request.get_data())
    except (ValueError, RecursionError):
        asked = None
    if not isinstance(asked, dict):
        raise BadInput("A label is posted as JSON.")
    return asked


def _user() -> str:
    return request.args.get("user") or DEFAULT_USER


def _id_of(collection: Collection, row: int) -> str:
    return str(collection.catalog["object_id"].iat[row])


def _told(record: dict) -> Response:
    reply = jsonify(record)
    reply.headers["Cache-Control"] = "no-store"
    return reply

"""Routes of labels: galaxies are scored and tagged, acts are undone, tables go out and come in.

A label is answered when it is on the disk. What changes anything is posted as JSON, or with a
header of our own, which no form of another site can send.
"""

import json
import tempfile
from itertools import chain
from pathlib import Path

import numpy as np
from flask import Flask, Response, jsonify, request
from flask_caching import Cache

from dashboard.answers import answered
from dashboard.jobs import Jobs, Progress
from dashboard.label_facts import event_text, galaxy_labels
from dashboard.posted import posted_bytes
from dashboard.question import selected_mask
from dashboard.records import record_of
from dashboard.routes_cutouts import galaxy_row
from data.label_events import SCORE, TAG, Event, new_id
from data.label_export import CSV, HISTORY, LABELS, PARQUET, exported
from data.label_ids import labels_of
from data.label_store import DEFAULT_USER, LabelStore
from data.store import Collection
from data.views import MAX_BYTES
from models.errors import BadInput

MAX_LABEL = 8_000  # bytes of one posted label
MAX_MANY = MAX_BYTES + MAX_LABEL  # with a selection's record, which a link would hold too
MAX_TABLE = 50_000_000  # bytes of a table that is brought in
HEADER = "X-Morphospace"
KIND = "labels"  # of the job that brings a table in
FORMS = {CSV: "text/csv", PARQUET: "application/vnd.apache.parquet"}


def register_label_routes(server: Flask, collection: Collection, cache: Cache, jobs: Jobs) -> None:
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
        _label(store, object_id, asked)
        return _told(galaxy_labels(store, object_id, asked.get("user", DEFAULT_USER)))

    @server.post(f"{prefix}/many")
    @answered
    def label_many() -> Response:
        asked = _posted(
            MAX_MANY, f"A selection to label is at most {MAX_BYTES:,} bytes; send its id."
        )
        object_ids = _ids_of_record(collection, cache, asked.get("record"))
        n, change = len(object_ids), _label(store, object_ids, asked)
        return _told({"said": event_text(change, n), "n": n, "version": store.version()})

    @server.post(f"{prefix}/undo")
    @answered
    def undo() -> Response:
        return _turned_back(collection, store, store.undo(_posted().get("user", DEFAULT_USER)))

    @server.post(f"{prefix}/redo")
    @answered
    def redo() -> Response:
        return _turned_back(collection, store, store.redo(_posted().get("user", DEFAULT_USER)))

    _register_tables(server, collection, prefix, store, jobs)


def _register_tables(
    server: Flask, collection: Collection, prefix: str, store: LabelStore, jobs: Jobs
) -> None:
    @server.get(f"{prefix}/<what>.<form>")
    @answered
    def out(what: str, form: str) -> Response:
        suffix = f".{form}"
        if what not in (LABELS, HISTORY) or suffix not in FORMS:
            raise BadInput(f"Labels come as {LABELS} or {HISTORY}, in .csv or .parquet.")
        pieces = exported(store, what, suffix)
        first = next(pieces)  # raises where it cannot be read, before anything is sent
        reply = Response(chain([first], pieces), mimetype=FORMS[suffix])
        name = f"{collection.name}-{what}{suffix}"
        reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        reply.headers["Cache-Control"] = "no-store"
        return reply

    @server.post(f"{prefix}/import")
    @answered
    def bring_in() -> Response:
        if HEADER not in request.headers:
            raise BadInput(f"A table of labels is posted with the header {HEADER}.")
        suffix = Path(request.args.get("name", "")).suffix.lower()
        if suffix not in FORMS:
            raise BadInput(f"Labels are read from {' or '.join(FORMS)}, not '{suffix or 'that'}'.")
        too_long = f"A table of labels is at most {MAX_TABLE / 1e6:.0f} MB; split it."
        sent = posted_bytes(MAX_TABLE, too_long)
        user, page_id = _user(), request.args.get("page")
        options = {name: request.args.get(name) == "yes" for name in ("skip_unknown", "overwrite")}
        if not page_id:
            said = _brought_in(store, sent, suffix, user, options)
            return _told({"said": said, "version": store.version()})

        def work(progress: Progress) -> bool:
            def tell(share: float) -> None:
                progress(share, f"{len(sent) / 1e6:.1f} MB of labels")

            progress.end(_brought_in(store, sent, suffix, user, options | {"progress": tell}))
            return True

        job = jobs.start(f"{page_id}.{KIND}", new_id(), work)
        return _told({"job": job.name})


def _brought_in(store: LabelStore, sent: bytes, suffix: str, user: str, options: dict) -> str:
    """Bring in the labels of a table as it was sent; what came of it."""
    from data.label_import import import_labels  # reads tables by astropy: not for a first page

    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / f"labels{suffix}"
        table.write_bytes(sent)
        return str(import_labels(store, table, user, **options))


def _turned_back(collection: Collection, store: LabelStore, events: list[Event]) -> Response:
    """What was undone or is back, and the row of the galaxy where it is of one."""
    names = [event.object_id for event in events]
    row = collection.row_of(names[0]) if len(set(names)) == 1 and names[0] else None
    said = event_text(events[0], len(events)) if events else ""
    return _told({"said": said, "row": row, "version": store.version()})


def _label(store: LabelStore, object_ids: str | list[str], asked: dict) -> Event:
    """Give galaxies what is asked for, a score or a tag, as one act; what that is."""
    user, reached = asked.get("user", DEFAULT_USER), asked.get("reached") or {}
    if "score" in asked:
        act = store.score(object_ids, asked["score"], user, reached)
        return Event("", act, "", user, SCORE, value=asked["score"])
    if "tag" in asked:
        is_on = bool(asked.get("on", True))
        act = (store.tag if is_on else store.untag)(object_ids, asked["tag"], user, reached)
        return Event("", act, "", user, TAG, tag=asked["tag"], value=int(is_on))
    raise BadInput("A label is a 'score' or a 'tag'; neither was sent.")


def _ids_of_record(collection: Collection, cache: Cache, record: object) -> list[str]:
    """Identifiers of the galaxies that a selection's record, or the id of one, selects."""
    record = record_of(cache, record) if isinstance(record, str) and record else record
    mask = selected_mask(collection, cache, record)
    if mask is None or not mask.any():
        raise BadInput("No galaxy is selected, so there is nothing to label.")
    return collection.catalog["object_id"].iloc[np.flatnonzero(mask)].tolist()


def _posted(
    most: int = MAX_LABEL, too_many: str = f"A label is at most {MAX_LABEL:,} bytes."
) -> dict:
    if not request.is_json:
        raise BadInput("A label is posted as JSON.")
    sent = posted_bytes(most, too_many)
    try:
        asked = json.loads(sent)
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

"""The curve as a file: a plain address where it is short, a form where the lasso is long."""

import json

from flask import Flask, Response, abort, request
from flask_caching import Cache

from dashboard.chance import known_null
from dashboard.export import correlation_csv, file_name
from dashboard.jobs import Jobs
from dashboard.live import best_known
from dashboard.question import Question
from data.store import Collection
from models.errors import MorphospaceError, NotFound
from models.space.presets import Measure

MAX_FORM_BYTES = 2**25  # a selection of many long lassos, written as text


def register_correlation_routes(
    server: Flask, collection: Collection, cache: Cache, jobs: Jobs
) -> None:
    """Add the route of the exported curve.

    Fields of the address or of the form: `checkpoint`; `selection` and `measure`, as JSON, for
    all galaxies and the default where missing; `complement`, 1 for the galaxies not selected;
    `page`, the page's id, for what it has refined. Addresses may be no longer than some 4,000
    letters, and a lasso of 4,000 vertices has 150,000: then post it.
    """

    @server.route(f"/collections/{collection.digest}/correlation.csv", methods=["GET", "POST"])
    def correlation_file() -> Response:
        request.max_form_memory_size = MAX_FORM_BYTES
        fields = request.values
        try:
            question = Question(
                collection,
                cache,
                fields.get("checkpoint", ""),
                _record(fields.get("selection")),
                Measure.from_dict(_record(fields.get("measure")) or {}),
                is_complement=fields.get("complement") == "1",
            )
            collection.checkpoint_info(question.checkpoint)
            page_id = fields.get("page")
            correlation = best_known(jobs, page_id, question)
            null = known_null(jobs, page_id, question)
        except NotFound as error:
            abort(404, str(error))
        except (MorphospaceError, ValueError) as error:
            abort(400, str(error))
        reply = Response(correlation_csv(question, correlation, null), mimetype="text/csv")
        reply.headers["Content-Disposition"] = f'attachment; filename="{file_name(question)}"'
        reply.headers["Cache-Control"] = "no-store"  # it may have been refined the next time
        return reply


def _record(text: str | None) -> dict | None:
    try:
        record = json.loads(text) if text else None
    except (ValueError, RecursionError):
        abort(400, "Selection and measure are written as JSON.")
    if record is not None and not isinstance(record, dict):
        abort(400, "Selection and measure are records.")
    return record

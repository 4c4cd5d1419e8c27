"""The training timeline as files: `selection`, the id of its record, "" for all galaxies."""

from flask import Flask, Response, request
from flask_caching import Cache

from dashboard.answers import answered
from dashboard.records import record_of
from dashboard.timeline import Asked, measured_timelines
from dashboard.timeline_csv import file_name, ranks_csv, timeline_csv
from data.store import Collection

FILES = {"timeline": timeline_csv, "ranks": ranks_csv}


def register_timeline_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add a route for each file; what the page has measured before is not measured again."""

    @server.get(f"/collections/{collection.digest}/training/<what>.csv")
    @answered
    def timeline_file(what: str) -> Response:
        name = request.args.get("selection", "")
        asked = Asked(collection, cache, record_of(cache, name) if name else None)
        write = FILES.get(what)
        if write is None:
            return Response(f"There is no file '{what:.40}'.", status=404, mimetype="text/plain")
        *_, timeline = measured_timelines(asked)
        reply = Response(write(timeline), mimetype="text/csv")
        file = file_name(asked, what)
        reply.headers["Content-Disposition"] = f'attachment; filename="{file}"'
        reply.headers["Cache-Control"] = "no-store"  # it holds the date
        return reply

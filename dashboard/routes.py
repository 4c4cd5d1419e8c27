"""Plain GET routes: pictures and facts that follow the pointer, with cacheable addresses.

An address names the collection by its digest, a row and a checkpoint; anything unknown is 404.
"""

from flask import Flask, Response, abort, jsonify, request
from flask_caching import Cache

from dashboard.answers import answered, cacheable
from dashboard.cluster_naming import with_names
from dashboard.facts import galaxy_summary
from dashboard.jobs import Job, Jobs
from dashboard.painting import paint_of
from dashboard.routes_correlation import register_correlation_routes
from dashboard.routes_cutouts import galaxy_row, register_cutout_routes
from dashboard.routes_export_map import register_map_export_routes
from dashboard.routes_labels import register_label_routes
from dashboard.routes_map import register_map_routes
from dashboard.routes_selection import register_selection_routes
from dashboard.routes_similar import register_similar_routes
from dashboard.routes_timeline import register_timeline_routes
from data.store import Collection
from models.errors import NotFound

N_MARKED = 12  # neighbours shown in the inspector and marked on the map
VIEWS = ("/lab", "/training")  # addresses that show the page, beside "/"


def register_routes(server: Flask, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Add the routes of one collection, and of the jobs of its pages, to the server."""
    prefix = f"/collections/{collection.digest}"

    @server.get("/health")
    def health() -> Response:
        return jsonify(collection=collection.name, n_galaxies=collection.n_galaxies)

    @server.before_request
    def refuse_unknown_addresses() -> None:
        # Dash answers any address with the page; an address that is none is not found.
        is_any = request.url_rule is not None and request.url_rule.rule == "/<path:path>"
        if is_any and request.path not in VIEWS:
            abort(404)

    @server.get(f"{prefix}/galaxies/<row>")
    @answered
    def galaxy(row: str) -> Response:
        number = galaxy_row(collection, row)
        checkpoint = request.args.get("checkpoint", "")
        return cacheable(jsonify(galaxy_facts(collection, checkpoint, number)))

    @server.get(f"{prefix}/galaxies/<row>/color")
    @answered
    def galaxy_color(row: str) -> Response:
        number, fields = galaxy_row(collection, row), request.args
        place = fields.get("checkpoint", ""), fields.get("paint", "")
        reply = jsonify(color_told(collection, cache, *place, number))
        reply.headers["Cache-Control"] = "no-store"  # users rename their clusters
        return reply

    register_cutout_routes(server, collection, cache)
    register_correlation_routes(server, collection, cache, jobs)
    register_map_routes(server, collection, cache)
    register_map_export_routes(server, collection, cache)
    register_selection_routes(server, collection, cache)
    register_timeline_routes(server, collection, cache)
    register_label_routes(server, collection, cache, jobs)
    register_similar_routes(server, collection, cache)

    @server.get("/collections/<digest>/<path:asked>")
    @answered
    def not_there(digest: str, asked: str) -> Response:
        if digest == collection.digest:
            raise NotFound(f"There is nothing at the address '{asked}' of '{collection.name}'.")
        raise NotFound(f"'{collection.name}' has been built anew since; load the page again.")

    @server.get("/jobs/<name>")
    def job_status(name: str) -> Response:
        return _job_reply(jobs.get(name))

    @server.post("/jobs/<name>/cancel")
    def cancel_job(name: str) -> Response:
        return _job_reply(jobs.cancel(name))


def galaxy_facts(collection: Collection, checkpoint: str, row: int) -> dict:
    """What the map shows of a galaxy: a short summary, its place, and its neighbours' places."""
    positions, is_moved = collection.map_positions(checkpoint)
    near = collection.neighbors(checkpoint)[row, :N_MARKED]
    return {
        "row": row,
        "summary": galaxy_summary(collection, checkpoint, row),
        "has_cutout": collection.has_cutouts,
        "x": float(positions[row, 0]),
        "y": float(positions[row, 1]),
        "moved": bool(is_moved[row]),
        "neighbors": [
            {"row": int(other), "x": float(positions[other, 0]), "y": float(positions[other, 1])}
            for other in near
        ],
    }


def color_told(
    collection: Collection, cache: Cache, checkpoint: str, paint: str, row: int
) -> list[str] | None:
    """What the color of a galaxy means, the column and the class; None where it is of no class."""
    coloring = paint_of(collection, cache, checkpoint, paint)
    if coloring.kind not in ("classes", "steps"):
        return None
    group = int(coloring.groups[row])
    return [coloring.title, with_names(collection, checkpoint, coloring).told(group)]


def _job_reply(job: Job | None) -> Response:
    if job is None:
        abort(404, "There is no such job, or no longer.")
    reply = jsonify(job.status())
    reply.headers["Cache-Control"] = "no-store"  # unlike everything else here, it changes
    return reply

"""Plain GET routes: pictures and facts that follow the pointer, with cacheable addresses.

An address names the collection by its digest, a row and a checkpoint; anything unknown is 404.
"""

import math
from collections.abc import Callable
from functools import wraps

import numpy as np
from flask import Flask, Response, abort, jsonify, request
from flask_caching import Cache

from dashboard.facts import galaxy_summary
from dashboard.jobs import Job, Jobs
from dashboard.routes_correlation import register_correlation_routes
from data.store import Collection
from models.errors import NotFound

N_MARKED = 12  # neighbours shown in the inspector and marked on the map
MAX_CUTOUTS = 150
VIEWS = ("/lab",)  # addresses that show the page, beside "/"


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

    @server.get(f"{prefix}/cutouts/<int:row>")
    @_not_found_is_404
    def cutout(row: int) -> Response:
        encoded, mimetype = collection.cutout(row)
        return _cacheable(Response(encoded, mimetype=mimetype))

    @server.get(f"{prefix}/galaxies/<int:row>")
    @_not_found_is_404
    def galaxy(row: int) -> Response:
        if row >= collection.n_galaxies:
            raise NotFound(f"There is no row {row}.")
        return _cacheable(jsonify(galaxy_facts(collection, _checkpoint(), row)))

    @server.get(f"{prefix}/map-cutouts")
    @_not_found_is_404
    def map_cutouts() -> Response:
        view = [_number(name) for name in ("x0", "x1", "y0", "y1")]
        cells = [int(min(max(_number(name), 1), 200)) for name in ("columns", "rows")]
        positions, _ = collection.map_positions(_checkpoint())
        rows = spread(positions, view, cells) if collection.has_cutouts else []
        return _cacheable(
            jsonify(cutouts=[[int(row), *map(float, positions[row])] for row in rows])
        )

    register_correlation_routes(server, collection, cache, jobs)

    @server.get("/jobs/<name>")
    def job_status(name: str) -> Response:
        return _job_reply(jobs.get(name))

    @server.post("/jobs/<name>/cancel")
    def cancel_job(name: str) -> Response:
        return _job_reply(jobs.cancel(name))


def galaxy_facts(collection: Collection, checkpoint: str, row: int) -> dict:
    """What the map shows of a galaxy: a short summary, its place, and its neighbours' places."""
    positions, _ = collection.map_positions(checkpoint)
    near = collection.neighbors(checkpoint)[row, :N_MARKED]
    return {
        "row": row,
        "summary": galaxy_summary(collection, checkpoint, row),
        "has_cutout": collection.has_cutouts,
        "x": float(positions[row, 0]),
        "y": float(positions[row, 1]),
        "neighbors": [
            {"row": int(other), "x": float(positions[other, 0]), "y": float(positions[other, 1])}
            for other in near
        ],
    }


def spread(positions: np.ndarray, view: list[float], cells: list[int]) -> np.ndarray:
    """Rows of galaxies spread over the view, no two closer than a cell in both directions.

    Candidates are the galaxies nearest the centres of half cells, in a grid fixed to the map and
    not to the window, so that panning keeps them.

    positions : (n_galaxies, 2) as drawn
    view : x0, x1, y0, y1
    cells : columns and rows that fit into it; made fewer where they are more than MAX_CUTOUTS
    """
    shrink = math.sqrt(max(cells[0] * cells[1] / MAX_CUTOUTS, 1))
    low, high = np.array([min(view[:2]), min(view[2:])]), np.array([max(view[:2]), max(view[2:])])
    step = np.maximum((high - low) / np.maximum(np.array(cells) / shrink, 1), 1e-12)
    inside = np.flatnonzero(((positions >= low) & (positions <= high)).all(axis=1))
    place = positions[inside].astype(float) / step
    half = np.floor(place * 2)
    off_center = ((place * 2 - half - 0.5) ** 2).sum(axis=1)
    order = np.lexsort((inside, off_center, half[:, 1], half[:, 0]))
    is_first = np.ones(len(order), bool)
    is_first[1:] = (np.diff(half[order], axis=0) != 0).any(axis=1)
    candidates = order[is_first]
    candidates = candidates[np.lexsort((inside[candidates], off_center[candidates]))]
    return inside[_apart(place[candidates], candidates)][:MAX_CUTOUTS]


def _apart(place: np.ndarray, candidates: np.ndarray) -> np.ndarray:
    """Those of `candidates` that keep a cell's distance from every one taken before."""
    taken = np.zeros(len(candidates), bool)
    for number in range(len(candidates)):
        gap = np.abs(place[taken] - place[number])
        taken[number] = not (gap < 1).all(axis=1).any()
    return candidates[taken]


def _job_reply(job: Job | None) -> Response:
    if job is None:
        abort(404, "There is no such job, or no longer.")
    reply = jsonify(job.status())
    reply.headers["Cache-Control"] = "no-store"  # unlike everything else here, it changes
    return reply


def _checkpoint() -> str:
    return request.args.get("checkpoint", "")


def _number(name: str) -> float:
    try:
        value = float(request.args.get(name, ""))
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        abort(400, f"'{name}' must be a finite number.")
    return value


def _not_found_is_404(route: Callable[..., Response]) -> Callable[..., Response]:
    @wraps(route)
    def answer(**arguments: object) -> Response:
        try:
            return route(**arguments)
        except NotFound as error:
            abort(404, str(error))

    return answer


def _cacheable(reply: Response) -> Response:
    # The address holds the collection's digest: the content behind it never changes.
    reply.headers["Cache-Control"] = "public, max-age=31536000, immutable"
    return reply

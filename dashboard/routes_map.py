"""Plain GET routes of the map: what is in view, at a cost that does not grow with the collection.

All take `checkpoint`, and all but meta `paint`, `selection` (ids of records), `hidden` (groups of
the coloring, such as 1,4) and `theme`. A view is `x0`, `x1`, `y0`, `y1` in units of the map. What
is unknown is 404, what cannot be used 400, each with a sentence.
"""

from flask import Flask, Response, jsonify, request
from flask_caching import Cache

from dashboard.answers import answered, cacheable
from dashboard.foremost import following
from dashboard.map_alignment import moved_text
from dashboard.map_asked import MapAsked, number_asked, view_asked, whole_asked
from dashboard.map_path import checkpoints_asked, morph, trails
from dashboard.map_points import MAX_POINTS, MOST_SPREAD, far_galaxies, points_in_view
from dashboard.map_view import map_index, shown_of
from dashboard.raster import MAX_SIDE, overview_png, raster_png
from data.store import Collection
from models.space.map_spread import spread

MAX_CUTOUTS = 150
MAX_CELLS = 200  # along each side of a view
OVERVIEW = 200  # pixels along each side
SIDES = ("width", "height")


def register_map_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add the routes of the map of one collection to the server."""
    prefix = f"/collections/{collection.digest}/map"

    @server.get(f"{prefix}/meta")
    @answered
    def map_meta() -> Response:
        return cacheable(jsonify(meta(collection, request.args.get("checkpoint", ""))))

    @server.get(f"{prefix}/raster")
    @answered
    @following
    def map_raster() -> Response:
        fields = request.args
        size = tuple(whole_asked(fields, side, MAX_SIDE) for side in SIDES)
        png, n_in_view = raster_png(
            collection, cache, MapAsked.read(fields), view_asked(fields), size
        )
        reply = Response(png, mimetype="image/png")
        reply.headers["X-N-In-View"] = str(n_in_view)
        return cacheable(reply)

    @server.get(f"{prefix}/points")
    @answered
    @following
    def map_points() -> Response:
        fields = request.args
        most = whole_asked(fields, "most", MAX_POINTS, MOST_SPREAD)
        points = points_in_view(
            collection, cache, MapAsked.read(fields), view_asked(fields), most=most
        )
        return cacheable(Response(points.to_bytes(), mimetype="application/octet-stream"))

    @server.get(f"{prefix}/nearest")
    @answered
    def map_nearest() -> Response:
        shown = shown_of(collection, cache, MapAsked.read(request.args))
        x, y, radius = (number_asked(request.args, name) for name in ("x", "y", "radius"))
        row = shown.index.nearest(x, y, max(radius, 0.0), shown.among)
        return cacheable(jsonify(placed(collection, request.args["checkpoint"], row)))

    @server.get(f"{prefix}/cutouts")
    @answered
    @following
    def map_cutouts() -> Response:
        fields = request.args
        cells = tuple(whole_asked(fields, name, MAX_CELLS) for name in ("columns", "rows"))
        cutouts = cutouts_in_view(
            collection, cache, MapAsked.read(fields), view_asked(fields), cells
        )
        return cacheable(jsonify(cutouts=cutouts))

    @server.get(f"{prefix}/far")
    @answered
    @following
    def map_far() -> Response:
        return cacheable(jsonify(far_galaxies(collection, cache, MapAsked.read(request.args))))

    @server.get(f"{prefix}/moved")
    @answered
    def map_moved_told() -> Response:
        fields = request.args
        names = fields.get("checkpoint", ""), fields.get("onto", "")
        # Not to be kept by browsers: what chance moves may be measured meanwhile.
        return jsonify(text=moved_text(collection, cache, *names))

    @server.get(f"{prefix}/morph")
    @answered
    def map_morph() -> Response:
        asked = MapAsked.read(request.args)
        names = checkpoints_asked(collection, request.args.get("checkpoints", ""))
        found = morph(collection, cache, asked, names).to_bytes()
        return cacheable(Response(found, mimetype="application/octet-stream"))

    @server.get(f"{prefix}/trails")
    @answered
    def map_trails() -> Response:
        fields = request.args
        names = checkpoints_asked(collection, fields.get("checkpoints", ""))
        query = number_asked(fields, "query", -1)
        found = trails(
            collection, cache, MapAsked.read(fields), names, None if query == -1 else int(query)
        )
        return cacheable(jsonify(found))

    @server.get(f"{prefix}/overview")
    @answered
    @following
    def map_overview() -> Response:
        fields = request.args
        size = tuple(whole_asked(fields, side, 2 * OVERVIEW, OVERVIEW) for side in SIDES)
        png = overview_png(collection, cache, MapAsked.read(fields), size)
        return cacheable(Response(png, mimetype="image/png"))


def meta(collection: Collection, checkpoint: str) -> dict:
    """What a page has to know of a map before it draws it."""
    index = map_index(collection, checkpoint)
    _, is_moved = collection.map_positions(checkpoint)
    made = collection.checkpoint_info(checkpoint).get("projection") or {}
    return {
        "n": len(index),
        "home": list(index.home),
        "n_moved": int(is_moved.sum()),
        "max_points": MAX_POINTS,
        "projection": made.get("method", "UMAP"),
        "text": made.get("text", ""),
    }


def placed(collection: Collection, checkpoint: str, row: int | None) -> dict:
    """A row and where it is on the map; {"row": None} where there is none."""
    if row is None:
        return {"row": None}
    x, y = collection.map_positions(checkpoint)[0][row].tolist()
    return {"row": row, "x": x, "y": y}


def cutouts_in_view(
    collection: Collection,
    cache: Cache,
    asked: MapAsked,
    view: tuple[float, float, float, float],
    cells: tuple[int, int],
) -> list[list]:
    """[row, x, y] of galaxies of a view that are a cell or more apart, the selected ones first.

    cells : columns and rows that fit into the view
    """
    if not collection.has_cutouts:
        collection.checkpoint_info(asked.checkpoint)  # raises where there is none of the name
        return []
    shown = shown_of(collection, cache, asked)
    places = spread(shown.index, view, cells, MAX_CUTOUTS, shown.pyramids())
    rows, positions = shown.index.order[places], shown.index.positions[places]
    return [list(cutout) for cutout in zip(rows.tolist(), *positions.T.tolist(), strict=True)]

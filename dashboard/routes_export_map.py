"""The route of the view as a file: an SVG, of which the browser makes a PNG."""

from flask import Flask, Response, request
from flask_caching import Cache

from dashboard.answers import answered
from dashboard.map_asked import MapAsked, number_asked, view_asked, whole_asked
from dashboard.map_export import Screen, export_svg
from data.store import Collection
from models.errors import BadInput

MAX_SIDE = 8192  # pixels of a screen
MAX_CUTOUT = 400
MAX_SHAPE = 20  # of a view, the longer side by the shorter


def register_map_export_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add the export of one collection's map to the server."""

    @server.get(f"/collections/{collection.digest}/map/export.svg")
    @answered
    def map_export() -> Response:
        fields = request.args
        view, asked = view_asked(fields), MapAsked.read(fields)
        shape = (view[3] - view[2]) / (view[1] - view[0])
        if not 1 / MAX_SHAPE <= shape <= MAX_SHAPE:
            raise BadInput(f"A view whose sides differ more than {MAX_SHAPE} times is not drawn.")
        sides = (whole_asked(fields, side, MAX_SIDE) for side in ("width", "height"))
        cutouts = int(min(max(number_asked(fields, "cutouts", 0), 0), MAX_CUTOUT))
        text = export_svg(collection, cache, asked, view, Screen(*sides, cutouts))
        reply = Response(text, mimetype="image/svg+xml")
        name = f"{collection.name}_{asked.checkpoint}_map.svg"
        reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        reply.headers["Cache-Control"] = "no-store"  # clusters may be called otherwise by then
        return reply

"""Routes of searches: a picture comes in, and is shown; what was found goes out as a table."""

import io

from flask import Flask, Response, jsonify, request
from flask_caching import Cache
from PIL import Image

from dashboard.answers import answered, cacheable
from dashboard.posted import posted_bytes
from dashboard.routes_cutouts import galaxy_row
from dashboard.routes_labels import HEADER
from dashboard.similar_query import answered_query, query_from_address
from dashboard.uploads import keep_upload, upload_of
from data.similar import similar_table
from data.store import Collection
from data.uploaded import MAX_BYTES, read_upload
from models.errors import BadInput

MAX_PLACES = 1000


def register_similar_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add the routes of searches for similar galaxies."""
    prefix = f"/collections/{collection.digest}"

    @server.post(f"{prefix}/uploads")
    @answered
    def upload() -> Response:
        if HEADER not in request.headers:  # which no form of another site can send
            raise BadInput(f"A picture is posted with the header {HEADER}.")
        name = request.args.get("name", "picture")
        has = f"{request.content_length / 1e6:.0f} MB" if request.content_length else "more"
        too_long = (
            f"'{name[:60]}' has {has}, and at most {MAX_BYTES / 1e6:.0f} MB are read; cut the "
            "galaxy out of it."
        )
        uploaded = read_upload(name, posted_bytes(MAX_BYTES, too_long))
        height, width = uploaded.pixels.shape[:2]
        told = {"id": keep_upload(cache, uploaded), "name": uploaded.name[:60]}
        return jsonify(told | {"width": width, "height": height, "notes": list(uploaded.notes)})

    @server.get(f"{prefix}/uploads/<name>.png")
    @answered
    def picture(name: str) -> Response:
        shown = Image.fromarray(upload_of(cache, name).pixels)
        shown.thumbnail((512, 512))
        encoded = io.BytesIO()
        shown.save(encoded, "PNG")
        return cacheable(Response(encoded.getvalue(), mimetype="image/png"))

    @server.get(f"{prefix}/similar.csv")
    @answered
    def table() -> Response:
        fields = request.args
        query, checkpoint = query_from_address(fields), fields.get("checkpoint", "")
        selection = fields.get("selection", "")
        found = answered_query(collection, cache, checkpoint, query, selection)
        reply = Response(similar_table(collection, found).to_csv(index=False), mimetype="text/csv")
        name = f"{collection.name}-{checkpoint}-similar.csv"
        reply.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return reply

    @server.get(f"{prefix}/places")
    @answered
    def places() -> Response:
        """Where galaxies are on the map of a checkpoint: rows between commas."""
        checkpoint = request.args.get("checkpoint", "")
        texts = [text for text in request.args.get("rows", "").split(",") if text]
        if len(texts) > MAX_PLACES:
            raise BadInput(f"At most {MAX_PLACES:,} places are told at once, not {len(texts):,}.")
        rows = [galaxy_row(collection, text) for text in texts]
        positions, _ = collection.map_positions(checkpoint)
        told = [[row, float(positions[row, 0]), float(positions[row, 1])] for row in rows]
        return cacheable(jsonify(places=told))

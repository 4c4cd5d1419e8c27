"""Plain GET routes of the pictures of galaxies, under /collections/<digest>/cutouts.

    cutouts/<row>          the picture: `size=` smaller, `channel=` one channel, `stretch=` a FITS
                           cutout stretched anew; see dashboard/cutout_pictures.py
    cutouts/<row>/facts    JSON of dashboard/cutout_facts.py
    cutouts/place          JSON of dashboard/stepping.py: where a galaxy is among the selected

A cutout that is damaged is answered with a picture that says so, not with an error: an <img> shows
it. Its reason is also in the header X-Cutout-Error.
"""

import re

from flask import Flask, Response, jsonify, request
from flask_caching import Cache

from dashboard.answers import answered, cacheable
from dashboard.cutout_facts import cutout_facts
from dashboard.cutout_pictures import Asked, cutout_picture
from dashboard.stepping import place_among
from data.store import Collection
from models.errors import NotFound

BRIEFLY = "public, max-age=600"  # facts change with the program, pictures with the digest only


def register_cutout_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add the routes to the server."""
    prefix = f"/collections/{collection.digest}/cutouts"

    @server.get(f"{prefix}/<row>")
    @answered
    def cutout(row: str) -> Response:
        number = galaxy_row(collection, row)
        asked = Asked.of(request.args)
        tag = f"{collection.digest}-{number}-{asked.stretch}-{asked.channel}-{asked.size}"
        picture = cutout_picture(collection, number, asked)
        if picture.damage:
            return _placeholder(
                Response(picture.encoded, mimetype=picture.mimetype), picture.damage
            )
        reply = cacheable(Response(picture.encoded, mimetype=picture.mimetype))
        reply.set_etag(tag)
        return reply.make_conditional(request)

    @server.get(f"{prefix}/<row>/facts")
    @answered
    def facts(row: str) -> Response:
        number = galaxy_row(collection, row)
        if not collection.has_cutouts:
            raise NotFound(f"Collection '{collection.name}' has no cutouts.")
        known = cutout_facts(collection, number)
        if known["damage"]:
            return _unkept(jsonify(known))
        reply = jsonify(known)
        reply.headers["Cache-Control"] = BRIEFLY
        return reply

    @server.get(f"{prefix}/place")
    @answered
    def place() -> Response:
        row = request.args.get("row", "")
        number = galaxy_row(collection, row) if row else None
        selection = request.args.get("selection", "")
        return cacheable(jsonify(place_among(collection, cache, selection, number)))


def galaxy_row(collection: Collection, text: str) -> int:
    """A row that an address names; NotFound where it is no number or there is no such galaxy."""
    row = int(text) if re.fullmatch(r"[0-9]{1,12}", text) else -1
    if not 0 <= row < collection.n_galaxies:
        raise NotFound(
            f"There is no galaxy in row '{text[:40]}': '{collection.name}' has rows 0 to "
            f"{collection.n_galaxies - 1:,}."
        )
    return row


def _placeholder(reply: Response, reason: str) -> Response:
    # Headers are of one line and of Latin letters; the picture has the sentence itself.
    reply.headers["X-Cutout-Error"] = " ".join(reason.encode("ascii", "replace").decode().split())
    return _unkept(reply)


def _unkept(reply: Response) -> Response:
    reply.headers["Cache-Control"] = "no-store"  # a file that is mended is to be seen again
    return reply

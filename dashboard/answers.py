"""How plain routes answer: what is unknown is 404, what is asked badly 400, the rest is kept."""

from collections.abc import Callable
from functools import wraps

from flask import Response

from models.errors import MorphospaceError, NotFound

FOREVER = "public, max-age=31536000, immutable"


def answered(route: Callable[..., Response]) -> Callable[..., Response]:
    """A route whose refusals are answered with their sentence as plain text: 404, else 400."""

    @wraps(route)
    def answer(**arguments: object) -> Response:
        try:
            return route(**arguments)
        except MorphospaceError as error:
            status = 404 if isinstance(error, NotFound) else 400
            refused = Response(str(error), status=status, mimetype="text/plain")
            refused.headers["Cache-Control"] = "no-store"
            return refused

    return answer


def cacheable(reply: Response) -> Response:
    """A reply that a browser may keep: its address holds the digest of the collection."""
    reply.headers["Cache-Control"] = FOREVER
    return reply

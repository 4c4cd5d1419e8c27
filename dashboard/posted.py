"""What is posted to plain routes, read no further than it may be long."""

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from models.errors import BadInput


def posted_bytes(most: int, too_long: str) -> bytes:
    """Body of the request at hand.

    One that says that it is longer is refused before it is read, one that comes in chunks, its
    length untold, when so much of it has come: nothing larger is ever held.

    most : bytes that it may have
    too_long : the sentence that refuses it; raised as BadInput
    """
    # One more: werkzeug cuts what comes in chunks off at its limit without a word.
    request.max_content_length = most + 1
    try:
        sent = request.get_data()
    except RequestEntityTooLarge:
        raise BadInput(too_long) from None
    if len(sent) > most:
        raise BadInput(too_long)
    return sent

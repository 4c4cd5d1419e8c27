"""An app that is served while a test needs it."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from werkzeug.serving import make_server


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve an app in a thread, on loopback; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def ask(collection, served, what="listing", **fields):
    """The reply of a route of lists; `served` is a test client, and what else a test needs."""
    written = {
        key: json.dumps(value) if isinstance(value, list | dict) else value
        for key, value in fields.items()
    }
    asked = {"checkpoint": collection.checkpoints[-1], **written}
    return served[0].get(f"/collections/{collection.digest}/{what}", query_string=asked)

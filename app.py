"""Starts the page: the only place where things are wired together."""

import os
import socket
import sys
import threading
import webbrowser
from pathlib import Path

from dash import Dash
from flask import Flask

from dashboard.cache import create_cache
from dashboard.layout import page
from dashboard.panels import PANELS
from dashboard.routes import register_routes
from dashboard.settings import Settings, read_settings
from data.store import Collection, find_collection
from models.errors import BadInput, reported
from models.space.correlation import warm

ROOT = Path(__file__).parent


def create_app(settings: Settings) -> Dash:
    """The page of the collection that `settings` name.

    Raises NotFound or BadCollection where it cannot be served.
    """
    collection = Collection.open(find_collection(settings.collection, settings.folders))
    app = Dash(
        "morphospace",
        title=f"{collection.name} · Morphospace",
        assets_folder=str(ROOT / "assets"),
        update_title=None,
        serve_locally=True,
    )
    cache = create_cache(app.server, settings)
    register_routes(app.server, collection)
    app.layout = page(collection)
    for panel in PANELS:
        panel.register(app, collection, cache)
    return app


def create_server() -> Flask:
    """The server for gunicorn: `gunicorn 'app:create_server()'`. Settings from the environment."""
    server = create_app(read_settings()).server
    warm_up()
    return server


def warm_up() -> None:
    """Compile what counts pairs behind the page, before the first lasso waits for it."""
    threading.Thread(target=warm, daemon=True).start()


def main() -> None:
    with reported():
        settings = read_settings(sys.argv[1:])
        check_port(settings.host, settings.port)
        app = create_app(settings)
        warm_up()
        address = f"http://{settings.host}:{settings.port}"
        shown = f"Morphospace shows '{settings.collection}' at {address} (stop with Ctrl-C)"
        print(shown, flush=True)
        if settings.open:
            threading.Timer(1.0, open_browser, [address]).start()
        app.run(host=settings.host, port=settings.port, debug=False)


def check_port(host: str, port: int) -> None:
    """Raise BadInput where nothing can listen there."""
    try:
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        raise BadInput(
            f"Port {port} on {host} cannot be used ({error.strerror}); choose another with --port."
        ) from None


def open_browser(address: str) -> None:
    """Open the page in a graphical browser, where there is one; never one in the terminal."""
    is_graphical = sys.platform in ("darwin", "win32") or any(
        os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")
    )
    if is_graphical:
        webbrowser.open(address)


if __name__ == "__main__":
    main()

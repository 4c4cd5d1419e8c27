"""Starts the page: the only place where things are wired together."""

import os
import re
import socket
import sys
import threading
import webbrowser
from pathlib import Path

from dash import Dash
from flask import Flask

from dashboard import map_view, measure
from dashboard.cache import create_cache
from dashboard.index_page import INDEX, META_TAGS, THEME_SCRIPT
from dashboard.jobs import Jobs
from dashboard.layout import page
from dashboard.page_id import register_page_id
from dashboard.panels import PANELS
from dashboard.routes import register_routes
from dashboard.routes_views import register_view_routes
from dashboard.server_timing import register_server_timing
from dashboard.settings import Settings, read_settings
from data.store import Collection, find_collection
from models.errors import BadInput, reported
from models.memory import give_back_freed

ROOT = Path(__file__).parent


def create_app(settings: Settings, *, is_warmed: bool = False) -> Dash:
    """The page of the collection that `settings` name.

    is_warmed : compile what counts pairs behind the page, before the first lasso waits for it

    Raises NotFound or BadCollection where it cannot be served.
    """
    folder = find_collection(settings.collection, settings.folders)
    collection = Collection.open(folder, settings.kept or None)
    app = Dash(
        "morphospace",
        title=f"{collection.name} · Morphospace",
        assets_folder=str(ROOT / "assets"),
        assets_ignore=re.escape(THEME_SCRIPT),  # it is in the head
        index_string=INDEX,
        meta_tags=META_TAGS,
        update_title=None,
        serve_locally=True,
    )
    register_server_timing(app.server)
    cache = create_cache(app.server, settings)
    jobs = Jobs()
    register_routes(app.server, collection, cache, jobs)
    app.layout = page(collection)
    register_page_id(app)
    for panel in PANELS:
        panel.register(app, collection, cache, jobs)
    register_view_routes(app, collection)
    if is_warmed:
        threading.Thread(target=_warm, args=(collection,), daemon=True).start()
    return app


def _warm(collection: Collection) -> None:
    """Get ready what the first map and the first lasso would wait for."""
    last = collection.checkpoints[-1]
    map_view.warm(collection, last)
    measure.warm(collection, last)


def create_server() -> Flask:
    """The server for gunicorn: `gunicorn 'app:create_server()'`. Settings from the environment."""
    give_back_freed()
    return create_app(read_settings(), is_warmed=True).server


def main() -> None:
    give_back_freed()
    with reported():
        settings = read_settings(sys.argv[1:])
        check_port(settings.host, settings.port)
        app = create_app(settings, is_warmed=True)
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

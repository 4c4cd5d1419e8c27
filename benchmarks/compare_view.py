"""What four maps side by side ask of the server, action by action: part of benchmarks.compare.

Each action sends what the browser would for it, six requests at a time as a browser does, to a
server of its own on loopback; its time is from the first request sent to the last answer read, so
that it is an upper bound of the server's part.
"""

import logging
import threading
import time
import urllib.request
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import numpy as np
from flask import Flask
from flask_caching import Cache
from werkzeug.serving import make_server

from dashboard.cache import create_cache
from dashboard.map_view import map_index, warm
from dashboard.paints import paint_record
from dashboard.records import keep_record
from dashboard.routes_map import register_map_routes
from dashboard.settings import Settings
from data.simulated_big import simulate_collection
from data.store import Collection

SEPARATIONS = {0: 0.35, 10: 1.1, 20: 1.9, 30: 2.6}
N_GALAXIES, TARGET_MS = 300_000, 200.0
AT_ONCE = 6  # requests of a browser to one server
SIZE = {"width": 480, "height": 260}  # pixels of one of four maps at 1440 x 900
CELLS = {"columns": 12, "rows": 6}
N_REPEATS = 12
COLORS = ("label", "magnitude", "redshift", "log_density")


def collection_at(folder: Path, n: int = N_GALAXIES) -> Collection:
    """A made-up collection with four checkpoints, made where it is not there yet."""
    path = folder / f"compared{n}"
    if not path.exists():
        simulate_collection(n, path, separations=SEPARATIONS)
    return Collection.open(path)


def measure_view(collection: Collection, n_repeats: int = N_REPEATS) -> dict[str, list[float]]:
    """Milliseconds of each repeat of each action; the first time of each is left out."""
    for checkpoint in collection.checkpoints:
        warm(collection, checkpoint)
    with _served(collection) as (address, cache):
        view = _View(collection, cache, address)
        return {name: _timed(act, n_repeats) for name, act in view.actions().items()}


def summary(times: dict[str, list[float]]) -> list[dict]:
    """Of each action the median and the 95th percentile, and whether that is within the target."""
    rows = []
    for action, each in times.items():
        p50, p95 = np.percentile(each, [50, 95]).tolist()
        rows.append(
            {"action": action, "n": len(each), "p50_ms": p50, "p95_ms": p95}
            | {"target_ms": TARGET_MS, "is_met": p95 <= TARGET_MS}
        )
    return rows


class _View:
    """The maps of a page, and what is asked for them."""

    def __init__(self, collection: Collection, cache: Cache, address: str) -> None:
        self.collection, self.cache = collection, cache
        self.base = f"{address}/collections/{collection.digest}/map"
        self.rng = np.random.default_rng(0)
        self.paint, self.selected = keep_record(cache, paint_record("label")), ""
        self.home = map_index(collection, collection.checkpoints[-1]).home

    def actions(self) -> dict[str, Callable[[int], list[str]]]:
        """Name of an action -> the addresses that its nth repeat asks for."""
        return {
            "zoom": lambda number: self._pictures(self._view()),
            "hover": lambda number: self._nearest(),
            "recolor": self._recolored,
            "lasso": lambda number: self._lasso(),
            "zoom, some selected": lambda number: self._pictures(self._view()),
            "trails of the selection": lambda number: [self._path("trails", query=number)],
            "morph": lambda number: [self._path("morph")],
            "moved": lambda number: self._moved(),
        }

    def _ask(self, what: str, checkpoint: str, **more: object) -> str:
        look = {"checkpoint": checkpoint, "paint": self.paint, "selection": self.selected}
        return f"{self.base}/{what}?{urlencode(look | {'theme': 'dark'} | more)}"

    def _view(self) -> dict[str, float]:
        """Somewhere on the map, from a tenth of it to all."""
        x0, x1, y0, y1 = self.home
        share = self.rng.uniform(0.1, 1.0)
        x, y = self.rng.uniform(0, 1 - share, 2) if share < 1 else (0.0, 0.0)
        wide, high = x1 - x0, y1 - y0
        ends = x0 + x * wide, x0 + (x + share) * wide, y0 + y * high, y0 + (y + share) * high
        return dict(zip(("x0", "x1", "y0", "y1"), ends, strict=True))

    def _pictures(self, view: dict[str, float]) -> list[str]:
        return [
            self._ask(what, checkpoint, **view, **more)
            for checkpoint in self.collection.checkpoints
            for what, more in (("raster", SIZE), ("points", {}), ("cutouts", CELLS))
        ]

    def _nearest(self) -> list[str]:
        x, y = self.rng.uniform(self.home[0], self.home[1]), self.rng.uniform(*self.home[2:])
        radius = (self.home[1] - self.home[0]) / 40
        return [
            self._ask("nearest", checkpoint, x=x, y=y, radius=radius)
            for checkpoint in self.collection.checkpoints
        ]

    def _recolored(self, number: int) -> list[str]:
        column = COLORS[number % len(COLORS)]
        self.paint = keep_record(self.cache, paint_record(column, clip=[1.0 + number % 5, 99.0]))
        return self._pictures(self._view())

    def _lasso(self) -> list[str]:
        view = self._view()
        step = {"op": "set", "kind": "box", "checkpoint": self.collection.checkpoints[-1]}
        step |= {"x": [view["x0"], view["x1"]], "y": [view["y0"], view["y1"]]}
        self.selected = keep_record(self.cache, {"steps": [step]})
        return self._pictures(dict(zip(("x0", "x1", "y0", "y1"), self.home, strict=True)))

    def _path(self, what: str, **more: object) -> str:
        names = self.collection.checkpoints
        return self._ask(what, names[-1], checkpoints=",".join(names), **more)

    def _moved(self) -> list[str]:
        *others, onto = self.collection.checkpoints
        return [f"{self.base}/moved?{urlencode({'checkpoint': o, 'onto': onto})}" for o in others]


def _timed(act: Callable[[int], list[str]], n_repeats: int) -> list[float]:
    times = []
    for number in range(n_repeats + 1):
        addresses = act(number)
        with ThreadPoolExecutor(AT_ONCE) as browser:
            begun = time.perf_counter()
            list(browser.map(_read, addresses))
            times.append(1e3 * (time.perf_counter() - begun))
    return times[1:]


def _read(address: str) -> int:
    with urllib.request.urlopen(address, timeout=60) as reply:
        return len(reply.read())


@contextmanager
def _served(collection: Collection) -> Iterator[tuple[str, Cache]]:
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for every request
    flask = Flask("compared")
    cache = create_cache(flask, Settings(cache="memory"))
    register_map_routes(flask, collection, cache)
    server = make_server("127.0.0.1", 0, flask, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", cache
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

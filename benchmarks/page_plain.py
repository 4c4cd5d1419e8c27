"""What the map is compared with: the same galaxies, every one a point of one plain scattergl.

The page is what a notebook would make: one trace with a color for each class, plotly's own lasso,
nothing else on it. It is served on loopback and shown in the same browser.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import plotly
from playwright.sync_api import Browser

from benchmarks.page_actions import LIMIT_MS, circle, draw
from benchmarks.page_browser import heap_bytes, opened
from data.store import Collection

PLOTLY = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
PAGE = """<!doctype html><meta charset="utf-8"><title>Plain</title>
<style>html, body, #plot { margin: 0; width: 100%; height: 100%; }</style>
<div id="plot"></div><script src="/plotly.js"></script><script>
(async () => {
    const read = async (what) => (await fetch("/" + what)).arrayBuffer();
    const [x, y, group] = await Promise.all([read("x"), read("y"), read("group")]);
    const trace = {
        type: "scattergl", mode: "markers", x: new Float32Array(x), y: new Float32Array(y),
        marker: { size: 3, color: new Uint8Array(group), colorscale: "Viridis" },
        hoverinfo: "none",
    };
    const plot = document.getElementById("plot");
    await Plotly.newPlot(plot, [trace], { dragmode: "lasso" }, { responsive: true });
    window.benchmark.watchStrokes(plot);
    window.plain = true;
})();
</script>"""
N_LASSOS, RADIUS_PX = 3, 120
RELEASED = f"""(before) => window.benchmark.ended = window.benchmark.until(
    () => window.benchmark.released > before, {LIMIT_MS})"""


def files_of(collection: Collection) -> dict[str, tuple[str, bytes]]:
    """Address -> media type and content of all that the plain page needs."""
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    groups = collection.catalog["label"].astype("category").cat.codes.to_numpy()
    binary = "application/octet-stream"
    return {
        "/": ("text/html", PAGE.encode()),
        "/plotly.js": ("text/javascript", PLOTLY.read_bytes()),
        "/x": (binary, np.ascontiguousarray(positions[:, 0], "<f4").tobytes()),
        "/y": (binary, np.ascontiguousarray(positions[:, 1], "<f4").tobytes()),
        "/group": (binary, np.maximum(groups, 0).astype(np.uint8).tobytes()),
    }


def measure_plain(browser: Browser, collection: Collection) -> dict:
    """Times of the plain page: its first view, and from the release of a lasso to its answer."""
    with _served(files_of(collection)) as address, opened(browser, address) as page:
        page.wait_for_function("window.plain === true", timeout=LIMIT_MS)
        view_ms = page.evaluate("performance.now()")
        releases = []
        for number in range(N_LASSOS):
            page.evaluate(
                f"""() => {{
                    window.benchmark.start();
                    window.benchmark.startAt("pointerup");
                    ({RELEASED})(window.benchmark.released);
                }}"""
            )
            draw(page, circle((620 + 60 * number, 430), RADIUS_PX))
            release = page.evaluate("window.benchmark.ended")
            if release is None:
                raise RuntimeError(f"The plain page did not answer within {LIMIT_MS / 1e3:.0f} s.")
            releases.append(release)
        return {
            "n_galaxies": collection.n_galaxies,
            "first_view_ms": view_ms,
            "release_ms": releases,
            "heap_bytes": heap_bytes(page),
        }


class _Files(BaseHTTPRequestHandler):
    """Serves what is in memory."""

    def __init__(self, files: dict[str, tuple[str, bytes]], *arguments: object) -> None:
        self._files = files
        super().__init__(*arguments)

    def do_GET(self) -> None:
        kind, content = self._files.get(self.path, ("text/plain", b""))
        self.send_response(200 if self.path in self._files else 404)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def _served(files: dict[str, tuple[str, bytes]]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Files, files))
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""The page in a browser, for collections of several sizes: `python -m benchmarks.page`.

First useful view, zoom, lasso, recolouring, change of checkpoint and hover, each from the user's
event to the frame that answers it, with the server's part of it, the bytes it took, the browser's
heap and the server's memory. In the same browser, a plain scattergl page with every point. Exit
status 1 where a target of the README is missed.
"""

import argparse
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from playwright.sync_api import Browser, Page

from benchmarks import page_actions as actions
from benchmarks.machine import describe_machine, is_busy, versions
from benchmarks.page_browser import bytes_down, chromium, heap_bytes, opened
from benchmarks.page_plain import measure_plain
from benchmarks.page_server import served
from benchmarks.page_summary import LASSO, as_table, summarized, targets_of
from dashboard import ids
from data.simulated_big import simulate_collection
from data.store import Collection
from models.files import write_json

SIZES = (4_000, 300_000, 1_000_000, 10_000_000)
MOST_PLAIN = 300_000  # points of a plain page: with more, a lasso takes minutes
N_LOADS = 3
COLORS = ("magnitude", "label", "redshift", "field")
PACKAGES = ("dash", "plotly", "numpy", "numba", "datashader", "pandas", "playwright")


def collection_of(n: int, folder: Path) -> Path:
    """Folder of a collection of `n` made-up galaxies, made where it is not there yet."""
    path = folder / f"big{n}"
    if not path.exists():
        print(f"making {path}: {n:,} galaxies", file=sys.stderr, flush=True)
        simulate_collection(n, path)
    return path


def measure_page(browser: Browser, path: Path, repeats: int, limit_s: float) -> dict:
    """Everything about our page for one collection.

    limit_s : time after which no action is repeated further; each is done twice at least
    """
    with tempfile.TemporaryDirectory() as kept, served(path, Path(kept)) as server:
        is_calm = server.wait_until_calm()
        uss_before = server.uss_bytes()
        loads = [_load(browser, server.address) for _ in range(N_LOADS)]
        end = time.monotonic() + limit_s
        with opened(browser, server.address) as page:
            _wait_for_view(page)
            done = {"first view": summarized(loads)}
            for name, act in _actions(page, Collection.open(path)).items():
                done[name] = summarized(_repeated(act, repeats, end))
            heap = heap_bytes(page)
        return {
            "actions": done,
            "heap_bytes": heap,
            "server_uss_bytes": server.uss_bytes(),
            "server_uss_before_bytes": uss_before,
            "was_calm": is_calm,
        }


def _load(browser: Browser, address: str) -> dict:
    """Time and bytes of one visit, until the map is drawn."""
    with opened(browser, address) as page:
        client_ms = _wait_for_view(page)
        actions.wait_until_quiet(page, 1000)
        requests = page.evaluate("window.benchmark.requests")
        return {
            "client_ms": client_ms,
            "server_ms": actions.server_milliseconds(requests, client_ms),
            "bytes": bytes_down(page),
        }


def _wait_for_view(page: Page) -> float:
    """Wait until the map is drawn, and shown; milliseconds since the page was asked for."""
    page.wait_for_function(actions.IS_DRAWN, timeout=actions.LIMIT_MS, polling="raf")
    shown = page.evaluate(f"window.benchmark.until({actions.IS_DRAWN}, {actions.LIMIT_MS})")
    return float(shown)


def _actions(page: Page, collection: Collection) -> dict[str, Callable[[int], dict]]:
    """Name of an action -> it, done for the given time; the first time of each is not counted."""
    rng = np.random.default_rng(0)
    page.evaluate(
        f"""window.benchmark.watchStrokes(
            document.querySelector("#{ids.MAP} .js-plotly-plot"))"""
    )
    actions.set_value(page, ids.SHELF, "gallery")
    page.wait_for_selector(f"#{ids.GALLERY} [data-row]")
    columns = [column for column in COLORS if column in collection.catalog]
    names = collection.checkpoints
    return {
        "zoom": lambda number: actions.zoom(page, rng),
        "hover": lambda number: actions.hover(page, rng),
        "recolor": lambda number: actions.recolor(page, columns[number % len(columns)]),
        "checkpoint": lambda number: actions.change_checkpoint(page, names[number % len(names)]),
        LASSO: lambda number: actions.lasso(page, rng),
        "zoom, some selected": lambda number: actions.zoom(page, rng),
    }


def _repeated(act: Callable[[int], dict], repeats: int, end: float) -> list[dict]:
    """What the repeats of an action took; fewer of them where there is no more time."""
    act(0)  # what is worked out once, for whoever asks first
    rows: list[dict] = []
    while len(rows) < repeats and (len(rows) < 2 or time.monotonic() < end):
        rows.append(dict(act(len(rows) + 1)))
    return rows


def measure(sizes: list[int], folder: Path, repeats: int, limit_s: float) -> dict:
    """The report: our page at every size, the plain page at those it can bear."""
    report = {"machine": describe_machine(), "versions": versions(PACKAGES)}
    report |= {"is_disturbed": is_busy(), "repeats": repeats}
    paths = {n: collection_of(n, folder) for n in sizes}
    ours, plain = {}, {}
    with chromium() as browser:
        for n, path in paths.items():
            print(f"measuring {n:,} galaxies", file=sys.stderr, flush=True)
            ours[n] = measure_page(browser, path, repeats, limit_s)
            if n <= MOST_PLAIN:
                plain[n] = measure_plain(browser, Collection.open(path))
    targets = [target.to_dict() for target in targets_of(ours, plain)]
    return report | {"sizes": ours, "plain": plain, "targets": targets}


def tell(report: dict) -> None:
    """Print what was found."""
    print("Milliseconds from the user's event to the frame that answers it, software rendering.")
    print("server: with at least one of the action's requests at work. kB: what it was sent.\n")
    print(as_table(report["sizes"]))
    print()
    for n, size in report["sizes"].items():
        heap, uss = size["heap_bytes"] / 1e6, size["server_uss_bytes"] / 1e6
        print(f"{n:>10,} galaxies: browser heap {heap:.0f} MB, server {uss:.0f} MB private")
    for n, page in report["plain"].items():
        release, heap = np.median(page["release_ms"]), page["heap_bytes"] / 1e6
        print(
            f"{n:>10,} points in a plain scattergl page: first view {page['first_view_ms']:.0f} "
            f"ms, lasso release {release:.0f} ms, heap {heap:.0f} MB"
        )
    for target in report["targets"]:
        print(_line(target))
    if report["is_disturbed"]:
        print("The machine was busy: times are upper bounds, and ratios uncertain.")


def _line(target: dict) -> str:
    verdict = "reached" if target["is_reached"] else "MISSED"
    return f"{target['name']:58s} {target['wanted']:>10s} {target['measured']:>10s}  {verdict}"


def main(arguments: list[str] | None = None) -> int:
    """Run the benchmark; the exit status."""
    parser = argparse.ArgumentParser("python -m benchmarks.page", description=__doc__)
    add = parser.add_argument
    add("--sizes", default=",".join(map(str, SIZES)), help="numbers of galaxies (%(default)s)")
    add("--json", type=Path, help="also write everything to this file")
    add("--collections", type=Path, help="folder of the collections, kept (a temporary one)")
    add("--repeats", type=int, default=20, help="of each action (%(default)s)")
    add("--limit", type=float, default=600, help="seconds for the actions of one size (600)")
    asked = parser.parse_args(arguments)
    sizes = [int(size) for size in asked.sizes.split(",")]
    with tempfile.TemporaryDirectory() as temporary:
        folder = asked.collections or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        report = measure(sizes, folder, asked.repeats, asked.limit)
    tell(report)
    if asked.json is not None:
        write_json(asked.json, report)
    return int(not all(target["is_reached"] for target in report["targets"]))


if __name__ == "__main__":
    sys.exit(main())

"""Chromium for a benchmark: software rendering, so that any machine can repeat it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = (
    "--no-sandbox --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --use-angle=swiftshader --enable-unsafe-swiftshader"
).split()
WINDOW = {"width": 1440, "height": 900}
WATCH = (Path(__file__).parent / "page_watch.js").read_text()
# The tour is for a first visit, which a benchmark's is not.
NO_TOUR = """try { window.localStorage["morphospace-tour"] = "done"; } catch { /* none kept */ }"""
TIMEOUT_MS = 300_000


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser, closed at the end."""
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("The benchmark needs Chromium: install Debian's package chromium.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def opened(browser: Browser, address: str) -> Iterator[Page]:
    """A page that keeps nothing from another one, watched from its first request on."""
    context = browser.new_context(viewport=WINDOW)
    try:
        page = context.new_page()
        page.set_default_timeout(TIMEOUT_MS)
        page.add_init_script(NO_TOUR)
        page.add_init_script(WATCH)
        page.goto(address, wait_until="commit")
        yield page
    finally:
        context.close()


def heap_bytes(page: Page) -> int:
    """What the page's scripts hold, garbage collected: objects and the buffers behind arrays."""
    session = page.context.new_cdp_session(page)
    try:
        session.send("HeapProfiler.collectGarbage")
        usage = session.send("Runtime.getHeapUsage")
    finally:
        session.detach()
    return int(usage["usedSize"] + usage.get("backingStorageSize", 0))


def bytes_down(page: Page) -> int:
    """All that a page has been sent since it was opened."""
    return page.evaluate(
        """performance.getEntriesByType("navigation")[0].transferSize
        + window.benchmark.requests.reduce((sum, { bytes }) => sum + bytes, 0)"""
    )

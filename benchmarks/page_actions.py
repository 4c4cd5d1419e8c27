"""What a user does on the page, each action timed from the event to what it is for."""

import math
from collections.abc import Callable

import numpy as np
from playwright.sync_api import Page

from dashboard import ids

LIMIT_MS = 120_000  # of one action: beyond it, it has failed
N_STROKE = 40  # mouse moves of a lasso
RADII_PX = 60, 160
NOT_COUNTED = ("/jobs/", "/assets/", "/_dash-component-suites/")  # polls, and what is loaded once

# What holds when an action has done what it is for; `before` was noted before it.
IS_DRAWN = f"""() => {{
    const map = window.morphospace_map?.maps.get("{ids.MAP}");
    return map?.sheet && map.frame.dataset.state === "drawn"
        && map.sheet.key === window.morphospace_map.keyOf(map);
}}"""
STATE = f"""() => {{
    const M = window.morphospace_map, map = M.maps.get("{ids.MAP}");
    const count = document.getElementById("{ids.SELECTION_COUNT}").textContent;
    return {{
        paint: M.state.paint, n: Number.parseInt(count.replaceAll(",", ""), 10),
        selected: M.state.selected,
        view: map.frame.dataset.view,
        released: window.benchmark.released,
        numbers: document.getElementById("{ids.CORRELATION_NUMBERS}").textContent,
        caption: document.getElementById("{ids.GALLERY_CAPTION}").textContent,
        card: document.querySelector(".hover-card.shown")?.dataset.cardRow ?? null,
    }};
}}"""
RELEASED = "(before, now) => now.released > before.released"
CURVE_DRAWN = """(before, now) => now.selected !== before.selected && now.n !== before.n
    && now.numbers !== before.numbers && now.numbers.includes(now.n.toLocaleString("en-US"))"""
GALLERY_SHOWN = f"""(before, now) => now.selected !== before.selected && now.n !== before.n
    && now.caption.includes(now.n.toLocaleString("en-US"))
    && [...document.querySelectorAll("#{ids.GALLERY} img")].every((image) => image.complete)"""
PAINTED = f"(before, now) => now.paint !== before.paint && ({IS_DRAWN})()"
VIEWED = f"(before, now) => now.view !== before.view && ({IS_DRAWN})()"
POINTED = "(before, now) => now.card !== null && now.card !== before.card"


class Measured(dict):
    """What one action took: client_ms, server_ms, bytes, and the names of further times."""


def wait_until_quiet(page: Page, ms: int = 400) -> None:
    """Wait until the page has asked for nothing for a while."""
    page.wait_for_function(f"window.benchmark.isQuiet({ms})", timeout=LIMIT_MS)


def act(page: Page, do: Callable[[], None], ends: dict[str, str], start: str | None) -> Measured:
    """Do something and time it.

    ends : name of a time -> when it has come, in JavaScript; the first is the action's own
    start : the event that starts the clock; None where `do` does so itself
    """
    wait_until_quiet(page)
    waits = ", ".join(
        f"window.benchmark.until(() => ({end})(before, ({STATE})()), {LIMIT_MS})"
        for end in ends.values()
    )
    # Watched from before the action on: nothing is missed between its event and the first look.
    page.evaluate(
        f"""(kind) => {{
            const before = ({STATE})();
            window.benchmark.start();
            if (kind) window.benchmark.startAt(kind);
            window.benchmark.ended = Promise.all([{waits}]);
        }}""",
        start,
    )
    do()
    times = page.evaluate("window.benchmark.ended")
    wait_until_quiet(page)
    since = page.evaluate("window.benchmark.since()")
    if None in times:
        raise RuntimeError(f"Nothing came of an action within {LIMIT_MS / 1e3:.0f} s: {ends}")
    names = [f"{name}_ms" for name in ends]
    measured = Measured(zip(names, times, strict=True))
    done = since["began"] + times[0]
    measured["server_ms"] = server_milliseconds(since["requests"], done)
    measured["bytes"] = sum(r["bytes"] for r in counted(since["requests"]))
    return measured


def counted(requests: list[dict]) -> list[dict]:
    """Requests that belong to an action."""
    return [r for r in requests if not r["path"].startswith(NOT_COUNTED)]


def server_milliseconds(requests: list[dict], done: float) -> float:
    """How long the server was at work on at least one of the requests that ended by `done`.

    Requests that it answered side by side are counted once: this is the time that the server
    added to the action, at most.
    """
    spans = sorted(
        (r["replied"] - r["server"], r["replied"])
        for r in counted(requests)
        if r["server"] is not None and r["replied"] <= done
    )
    total, reached = 0.0, -math.inf
    for begun, ended in spans:
        total += max(ended - max(begun, reached), 0.0)
        reached = max(reached, ended)
    return total


def zoom(page: Page, rng: np.random.Generator) -> Measured:
    """A turn of the wheel somewhere on the map."""
    x, y = _on_map(page, rng, 0.3)
    page.mouse.move(x, y)
    inward = -300 if page.evaluate("window.benchmark.zoomed = !window.benchmark.zoomed") else 300
    return act(page, lambda: page.mouse.wheel(0, inward), {"client": VIEWED}, "wheel")


def lasso(page: Page, rng: np.random.Generator) -> Measured:
    """A lasso around some galaxy; the clock starts with the release of the button."""
    stroke = circle(at_galaxy(page, rng), rng.uniform(*RADII_PX))
    ends = {"client": CURVE_DRAWN, "gallery": GALLERY_SHOWN, "release": RELEASED}
    ends["map"] = f"(before, now) => now.selected !== before.selected && ({IS_DRAWN})()"
    return act(page, lambda: draw(page, stroke), ends, "pointerup")


def recolor(page: Page, column: str) -> Measured:
    """Another column to color by."""
    return act(page, lambda: set_value(page, ids.COLOR, column), {"client": PAINTED}, None)


def change_checkpoint(page: Page, checkpoint: str) -> Measured:
    """Another moment of training."""
    drawn = f"""(before, now) => ({IS_DRAWN})()
        && window.morphospace_map.maps.get("{ids.MAP}").sheet.checkpoint === "{checkpoint}" """
    return act(page, lambda: set_value(page, ids.CHECKPOINT, checkpoint), {"client": drawn}, None)


def hover(page: Page, rng: np.random.Generator) -> Measured:
    """The pointer comes to a galaxy, and its card is shown: after a rest of 120 ms, on purpose."""
    page.mouse.move(5, 5)
    place = at_galaxy(page, rng)
    return act(page, lambda: page.mouse.move(*place), {"client": POINTED}, "mousemove")


def at_galaxy(page: Page, rng: np.random.Generator) -> tuple[float, float]:
    """Where one of the galaxies that are drawn as dots is, in pixels of the window."""
    place = page.evaluate(
        f"""(share) => {{
            const M = window.morphospace_map, map = M.maps.get("{ids.MAP}");
            const view = M.viewOf(map), {{ data }} = map.sheet;
            const inside = [...data.x.keys()].filter((i) => M.isIn(view, data.x[i], data.y[i]));
            const i = inside[Math.floor(share * inside.length)];
            const box = map.frame.getBoundingClientRect();
            const [x, y] = M.toPixels(view, data.x[i], data.y[i]);
            return [box.left + x, box.top + y];
        }}""",
        float(rng.random()),
    )
    return float(place[0]), float(place[1])


def set_value(page: Page, component: str, value: str) -> None:
    """Choose in a control, and start the clock."""
    page.evaluate(
        """([id, value]) => {
            window.benchmark.start();
            window.dash_clientside.set_props(id, { value });
        }""",
        [component, value],
    )


def circle(center: tuple[float, float], radius: float) -> list[tuple[float, float]]:
    """Pixels of a stroke around a place."""
    angles = [2 * math.pi * step / N_STROKE for step in range(N_STROKE)]
    return [(center[0] + radius * math.cos(a), center[1] + radius * math.sin(a)) for a in angles]


def draw(page: Page, stroke: list[tuple[float, float]]) -> None:
    """Draw with the mouse, its button down."""
    page.mouse.move(*stroke[0])
    page.mouse.down()
    for place in stroke[1:]:
        page.mouse.move(*place)
    page.mouse.up()


def _on_map(page: Page, rng: np.random.Generator, margin: float) -> tuple[float, float]:
    """A place on the map, no nearer to its edges than `margin` of it."""
    box = page.locator(f"#{ids.MAP}").bounding_box()
    x, y = rng.uniform(margin, 1 - margin, 2)
    return box["x"] + x * box["width"], box["y"] + y * box["height"]

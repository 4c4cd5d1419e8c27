"""What the tests in a browser do on the page: wait for it, point at galaxies, draw lassos, read."""

import math

import numpy as np

from dashboard import ids

# A point of the map in pixels of the window, as plotly has drawn it.
TO_PIXELS = """([id, x, y]) => {
    const plot = document.querySelector(`#${id} .js-plotly-plot`);
    const box = plot.getBoundingClientRect();
    const { xaxis, yaxis } = plot._fullLayout;
    return [box.left + xaxis._offset + xaxis.l2p(x), box.top + yaxis._offset + yaxis.l2p(y)];
}"""

# Id of the record of what is selected, as the maps draw it; "" for nothing.
SELECTED = "window.morphospace_map.state.selected"
VIEW = "window.morphospace_map.view('map')"


def settle(page):
    """Wait until the maps are drawn and the page has asked for nothing for a while."""
    page.wait_for_selector("#map .js-plotly-plot .main-svg", state="attached")
    page.evaluate("window.asked.last = performance.now()")
    page.wait_for_function(
        """() => {
            const frames = [...document.querySelectorAll(".map-frame")];
            const isDone = (f) => !f.clientWidth || ["drawn", "refused"].includes(f.dataset.state);
            return frames.every(isDone)
                && window.asked.pending === 0 && performance.now() - window.asked.last > 500;
        }"""
    )


def take_back(page, collection):
    """What tests of the map do to a page: select, inspect, hide, compare, move, resize."""
    page.mouse.up()
    for key in ("Control", "Alt", "Escape"):
        page.keyboard.up(key)
    page.mouse.move(2, 2)
    page.evaluate("document.activeElement?.blur()")  # keys are not for the map while typing
    page.set_viewport_size({"width": 1440, "height": 900})
    first = {
        ids.SELECTION: {"data": {"steps": []}},
        ids.QUERY: {"data": None},
        ids.CHECKPOINT: {"value": collection.checkpoints[-1]},
        ids.COMPARED: {"value": []},
        ids.LINK_VIEWS: {"checked": True},
        ids.SHOW_TRAILS: {"checked": False},
        ids.HIDDEN: {"data": []},
        ids.DRAG_MODE: {"value": "lasso"},
        ids.SHOW_CUTOUTS: {"checked": True},
        ids.SHOW_MINIMAP: {"checked": True},
        ids.CUTOUT_SIZE: {"value": 44},
    }
    page.evaluate(
        "(first) => Object.entries(first).forEach((one) => dash_clientside.set_props(...one))",
        first,
    )
    page.wait_for_function(f"{SELECTED} === ''")
    settle(page)
    page.evaluate("morphospace_map.shown().forEach(morphospace_map.fit)")
    settle(page)


def compare(page, *checkpoints):
    """Show the maps of these checkpoints beside the first; returns when they are drawn."""
    page.evaluate(
        "([id, value]) => dash_clientside.set_props(id, { value })",
        [ids.COMPARED, list(checkpoints)],
    )
    page.wait_for_function(
        """(names) => {
            const frames = [...document.querySelectorAll("#more-maps > .map-frame")];
            const maps = window.morphospace_map.maps;
            const shown = frames.map((each) => each.dataset.checkpoint);
            return JSON.stringify(shown) === JSON.stringify(names)
                && [...maps.values()].filter((map) => map.id !== "map").length === names.length;
        }""",
        arg=list(checkpoints),
    )
    settle(page)


def pixels(page, collection, row, graph=ids.MAP, checkpoint=None):
    """Where a galaxy is on the screen."""
    positions, _ = collection.map_positions(checkpoint or collection.checkpoints[-1])
    return page.evaluate(TO_PIXELS, [graph, *map(float, positions[row])])


def lasso(page, center, radius, *keys, graph=ids.MAP):
    """Draw a circle on a map with the mouse, some keys held, beginning towards its middle.

    Returns when the page shows what is selected then.
    """
    before = page.evaluate(SELECTED)
    box = page.locator(f"#{graph}").bounding_box()
    middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    start = math.atan2(middle[1] - center[1], middle[0] - center[0])
    angles = [start + 2 * math.pi * step / 25 for step in range(26)]
    circle = [(center[0] + radius * math.cos(a), center[1] + radius * math.sin(a)) for a in angles]
    for key in keys:
        page.keyboard.down(key)
    page.mouse.move(*circle[0])
    page.mouse.down()
    for place in circle[1:]:
        page.mouse.move(*place)
    page.mouse.up()
    for key in keys:
        page.keyboard.up(key)
    page.wait_for_function(f"(before) => {SELECTED} !== before", arg=before)
    settle(page)


def view(page):
    """x0, x1, y0, y1 of what the first map shows."""
    ends = page.evaluate(VIEW)
    return ends["x0"], ends["x1"], ends["y0"], ends["y1"]


def move_map(page, act):
    """Do something that changes what the first map shows; returns when that is shown."""
    before = page.evaluate(VIEW)
    act()
    page.wait_for_function(
        f"(before) => JSON.stringify({VIEW}) !== JSON.stringify(before)", arg=before
    )
    settle(page)


def middle_of(page, graph=ids.MAP):
    """Middle of a map on the screen."""
    box = page.locator(f"#{graph}").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def zoom_in(page, place, times=6):
    """Turn the wheel over a place; each time it brings the map a tenth nearer."""
    page.mouse.move(*place)
    for _ in range(times):
        before = page.evaluate(VIEW)
        page.mouse.wheel(0, -400)
        page.wait_for_function(f"(before) => {VIEW}.x1 !== before.x1", arg=before)
    settle(page)


def count(page):
    """How many galaxies the page says are selected."""
    return int(page.locator(f"#{ids.SELECTION_COUNT}").inner_text().split()[0].replace(",", ""))


def inspected_id(page):
    return page.locator(f"#{ids.INSPECTOR} dd").first.inner_text()


def hide_cutouts(page):
    page.keyboard.press("c")
    page.wait_for_function("!document.querySelector('.map-mark.cutout')")
    settle(page)


def spread_out(collection, checkpoint=None):
    """Rows of two galaxies far apart on the map."""
    positions, _ = collection.map_positions(checkpoint or collection.checkpoints[-1])
    first = int(np.argmin(positions @ (1, 1)))
    return first, int(np.argmax(((positions - positions[first]) ** 2).sum(axis=1)))

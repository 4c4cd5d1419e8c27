"""Comparing columns and the leakage of a selection on the page, in Chromium."""

import numpy as np
import pytest

from dashboard import ids
from data.selection import resolve
from tests.browsing import settle
from tests.test_selecting_browser import put, record, told

K = 15


@pytest.fixture
def box(collection):
    """A box around the middle of the map."""
    checkpoint = collection.checkpoints[-1]
    ends = np.quantile(collection.projection(checkpoint), [0.25, 0.75], axis=0).tolist()
    x, y = zip(*ends, strict=True)
    return {"op": "set", "kind": "box", "checkpoint": checkpoint, "x": [*x], "y": [*y]}


def told_of(collection, steps):
    return f"{len(resolve({'steps': steps}, collection)):,} of {collection.n_galaxies:,}"


def test_a_selection_is_closed_cleaned_and_opened_again(page, collection, box):
    place = page.locator(f"#{ids.LEAKAGE}")
    assert place.inner_text() == ""
    put(page, {"steps": [box]})
    told(page, told_of(collection, [box]))
    page.wait_for_function(
        "(id) => /Leakage [\\d.]+ ± [\\d.]+ %, k = 15/.test(document.getElementById(id).innerText)",
        arg=ids.LEAKAGE,
    )
    near = {"checkpoint": collection.checkpoints[-1], "k": K}
    add = {"op": "add", "kind": "neighbors", **near}
    place.get_by_role("button", name="Close").click()
    told(page, told_of(collection, [box, add]))
    assert record(page)["steps"][-1] == add
    numbers = page.locator(f"#{ids.CORRELATION_NUMBERS}")
    numbers.get_by_text("closed under 15 neighbors").wait_for()
    page.locator(f"#{ids.UNDO}").click()
    told(page, told_of(collection, [box]))
    remove = {"op": "remove", "kind": "strays", **near}
    place.get_by_role("button", name="Remove strays").click()
    told(page, told_of(collection, [box, remove]))
    numbers.get_by_text("strays removed").wait_for()


def test_galaxies_are_colored_by_what_they_keep(page, collection):
    first = collection.checkpoints[0]
    page.evaluate(
        "([id, value]) => window.dash_clientside.set_props(id, { value })",
        [ids.COLOR, f"neighbors_kept:{first}"],
    )
    legend = page.locator(f"#{ids.MAP_LEGEND}")
    legend.get_by_text(f"Jaccard index of the 15 nearest here and under {first}.").wait_for()
    assert "n = 600" in legend.inner_text()
    settle(page)


def test_the_table_shows_a_column_on_demand_when_it_is_chosen(page, collection):
    page.evaluate("(id) => window.dash_clientside.set_props(id, { value: 'table' })", ids.SHELF)
    cells = page.locator('.table-frame .ag-row [col-id="object_id"]')
    cells.first.wait_for()
    assert page.locator('.table-frame [col-id="map_recall"]').count() == 0
    settle(page)
    # The only column: the others leave the room that it needs to be drawn.
    page.evaluate(
        "(id) => window.dash_clientside.set_props(id, { value: ['object_id', 'map_recall'] })",
        ids.TABLE_CHOSEN,
    )
    page.wait_for_function(
        "(path) => [...document.querySelectorAll(path)].some((c) => /^[\\d.]+$/.test(c.innerText))",
        arg='.table-frame .ag-row [col-id="map_recall"]',
    )

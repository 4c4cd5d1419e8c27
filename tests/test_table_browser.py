"""The table in Chromium: rows as it scrolls, sort, filter, cuts, columns, highlights, refusals."""

import re

import numpy as np
import pytest

from dashboard import ids
from tests.browsing import settle

SET = "([id, properties]) => window.dash_clientside.set_props(id, properties)"
ROWS = """() => [...document.querySelectorAll('#table .ag-center-cols-container .ag-row')]
    .sort((one, other) => one.getAttribute('row-index') - other.getAttribute('row-index'))
    .map((each) => each.getAttribute('row-id'))"""
BEGINS = f"""(want) => {{
    const rows = ({ROWS})();
    return rows.length > 0 && want.slice(0, rows.length).every((id, place) => rows[place] === id);
}}"""
ENDS = f"""(want) => {{
    const rows = ({ROWS})();
    return rows.length > 0 && rows.at(-1) === want;
}}"""


# Of each row on screen: its galaxy, the identifier and the picture shown.
SEEN = """() => {
    const rows = document.querySelectorAll('#table .ag-center-cols-container .ag-row[row-id^=g]');
    return [...rows].map((each) => {
        const id = each.getAttribute('row-id');
        const whole = [...document.querySelectorAll(`#table .ag-row[row-id="${id}"]`)];
        const found = (what) => whole.map((part) => part.querySelector(what)).find(Boolean);
        const [named, pictured] = ['[col-id=object_id]', 'img'].map(found);
        return [+id.slice(1), named?.innerText, pictured?.getAttribute('src')];
    });
}"""


@pytest.fixture
def table(page):
    """The page with its table shown and filled."""
    return open_table(page)


def open_table(page):
    page.locator(".shelf-tabs [role=tab]", has_text="Table").click()
    page.wait_for_selector("#table .ag-row[row-id^=g]")
    settle(page)
    return page


def set_props(page, name, **properties):
    page.evaluate(SET, [name, properties])


def begins(page, order):
    page.wait_for_function(BEGINS, arg=[f"g{row}" for row in order[:40]])


def caption(page, text):
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.TABLE_CAPTION, text],
    )


def check_cells(page, collection):
    """Every row on screen has the identifier and the picture of its galaxy."""
    seen = page.evaluate(SEEN)
    assert len(seen) > 2
    for row, object_id, address in seen:
        assert object_id == collection.catalog["object_id"].iat[row]
        assert address.split("?")[0] == f"/collections/{collection.digest}/cutouts/{row}"


def test_rows_are_the_right_ones_through_sort_selection_and_checkpoint(table, collection):
    n = collection.n_galaxies
    begins(table, range(n))
    check_cells(table, collection)
    caption(table, "600 galaxies")

    table.locator("#table .ag-header-cell[col-id=magnitude] .ag-header-cell-label").click()
    order = np.argsort(collection.catalog["magnitude"].to_numpy(), kind="stable")
    begins(table, order)
    check_cells(table, collection)

    rows = set(range(3, n, 5))
    step = {"op": "set", "kind": "rows", "rows": sorted(rows)}
    set_props(table, ids.SELECTION, data={"steps": [step]})
    begins(table, [row for row in order if row in rows])
    caption(table, "120 selected of 600")
    check_cells(table, collection)

    table.evaluate(
        "window.dash_ag_grid.getApi('table').applyColumnState({ state: "
        "[{ colId: 'log_density', sort: 'desc' }], defaultState: { sort: null } })"
    )
    for checkpoint in (collection.checkpoints[-1], collection.checkpoints[0]):
        set_props(table, ids.CHECKPOINT, value=checkpoint)
        density = collection.density(checkpoint)["log_density"]
        order = np.argsort(-density, kind="stable")
        begins(table, [row for row in order if row in rows])
        check_cells(table, collection)


def test_it_scrolls_to_the_end(table, collection):
    table.evaluate("window.dash_ag_grid.getApi('table').ensureIndexVisible(599, 'bottom')")
    table.wait_for_function(ENDS, arg="g599")
    check_cells(table, collection)
    table.evaluate("window.dash_ag_grid.getApi('table').ensureIndexVisible(0, 'top')")
    begins(table, range(600))


def test_a_filter_is_told_in_words_and_becomes_a_cut(table, collection):
    redshift = collection.catalog["redshift"].to_numpy()
    inside = (redshift >= 0.05) & (redshift <= 0.1)
    table.locator("#table .ag-header-cell[col-id=redshift] .ag-header-cell-filter-button").click()
    for place, value in enumerate(("0.05", "0.1")):
        table.locator(".ag-filter input[type=number]:visible").nth(place).fill(value)
    caption(table, f"{inside.sum()} of 600 galaxies: redshift from 0.05 to 0.1")
    begins(table, np.flatnonzero(inside))
    table.keyboard.press("Escape")

    table.locator(f"#{ids.TABLE_CUT}").click()
    caption(table, f"{inside.sum()} selected of 600")
    assert table.evaluate("window.dash_ag_grid.getApi('table').getFilterModel()") == {}
    begins(table, np.flatnonzero(inside))
    told = table.locator(f"#{ids.SELECTION_COUNT}").inner_text()
    assert told.startswith(f"{inside.sum()} ")


def test_nothing_passes_and_then_everything(table, collection):
    asked = {"sort": [], "filters": {"redshift": {"type": "greaterThan", "filter": 99}}}
    set_props(table, ids.TABLE_ASKED, data=asked)
    caption(table, "0 of 600 galaxies: redshift > 99")
    table.wait_for_selector("#table .ag-overlay >> text=No galaxy passes")
    table.locator(f"#{ids.TABLE_CLEAR}").click()
    caption(table, "600 galaxies")
    begins(table, range(600))
    assert not table.locator("#table .ag-overlay >> text=No galaxy passes").is_visible()


def test_what_a_link_asks_for_is_what_is_listed_and_in_the_file(table, collection):
    asked = {
        "sort": [["magnitude", "desc"]],
        "filters": {"label": {"filterType": "text", "type": "contains", "filter": "disk"}},
    }
    set_props(table, ids.TABLE_ASKED, data=asked)
    disks = np.flatnonzero((collection.catalog["label"] == "Disk").to_numpy())
    magnitude = collection.catalog["magnitude"].to_numpy()[disks]
    order = disks[np.argsort(-magnitude, kind="stable")]
    begins(table, order)
    reply = table.request.get(table.evaluate(f"document.getElementById('{ids.TABLE_FILE}').href"))
    lines = [line for line in reply.text().splitlines() if not line.startswith("#")][1:]
    object_ids = [line.split(",")[0].strip('"') for line in lines]
    assert object_ids == collection.catalog["object_id"].iloc[order].tolist()


def test_a_hidden_column_stays_hidden_when_the_page_is_loaded_again(table, open_page):
    heads = "#table .ag-header-cell[col-id=dec]"
    table.locator("button", has_text=re.compile("^Columns$")).click()
    table.locator(".table-chooser input[value=dec]").click()
    table.wait_for_function(f"document.querySelectorAll('{heads}').length === 0")
    table.reload()
    settle(table)
    open_table(table)
    assert table.locator(heads).count() == 0
    table.locator("button", has_text=re.compile("^Columns$")).click()
    table.locator(f"#{ids.TABLE_RESET}").click()
    table.wait_for_selector(heads)


def test_a_row_pointed_at_and_the_inspected_one_are_marked(table, collection):
    ground = (
        "(row) => getComputedStyle(document.querySelector("
        "`#table .ag-center-cols-container .ag-row[row-id=g${row}]`)).backgroundColor"
    )
    plain = table.evaluate(ground, 2)
    table.evaluate("""
        window.pointed = [];
        document.addEventListener('morphospace:point', ({ detail }) => window.pointed.push(detail));
    """)
    point = "document.dispatchEvent(new CustomEvent('morphospace:point', { detail: %s }))"
    table.evaluate(point % "{ row: 2, from: 'map' }")
    assert table.evaluate(ground, 2) != plain
    table.evaluate(point % "{ row: null, from: 'map' }")
    assert table.evaluate(ground, 2) == plain

    cell = "#table .ag-row[row-id=g1] [col-id=object_id]"
    table.locator(cell).hover()
    table.wait_for_function("window.pointed.some(({ row, from }) => row === 1 && from === 'table')")
    table.locator(cell).click()
    object_id = collection.catalog["object_id"].iat[1]
    table.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.INSPECTOR, object_id],
    )
    table.mouse.move(700, 300)
    assert table.evaluate(ground, 1) != plain


def test_a_refused_list_is_a_message_and_not_a_grid_that_waits(browser, address):
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    page.set_default_timeout(60_000)
    page.add_init_script("window.localStorage['morphospace-tour'] = 'done';")
    page.route("**/listing?*", lambda route: route.fulfill(status=400, body="This is no list."))
    page.goto(address)
    page.locator(".shelf-tabs [role=tab]", has_text="Table").click()
    refused = page.locator(f"#{ids.TABLE_REFUSED}", has_text="This is no list.")
    refused.wait_for()
    page.wait_for_function("window.dash_ag_grid.getApi('table').getDisplayedRowCount() === 0")
    page.unroute("**/listing?*")
    page.locator("#table .ag-header-cell[col-id=ra] .ag-header-cell-label").click()
    page.wait_for_selector("#table .ag-row[row-id^=g]")
    page.wait_for_function(f"document.getElementById('{ids.TABLE_REFUSED}').innerText === ''")
    page.close()


def test_while_it_is_not_shown_it_asks_for_nothing(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    set_props(page, ids.SELECTION, data={"steps": [{"op": "set", "kind": "rows", "rows": [1]}]})
    settle(page)
    assert not any("/listing" in url for url in asked)
    open_table(page)
    begins(page, [1])

"""What is drawn when it is first shown, in Chromium: nothing before, and it stays from then on."""

import dash_mantine_components as dmc
import pytest

from dashboard import ids
from tests.browsing import settle
from tests.conftest import new_page

SET_PROPS = "([id, props]) => window.dash_clientside.set_props(id, props)"
WAITING = (ids.GALLERY, ids.TABLE, ids.SWEEP, ids.LAB_SCATTER, ids.TRAINING_TABLE)


def n_drawn(page, *components):
    return [page.locator(f"#{each}").count() for each in components]


def open_tab(page, name):
    page.get_by_role("tab", name=name, exact=True).click()
    settle(page)


def ids_not_shown(layout):
    """Of all that is behind closed tabs, and in the other views."""
    parts = [one for one in layout._traverse() if isinstance(one, dmc.Collapse) and not one.opened]
    return {id for part in parts for id in part}


def test_the_page_opens_without_asking_for_what_is_not_shown(browser, address, app):
    wrong, asked = [], []
    page = new_page(browser, address, wrong)

    def note(request):
        if "_dash-update-component" in request.url:
            outputs = request.post_data_json["outputs"]
            asked.extend(outputs if isinstance(outputs, list) else [outputs])

    page.on("request", note)
    page.goto(f"{address}/")
    settle(page)
    page.close()
    assert {ids.CORRELATION, ids.ANOMALIES} <= {output["id"] for output in asked}
    assert not {output["id"] for output in asked} & ids_not_shown(app.layout)
    assert not wrong


def test_what_is_not_shown_is_drawn_when_it_is_and_stays(page):
    assert n_drawn(page, *WAITING) == [0] * len(WAITING)
    open_tab(page, "Histograms")
    page.locator(".histogram").first.wait_for()
    page.evaluate("document.querySelector('#histograms').dataset.seen = 'yes'")
    open_tab(page, "Gallery")
    page.locator("#gallery .thumbnail").first.wait_for()
    assert page.locator("#histograms[data-seen=yes]").count() == 1
    open_tab(page, "Histograms")
    assert page.locator("#histograms[data-seen=yes] .histogram").first.is_visible()

    page.get_by_role("link", name="Training").click()
    page.locator(f"#{ids.TRAINING_TABLE} table").wait_for()
    page.get_by_role("link", name="Galaxies").click()
    assert n_drawn(page, ids.TRAINING_TABLE, ids.LAB_SCATTER) == [1, 0]
    assert page.locator("#histograms[data-seen=yes]").is_visible()


def test_what_came_before_a_part_is_drawn_is_in_it(page, collection):
    """As a link, a key or a lasso sets it while the part is not drawn yet."""
    everything = {"op": "set", "kind": "rows", "rows": [1, 5, 9]}
    step = {"checkpoint": collection.checkpoints[-1], **everything}
    page.evaluate(SET_PROPS, [ids.SELECTION, {"data": {"steps": [step]}}])
    page.evaluate(SET_PROPS, [ids.COLOR, {"value": "cluster:kmeans:4"}])
    page.evaluate(SET_PROPS, [ids.LAB_SEPARATION, {"value": 7.5}])
    page.evaluate(SET_PROPS, [ids.HISTOGRAM_LOG, {"checked": True}])
    settle(page)
    open_tab(page, "Labels")
    page.get_by_text("Label the 3 selected").wait_for()
    open_tab(page, "Table")
    rows = page.locator(".table-frame .ag-center-cols-container .ag-row[row-id^=g]")
    rows.nth(2).wait_for()
    assert rows.count() == 3
    open_tab(page, "Histograms")
    assert page.get_by_role("switch", name="log counts").is_checked()
    page.get_by_role("link", name="Structure lab").click()
    page.locator(f"#{ids.LAB_NUMBERS} strong").first.wait_for()
    assert page.locator("[data-lab-value=separation]").inner_text().startswith("7.5")
    slider = page.locator(f"#{ids.LAB_SEPARATION} [role=slider]")
    assert float(slider.get_attribute("aria-valuenow")) == 7.5


@pytest.mark.parametrize("path, panel", [("/lab", "lab-curve"), ("/training", "training-heat")])
def test_a_panel_that_was_maximised_is_so_when_its_view_is_drawn(open_page, path, panel):
    page = open_page("/")
    record = f'{{"maximised": "{panel}"}}'
    page.evaluate("(record) => localStorage.setItem('morphospace-page', record)", record)
    page.goto(page.url.rstrip("/") + path)
    page.locator(f"[data-panel={panel}].maximised").wait_for()

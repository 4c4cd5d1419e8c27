"""Links to a view, in Chromium: made on one page, opened on another."""

import pytest

from dashboard import ids
from data.views import FORMAT, keep_view
from tests.browsing import count, lasso, pixels, settle, spread_out
from tests.conftest import TIMEOUT_MS

LINKED = "html[data-linked={}]"
STATE = """() => ({
    address: location.pathname,
    sizes: ["right", "shelf", "inspector"].map(n =>
        document.documentElement.style.getPropertyValue(`--${n}`)),
    hidden: document.documentElement.dataset.hidden,
    color: document.querySelector("#color").value,
    compared: [...document.querySelectorAll("#more-maps > *")].map(f => f.dataset.checkpoint),
    bins: document.querySelector("#n-bins").value,
    words: document.querySelector("#measure-text").textContent,
    tab: document.querySelector(".shelf-tabs [aria-selected=true]").textContent,
    count: document.querySelector("#selection-count").textContent,
    inspected: document.querySelector("#inspector").innerText,
    numbers: document.querySelector("#correlation-numbers").innerText,
    view: ["xaxis", "yaxis"].map(a =>
        document.querySelector("#map .js-plotly-plot")._fullLayout[a].range
            .map(v => Number(v.toPrecision(5)))),
})"""


def make_link(page):
    """Press the key; the address of the link."""
    page.keyboard.press("l")
    field = page.get_by_label("Address of this view")
    field.wait_for()
    return field.input_value()


def opened(open_page, address, **options):
    path = address[address.index("/", 8) :]
    page = open_page(path, **options)
    page.wait_for_selector(LINKED.format("restored"))
    settle(page)
    return page


def test_a_link_brings_everything_back(page, open_page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, first), 100)
    n_selected = count(page)
    assert 0 < n_selected < collection.n_galaxies
    set_props = "([id, props]) => window.dash_clientside.set_props(id, props)"
    page.evaluate(set_props, [ids.COMPARED, {"value": [collection.checkpoints[0]]}])
    page.evaluate(set_props, [ids.QUERY, {"data": second}])
    page.evaluate(set_props, [ids.N_BINS, {"value": 25}])
    page.evaluate(set_props, [ids.COLOR, {"value": "redshift"}])
    page.locator(".shelf-tabs [role=tab]").nth(1).click()
    page.locator("[data-splitter=right]").focus()
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Zoom in").first.click()
    settle(page)
    page.locator("h1").click()
    before = page.evaluate(STATE)
    address = make_link(page)
    assert page.url == address and "?view=" in address

    other = opened(open_page, address, has_tour=True)
    after = other.evaluate(STATE)
    assert after == before
    assert "25 linear bins" in after["words"] and after["count"].startswith(f"{n_selected}")
    assert other.locator(".tour-card").count() == 0
    assert other.locator(f"#{ids.VIEW_TOLD}").inner_text() == ""
    assert make_link(other) == address  # the same state has the same name


def test_the_lab_has_links_too(open_page):
    page = open_page("/lab")
    page.locator(f"#{ids.LAB_NUMBERS} strong").first.wait_for()
    slider = page.get_by_role("slider", name="Dimensions")
    slider.press("ArrowRight")
    value = slider.get_attribute("aria-valuenow")
    address = make_link(page)
    assert "/lab?view=" in address
    other = open_page(address[address.index("/lab") :])
    other.wait_for_selector(LINKED.format("restored"))
    assert other.get_by_role("slider", name="Dimensions").get_attribute("aria-valuenow") == value


@pytest.mark.parametrize("name", ["0123456789ab", "../../etc/passwd", "", "<b>x</b>"])
def test_an_address_that_leads_nowhere_is_told_and_the_page_opens(
    browser, address, collection, name
):
    page = browser.new_page(viewport={"width": 1440, "height": 900})  # a 404 is logged: expected
    page.set_default_timeout(TIMEOUT_MS)
    page.goto(f"{address}/?view={name}")
    page.wait_for_selector(LINKED.format("refused"))
    told = page.locator(f"#{ids.VIEW_TOLD}")
    assert "view" in told.inner_text() and told.locator("b").count() == 0
    page.locator(f"#{ids.ANOMALIES} .thumbnail").first.wait_for()
    page.get_by_role("button", name="Dismiss").click()
    told.locator("p").wait_for(state="detached")
    page.close()


def test_data_that_changed_since_are_told_and_the_rest_is_restored(open_page, collection):
    name = keep_view(
        collection,
        {
            "format": FORMAT,
            "collection": {"name": collection.name, "digest": "000000000000"},
            "checkpoints": {collection.checkpoints[0]: "000000000000", "epoch_99": "0"},
            "held": {"n-bins.value": 31, "query.data": {"object_id": "nowhere", "row": 3}},
            "scripts": {"page": {"hidden": ["shelf"], "sizes": {"right": 1e9}}, "map": None},
        },
    )
    page = opened(open_page, f"http://x.x/?view={name}")
    said = page.locator(f"#{ids.VIEW_TOLD}").inner_text()
    for words in ("built anew", "another one now", "'epoch_99' is not there", "'nowhere'"):
        assert words in said
    assert "31 linear bins" in page.locator(f"#{ids.MEASURE_TEXT}").inner_text()
    assert not page.locator(".panel-shelf").is_visible()
    page.get_by_role("button", name="Dismiss").click()
    page.locator(f"#{ids.VIEW_TOLD} p").wait_for(state="detached")


def test_a_link_that_cannot_be_copied_is_shown_to_copy(page):
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    make_link(page)
    assert "Copy the link" in page.locator(f"#{ids.VIEW_TOLD}").inner_text()
    assert page.evaluate("document.activeElement.tagName") == "INPUT"
    chosen = page.evaluate(
        "document.activeElement.selectionEnd - document.activeElement.selectionStart"
    )
    assert chosen == len(page.url)

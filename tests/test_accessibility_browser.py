"""What a screen reader, a keyboard and weak eyes need: axe finds nothing serious on the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from dashboard import ids
from tests.browsing import lasso, pixels, settle, spread_out

SERIOUS = ("serious", "critical")
THEMES = ("dark", "light")
# What opens or closes is faint on its way, and read as of too little contrast there.
STANDS_STILL = """() =>
    document.getAnimations().every((one) => one.playState !== "running"
        || one.effect.getComputedTiming().endTime === Infinity)
    && [...document.querySelectorAll("[role=dialog], [role=alertdialog]")].every(
        (opened) => !opened.getClientRects().length || getComputedStyle(opened).opacity === "1")"""


def faults(page):
    """Rule, impact and element of everything serious that axe finds, once nothing moves."""
    page.wait_for_function(STANDS_STILL)
    found = Axe().run(page).response["violations"]
    return [
        (fault["id"], node["target"], node.get("failureSummary", "")[:300])
        for fault in found
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_serious_on_the_galaxies_view(open_page, collection, theme):
    page = open_page("/", color_scheme=theme)
    settle(page)
    assert faults(page) == []
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 120)
    page.locator(f"#{ids.ANOMALIES} .thumbnail").first.click()
    settle(page)
    for tab in page.locator(".shelf-tabs [role=tab]").all():
        tab.click()
        settle(page)
        assert faults(page) == [], tab.inner_text()


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_serious_in_the_lab(open_page, theme):
    page = open_page("/lab", color_scheme=theme)
    page.locator(f"#{ids.LAB_NUMBERS} strong").first.wait_for()
    assert faults(page) == []


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_serious_in_what_opens(open_page, theme):
    page = open_page("/", color_scheme=theme)
    settle(page)
    for opener in ("Settings", "Also show", "Panels"):
        page.get_by_role("button", name=opener).first.click()
        page.get_by_role("dialog").last.wait_for()
        assert faults(page) == [], opener
        page.keyboard.press("Escape")
        page.get_by_role("dialog").last.wait_for(state="hidden")
    page.keyboard.press("?")
    page.get_by_role("dialog").last.wait_for()
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("dialog").last.wait_for(state="hidden")
    page.get_by_role("button", name="Tour").click()
    assert faults(page) == []


@pytest.mark.parametrize("name", ["Settings", "Also show", "Panels"])
def test_the_keyboard_is_in_what_it_opened_and_escape_closes_that_alone(page, collection, name):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 120)
    settle(page)
    opener, opened = page.get_by_role("button", name=name).first, page.get_by_role("dialog")
    for leave in ((), ("Tab",)):  # where nothing in it can be reached, Tab goes on
        opener.focus()
        page.keyboard.press("Enter")
        expect(opened).to_be_focused()
        for key in (*leave, "Escape"):
            page.keyboard.press(key)
        expect(opened).to_be_hidden()
        expect(opener).to_be_focused()
    assert page.evaluate("window.morphospace_selecting.folded().length") == 1


def test_every_control_has_a_name_and_the_page_its_landmarks(page):
    nameless = page.evaluate(
        """[...document.querySelectorAll(
                "button, input:not([type=hidden]), select, a[href], [role=slider]")]
            .filter(e => e.getClientRects().length && !e.closest(".js-plotly-plot"))
            .filter(e => !(e.innerText?.trim() || e.getAttribute("aria-label") || e.labels?.length
                || e.getAttribute("aria-labelledby") || e.title || e.placeholder))
            .map(e => e.outerHTML.slice(0, 120))"""
    )
    assert nameless == []
    for landmark in ("banner", "navigation", "main"):
        assert page.get_by_role(landmark).count() >= 1
    assert page.locator("h1").count() == 1
    names = page.evaluate(
        "[...document.querySelectorAll('section')].map(s => s.getAttribute('aria-label'))"
    )
    assert {"Map", "Galaxy", "Shelf"} <= set(names)

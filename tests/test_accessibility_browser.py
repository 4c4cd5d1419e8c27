"""What a screen reader, a keyboard and weak eyes need: axe finds nothing serious on the page."""

import pytest
from axe_playwright_python.sync_playwright import Axe

from dashboard import ids
from tests.browsing import lasso, pixels, settle, spread_out

SERIOUS = ("serious", "critical")
THEMES = ("dark", "light")


def faults(page):
    """Rule, impact and element of everything serious that axe finds."""
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
    page.keyboard.press("?")
    assert faults(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Tour").click()
    assert faults(page) == []


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

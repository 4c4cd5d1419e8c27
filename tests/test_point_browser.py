"""A galaxy is lit up wherever it is shown, when it is pointed at anywhere."""

import numpy as np
import pytest

from dashboard import ids
from tests.browsing import hide_cutouts, inspected_id, pixels, settle, spread_out, zoom_in

RING = """() => {
    const ring = document.querySelector(".map-mark.pointed");
    const box = ring?.getBoundingClientRect();
    return box ? [box.left + box.width / 2, box.top + box.height / 2] : null;
}"""


@pytest.fixture
def page(same_page):
    """One page for all tests here: to open it takes longer than most of them."""
    return same_page


def test_a_thumbnail_that_is_pointed_at_is_ringed_on_the_map(page, collection):
    thumbnail = page.locator(f"#{ids.ANOMALIES} [data-row]").first
    row = int(thumbnail.get_attribute("data-row"))
    thumbnail.hover()
    page.wait_for_selector(".map-mark.pointed")
    np.testing.assert_allclose(page.evaluate(RING), pixels(page, collection, row), atol=1.5)
    assert "pointed" in thumbnail.get_attribute("class")
    page.mouse.move(5, 5)
    page.wait_for_selector(".map-mark.pointed", state="detached")
    assert "pointed" not in thumbnail.get_attribute("class")


def test_a_galaxy_on_the_map_lights_up_its_thumbnail(page, collection):
    hide_cutouts(page)
    row = int(page.locator(f"#{ids.ANOMALIES} [data-row]").first.get_attribute("data-row"))
    x, y = pixels(page, collection, row)
    page.mouse.move(x - 4, y)
    page.mouse.move(x, y, steps=3)
    page.wait_for_selector(f"[data-row='{row}'].pointed")
    page.wait_for_selector(f".hover-card.shown[data-card-row='{row}']")
    page.mouse.move(5, 5)
    page.wait_for_selector("[data-row].pointed", state="detached")
    page.wait_for_selector(".hover-card.shown", state="detached")


def test_the_galaxy_under_the_pointer_is_told_at_every_zoom_and_a_click_inspects_it(
    page, collection
):
    hide_cutouts(page)
    _, row = spread_out(collection)
    object_id = collection.catalog["object_id"].iat[row]
    for _ in range(3):
        x, y = pixels(page, collection, row)
        page.mouse.move(x - 200, y - 10)
        page.mouse.move(x + 1, y, steps=4)
        page.wait_for_selector(f".hover-card.shown[data-card-row='{row}']")
        assert page.locator(".hover-card dd").first.inner_text() == object_id
        assert f"/cutouts/{row}?" in page.locator(".hover-card img").get_attribute("src")
        zoom_in(page, (x + 1, y), times=4)
    page.mouse.click(*pixels(page, collection, row))
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.INSPECTOR, object_id],
    )
    settle(page)
    assert inspected_id(page) == object_id
    assert page.locator(".map-overlay .neighbor").count() > 0

"""Moving over the map and saving what is in view, as a user meets it in Chromium."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from dashboard import ids
from tests.browsing import (
    count,
    hide_cutouts,
    lasso,
    middle_of,
    move_map,
    pixels,
    settle,
    spread_out,
    view,
    zoom_in,
)


@pytest.fixture
def page(same_page):
    """One page for all tests here: to open it takes longer than most of them."""
    return same_page


def n_said_in_view(page):
    said = page.locator(".map-in-view").first.inner_text()
    return int(said.split(" ")[0].replace(",", ""))


def n_in(collection, ends, checkpoint=None):
    """Galaxies of a view, counted one by one."""
    positions, _ = collection.map_positions(checkpoint or collection.checkpoints[-1])
    x, y = positions.astype(float).T
    return int(((x >= ends[0]) & (x <= ends[1]) & (y >= ends[2]) & (y <= ends[3])).sum())


def test_a_centred_galaxy_stays_centred_through_a_selection(page, collection):
    candidate = page.locator(f"#{ids.ANOMALIES} .thumbnail").first
    row = int(candidate.get_attribute("data-row"))
    candidate.click()
    settle(page)
    before = pixels(page, collection, row)
    lasso(page, before, 60)
    np.testing.assert_allclose(pixels(page, collection, row), before, atol=3)


def test_what_is_in_view_is_counted_at_every_zoom(page, collection):
    assert n_said_in_view(page) == n_in(collection, view(page)) == collection.n_galaxies
    first, _ = spread_out(collection)
    for _ in range(3):
        zoom_in(page, pixels(page, collection, first))
        assert 0 < n_said_in_view(page) == n_in(collection, view(page))
    assert n_said_in_view(page) < collection.n_galaxies
    label = page.locator("#map").locator("xpath=..").get_by_role("img", name="galaxies").first
    assert f"{n_said_in_view(page):,} of" in label.get_attribute("aria-label")


def test_every_galaxy_is_drawn_where_it_is_and_nothing_where_none_is(page, collection):
    hide_cutouts(page)
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    places = [pixels(page, collection, row) for row in range(0, collection.n_galaxies, 7)]
    alphas = page.evaluate(
        """(places) => {
            const canvas = window.morphospace_map.maps.get("map").sheet.canvas;
            const box = canvas.getBoundingClientRect(), ratio = canvas.width / box.width;
            const context = canvas.getContext("2d");
            const pixel = (place, edge) => Math.floor((place - edge) * ratio);
            const alpha = (x, y) => context.getImageData(x, y, 1, 1).data[3];
            return places.map(([x, y]) => alpha(pixel(x, box.left), pixel(y, box.top)));
        }""",
        places,
    )
    assert min(alphas) > 100
    corner = page.evaluate(
        """() => {
            const canvas = window.morphospace_map.maps.get("map").sheet.canvas;
            const data = canvas.getContext("2d").getImageData(0, 0, 3, 3).data;
            return Math.max(...data);
        }"""
    )
    assert corner == 0


def test_the_whole_map_comes_back(page, collection):
    home = view(page)
    for fit in (
        lambda: page.get_by_role("button", name="Map: The whole map").click(),
        lambda: page.mouse.dblclick(middle_of(page)[0] - 300, middle_of(page)[1] - 150),
        lambda: page.keyboard.press("f"),
    ):
        zoom_in(page, middle_of(page))
        assert view(page)[1] - view(page)[0] < 0.7 * (home[1] - home[0])
        move_map(page, fit)
        np.testing.assert_allclose(view(page), home, rtol=1e-6)


def test_keys_zoom_and_move_the_map(page, collection):
    page.mouse.click(middle_of(page)[0] - 300, middle_of(page)[1] - 150)
    home = view(page)
    move_map(page, lambda: page.keyboard.press("+"))
    near = view(page)
    assert near[1] - near[0] < home[1] - home[0]
    np.testing.assert_allclose(near[0] + near[1], home[0] + home[1], atol=1e-6)
    move_map(page, lambda: page.keyboard.press("ArrowRight"))
    assert view(page)[0] > near[0] and view(page)[2] == pytest.approx(near[2])
    move_map(page, lambda: page.keyboard.press("ArrowUp"))
    assert view(page)[2] > near[2]
    move_map(page, lambda: page.keyboard.press("-"))
    assert view(page)[1] - view(page)[0] == pytest.approx(home[1] - home[0])


def test_a_box_to_zoom_into(page, collection):
    page.keyboard.press("z")
    settle(page)
    row, _ = spread_out(collection)
    x, y = pixels(page, collection, row)
    before = view(page)
    page.mouse.move(x - 60, y - 40)
    page.mouse.down()
    page.mouse.move(x + 60, y + 40, steps=6)
    move_map(page, page.mouse.up)
    after = view(page)
    assert after[1] - after[0] < 0.3 * (before[1] - before[0])
    position = collection.map_positions(collection.checkpoints[-1])[0][row]
    assert after[0] < position[0] < after[1] and after[2] < position[1] < after[3]
    assert count(page) == collection.n_galaxies


def test_dragging_moves_the_map_with_its_dots_and_asks_for_no_dots(page, collection):
    page.keyboard.press("g")
    settle(page)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    row, _ = spread_out(collection)
    before = pixels(page, collection, row)
    x, y = middle_of(page)
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 60, y + 30, steps=6)
    page.mouse.up()
    settle(page)
    np.testing.assert_allclose(
        np.subtract(pixels(page, collection, row), before), (60, 30), atol=1.5
    )
    assert not [url for url in asked if "/map/points" in url]  # every galaxy is here already


def test_the_minimap_goes_there_and_can_be_hidden(page, collection):
    zoom_in(page, middle_of(page))
    before = view(page)
    box = page.locator(".map-minimap").first.bounding_box()
    place = box["x"] + 0.3 * box["width"], box["y"] + 0.3 * box["height"]
    move_map(page, lambda: page.mouse.click(*place))
    after = view(page)
    assert after[1] - after[0] == pytest.approx(before[1] - before[0])
    home = page.evaluate("window.morphospace_map.maps.get('map').meta.home")
    np.testing.assert_allclose(
        ((after[0] + after[1]) / 2, (after[2] + after[3]) / 2),
        (home[0] + 0.3 * (home[1] - home[0]), home[3] - 0.3 * (home[3] - home[2])),
        atol=0.02 * (home[1] - home[0]),
    )
    page.locator(f"#{ids.MAP_OPTIONS}").click()
    page.locator(f"label[for={ids.SHOW_MINIMAP}]").last.click()
    page.wait_for_function("document.querySelector('.map-minimap').hidden")


def test_a_view_is_kept_for_a_link_and_restored(page, collection):
    zoom_in(page, middle_of(page))
    ends = view(page)
    get = "window.morphospace_states.find((state) => state.name === 'map').get()"
    kept = page.evaluate(get)
    np.testing.assert_allclose(kept["views"]["map"], ends)
    move_map(page, lambda: page.keyboard.press("f"))
    assert page.evaluate(get)["views"]["map"] is None
    put = "(kept) => window.morphospace_states.find((s) => s.name === 'map').set(kept)"
    move_map(page, lambda: page.evaluate(put, kept))
    np.testing.assert_allclose(view(page), ends, rtol=1e-6)


@pytest.mark.parametrize("width", [1440, 1024])
def test_the_toolbar_has_room(page, width):
    page.set_viewport_size({"width": width, "height": 768})
    settle(page)
    panel = page.locator(".panel-map").bounding_box()
    buttons = page.locator(".panel-map .panel-header :is(button, input)").all()
    boxes = [box for box in (button.bounding_box() for button in buttons) if box]
    assert len(boxes) >= 4
    for box in boxes:
        assert panel["x"] <= box["x"]
        assert box["x"] + box["width"] <= panel["x"] + panel["width"] + 1


def test_the_view_is_saved_as_svg_and_as_png_of_print_quality(page, collection):
    zoom_in(page, middle_of(page))
    page.locator(f"#{ids.MAP_EXPORT}").click()
    with page.expect_download() as saved:
        page.locator(f"#{ids.MAP_EXPORT_SVG}").click()
    root = ElementTree.parse(saved.value.path()).getroot()
    assert saved.value.suggested_filename.endswith("_map.svg")
    said = "".join(root.itertext())
    assert f"{n_said_in_view(page):,} of {collection.n_galaxies:,} galaxies in view" in said
    with page.expect_download() as saved:
        page.locator(f"#{ids.MAP_EXPORT_PNG}").click()
    assert saved.value.suggested_filename.endswith("_map.png")
    with Image.open(saved.value.path()) as drawn:
        drawn.load()
        assert drawn.width == round(180 / 25.4 * 300)
        assert drawn.info["dpi"] == pytest.approx((300, 300), abs=0.1)
        colors = drawn.convert("RGB").getcolors(maxcolors=10**7)
    assert max(colors)[1] == (255, 255, 255) and len(colors) > 500

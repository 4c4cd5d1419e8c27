"""Selecting and moving on the map, as a user meets it in Chromium."""

import xml.etree.ElementTree as ElementTree

import numpy as np
import pytest
from PIL import Image

from dashboard import ids
from tests.browsing import (
    count,
    hide_cutouts,
    inspected_id,
    lasso,
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


def middle_of(page, graph=ids.MAP):
    box = page.locator(f"#{graph}").bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def n_said_in_view(page):
    said = page.locator(".map-in-view").first.inner_text()
    return int(said.split(" ")[0].replace(",", ""))


def n_in(collection, ends, checkpoint=None):
    """Galaxies of a view, counted one by one."""
    positions, _ = collection.map_positions(checkpoint or collection.checkpoints[-1])
    x, y = positions.astype(float).T
    return int(((x >= ends[0]) & (x <= ends[1]) & (y >= ends[2]) & (y <= ends[3])).sum())


def wait_for_count(page, n):
    text = f"{n:,}"
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.split(' ')[0] === text",
        arg=[ids.SELECTION_COUNT, text],
    )
    settle(page)


def test_a_lasso_selects_counts_and_measures(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    n_selected = count(page)
    assert 0 < n_selected < collection.n_galaxies
    said = page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    assert f"{n_selected:,}" in said
    assert "/" in page.locator(f"#{ids.MAP_LEGEND}").inner_text()


def test_keys_add_remove_and_clear(page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, first), 60)
    n_first = count(page)
    lasso(page, pixels(page, collection, second), 60, "Control")
    n_both = count(page)
    assert n_both > n_first > 0
    lasso(page, pixels(page, collection, first), 60, "Alt")
    assert count(page) == n_both - n_first
    page.keyboard.press("Escape")
    settle(page)
    assert count(page) == collection.n_galaxies
    assert "galaxies" in page.locator(f"#{ids.SELECTION_COUNT}").inner_text()


def test_a_box_selects_what_is_in_it(page, collection):
    page.keyboard.press("b")
    settle(page)
    first, _ = spread_out(collection)
    x, y = pixels(page, collection, first)
    page.mouse.move(x - 25, y - 25)
    page.mouse.down()
    page.mouse.move(x + 25, y + 25, steps=5)
    page.mouse.up()
    settle(page)
    positions, _ = collection.map_positions(collection.checkpoints[-1])
    on_screen = np.array([pixels(page, collection, row) for row in range(collection.n_galaxies)])
    inside = (np.abs(on_screen - (x, y)) < 25).all(axis=1).sum()
    assert abs(count(page) - inside) <= 2


def test_the_drag_mode_outlives_a_selection(page, collection):
    page.keyboard.press("b")
    settle(page)
    first, second = spread_out(collection)
    for row in (first, second):
        x, y = pixels(page, collection, row)
        page.mouse.move(x - 30, y - 30)
        page.mouse.down()
        page.mouse.move(x + 30, y + 30, steps=5)
        page.mouse.up()
        settle(page)
        assert 0 < count(page) < collection.n_galaxies


def test_a_centred_galaxy_stays_centred_through_a_selection(page, collection):
    candidate = page.locator(f"#{ids.ANOMALIES} .thumbnail").first
    row = int(candidate.get_attribute("data-row"))
    candidate.click()
    settle(page)
    before = pixels(page, collection, row)
    lasso(page, before, 60)
    np.testing.assert_allclose(pixels(page, collection, row), before, atol=3)


def test_a_checkpoint_change_keeps_selection_and_galaxy(page, collection):
    first, second = spread_out(collection)
    lasso(page, pixels(page, collection, first), 120)
    n_selected = count(page)
    page.locator(f"#{ids.ANOMALIES} .thumbnail").first.click()
    settle(page)
    galaxy, near = inspected_id(page), page.locator(".neighbors").inner_text()
    page.locator(f"#{ids.CHECKPOINT} label").first.click()
    settle(page)
    assert count(page) == n_selected
    assert inspected_id(page) == galaxy
    assert page.locator(".neighbors").inner_text() != near
    assert "epoch 0" in page.locator(f"#{ids.MAP_CAPTION}").inner_text()


def test_a_selection_on_the_second_map_is_of_that_map(page, collection):
    page.locator(f"#{ids.SECOND}").click()
    page.get_by_role("option").first.click()
    settle(page)
    checkpoint = collection.checkpoints[0]
    positions, _ = collection.map_positions(checkpoint)
    row = int(np.argmin(((positions - np.median(positions, axis=0)) ** 2).sum(axis=1)))
    lasso(page, pixels(page, collection, row, ids.MAP_SECOND, checkpoint), 50, graph=ids.MAP_SECOND)
    assert 0 < count(page) < collection.n_galaxies


def test_nothing_is_sent_up_but_the_polygon(page, collection):
    sent = []
    page.on("request", lambda asked: sent.append(len(asked.post_data or "")))
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 200)
    assert count(page) > 50
    assert max(sent) < 6_000


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


def test_ctrl_and_alt_keep_what_is_in_both(page, collection):
    first, _ = spread_out(collection)
    place = pixels(page, collection, first)
    lasso(page, place, 150)
    n_first = count(page)
    lasso(page, place, 25, "Control", "Alt")
    steps = page.evaluate("window.morphospace_map.state.selection.steps")
    assert [step["op"] for step in steps] == ["set", "intersect"]
    assert 0 < count(page) < n_first


def test_a_click_with_a_key_adds_a_galaxy_and_takes_it_away(page, collection):
    hide_cutouts(page)
    first, second = spread_out(collection)
    for row, key, n in ((first, "Control", 1), (second, "Control", 2), (first, "Alt", 1)):
        page.keyboard.down(key)
        page.mouse.click(*pixels(page, collection, row))
        page.keyboard.up(key)
        wait_for_count(page, n)
    assert "Click a galaxy" in page.locator(f"#{ids.INSPECTOR}").inner_text()


def test_a_lasso_that_ends_where_it_began_is_no_click(page, collection):
    hide_cutouts(page)
    _, row = spread_out(collection)
    lasso(page, pixels(page, collection, row), 30)
    before = page.locator(f"#{ids.INSPECTOR}").inner_text()
    assert collection.catalog["object_id"].iat[row] not in before


def test_a_stroke_that_encloses_nothing_leaves_a_map_that_works(page, collection):
    x, y = middle_of(page)
    page.mouse.move(x - 100, y)
    page.mouse.down()
    page.mouse.move(x + 100, y, steps=8)
    page.mouse.up()
    settle(page)
    assert count(page) in (0, collection.n_galaxies)
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 60)
    assert 0 < count(page) < collection.n_galaxies


def test_a_long_lasso_goes_up_as_few_corners_that_select_the_same(page, collection):
    sent = []
    page.on("request", lambda asked: sent.append(len(asked.post_data or "")))
    x, y = middle_of(page)
    angles = np.linspace(0, 2 * np.pi, 900)
    radii = 150 + 20 * np.sin(9 * angles)
    outline = np.stack([x + radii * np.cos(angles), y + radii * np.sin(angles)], axis=1)
    page.mouse.move(*outline[0])
    page.mouse.down()
    for place in outline:
        page.mouse.move(*place)
    page.mouse.up()
    settle(page)
    (step,) = page.evaluate("window.morphospace_map.state.selection.steps")
    assert 9 < len(step["x"]) <= 500
    assert max(sent) < 8_000
    places = np.array([pixels(page, collection, row) for row in range(collection.n_galaxies)])
    away = np.hypot(*(places - (x, y)).T)
    turned = np.arctan2(places[:, 1] - y, places[:, 0] - x)
    inside = away < 150 + 20 * np.sin(9 * turned)
    near = np.abs(away - 150 - 20 * np.sin(9 * turned)) < 2.5
    assert abs(count(page) - inside.sum()) <= near.sum()


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


def test_a_second_map_shows_the_same_selection_under_another_checkpoint(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    n_selected = count(page)
    page.locator(f"#{ids.SECOND}").click()
    page.get_by_role("option").first.click()
    page.wait_for_selector("#map-second .main-svg", state="visible")
    settle(page)
    drawn = page.evaluate(
        """() => {
            const { data } = window.morphospace_map.maps.get("map-second").sheet;
            return data.row.filter((_, number) => data.flags[number] & 1);
        }"""
    )
    assert len(drawn) == n_selected
    numbers = page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    assert numbers.count(f"{n_selected:,} in") == 2


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

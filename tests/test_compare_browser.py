"""Checkpoints side by side in Chromium: linked views, the same galaxies, the morph and trails."""

import numpy as np
import pytest

from dashboard import ids
from tests.browsing import (
    compare,
    count,
    hide_cutouts,
    lasso,
    middle_of,
    move_map,
    pixels,
    settle,
    spread_out,
    zoom_in,
)

ENDS = "(id) => { const v = morphospace_map.view(id); return [v.x0, v.x1, v.y0, v.y1]; }"
MARKS = """(kind) => [...morphospace_map.maps.values()].map((map) => map.marks
    .filter((mark) => mark.kind === kind).map((mark) => [mark.row, mark.x, mark.y]))"""
MORPH = "[...document.querySelectorAll('.map-morph')].map((each) => +each.dataset.at)"


def ends(page, graph):
    return np.array(page.evaluate(ENDS, graph))


def set_props(page, name, **properties):
    page.evaluate("([id, props]) => dash_clientside.set_props(id, props)", [name, properties])


def everything(collection):
    """As many maps as there are: a checkpoint may be beside itself."""
    return collection.checkpoints


def test_maps_come_and_go_and_each_is_of_its_checkpoint(page, collection):
    for names in (everything(collection), collection.checkpoints[:1], ()):
        compare(page, *names)
        shown = page.evaluate("morphospace_map.shown().map((m) => [m.id, m.sheet.checkpoint])")
        assert shown[1:] == [list(pair) for pair in zip(ids.MAPS[1:], names, strict=False)]
        boxes = [page.locator(f"#{graph}").bounding_box() for graph in ids.MAPS[: 1 + len(names)]]
        for number, box in enumerate(boxes):
            assert box["width"] > 120 and box["height"] > 100
            for other in boxes[:number]:  # none lies over another
                across = min(box["x"] + box["width"], other["x"] + other["width"]) - max(
                    box["x"], other["x"]
                )
                down = min(box["y"] + box["height"], other["y"] + other["height"]) - max(
                    box["y"], other["y"]
                )
                assert across <= 0 or down <= 0


def test_linked_maps_look_at_one_place_and_others_do_not(page, collection):
    compare(page, *collection.checkpoints[:2])
    np.testing.assert_allclose(ends(page, "map-2"), ends(page, "map"), rtol=1e-2, atol=1e-2)
    zoom_in(page, middle_of(page, "map-2"), 3)
    page.wait_for_function(f"String(({ENDS})('map')) === String(({ENDS})('map-2'))")
    np.testing.assert_allclose(ends(page, "map-3"), ends(page, "map-2"), rtol=1e-6)
    zoom = "(graph) => graph.closest(`.map-frame`).querySelector(`[data-zoom=in]`).click()"
    move_map(page, lambda: page.locator("#map-3").evaluate(zoom))
    np.testing.assert_allclose(ends(page, "map"), ends(page, "map-3"), rtol=1e-6)

    set_props(page, ids.LINK_VIEWS, checked=False)
    page.wait_for_function("morphospace_map.state.linked === false")
    before = ends(page, "map-2")
    zoom_in(page, middle_of(page), 2)
    np.testing.assert_array_equal(ends(page, "map-2"), before)


def test_a_new_map_looks_where_the_others_do(page, collection):
    zoom_in(page, middle_of(page), 4)
    compare(page, collection.checkpoints[0])
    np.testing.assert_allclose(ends(page, "map-2"), ends(page, "map"), rtol=1e-6)


def test_the_galaxy_pointed_at_and_the_inspected_one_are_on_every_map(page, collection):
    names = collection.checkpoints[:2]
    compare(page, *names)
    hide_cutouts(page)
    row, _ = spread_out(collection)
    page.mouse.move(*pixels(page, collection, row))
    page.wait_for_function(f"({MARKS})('pointed').every((marks) => marks.length === 1)")
    shown = (collection.checkpoints[-1], *names)
    for marks, name in zip(page.evaluate(MARKS, "pointed"), shown, strict=True):
        assert marks[0][0] == row
        np.testing.assert_allclose(marks[0][1:], collection.map_positions(name)[0][row], rtol=1e-5)
    line = "getComputedStyle(document.querySelector('.map-mark.pointed'), '::before').width"
    assert page.evaluate(line) == "1px"
    set_props(page, ids.QUERY, data=row)
    page.wait_for_function(f"({MARKS})('query').every((marks) => marks.length === 1)")
    for marks, name in zip(page.evaluate(MARKS, "query"), shown, strict=True):
        np.testing.assert_allclose(marks[0][1:], collection.map_positions(name)[0][row], rtol=1e-5)


def test_a_selection_is_that_of_all_maps_and_one_legend_counts_it(page, collection):
    compare(page, *collection.checkpoints[:2])
    row, _ = spread_out(collection)
    lasso(page, pixels(page, collection, row), 40)
    n_selected = count(page)
    assert n_selected > 0
    chosen = page.evaluate(
        """[...morphospace_map.maps.values()].map(({ sheet: { data } }) =>
            [...data.row].filter((_, number) => data.flags[number] & 1).sort((a, b) => a - b))"""
    )
    assert len(chosen) == 3 and all(rows == chosen[0] for rows in chosen)
    assert len(chosen[0]) == n_selected
    assert page.locator(".legend").count() == 1


def test_a_caption_tells_how_far_galaxies_have_moved(page, collection):
    compare(page, collection.checkpoints[0], collection.checkpoints[-1])
    told = page.locator(".map-frame[data-checkpoint] .map-moved")
    page.wait_for_function("document.querySelector('[data-checkpoint] .map-moved').textContent")
    assert "radii from epoch 20, n\u00a0=\u00a0600" in told.first.inner_text()
    assert told.nth(1).inner_text() == ""  # the map beside itself has not moved


@pytest.fixture
def morph(page):
    """The page with its morph open, at rest."""
    page.locator(f"#{ids.MORPH}").click()
    page.wait_for_function(f"{MORPH}.length === 1")
    page.keyboard.press("y")
    page.wait_for_function("document.querySelector('.morph-play').textContent === '▶'")
    yield page
    if page.locator(".morph").is_visible():
        page.locator(".morph-close").click()


def slide(page, place):
    page.evaluate(
        """(place) => {
            const slider = document.querySelector(".morph input");
            slider.value = place;
            slider.dispatchEvent(new Event("input", { bubbles: true }));
        }""",
        place,
    )
    page.wait_for_function(f"Math.abs({MORPH}[0] - {place / 100}) < 0.011")


def test_the_morph_goes_from_map_to_map(morph, collection):
    slide(morph, 50)
    assert "→" in morph.locator(".morph-told").inner_text()
    assert "600 galaxies" in morph.locator(".morph-told").inner_text()
    slide(morph, 0)
    assert morph.locator(".morph-told").inner_text().startswith("epoch 0")
    morph.evaluate(
        "document.querySelector('.morph input').dispatchEvent(new Event('change', {bubbles: true}))"
    )
    morph.wait_for_function(
        "(name) => morphospace_map.maps.get('map').sheet?.checkpoint === name",
        arg=collection.checkpoints[0],
    )
    morph.wait_for_function("document.querySelector('.map-morph').hidden")  # the map is back
    slide(morph, 30)
    assert not morph.evaluate("document.querySelector('.map-morph').hidden")
    morph.keyboard.press("Escape")
    morph.wait_for_selector(".morph", state="hidden")
    assert morph.locator(".map-morph").count() == 0


def test_the_morph_plays_to_its_end_and_the_page_follows(morph, collection):
    slide(morph, 190)
    morph.keyboard.press("y")
    morph.wait_for_function(f"{MORPH}[0] === 2")
    morph.wait_for_function("document.querySelector('.morph-play').textContent === '▶'")
    settle(morph)
    shown = morph.evaluate("morphospace_map.maps.get('map').checkpoint")
    assert shown == collection.checkpoints[-1]


def test_trails_are_drawn_on_every_map_and_go_when_switched_off(page, collection):
    compare(page, collection.checkpoints[0])
    row, other = spread_out(collection)
    lasso(page, pixels(page, collection, row), 30)
    set_props(page, ids.QUERY, data=other)
    set_props(page, ids.SHOW_TRAILS, checked=True)
    n = min(count(page), 150) + 1
    drawn = "[...document.querySelectorAll('.map-trails')].map((each) => +each.dataset.n)"
    page.wait_for_function(f"JSON.stringify({drawn}) === '[{n},{n}]'")
    set_props(page, ids.SHOW_TRAILS, checked=False)
    page.wait_for_function(f"{drawn}.length === 0")


def test_re_seeding_is_measured_behind_the_page(page):
    page.locator(f"#{ids.COMPARE}").click()
    page.locator(f"#{ids.RESEED}").click()
    told = f"document.getElementById('{ids.RESEED_TEXT}').innerText"
    page.wait_for_function(f"/moves 0[.][0-9]+ ± .*3 seeds, n = 600/.test({told})")
    page.keyboard.press("Escape")


@pytest.mark.parametrize("width", [390, 1024])
def test_several_maps_fit_a_narrow_window(page, collection, width):
    compare(page, *everything(collection))
    page.set_viewport_size({"width": width, "height": 844})
    settle(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for graph in ids.MAPS[:4]:
        assert page.locator(f"#{graph}").bounding_box()["width"] > 150

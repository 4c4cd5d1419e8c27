"""Pictures of galaxies on the map: whatever happens to it, each is that galaxy's, at its place."""

import io
import re

import numpy as np
import pytest
from PIL import Image

from dashboard import ids
from tests.browsing import (
    compare,
    count,
    inspected_id,
    lasso,
    move_map,
    pixels,
    settle,
    spread_out,
    zoom_in,
)


@pytest.fixture
def page(same_page):
    """One page for all tests here: to open it takes longer than most of them."""
    return same_page


# Of every cutout in view: row, address, what is drawn of it, and its box in the window.
SHOWN = """async (frame) => {
    const marks = [...document.querySelector(frame).closest(".map-frame")
        .querySelectorAll(".map-mark.cutout")].filter((mark) => mark.style.display !== "none");
    return Promise.all(marks.map(async (mark) => {
        await mark.decode();
        const box = mark.getBoundingClientRect();
        const canvas = Object.assign(document.createElement("canvas"), { width: 24, height: 24 });
        const context = canvas.getContext("2d");
        context.drawImage(mark, 0, 0, 24, 24);
        return {
            row: Number(mark.dataset.markRow), src: mark.src,
            box: [box.left, box.top, box.right, box.bottom],
            pixels: [...context.getImageData(0, 0, 24, 24).data],
        };
    }));
}"""


def own_picture(collection, row):
    """(24, 24, 3) of the stored cutout."""
    with Image.open(io.BytesIO(collection.cutout(row)[0])) as image:
        return np.asarray(image.convert("RGB").resize((24, 24), Image.Resampling.BOX), float)


def likeness(shown, own):
    return np.corrcoef(shown.ravel(), own.ravel())[0, 1]


def check_cutouts(page, collection, graph=ids.MAP, checkpoint=None):
    """Every cutout in view is of its galaxy, at its galaxy, and over no other; their rows."""
    settle(page)
    shown = page.evaluate(SHOWN, f"#{graph}")
    assert len(shown) >= 2
    boxes = np.array([cutout["box"] for cutout in shown])
    for cutout, box in zip(shown, boxes, strict=True):
        row = cutout["row"]
        assert re.search(rf"/cutouts/{row}(\?|$)", cutout["src"])
        middle = (box[:2] + box[2:]) / 2
        place = pixels(page, collection, row, graph, checkpoint)
        np.testing.assert_allclose(middle, place, atol=1.5)
        drawn = np.array(cutout["pixels"], float).reshape(24, 24, 4)[..., :3]
        assert likeness(drawn, own_picture(collection, row)) > 0.8
    for number, box in enumerate(boxes):
        others = np.delete(boxes, number, axis=0)
        is_over = (others[:, :2] < box[2:] - 0.5).all(axis=1)
        assert not (is_over & (others[:, 2:] > box[:2] + 0.5).all(axis=1)).any()
    return [cutout["row"] for cutout in shown]


def test_the_pictures_of_two_galaxies_can_be_told_apart(collection):
    # Else the tests here could not fail.
    first, second = own_picture(collection, 0), own_picture(collection, 1)
    assert likeness(first, first) > 0.99 > 0.8 > likeness(first, second)


def test_cutouts_are_right_and_more_on_zooming_in(page, collection):
    first = check_cutouts(page, collection)
    row, _ = spread_out(collection)
    seen = set(first)
    for _ in range(3):
        zoom_in(page, pixels(page, collection, row), times=4)
        seen |= set(check_cutouts(page, collection))
    assert len(seen) > len(first)
    move_map(page, lambda: page.keyboard.press("f"))
    assert sorted(check_cutouts(page, collection)) == sorted(first)


def test_cutouts_are_right_after_a_group_is_hidden(page, collection):
    before = check_cutouts(page, collection)
    labels = collection.catalog["label"].astype(str)
    hidden = labels.value_counts().index[0]
    page.evaluate("window.dash_clientside.set_props('hidden', { data: [0] })")
    page.wait_for_function("window.morphospace_map.state.hidden === '0'")
    after = check_cutouts(page, collection)
    assert hidden in {labels[row] for row in before}
    assert hidden not in {labels[row] for row in after}


def test_cutouts_are_right_after_a_selection_and_of_it_first(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    assert 0 < count(page) < collection.n_galaxies
    rows = check_cutouts(page, collection)
    chosen = page.evaluate(
        """() => {
            const { data } = window.morphospace_map.maps.get("map").sheet;
            return [...data.row].filter((_, number) => data.flags[number] & 1);
        }"""
    )
    assert set(rows) & set(chosen)


def test_cutouts_are_right_after_a_change_of_checkpoint(page, collection):
    check_cutouts(page, collection)
    page.locator(f"#{ids.CHECKPOINT} label").first.click()
    page.wait_for_function(
        f"window.morphospace_map.maps.get('map').checkpoint === '{collection.checkpoints[0]}'"
    )
    check_cutouts(page, collection, checkpoint=collection.checkpoints[0])


def test_no_cutout_of_one_checkpoint_is_ever_over_the_dots_of_another(page, collection):
    page.evaluate(
        """() => {
            window.wrong = 0;
            window.looked = 0;
            const look = () => {
                const map = window.morphospace_map.maps.get("map");
                for (const mark of map.marks) {
                    if (mark.kind !== "cutout") continue;
                    window.looked += 1;
                    if (mark.checkpoint !== map.sheet.checkpoint) window.wrong += 1;
                }
                requestAnimationFrame(look);
            };
            look();
        }"""
    )
    for label in (0, 1, 2, 0, 2):
        page.locator(f"#{ids.CHECKPOINT} label").nth(label).click()
        page.wait_for_timeout(120)
    settle(page)
    assert page.evaluate("window.looked") > 10
    assert page.evaluate("window.wrong") == 0
    check_cutouts(page, collection)


def test_cutouts_of_a_second_map_are_at_its_places(page, collection):
    compare(page, collection.checkpoints[0])
    check_cutouts(page, collection, ids.MAPS[1], collection.checkpoints[0])
    check_cutouts(page, collection)


@pytest.mark.parametrize("size", [24, 96])
def test_cutouts_are_right_at_every_size(page, collection, size):
    page.evaluate(f"window.dash_clientside.set_props('{ids.CUTOUT_SIZE}', {{ value: {size} }})")
    page.wait_for_function(f"window.morphospace_map.state.size === {size}")
    check_cutouts(page, collection)
    width = page.locator(".map-mark.cutout:visible").first.bounding_box()["width"]
    assert width == pytest.approx(size)


def test_a_cutout_answers_the_pointer_as_a_dot_does(page, collection):
    mark = page.locator(".map-mark.cutout:visible").first
    row = int(mark.get_attribute("data-mark-row"))
    box = mark.bounding_box()
    place = box["x"] + box["width"] * 0.8, box["y"] + box["height"] * 0.8
    page.mouse.move(place[0] - 3, place[1])
    page.mouse.move(*place, steps=3)
    page.wait_for_selector(f".hover-card.shown[data-card-row='{row}']")
    page.mouse.click(*place)
    object_id = collection.catalog["object_id"].iat[row]
    page.wait_for_function(
        "([id, text]) => document.getElementById(id).innerText.includes(text)",
        arg=[ids.INSPECTOR, object_id],
    )
    settle(page)
    assert inspected_id(page) == object_id


def test_cutouts_can_be_switched_off_and_on(page, collection):
    page.locator(f"#{ids.MAP_OPTIONS}").click()
    switch = page.locator(f"label[for={ids.SHOW_CUTOUTS}]").last
    switch.click()
    page.wait_for_function("!document.querySelector('.map-mark.cutout')")
    switch.click()
    page.wait_for_selector(".map-mark.cutout")
    check_cutouts(page, collection)

"""Selecting on the map, as a user meets it in Chromium."""

import numpy as np
import pytest

from dashboard import ids
from tests.browsing import (
    compare,
    count,
    hide_cutouts,
    inspected_id,
    lasso,
    middle_of,
    pixels,
    settle,
    spread_out,
)


@pytest.fixture
def page(same_page):
    """One page for all tests here: to open it takes longer than most of them."""
    return same_page


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
    compare(page, collection.checkpoints[0])
    checkpoint = collection.checkpoints[0]
    positions, _ = collection.map_positions(checkpoint)
    row = int(np.argmin(((positions - np.median(positions, axis=0)) ** 2).sum(axis=1)))
    lasso(page, pixels(page, collection, row, ids.MAPS[1], checkpoint), 50, graph=ids.MAPS[1])
    assert 0 < count(page) < collection.n_galaxies


def test_nothing_is_sent_up_but_the_polygon(page, collection):
    sent = []
    page.on("request", lambda asked: sent.append(len(asked.post_data or "")))
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 200)
    assert count(page) > 50
    assert max(sent) < 6_000


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


def test_a_second_map_shows_the_same_selection_under_another_checkpoint(page, collection):
    first, _ = spread_out(collection)
    lasso(page, pixels(page, collection, first), 150)
    n_selected = count(page)
    compare(page, collection.checkpoints[0])
    drawn = page.evaluate(
        """() => {
            const { data } = window.morphospace_map.maps.get("map-2").sheet;
            return data.row.filter((_, number) => data.flags[number] & 1);
        }"""
    )
    assert len(drawn) == n_selected
    numbers = page.locator(f"#{ids.CORRELATION_NUMBERS}").inner_text()
    assert numbers.count(f"{n_selected:,} in") == 2

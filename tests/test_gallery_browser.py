"""The gallery in Chromium: the right picture for each galaxy, whole rows, keys, Ctrl-click."""

import numpy as np
import pytest
from flask import Flask

from dashboard import ids
from dashboard.cache import create_cache
from dashboard.listing import listed
from dashboard.listing_columns import DISTANCE
from dashboard.records import keep_record
from dashboard.settings import Settings
from tests.browsing import settle

ROWS = "[...document.querySelectorAll('#gallery .thumbnail')].map((each) => +each.dataset.row)"
SHOWS = f"(want) => JSON.stringify({ROWS}) === JSON.stringify(want)"
SET = "([id, properties]) => window.dash_clientside.set_props(id, properties)"


@pytest.fixture(scope="module")
def cache():
    return create_cache(Flask(__name__), Settings(cache="memory"))


@pytest.fixture
def gallery(page):
    """The page with its gallery shown."""
    page.locator(".shelf-tabs [role=tab]", has_text="Gallery").click()
    page.wait_for_selector(f"#{ids.GALLERY} .thumbnail")
    settle(page)
    return page


def set_props(page, name, **properties):
    page.evaluate(SET, [name, properties])


def pictures(page):
    """Of each thumbnail: its row, its picture's address, what is below it, and its title."""
    return page.evaluate("""
        [...document.querySelectorAll('#gallery .thumbnail')].map((each) => [
            +each.dataset.row, each.querySelector('img').getAttribute('src'),
            each.querySelector('.caption').textContent, each.title,
        ])""")


def expect(page, order, first=0):
    """Wait until the gallery shows these rows in this order, and look at every picture."""
    n = page.locator(f"#{ids.GALLERY} .thumbnail").count()
    assert n > 1 or len(order) < 2
    wanted = [int(row) for row in order[first : first + n]]
    page.wait_for_function(SHOWS, arg=wanted)
    return pictures(page)


def check_pictures(page, collection):
    for row, address, _, title in pictures(page):
        assert address.split("?")[0] == f"/collections/{collection.digest}/cutouts/{row}"
        assert collection.catalog["object_id"].iat[row] in title
    page.wait_for_function(
        "[...document.querySelectorAll('#gallery img')].every((i) => i.complete && i.naturalWidth)"
    )


def some_rows(collection):
    return list(range(3, collection.n_galaxies, 5))


def select_rows(page, collection, rows):
    step = {"op": "set", "kind": "rows", "rows": rows, "checkpoint": collection.checkpoints[-1]}
    set_props(page, ids.SELECTION, data={"steps": [step]})
    return {"steps": [step]}


def test_each_galaxy_has_its_picture_through_sort_selection_page_and_checkpoint(
    gallery, collection, cache
):
    checkpoint = collection.checkpoints[-1]
    magnitude = collection.catalog["magnitude"].to_numpy()
    expect(gallery, listed(collection, cache, checkpoint, "", [[DISTANCE, "asc"]]).order())
    check_pictures(gallery, collection)

    set_props(gallery, ids.GALLERY_SORT, value="magnitude")
    order = np.argsort(magnitude, kind="stable")
    shown = expect(gallery, order)
    assert [caption for _, _, caption, _ in shown] == [
        f"{magnitude[row]:.5g} mag" for row, *_ in shown
    ]
    check_pictures(gallery, collection)

    gallery.locator(f"#{ids.GALLERY_NEXT}").click()
    expect(gallery, order, first=len(shown))
    check_pictures(gallery, collection)

    rows = some_rows(collection)
    record = select_rows(gallery, collection, rows)
    expect(gallery, [row for row in order if row in set(rows)])
    assert f"of {len(rows)} selected" in gallery.locator(f"#{ids.GALLERY_CAPTION}").inner_text()
    check_pictures(gallery, collection)

    set_props(gallery, ids.GALLERY_SORT, value=DISTANCE)
    name = keep_record(cache, record)
    for checkpoint in (collection.checkpoints[-1], collection.checkpoints[0]):
        set_props(gallery, ids.CHECKPOINT, value=checkpoint)
        found = listed(collection, cache, checkpoint, name, [[DISTANCE, "asc"]])
        expect(gallery, found.order())
        check_pictures(gallery, collection)


def test_the_last_page_and_a_page_by_its_number(gallery, collection):
    set_props(gallery, ids.GALLERY_SORT, value=":order")
    n = len(expect(gallery, range(collection.n_galaxies)))
    gallery.locator(f"#{ids.GALLERY_LAST}").click()
    first = (collection.n_galaxies - 1) // n * n
    gallery.wait_for_function(SHOWS, arg=list(range(first, collection.n_galaxies)))
    page_input = gallery.locator(f"#{ids.GALLERY_PAGE}")
    page_input.fill("3")
    page_input.press("Enter")
    gallery.wait_for_function(SHOWS, arg=list(range(2 * n, 3 * n)))
    page_input.fill("no number")
    page_input.press("Enter")
    gallery.locator(f"#{ids.GALLERY_FIRST}").click()
    gallery.wait_for_function(SHOWS, arg=list(range(n)))


WHOLE = """() => {
    const box = document.getElementById('gallery').getBoundingClientRect();
    const all = [...document.querySelectorAll('#gallery .thumbnail')];
    return all.length > 0 && all.every((each) => {
        const place = each.getBoundingClientRect();
        return place.height > 40 && place.bottom <= box.bottom + 1 && place.right <= box.right + 1;
    });
}"""


@pytest.mark.parametrize("window", [(1440, 900), (1024, 700), (1440, 620)])
def test_rows_are_whole_in_any_box(gallery, window):
    gallery.set_viewport_size({"width": window[0], "height": window[1]})
    for size in (48, 96, 200):
        set_props(gallery, ids.GALLERY_SIZE, value=size)
        gallery.wait_for_function(WHOLE)
        settle(gallery)
        assert gallery.evaluate(WHOLE)


def test_maximised_it_shows_more_and_keeps_the_first(gallery, collection):
    set_props(gallery, ids.GALLERY_SORT, value=":order")
    few = len(expect(gallery, range(collection.n_galaxies)))
    gallery.locator(f"#{ids.GALLERY_NEXT}").click()
    gallery.wait_for_function(SHOWS, arg=list(range(few, 2 * few)))
    gallery.locator(".shelf-head .panel-button.maximise").click()
    gallery.wait_for_function(
        "(few) => document.querySelectorAll('#gallery .thumbnail').length > 2 * few", arg=few
    )
    assert few in gallery.evaluate(ROWS)
    settle(gallery)
    assert gallery.evaluate(WHOLE)


def test_keys_move_between_thumbnails_and_turn_pages(gallery, collection):
    set_props(gallery, ids.GALLERY_SORT, value=":order")
    n = len(expect(gallery, range(collection.n_galaxies)))
    focused = "document.activeElement.dataset.row"
    gallery.locator(f"#{ids.GALLERY} .thumbnail").first.focus()
    for key, row in (("ArrowRight", 1), ("End", n - 1), ("ArrowLeft", n - 2), ("Home", 0)):
        gallery.keyboard.press(key)
        gallery.wait_for_function(f"{focused} === '{row}'")
    gallery.keyboard.press("PageDown")
    gallery.wait_for_function(SHOWS, arg=list(range(n, 2 * n)))
    gallery.keyboard.press("PageUp")
    gallery.wait_for_function(SHOWS, arg=list(range(n)))
    for key in ("PageDown", "PageDown", "PageUp", "PageDown", "PageUp", "PageUp"):
        gallery.keyboard.press(key)  # faster than the server answers: none is lost
    settle(gallery)
    gallery.wait_for_function(SHOWS, arg=list(range(n)))
    gallery.keyboard.press("Enter")
    gallery.wait_for_selector(f"#{ids.GALLERY} .thumbnail[aria-current='true']")
    stops = f"document.querySelectorAll('#{ids.GALLERY} .thumbnail[tabindex=\"0\"]').length"
    assert gallery.evaluate(stops) == 1


def test_the_inspected_galaxy_is_marked_on_whatever_page_it_is(gallery, collection):
    set_props(gallery, ids.GALLERY_SORT, value=":order")
    n = len(expect(gallery, range(collection.n_galaxies)))
    set_props(gallery, ids.QUERY, data=n + 1)
    current = f"#{ids.GALLERY} .thumbnail[aria-current='true']"
    gallery.wait_for_function("document.querySelectorAll('#gallery [aria-current]').length === 0")
    gallery.locator(f"#{ids.GALLERY_NEXT}").click()
    gallery.wait_for_selector(f"{current}[data-row='{n + 1}']")
    assert gallery.locator(current).count() == 1


def test_control_click_adds_and_removes_and_does_not_inspect(gallery, collection):
    set_props(gallery, ids.GALLERY_SORT, value=":order")
    n = len(expect(gallery, range(collection.n_galaxies)))
    for row in (1, 3):
        gallery.locator(f"#{ids.GALLERY} [data-row='{row}']").click(modifiers=["Control"])
        gallery.wait_for_selector(f"#{ids.GALLERY} .chosen[data-row='{row}']")
    assert gallery.locator(f"#{ids.GALLERY} .chosen").count() == 2
    assert len(expect(gallery, range(collection.n_galaxies))) == n  # it stays that of all
    gallery.locator(f"#{ids.GALLERY} [data-row='1']").click(modifiers=["Control"])
    gallery.wait_for_selector(f"#{ids.GALLERY} [data-row='1']:not(.chosen)")
    set_props(gallery, ids.GALLERY_SCOPE, value="selected")
    gallery.wait_for_function(SHOWS, arg=[3])
    assert gallery.locator(f"#{ids.GALLERY} [aria-current]").count() == 0


def test_a_galaxy_pointed_at_elsewhere_lights_up(gallery, collection):
    row = gallery.evaluate(ROWS)[2]
    gallery.evaluate(
        "(row) => document.dispatchEvent(new CustomEvent('morphospace:point', "
        "{ detail: { row, from: 'map' } }))",
        row,
    )
    gallery.wait_for_selector(f"#{ids.GALLERY} .pointed[data-row='{row}']")


def test_while_it_is_not_shown_it_asks_for_nothing(page, collection):
    select_rows(page, collection, [1, 2, 3])
    set_props(page, ids.GALLERY_SORT, value="magnitude")
    settle(page)
    assert page.locator(f"#{ids.GALLERY} .thumbnail").count() == 0
    page.locator(".shelf-tabs [role=tab]", has_text="Gallery").click()
    order = sorted([1, 2, 3], key=lambda row: collection.catalog["magnitude"].iat[row])
    page.wait_for_function(SHOWS, arg=order)


def test_an_emptied_selection_says_what_to_do(gallery, collection):
    select_rows(gallery, collection, [])
    gallery.wait_for_selector(f"#{ids.GALLERY} .message")
    assert "No galaxy" in gallery.locator(f"#{ids.GALLERY}").inner_text()
    select_rows(gallery, collection, [5, 6])
    gallery.wait_for_selector(f"#{ids.GALLERY} .thumbnail[data-row='5']")

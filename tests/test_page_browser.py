"""The page around the panels, in Chromium: sizes, themes, keys, the tour, a phone."""

import pytest

from dashboard import ids
from dashboard.layout import SPLITTERS
from dashboard.panels.tour import STEPS
from dashboard.themes import DARK, LIGHT
from tests.browsing import settle

PANELS = ("map", "correlation", "inspector", "shelf")


def box(page, name):
    return page.locator(f".panel-{name}").first.bounding_box()


def is_seen(page, name):
    return page.locator(f".panel-{name}").first.is_visible()


def splitter(page, name):
    return page.locator(f"[data-splitter={name}]")


def drag(page, name, x, y):
    """Drag a splitter by so many pixels."""
    at = splitter(page, name).bounding_box()
    start = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + x, start[1] + y, steps=4)
    page.mouse.up()


def wait_until(page, claim, arg=None):
    page.wait_for_function(claim, arg=arg)


def test_panels_share_the_window_without_scrolling_or_overlap(page):
    for width, height in ((1440, 900), (1024, 768)):
        page.set_viewport_size({"width": width, "height": height})
        wait_until(page, "width => document.documentElement.scrollWidth <= width", width)
        assert page.evaluate("document.documentElement.scrollHeight") <= height
        boxes = {name: box(page, name) for name in PANELS}
        for name, at in boxes.items():
            assert at["x"] >= 0 and at["x"] + at["width"] <= width, name
            assert at["y"] + at["height"] <= height, name
        assert boxes["map"]["width"] > 0.5 * width
        assert boxes["map"]["x"] + boxes["map"]["width"] < boxes["correlation"]["x"]
        assert boxes["map"]["y"] + boxes["map"]["height"] < boxes["shelf"]["y"]


def test_splitters_move_with_pointer_and_keys_and_stay_after_a_reload(page):
    before = box(page, "map")
    drag(page, "right", -150, 0)
    wait_until(
        page, "w => document.querySelector('.panel-map').clientWidth < w - 100", before["width"]
    )
    now = splitter(page, "right").get_attribute("aria-valuenow")
    assert int(now) > SPLITTERS["right"][2]
    # graphs and maps follow
    wait_until(
        page,
        """() => Math.abs(document.querySelector('#correlation svg.main-svg')
                .getBoundingClientRect().width
            - document.querySelector('#correlation').clientWidth) <= 2""",
    )
    splitter(page, "shelf").focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    value = str(SPLITTERS["shelf"][2] + 8)
    assert splitter(page, "shelf").get_attribute("aria-valuenow") == value
    sizes = {name: box(page, name) for name in PANELS}
    page.reload()
    settle(page)
    assert {name: box(page, name) for name in PANELS} == sizes
    splitter(page, "right").dblclick()
    wait_until(
        page, "w => document.querySelector('.panel-map').offsetWidth >= w - 2", before["width"]
    )
    assert splitter(page, "right").get_attribute("aria-valuenow") == str(SPLITTERS["right"][2])


def test_a_panel_fills_the_window_and_comes_back(page):
    before = box(page, "correlation")
    page.locator(".panel-correlation h2").hover()
    page.keyboard.press("m")
    wait_until(page, "document.querySelector('.panel-correlation').offsetWidth > 1300")
    assert not is_seen(page, "inspector") or page.evaluate(
        "getComputedStyle(document.querySelector('.panel-inspector')).visibility === 'hidden'"
    )
    page.keyboard.press("Escape")
    wait_until(
        page, "w => document.querySelector('.panel-correlation').offsetWidth <= w", before["width"]
    )
    assert box(page, "correlation") == before
    button = page.get_by_role("button", name="Maximise the shelf")
    button.click()
    wait_until(page, "document.querySelector('.panel-shelf').offsetHeight > 700")
    assert button.get_attribute("aria-pressed") == "true"
    button.click()
    wait_until(page, "document.querySelector('.panel-shelf').offsetHeight < 400")


def test_a_panel_is_hidden_and_brought_back_from_the_menu(page):
    before = box(page, "correlation")
    page.get_by_role("button", name="Hide Galaxy").click()
    page.locator(".panel-inspector").wait_for(state="hidden")
    assert box(page, "correlation")["height"] > before["height"] + 100
    page.reload()
    settle(page)
    assert not is_seen(page, "inspector")
    page.get_by_role("button", name="Panels", exact=True).click()
    choice = page.get_by_role("checkbox", name="Galaxy", exact=True)
    assert not choice.is_checked()
    choice.check()
    page.locator(".panel-inspector").wait_for()
    assert box(page, "correlation") == before


def test_all_but_one_panel_hidden_leaves_it_the_window(page):
    for name in ("the shelf", "Two-point correlation", "Galaxy"):
        page.get_by_role("button", name=f"Hide {name}").click()
    wait_until(page, "document.querySelector('.panel-map').offsetWidth > 1380")
    assert box(page, "map")["height"] > 780
    assert page.locator("[data-splitter]:visible").count() == 0


def ground(page):
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def ink_of_the_curve(page):
    return page.evaluate("document.querySelector('#correlation .js-plotly-plot').layout.font.color")


def rgb(color):
    return "rgb({}, {}, {})".format(*(int(color[at : at + 2], 16) for at in (1, 3, 5)))


def test_a_first_visit_follows_the_browser_and_a_choice_is_remembered(open_page):
    page = open_page("/", color_scheme="light")
    assert page.evaluate("document.documentElement.dataset.theme") == "light"
    settle(page)
    assert ground(page) == rgb(LIGHT.ground) and ink_of_the_curve(page) == LIGHT.ink
    page.keyboard.press("t")
    wait_until(
        page,
        "ink => document.querySelector('#correlation .js-plotly-plot').layout.font.color === ink",
        DARK.ink,
    )
    assert ground(page) == rgb(DARK.ground)
    assert page.evaluate("document.documentElement.dataset.mantineColorScheme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    settle(page)
    assert ground(page) == rgb(DARK.ground) and ink_of_the_curve(page) == DARK.ink
    page.get_by_role("button", name="Dark or light").click()
    wait_until(page, "document.documentElement.dataset.theme === 'light'")


def test_all_keys_are_listed_and_none_works_while_typing(page):
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog", name="Keys")
    said = sheet.inner_text()
    for words in ("maximise the panel", "dark or light", "a link to this view", "undo"):
        assert words in said
    listed = page.evaluate(
        """window.morphospace_keys.every(k =>
            document.querySelector(".keys").textContent.includes(k.does))"""
    )
    assert listed
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.keyboard.press("Escape")
    sheet.wait_for(state="hidden")
    page.locator(f"#{ids.COLOR}").click()
    page.keyboard.type("tm?")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    assert page.evaluate("document.documentElement.dataset.maximised") is None
    assert not sheet.is_visible()


def test_no_key_is_taken_twice_and_each_says_what_it_does(page):
    keys = page.evaluate(
        """window.morphospace_keys.filter(k => k.key !== "Escape").map(k =>
            [k.key, !!k.shift, !!k.ctrl, !!k.alt, k.view ?? "any", k.order ?? 50].join(" "))"""
    )  # with another order, it is taken where the first does not want it
    assert len(keys) == len(set(keys))
    assert page.evaluate(
        "window.morphospace_keys.every(k => k.does && typeof k.run === 'function')"
    )


def test_a_phone_shows_map_and_galaxy_and_the_rest_behind_a_bar(open_page):
    page = open_page("/", viewport={"width": 390, "height": 844})
    settle(page)
    assert is_seen(page, "map") and is_seen(page, "inspector")
    assert not is_seen(page, "correlation") and not is_seen(page, "shelf")
    for name, panel in (("Curve", "correlation"), ("Lists", "shelf"), ("Map and galaxy", "map")):
        page.get_by_role("button", name=name).click()
        page.locator(f".panel-{panel}").wait_for()
        at = box(page, panel)
        assert at["x"] >= 0 and at["x"] + at["width"] <= 390 and at["height"] > 300
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        assert page.evaluate("document.documentElement.scrollHeight") <= 844
    assert not is_seen(page, "correlation")


@pytest.mark.parametrize("width", [390, 600, 760, 1024])
def test_the_header_says_what_is_shown_at_any_width(open_page, width):
    page = open_page("/", viewport={"width": width, "height": 844})
    settle(page)
    header = page.locator("header.header")
    edges = header.bounding_box()
    for part in ("h1", f"#{ids.ABOUT}", ".views", f"#{ids.LINK}", f"#{ids.THEME_SWITCH}"):
        at = header.locator(part).bounding_box()
        assert at["x"] >= 0 and at["x"] + at["width"] <= width, part
        assert at["y"] >= edges["y"] and at["y"] + at["height"] <= edges["y"] + edges["height"], (
            part
        )
    assert "made_up" in header.locator(f"#{ids.ABOUT}").inner_text()
    assert "simulated" in header.locator(f"#{ids.ABOUT}").inner_text()


def test_the_tour_is_shown_once_and_again_when_asked_for(open_page):
    page = open_page("/", has_tour=True)
    card = page.locator(".tour-card")
    card.wait_for()
    titles = []
    for number in range(len(STEPS)):
        titles.append(card.locator("h2").inner_text())
        assert f"{number + 1} of {len(STEPS)}" in card.inner_text()
        at, lit = card.bounding_box(), page.locator(".tour-light").bounding_box()
        assert 0 <= at["x"] and at["x"] + at["width"] <= 1440 and at["y"] + at["height"] <= 900
        assert lit["width"] > 50
        page.keyboard.press("Enter")  # the focus is on Next
    card.wait_for(state="hidden")
    assert titles == [title for _, title, _ in STEPS]
    page.reload()
    settle(page)
    assert not card.is_visible()
    page.get_by_role("button", name="Tour").click()
    card.wait_for()
    page.keyboard.press("Escape")
    card.wait_for(state="hidden")


def test_the_tour_is_not_in_the_way_of_the_lab(open_page):
    page = open_page("/lab", has_tour=True)
    page.locator(f"#{ids.LAB_NUMBERS} strong").first.wait_for()
    assert page.locator(".tour-card").count() == 0


def test_nothing_moves_while_answers_come_in(open_page):
    page = open_page("/")
    page.wait_for_selector(".panel-shelf")
    first = {name: box(page, name) for name in PANELS}
    settle(page)
    assert {name: box(page, name) for name in PANELS} == first


def test_the_focus_can_skip_the_header_and_is_seen(page):
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Tab")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"

"""What is not shown at first is in the layout, and drawn when it is first shown."""

import dash_mantine_components as dmc
import pytest
from dash import dcc, html

from dashboard import ids
from dashboard.panels.first_shown import TABS, drawn_late, part_id, shown_tabs


@pytest.fixture
def late(app):
    """All parts of the page that are drawn when they are first shown."""
    every = app.layout._traverse()
    return [one for one in every if isinstance(one, dmc.Collapse) and not one.opened]


def test_the_first_of_tabs_is_drawn_at_once_and_the_others_when_they_are_opened():
    tabs = shown_tabs("t", html.Div("head"), {"a": "first", "b": ["second", "too"]})
    assert (tabs.id, tabs.value) == ("t", "a")
    head, *behind = tabs.children
    assert head.children == "head" and [panel.value for panel in behind] == ["a", "b"]
    parts = [panel.children for panel in behind]
    assert [part.id for part in parts] == [part_id("t", "a"), part_id("t", "b")]
    assert [part.opened for part in parts] == [True, False]
    assert [part.children for part in parts] == ["first", ["second", "too"]]


def test_a_part_opens_without_a_transition():
    part = drawn_late("v", "content", class_name="of-styles")
    assert (part.id, part.children, part.className) == ("v", "content", "of-styles")
    assert part.opened is False and part.transitionDuration == 0


def test_the_views_beside_the_galaxies_and_all_tabs_but_the_first_wait(app, late):
    every = list(app.layout._traverse())
    assert {one.id for one in every if isinstance(one, dmc.Tabs)} == set(TABS)
    wanted = {ids.VIEW_TRAINING, ids.VIEW_LAB}
    for tabs in TABS:
        panels = [one for one in app.layout[tabs].children if isinstance(one, dmc.TabsPanel)]
        assert panels[0].value == app.layout[tabs].value and panels[0].children.opened
        wanted |= {part_id(tabs, panel.value) for panel in panels[1:]}
    assert {part.id for part in late} == wanted


def test_what_a_browser_keeps_is_drawn_at_once(late):
    """Drawn later, it would hold what the browser kept and not what a link has set."""
    stores = [one for part in late for one in part._traverse() if isinstance(one, dcc.Store)]
    assert stores and all(not hasattr(one, "storage_type") for one in stores)

import dash_mantine_components as dmc

from dashboard import ids
from dashboard.panels import PANELS, SHELF
from dashboard.panels.shelf import TABS, name_of


def test_every_panel_on_the_shelf_has_its_tab_and_is_registered(app):
    names = [name_of(panel) for panel in SHELF]
    shelf = app.layout[ids.SHELF]
    parts = list(shelf._traverse())
    assert [part.value for part in parts if isinstance(part, dmc.TabsTab)] == names
    assert [part.value for part in parts if isinstance(part, dmc.TabsPanel)] == names
    assert shelf.value == names[0] == "anomalies"
    assert set(SHELF) <= set(PANELS)


def test_the_name_of_a_panel_is_that_of_its_section(app, collection):
    for panel in SHELF:
        assert getattr(panel.layout(collection), "data-panel") == name_of(panel)


def test_every_tab_says_what_it_is():
    assert all(title and explanation.endswith(".") for title, explanation in TABS.values())

"""Parts of the page that are drawn when they are first shown, and stay from then on.

They are what is behind tabs, and the views beside the galaxies. All are in the page's layout from
the start: callbacks and links read and write what is not drawn yet. What is drawn costs at every
change of anything, since Dash asks each drawn component whether it is another now.
assets/first_shown.js says when a part is first shown.

Not by Mantine's own `keepMounted` of tabs and popovers: Dash hands what it draws late the
properties of the page as it was opened, unless those of what is directly around it change, as
`opened` does here.
"""

from collections.abc import Mapping

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from data.store import Collection

TABS = (ids.SHELF, ids.CORRELATION_TABS)


def drawn_late(
    id: str, content: object, *, class_name: str = "drawn-late", is_open: bool = False
) -> dmc.Collapse:
    """A part that is drawn when assets/first_shown.js opens it, and not closed again."""
    return dmc.Collapse(content, id=id, opened=is_open, transitionDuration=0, className=class_name)


def shown_tabs(
    name: str, head: Component, panels: Mapping[str, object], **properties: object
) -> dmc.Tabs:
    """Tabs of which the first is drawn at once; `name` is their id.

    head : what holds the list of tabs; panels : value of a tab -> what is behind it
    """
    first = next(iter(panels))
    behind = [
        dmc.TabsPanel(
            drawn_late(part_id(name, value), content, is_open=value == first), value=value
        )
        for value, content in panels.items()
    ]
    return dmc.Tabs([head, *behind], id=name, value=first, **properties)


def part_id(tabs: str, value: str) -> str:
    """Id of what is behind a tab."""
    return f"{tabs}-part-{value}"


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Draw what is behind a tab when that is opened; views are drawn by assets/views.js."""
    app.clientside_callback(
        ClientsideFunction("morphospace_first_shown", "tab"),
        *(Input(tabs, "value") for tabs in TABS),
        prevent_initial_call=True,
    )

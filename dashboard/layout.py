"""The page: header, the shared stores, and three views: galaxies, training and structure lab.

All are in the page, one of them shown (assets/views.js, assets/views.css): what is selected and
how far a map is zoomed survives a visit to another. What is not shown at first is drawn when it
is (dashboard/panels/first_shown.py). How the panels share the window is told by assets/shell.css,
and moved by assets/shell.js.
"""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.page_id import page_id_store
from dashboard.panels import GALAXIES, LAB, SHELF, TRAINING
from dashboard.panels.first_shown import drawn_late
from dashboard.panels.header import header
from dashboard.panels.label_choices import stores as label_stores
from dashboard.panels.links import link_told
from dashboard.panels.shelf import name_of, shelf
from dashboard.panels.tour import tour_steps
from data.store import Collection

STYLE = {
    "primaryColor": "gray",
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
    "defaultRadius": "sm",
}
# splitter -> what it moves, which way it lies, and where it is at first, in percent
SPLITTERS = {
    "right": ("Width of the curve and the galaxy", "vertical", 30),
    "shelf": ("Height of the shelf", "horizontal", 25),
    "inspector": ("Height of the galaxy", "horizontal", 38),
}
LEAST, MOST = 10, 90  # percent


def page(collection: Collection) -> html.Div:
    """The whole page of one collection."""
    provider = dmc.MantineProvider(
        [
            dcc.Store(id=ids.SELECTION, data={"steps": []}),
            dcc.Store(id=ids.QUERY),
            dcc.Store(id=ids.LABELS),
            *label_stores(),
            dcc.Store(id=ids.ANOMALY_PAGE, data=0),
            dcc.Store(id=ids.THEME, data="dark"),
            # Here, and drawn at once: where it is drawn, what the browser kept is what it holds.
            dcc.Store(id=ids.TABLE_COLUMNS, storage_type="local"),
            page_id_store(),
            dcc.Location(id=ids.ADDRESS, refresh=False),
            html.A("To the map", href=f"#{ids.MAIN}", className="skip-link"),
            *link_told(),
            tour_steps(),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(header(collection), className="header"),
                    dmc.AppShellMain(_views(collection), id=ids.MAIN),
                ],
                header={"height": "var(--header)"},
                padding=0,
            ),
        ],
        id=ids.PROVIDER,
        defaultColorScheme="dark",
        theme=STYLE,
    )
    return html.Div(provider)


def _views(collection: Collection) -> list[Component]:
    return [
        html.Div(
            [_columns(collection), _phone_bar()],
            className="view-galaxies",
        ),
        drawn_late(
            ids.VIEW_TRAINING,
            [panel.layout(collection) for panel in TRAINING],
            class_name="view-training",
        ),
        drawn_late(
            ids.VIEW_LAB, [panel.layout(collection) for panel in LAB], class_name="view-lab"
        ),
    ]


def _columns(collection: Collection) -> html.Div:
    """The map over the shelf; beside them the curve over the galaxy."""
    places = {name_of(panel): panel.layout(collection) for panel in GALAXIES}
    left = [places["map"], _splitter("shelf"), shelf(collection, SHELF)]
    right = [places["correlation"], _splitter("inspector"), places["inspector"]]
    return html.Div(
        [
            html.Div(left, className="column column-left"),
            _splitter("right"),
            html.Div(right, className="column column-right"),
        ],
        className="page",
    )


def _splitter(name: str) -> html.Div:
    """A line to drag between two panels; assets/shell.js moves it, by arrow keys too."""
    label, orientation, start = SPLITTERS[name]
    return html.Div(
        className=f"splitter splitter-{name}",
        role="separator",
        tabIndex=0,
        title=f"{label}: drag, or use the arrow keys; a double click puts it back",
        **{
            "data-splitter": name,
            "data-start": start,
            "aria-label": label,
            "aria-orientation": orientation,
            "aria-valuenow": start,
            "aria-valuemin": LEAST,
            "aria-valuemax": MOST,
        },
    )


def _phone_bar() -> html.Nav:
    """On a phone: which part of the page is shown."""
    parts = {"map": "Map and galaxy", "correlation": "Curve", "shelf": "Lists"}
    return html.Nav(
        [html.Button(text, type="button", **{"data-phone": name}) for name, text in parts.items()],
        className="phone-bar",
        **{"aria-label": "Parts of the page"},
    )

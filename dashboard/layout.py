"""The page: header, the shared stores, and two views: the galaxies and the structure lab.

Both views are in the page, one of them hidden (assets/lab.js, assets/lab.css): what is selected
and how far a map is zoomed survives a visit to the other.
"""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.facts import checkpoint_label
from dashboard.page_id import page_id_store
from dashboard.panels import GALAXIES, LAB
from dashboard.panels.parts import explained
from data.store import Collection

MAX_SEGMENTS = 9  # more checkpoints go into a list
THEME = {
    "primaryColor": "gray",
    "fontFamily": "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
    "defaultRadius": "sm",
}


def page(collection: Collection) -> dmc.MantineProvider:
    """The whole page of one collection."""
    return dmc.MantineProvider(
        [
            dcc.Store(id=ids.SELECTION, data={"steps": []}),
            dcc.Store(id=ids.QUERY),
            dcc.Store(id=ids.ANOMALY_PAGE, data=0),
            page_id_store(),
            dcc.Location(id=ids.ADDRESS, refresh=False),
            dmc.AppShell(
                [
                    dmc.AppShellHeader(_header(collection), className="header"),
                    dmc.AppShellMain(_views(collection)),
                ],
                header={"height": 52},
                padding=0,
            ),
        ],
        forceColorScheme="dark",
        theme=THEME,
    )


def _views(collection: Collection) -> list[html.Div]:
    galaxies = [panel.layout(collection) for panel in GALAXIES]
    return [
        html.Div(galaxies, className="page view-galaxies"),
        html.Div([panel.layout(collection) for panel in LAB], className="view-lab"),
    ]


def _header(collection: Collection) -> list[Component]:
    names = collection.checkpoints
    options = [
        {"value": name, "label": checkpoint_label(collection.checkpoint_info(name), name)}
        for name in names
    ]
    return [
        html.H1("Morphospace"),
        html.Nav(
            [
                dcc.Link("Galaxies", id=ids.TO_GALAXIES, href="/"),
                dcc.Link("Structure lab", id=ids.TO_LAB, href="/lab"),
            ],
            className="views",
            **{"aria-label": "Views"},
        ),
        html.Div(
            [html.Strong(collection.name), *about(collection)],
            className="about only-galaxies",
            id=ids.ABOUT,
        ),
        html.Div(
            [
                html.Span("Checkpoint", className="faint"),
                explained(_choice(options), "The moment of training that every panel shows."),
                explained(
                    dmc.Select(
                        id=ids.SECOND,
                        data=options,
                        placeholder="Compare with …",
                        clearable=True,
                        size="xs",
                        w=150,
                        **{"aria-label": "Second checkpoint"},
                    ),
                    "Show a second map beside the first, with the same selection and galaxy.",
                ),
            ],
            className="checkpoints only-galaxies",
        ),
    ]


def about(collection: Collection) -> list[Component]:
    """What the collection is, in a few words."""
    words = [f"{collection.n_galaxies:,} galaxies"]
    if collection.is_simulated:
        words.append("simulated")
    return [html.Span(word, className="faint") for word in words]


def _choice(options: list[dict]) -> Component:
    """The checkpoint selector: buttons where they fit, a list where they do not."""
    last = options[-1]["value"]
    if len(options) <= MAX_SEGMENTS and all(o["label"].startswith("epoch ") for o in options):
        short = [{**option, "label": option["label"].removeprefix("epoch ")} for option in options]
        return dmc.SegmentedControl(id=ids.CHECKPOINT, data=short, value=last, size="xs")
    return dmc.Select(
        id=ids.CHECKPOINT, data=options, value=last, size="xs", w=170, allowDeselect=False
    )

"""The shelf at the bottom of the page: panels of which one is shown at a time, behind tabs."""

from collections.abc import Sequence
from types import ModuleType

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.panels.first_shown import shown_tabs
from dashboard.panels.parts import panel_buttons
from data.store import Collection

# name of a panel, as its callbacks find it in ids.SHELF -> its tab, and what it is, in one line
TABS = {
    "anomalies": ("Anomalies", "Galaxies of the emptiest regions first: candidates to look at."),
    "similar": ("Similar", "Galaxies like this one, like several, or like a picture of yours."),
    "clusters": ("Clusters", "Groups of galaxies that lie together: size, members, classes, ε(r)."),
    "labels": ("Labels", "What was labelled, by whom; labels of a selection, undo, files."),
    "gallery": ("Gallery", "Cutouts of the selected galaxies, sorted as you like."),
    "table": ("Table", "The catalog of the selected galaxies, sorted and filtered."),
    "histograms": ("Histograms", "Columns of the catalog; a brushed range cuts the selection."),
    "examples": ("Examples", "Some galaxies of each class."),
    "change": ("Change", "What changed between checkpoints: neighbors, and anomaly ranks."),
}


def shelf(collection: Collection, panels: Sequence[ModuleType]) -> html.Section:
    """The shelf with these panels, in this order; each is a module of this folder."""
    behind = {name_of(panel): panel.layout(collection) for panel in panels}
    head = html.Div(
        [
            dmc.TabsList([_tab(name) for name in behind], className="shelf-tabs"),
            panel_buttons("the shelf", "shelf"),
        ],
        className="shelf-head",
    )
    return html.Section(
        shown_tabs(ids.SHELF, head, behind, className="shelf"),
        className="panel panel-shelf",
        **{"aria-label": "Shelf", "data-panel": "shelf"},
    )


def name_of(panel: ModuleType) -> str:
    """Name of a panel on the shelf: that of its module."""
    return panel.__name__.rpartition(".")[2]


def _tab(name: str) -> Component:
    title, explanation = TABS[name]
    # Not `explained`: a list of tabs may hold nothing but tabs.
    return dmc.TabsTab(title, value=name, buttonProps={"title": explanation})

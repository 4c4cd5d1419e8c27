"""One switch that colors the map by the clusters that are listed, and follows what is listed."""

import json

from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.cluster_words import TITLES
from dashboard.column_facts import first_column
from dashboard.panels.parts import explained, small_button
from data.store import Collection

WHY = "Color the map by these clusters; again: as it was before."


def color_switch(collection: Collection) -> html.Span:
    """The button; assets/clusters.js is told what colors there are at first, and titles of keys."""
    button: Component = small_button(
        "Color the map",
        id=ids.CLUSTERS_COLOR,
        disabled=True,
        **{
            "aria-pressed": "false",
            "data-first": first_column(collection),
            "data-titles": json.dumps(TITLES),
        },
    )
    return explained(button, WHY)


def register(app: Dash) -> None:
    """Press the button; add a clustering to the columns to choose from when it is chosen."""
    app.clientside_callback(
        ClientsideFunction("morphospace_clusters", "color"),
        Output(ids.CLUSTERS_COLOR, "aria-pressed"),
        Output(ids.CLUSTERS_COLOR, "disabled"),
        Input(ids.CLUSTERS_COLOR, "n_clicks"),
        Input(ids.CLUSTERS_SHOWN, "data"),
        Input(ids.COLOR, "value"),
        prevent_initial_call=True,
    )
    # Without an output: the choice stays what the layout says it is, with clusters beside.
    app.clientside_callback(
        ClientsideFunction("morphospace_clusters", "offer"),
        Input(ids.COLOR, "value"),
        Input(ids.COLOR, "data"),
        State(ids.CLUSTERS_COLOR, "data-titles"),
        prevent_initial_call=True,
    )

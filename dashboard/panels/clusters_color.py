"""One switch that colors the map by the clusters that are listed, and follows what is listed."""

from dash import ClientsideFunction, Dash, Input, Output, State, no_update

from dashboard import ids
from dashboard.cluster_words import clustering_title
from data.cluster_columns import is_clustering
from models.errors import MorphospaceError

GROUP = "Clusters"


def with_option(groups: list[dict], key: object) -> list[dict] | None:
    """The groups of columns to color by, with a clustering among them; None where it is there.

    None, too, where it is no clustering: then there is nothing to add.
    """
    if not is_clustering(key) or any(
        key == item["value"] for group in groups for item in group["items"]
    ):
        return None
    try:
        option = {"value": key, "label": clustering_title(key)}
    except MorphospaceError:  # of a link: the legend says what is wrong
        option = {"value": key, "label": key}
    own = [item for group in groups if group["group"] == GROUP for item in group["items"]]
    others = [group for group in groups if group["group"] != GROUP]
    return [*others, {"group": GROUP, "items": [*own, option]}]


def register(app: Dash) -> None:
    """Add a clustering to the choice of columns when the map is colored by it."""

    @app.callback(
        Output(ids.COLOR, "data", allow_duplicate=True),
        Input(ids.COLOR, "value"),
        State(ids.COLOR, "data"),
        prevent_initial_call=True,
    )
    def offer(column, groups):
        added = with_option(groups or [], column)
        return no_update if added is None else added

    app.clientside_callback(
        ClientsideFunction("morphospace_clusters", "color"),
        Output(ids.CLUSTERS_COLOR, "aria-pressed"),
        Output(ids.CLUSTERS_COLOR, "disabled"),
        Input(ids.CLUSTERS_COLOR, "n_clicks"),
        Input(ids.CLUSTERS_SHOWN, "data"),
        Input(ids.COLOR, "value"),
    )

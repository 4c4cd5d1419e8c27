"""One cluster beside the list: its name, labels for all of its galaxies, its own eps(r)."""

import dash_mantine_components as dmc
import numpy as np
import plotly.graph_objects as go
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.cluster_figures import cluster_curve
from dashboard.cluster_naming import cluster_called, known_names
from dashboard.cluster_words import clustering_title
from dashboard.curve_facts import correlation_numbers
from dashboard.figure_style import message_figure
from dashboard.foremost import following
from dashboard.measure import (
    MIN_GALAXIES,
    selection_correlation,
    separation_unit,
    whole_correlation,
)
from dashboard.panels.parts import telling
from dashboard.themes import theme_of
from data.bump_step import asked_measure
from data.cluster_names import cluster_names, name_cluster
from data.clusterings import (
    checked_cluster,
    clustering_of,
    facts_of,
    record_of_cluster,
    rows_of_cluster,
)
from data.named_selections import MAX_NAME
from data.store import Collection
from models.errors import BadInput

TOLD = ("score Σε", "n", "bins")  # of the numbers of a curve
NAME_WHY = "A name for this cluster, kept beside the collection; Enter keeps it, empty takes it."


def layout() -> html.Aside:
    """A box beside the list; assets/label_many.js fills the place of labels."""
    return html.Aside(
        [
            html.Div(id=ids.CLUSTERS_OPENED, className="cluster-opened"),
            html.Div(id=ids.CLUSTERS_SAID, className="clusters-said", role="status"),
            html.Div(
                dcc.Graph(
                    id=ids.CLUSTERS_CURVE,
                    className="cluster-graph",
                    figure=message_figure(),
                    responsive=True,
                    config={"displayModeBar": False, "doubleClick": False},
                ),
                className="cluster-frame",
            ),
            html.Div(id=ids.CLUSTERS_CURVE_TEXT, className="faint"),
            html.Div(id=ids.CLUSTERS_LABEL, className="label-many"),
            dcc.Store(id=ids.CLUSTERS_LABELLED),
            dcc.Store(id=ids.CLUSTERS_ASKED),
            dcc.Store(id=ids.CLUSTERS_NAMED),
        ],
        className="clusters-aside",
        **{"aria-label": "The opened cluster"},
    )


def opened_number(collection: Collection, checkpoint: str, key: str, opened: object) -> int | None:
    """The cluster that is told beside the list: the one opened, else the first; None without any.

    Under another checkpoint there may not be as many.
    """
    found = clustering_of(collection, checkpoint, key)
    is_there = type(opened) is int and (1 if found.n_in_none == 0 else 0) <= opened
    if is_there and opened <= found.n_clusters:
        return opened
    return 1 if found.n_clusters else None


def told_cluster(
    collection: Collection, checkpoint: str, key: str, number: int
) -> tuple[list[Component], dict]:
    """The cluster's name and size, and what its galaxies are labelled by: see LABELLED."""
    found = clustering_of(collection, checkpoint, key)
    n = int(found.sizes[number - 1]) if number else found.n_in_none
    title = f"Cluster {number}" if number else "In no cluster"
    of = f"{title} of {clustering_title(key)}"
    labelled = {
        "record": record_of_cluster(checkpoint, key, number),
        "n": n,
        "whose": f"all {n:,} galaxies of cluster {number}" if number else f"all {n:,} in none",
        "reached": {"list": of, "checkpoint": checkpoint},
    }
    told = [html.H3(title, title=f"{n:,} galaxies, {_spread(collection, checkpoint, key, number)}")]
    if number:
        name = cluster_names(collection, checkpoint, key).names.get(number, "")
        told.append(_name_field(checkpoint, key, number, name))
    return told, labelled


def _spread(collection: Collection, checkpoint: str, key: str, number: int) -> str:
    if not number:
        return "by themselves or between clusters"
    facts = facts_of(collection, checkpoint, key)[number - 1]
    told = f"median distance to the medoid {facts.radius:.3g}"
    if np.isfinite(facts.mean_strength):  # where the method says how surely
        told += f", mean membership {facts.mean_strength:.2f}"
    return told


def _name_field(checkpoint: str, key: str, number: int, name: str) -> html.Div:
    field = dmc.TextInput(
        value=name,
        placeholder="name it",
        inputProps={"maxLength": MAX_NAME},
        size="xs",
        **{"aria-label": f"Name of cluster {number}"},
    )
    told = {"data-key": key, "data-checkpoint": checkpoint, "data-cluster": str(number)}
    return html.Div(field, className="cluster-name", title=NAME_WHY, **told, **{"data-name": name})


def curve_of(
    collection: Collection, cache: Cache, place: tuple[str, str, int], measure: dict, theme: object
) -> tuple[go.Figure, str]:
    """The cluster's eps(r) and its score, or why there is none.

    place : checkpoint, key of the clustering, number of the cluster
    """
    checkpoint, key, number = place
    theme, asked = theme_of(theme), asked_measure(measure)
    record = record_of_cluster(checkpoint, key, number)
    measured = selection_correlation(collection, cache, checkpoint, record, asked)
    if measured is None:
        n = len(rows_of_cluster(collection, checkpoint, key, number))
        raise BadInput(
            f"ε(r) is undefined: it needs at least {MIN_GALAXIES} galaxies, and here are {n:,}."
        )
    whole = whole_correlation(collection, checkpoint, cache=cache, measure=asked)
    unit = separation_unit(collection, checkpoint, asked, measured.n_points)
    facts = correlation_numbers(measured)
    told = "; ".join(f"{fact.name} {fact.text}" for fact in facts if fact.name in TOLD)
    told += "; dashed: all galaxies"
    called = cluster_called(number, known_names(collection, checkpoint, key))
    return cluster_curve(called, measured, whole, unit, theme), told


def register(app: Dash, collection: Collection, cache: Cache, name: str) -> None:
    """Follow which cluster is opened, name it; `name` is that of the panel on the shelf."""

    @app.callback(
        Output(ids.CLUSTERS_OPENED, "children"),
        Output(ids.CLUSTERS_LABELLED, "data"),
        Input(ids.CLUSTERS_SHOWN, "data"),
        Input(ids.CLUSTERS_OPEN, "data"),
        Input(ids.CLUSTERS_NAMED, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (html.P(said, className="refused"), None))
    def show_opened(shown, opened, _named):
        if not shown:
            return [], None
        place = shown["checkpoint"], shown["key"]
        number = opened_number(collection, *place, opened)
        return ([], None) if number is None else told_cluster(collection, *place, number)

    @app.callback(
        Output(ids.CLUSTERS_CURVE, "figure"),
        Output(ids.CLUSTERS_CURVE_TEXT, "children"),
        Input(ids.CLUSTERS_SHOWN, "data"),
        Input(ids.CLUSTERS_OPEN, "data"),
        Input(ids.MEASURE, "data"),
        Input(ids.THEME, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.CLUSTERS_NAMED, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message_figure(), said))
    @following
    def show_curve(shown, opened, measure, theme, shelf, _named):
        if shelf != name:
            return no_update, no_update
        if not shown:
            return message_figure(), ""
        place = shown["checkpoint"], shown["key"]
        number = opened_number(collection, *place, opened)
        if number is None:
            return message_figure(), ""
        return curve_of(collection, cache, (*place, number), measure, theme)

    @app.callback(
        Output(ids.CLUSTERS_NAMED, "data"),
        Output(ids.CLUSTERS_SAID, "children"),
        Input(ids.CLUSTERS_ASKED, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, html.Span(said, className="refused")))
    def name_it(asked):
        if asked is None:
            return no_update, ""
        names, said = named(collection, asked)
        return names, html.Span(said, className="heard")  # seen in the list

    app.clientside_callback(
        ClientsideFunction("morphospace_label_many", "follow"),
        Output(ids.CLUSTERS_LABEL, "title"),
        Input(ids.CLUSTERS_LABELLED, "data"),
        Input(ids.LABELS, "data"),
        State(ids.CLUSTERS_LABEL, "id"),
        prevent_initial_call=True,
    )


def named(collection: Collection, asked: dict) -> tuple[dict, str]:
    """Name a cluster as a page asks; what is kept now, and what is said of it."""
    if not isinstance(asked, dict):
        raise BadInput("A cluster is named by a record: key, checkpoint, cluster, name.")
    place = collection, asked.get("checkpoint"), asked.get("key")
    number, name = asked.get("cluster"), asked.get("name")
    checked_cluster(clustering_of(*place), asked.get("key"), number)
    names = name_cluster(*place, number, name)
    said = f"Cluster {number} is called “{names[number]}”." if number in names else "No name now."
    return {"names": names, "key": asked["key"], "checkpoint": asked["checkpoint"]}, said

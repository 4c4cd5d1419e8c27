"""Clusters of the shown checkpoint: by which method, how many, and each of them.

They are found behind the page, with a bar, where nobody has asked for them before; the list and
the map then know them by one key, such as "cluster:hdbscan:50" (data/cluster_columns.py). What
is told of the cluster that is opened: clusters_opened.py. How many there should be:
clusters_scan.py.
"""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.cluster_words import METHODS, agreement_text, agreement_why, found_text
from dashboard.clusters import start_clustering
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.panels import clusters_color, clusters_opened, clusters_scan
from dashboard.panels.clusters_listed import cluster_list
from dashboard.panels.parts import explained, follow_job, job_record, message, panel, telling
from data.cluster_columns import HDBSCAN, KMEANS, MIXTURE, NUMBERS, Asked
from data.cluster_names import cluster_names
from data.clusterings import classes_in, clustering_of, has_facts
from data.store import Collection
from models.errors import BadInput, MorphospaceError

NAME = "clusters"  # on the shelf
# method -> the field of its number, what that is at first, and what it means
FIELDS = {
    KMEANS: (ids.CLUSTERS_KMEANS, 8, "How many clusters"),
    HDBSCAN: (ids.CLUSTERS_HDBSCAN, 50, "Galaxies in the smallest cluster"),
    MIXTURE: (ids.CLUSTERS_MIXTURE, 20, "Gaussians at most: those not needed are emptied"),
}
METHOD_WHY = (
    "K-Means: every galaxy to the nearest of so many centers. HDBSCAN: what stays together over "
    "the longest range of densities; the rest is in none. Gaussian mixture: a Bayesian one, which "
    "empties Gaussians that it does not need."
)
LOOKING = "These clusters are being found; the bar above says how far it is."
STOPPED = "Stopped: no clusters were found. Choose another number, or come back to this tab."
NONE_FOUND = "No two clusters were found: choose a smaller size, or another method."


def layout(collection: Collection) -> html.Section:
    """The list, a scan of the numbers at its left, the opened cluster at its right."""
    return panel(
        "Clusters",
        html.Div(id=ids.CLUSTERS_CAPTION, className="clusters-caption faint", role="status"),
        html.Div(id=ids.CLUSTERS_BAR, hidden=True),
        html.Div(
            [
                html.Div(id=ids.CLUSTERS, className="clusters-list"),
                html.Div(
                    [clusters_opened.layout(), clusters_scan.layout()], className="clusters-sides"
                ),
            ],
            className="clusters-body",
        ),
        dcc.Store(id=ids.CLUSTERS_JOB),
        dcc.Store(id=ids.CLUSTERS_TOLD),
        dcc.Store(id=ids.CLUSTERS_SHOWN),
        dcc.Store(id=ids.CLUSTERS_OPEN),
        controls=html.Div(
            [
                _method_choice(),
                html.Div(
                    [_number_field(method) for method in FIELDS],
                    id=ids.CLUSTERS_NUMBERS,
                    className=f"clusters-numbers of-{KMEANS}",
                ),
                clusters_color.color_switch(collection),
            ],
            className="toolbar",
        ),
        name=NAME,
    )


def _method_choice() -> Component:
    choice = dmc.Select(
        id=ids.CLUSTERS_METHOD,
        data=[{"value": method, "label": name} for method, name in METHODS.items()],
        value=KMEANS,
        size="xs",
        w=154,
        allowDeselect=False,
        **{"aria-label": "Method of clustering"},
    )
    return explained(choice, METHOD_WHY)


def _number_field(method: str) -> html.Div:
    """Every method has its own: a change of the method and back changes no number."""
    field, first, meaning = FIELDS[method]
    _, least, most = NUMBERS[method]
    number = dmc.NumberInput(
        id=field,
        value=first,
        min=least,
        max=most,
        allowDecimal=False,
        debounce=500,
        size="xs",
        w=84,
        **{"aria-label": meaning},
    )
    return html.Div(
        explained(number, f"{meaning}, {least:,} to {most:,}."), className=f"for-{method}"
    )


def asked_key(method: object, numbers: tuple) -> str:
    """The key of what is asked for; BadInput or NotFound say what is wrong with it.

    numbers : of each method, in the order of FIELDS
    """
    by_method = dict(zip(FIELDS, numbers, strict=True))
    number = by_method.get(method)
    if number in (None, ""):
        raise BadInput("Say how many: the number beside the method is empty.")
    return Asked(str(method), number).key


def shown_clusters(
    collection: Collection, cache: Cache, checkpoint: str, key: str
) -> tuple[list[Component] | Component, list[Component]]:
    """The list of a clustering that has been found, and its caption."""
    found = clustering_of(collection, checkpoint, key)
    kept = cluster_names(collection, checkpoint, key)
    caption = [html.Span(found_text(found), title=found_text(found))]
    try:
        each, agreement, classes = classes_in(collection, checkpoint, key)
        told = (each, classes)
        said = agreement_text(agreement)
        caption.append(html.Span(said, title=f"{said}. {agreement_why()}"))
    except MorphospaceError as error:
        told = None
        caption.append(html.Span(str(error)))
    if kept.told:
        caption.append(html.Span(kept.told, title=kept.told, className="refused"))
    if not found.n_clusters:
        return message(NONE_FOUND), caption
    return cluster_list(collection, cache, checkpoint, key, told, kept.names), caption


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Find the clusters that are asked for while the panel is shown; list them."""
    follow_job(app, ids.CLUSTERS_JOB, ids.CLUSTERS_BAR, ids.CLUSTERS_TOLD)
    asked = [Input(field, "value") for field, _, _ in FIELDS.values()]

    @app.callback(
        Output(ids.CLUSTERS_JOB, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.CLUSTERS_METHOD, "value"),
        *asked,
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: None)  # the list says what is wrong
    def find(shelf, checkpoint, method, *numbers_and_page):
        *numbers, page_id = numbers_and_page
        if shelf != NAME:
            return no_update
        key = asked_key(method, tuple(numbers))
        job = start_clustering(collection, cache, jobs, page_id, checkpoint, key)
        return job_record(job)

    @app.callback(
        Output(ids.CLUSTERS, "children"),
        Output(ids.CLUSTERS_CAPTION, "children"),
        Output(ids.CLUSTERS_SHOWN, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.CLUSTERS_METHOD, "value"),
        *asked,
        Input(ids.CLUSTERS_TOLD, "data"),
        Input(ids.CLUSTERS_NAMED, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message(said), "", None))
    @following
    def show_clusters(shelf, checkpoint, method, *numbers_and_told):
        *numbers, told, _named = numbers_and_told
        if shelf != NAME:
            return no_update, no_update, no_update
        key = asked_key(method, tuple(numbers))
        if not has_facts(collection, checkpoint, key):
            is_over = ctx.triggered_id == ids.CLUSTERS_TOLD and (told or {}).get("done")
            return message(STOPPED if is_over else LOOKING), "", None
        shown = {"key": key, "checkpoint": checkpoint}
        return *shown_clusters(collection, cache, checkpoint, key), shown

    app.clientside_callback(
        ClientsideFunction("morphospace_clusters", "follow"),
        Output(ids.CLUSTERS_NUMBERS, "className"),
        Input(ids.CLUSTERS_METHOD, "value"),
        Input(ids.CLUSTERS, "children"),
        Input(ids.CLUSTERS_OPENED, "children"),
        State(ids.CLUSTERS_LABELLED, "data"),
        prevent_initial_call=True,
    )
    clusters_color.register(app)
    clusters_opened.register(app, collection, cache, NAME)
    clusters_scan.register(app, collection, jobs, NAME)

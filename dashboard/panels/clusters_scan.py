"""How many clusters: what each number gives, which is chosen and why; a click chooses another."""

from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component

from dashboard import ids
from dashboard.cluster_figures import scan_figure
from dashboard.cluster_words import scan_text
from dashboard.clusters import start_scan
from dashboard.figure_style import message_figure
from dashboard.jobs import Jobs
from dashboard.panels.parts import explained, follow_job, job_record, small_button, telling
from dashboard.themes import theme_of
from data.cluster_columns import HDBSCAN, MIXTURE, SCANNED, known_scan
from data.store import Collection

CHEAP = 20_000  # galaxies of whom sizes are tried at once, since the tree for HDBSCAN is there
SCAN_WHY = (
    "K-Means: numbers from 2 to 12, by the mean silhouette. HDBSCAN: smallest sizes, by how much "
    "denser clusters are inside than between."
)
OF_MIXTURE = "A mixture empties the Gaussians that it does not need: there is no number to scan."
NOT_YET = "What other numbers give is not worked out yet."


def layout() -> html.Aside:
    """A small figure, its bar, and what it says."""
    return html.Aside(
        [
            html.Div(
                [
                    html.H3("How many?"),
                    explained(small_button("Try numbers", id=ids.CLUSTERS_SCAN), SCAN_WHY),
                ],
                className="clusters-scan-head",
            ),
            html.Div(id=ids.SCAN_BAR, hidden=True),
            html.Div(
                dcc.Graph(
                    id=ids.CLUSTERS_SCANNED,
                    className="cluster-graph",
                    figure=message_figure(),
                    responsive=True,
                    config={"displayModeBar": False, "doubleClick": False},
                ),
                className="cluster-frame",
            ),
            html.Div(NOT_YET, id=ids.CLUSTERS_SCAN_TEXT, className="faint", role="status"),
            dcc.Store(id=ids.SCAN_JOB),
            dcc.Store(id=ids.SCAN_TOLD),
        ],
        className="clusters-scan",
        **{"aria-label": "How many clusters"},
    )


def told_scan(
    collection: Collection, checkpoint: str, method: str, number: object, theme: object
) -> tuple[object, list[Component] | str]:
    """The figure and its words; that there is none, where nothing has been tried."""
    theme = theme_of(theme)
    if method == MIXTURE:
        return message_figure(theme=theme), OF_MIXTURE
    scan = known_scan(collection, checkpoint, method)
    if scan is None:
        return message_figure(theme=theme), NOT_YET
    told = [html.Span(scan_text(method, scan))]
    if scan.chosen is not None and scan.chosen != number:
        told.append(
            small_button(
                f"Use {scan.chosen:,}",
                **{"data-cluster-number": str(scan.chosen), "data-cluster-method": method},
            )
        )
    return scan_figure(method, scan, number if type(number) is int else None, theme=theme), told


def register(app: Dash, collection: Collection, jobs: Jobs, name: str) -> None:
    """Try numbers when asked to, or at once where that is cheap; choose one by a click."""
    follow_job(app, ids.SCAN_JOB, ids.SCAN_BAR, ids.SCAN_TOLD)

    @app.callback(
        Output(ids.SCAN_JOB, "data"),
        Input(ids.CLUSTERS_SCAN, "n_clicks"),
        Input(ids.CLUSTERS_SHOWN, "data"),
        State(ids.CLUSTERS_METHOD, "value"),
        State(ids.CHECKPOINT, "value"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: None)
    def scan(_clicks, shown, method, checkpoint, page_id):
        is_asked = ctx.triggered_id == ids.CLUSTERS_SCAN
        is_cheap = method == HDBSCAN and collection.n_galaxies <= CHEAP and shown
        if method not in SCANNED or not (is_asked or is_cheap):
            return no_update
        job = start_scan(collection, jobs, page_id, checkpoint, method)
        return job_record(job)

    @app.callback(
        Output(ids.CLUSTERS_SCANNED, "figure"),
        Output(ids.CLUSTERS_SCAN_TEXT, "children"),
        Output(ids.CLUSTERS_SCAN, "disabled"),
        Input(ids.SHELF, "value"),
        Input(ids.SCAN_TOLD, "data"),
        Input(ids.CLUSTERS_METHOD, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.THEME, "data"),
        Input(ids.CLUSTERS_KMEANS, "value"),
        Input(ids.CLUSTERS_HDBSCAN, "value"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message_figure(), said, False))
    def show_scan(shelf, _told, method, checkpoint, theme, kmeans, hdbscan):
        if shelf != name:
            return no_update, no_update, no_update
        number = hdbscan if method == HDBSCAN else kmeans
        is_known = method == MIXTURE or known_scan(collection, checkpoint, method) is not None
        return *told_scan(collection, checkpoint, method, number, theme), is_known

    app.clientside_callback(
        ClientsideFunction("morphospace_clusters", "choose"),
        Output(ids.CLUSTERS_SCAN_TEXT, "title"),
        Input(ids.CLUSTERS_SCANNED, "clickData"),
        State(ids.CLUSTERS_METHOD, "value"),
        prevent_initial_call=True,
    )

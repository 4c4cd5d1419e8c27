"""The panel of one galaxy: its cutout, its catalog values, its place on the sky, its neighbors."""

from dash import Dash, Input, Output, html
from flask_caching import Cache

from dashboard import ids
from dashboard.facts import galaxy_values, sky_address
from dashboard.jobs import Jobs
from dashboard.panels.parts import message, panel, picture, telling, thumbnail
from dashboard.routes import N_MARKED
from data.store import Collection

N_BESIDE = 7  # catalog values that fit beside the picture


def layout(collection: Collection) -> html.Section:
    """Empty until a galaxy is clicked."""
    return panel("Galaxy", html.Div(id=ids.INSPECTOR, className="inspector"), name="inspector")


def inspected(collection: Collection, checkpoint: str, row: int) -> list:
    """Everything that is known of a galaxy: beside its picture, its neighbors, the rest."""
    near = collection.neighbors(checkpoint)[row, :N_MARKED]
    distances = collection.distances(checkpoint)[row, :N_MARKED]
    values = galaxy_values(collection, row)
    first = [_sky_link(collection, row), _listed(values[:N_BESIDE])]
    parts = [
        html.Div(
            [
                html.Div(picture(collection, row), className="portrait"),
                html.Div(first, className="values"),
            ],
            className="galaxy",
        ),
        html.H3(["Galaxies like this one ", html.Span("and their distances", className="faint")]),
        html.Div(
            [
                thumbnail(collection, int(other), f"{distance:.3g}")
                for other, distance in zip(near, distances, strict=True)
            ],
            className="neighbors",
        ),
    ]
    if values[N_BESIDE:]:
        parts += [html.H3("More from the catalog"), _listed(values[N_BESIDE:])]
    return parts


def _listed(values: list[tuple[str, str]]) -> html.Dl:
    return html.Dl(
        [html.Div([html.Dt(column), html.Dd(text, title=text)]) for column, text in values]
    )


def _sky_link(collection: Collection, row: int) -> html.P:
    address = sky_address(collection, row)
    if address is None:
        return html.P("no position in the catalog", className="faint")
    link = html.A(
        "Legacy Surveys viewer ↗", href=address, target="_blank", rel="noopener noreferrer"
    )
    if collection.is_simulated:
        return html.P([link, html.Span(" (simulated: it is not there)", className="faint")])
    return html.P(link)


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the clicked galaxy and the checkpoint."""

    @app.callback(
        Output(ids.INSPECTOR, "children"), Input(ids.QUERY, "data"), Input(ids.CHECKPOINT, "value")
    )
    @telling(message)
    def show_inspector(row, checkpoint):
        if row is None:
            return message(
                "Click a galaxy on the map, or a candidate below it, to inspect it here."
            )
        if type(row) is not int or not 0 <= row < collection.n_galaxies:
            return message(f"There is no galaxy in row {row}.")
        return inspected(collection, checkpoint, row)

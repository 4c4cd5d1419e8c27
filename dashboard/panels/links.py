"""Links to a view: the button, what is told of it, and the state that a link brings back."""

from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.jobs import Jobs
from dashboard.panels.parts import small_button
from dashboard.view_state import LATE, held_on
from data.store import Collection


def link_button() -> Component:
    """Makes a link; assets/links.js tells it in the place of `link_told`."""
    return small_button(
        "Link",
        id=ids.LINK,
        title="A link to this view: selection, colors, zoom, settings and panels (l)",
    )


def link_told() -> list[Component]:
    """Where a link is offered, and where a link that is opened tells what has changed."""
    return [
        html.Div(id=ids.VIEW_TOLD, className="view-told", role="status"),
        dcc.Store(id=ids.VIEW),
    ]


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Gather the state of the page at the button; set it once a link has been opened."""
    names = [name.rpartition(".")[::2] for name in held_on(app.layout)]
    late = [f"{id}.{prop}" for id, prop in names if id in LATE]
    late.sort(key=lambda name: LATE.index(name.rpartition(".")[0]))
    app.clientside_callback(
        ClientsideFunction("morphospace_links", "make"),
        Input(ids.LINK, "n_clicks"),
        *(State(*name) for name in names),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        f"() => window.dash_clientside.morphospace_links.open({late})",
        Input(ids.PAGE_ID, "data"),
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_links", "late"),
        *(Input(*name) for name in names if name[0] in LATE),
    )
    app.clientside_callback(
        ClientsideFunction("morphospace_links", "restore"),
        *(Output(*name, allow_duplicate=True) for name in names if name[0] not in LATE),
        Input(ids.VIEW, "data"),
        prevent_initial_call=True,
    )

"""The brushed range of separations: what is told of it, and what assets/correlation.js does."""

from dash import ClientsideFunction, Dash, Input, Output, dcc, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.brush import Brush
from dashboard.panels.correlation_numbers import brush_line
from dashboard.panels.parts import telling
from data.bump_step import asked_measure
from data.store import Collection


def lines() -> list[Component]:
    """The bumps, each a range to choose; and the range that is brushed, with what it lights up."""
    return [
        html.Div(id=ids.CORRELATION_BUMPS, className="bumps"),
        html.Div(id=ids.BRUSH_TEXT, className="brush-line", role="status"),
        dcc.Store(id=ids.BRUSH),
    ]


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Tell of the brushed range; wire the script that brushes it."""

    @app.callback(
        Output(ids.BRUSH_TEXT, "children"),
        Input(ids.BRUSH, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SELECTION, "data"),
        Input(ids.MEASURE, "data"),
        prevent_initial_call=True,
    )
    @telling(str)
    def tell_brush(brush, checkpoint, selection, measure):
        brush = Brush.from_store(brush)
        if brush is None:
            return []
        lit = brush.asked(collection, cache, checkpoint, selection, asked_measure(measure))
        return brush_line(*brush.ends, lit.text)

    def in_browser(name: str, *wired: Input) -> None:
        app.clientside_callback(ClientsideFunction("morphospace_correlation", name), *wired)

    in_browser("listen", Input(ids.CORRELATION, "figure"))
    in_browser("show", Input(ids.BRUSH, "data"))
    in_browser(
        "follow",
        Input(ids.SELECTION, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.MEASURE, "data"),
        Input(ids.PAGE_ID, "data"),
    )
    app.clientside_callback(
        "(clicks) => window.dash_clientside.morphospace_correlation.download("
        f"clicks, '/collections/{collection.digest}/correlation.csv')",
        Input(ids.EXPORT, "n_clicks"),
        prevent_initial_call=True,
    )

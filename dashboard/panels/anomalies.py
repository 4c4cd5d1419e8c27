"""Anomaly candidates: galaxies in the emptiest regions of the representation space first."""

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, ctx, html
from flask_caching import Cache

from dashboard import ids
from dashboard.panels.parts import message, panel, telling, thumbnail
from data.store import Collection

PER_PAGE = 10


def layout(collection: Collection) -> html.Section:
    """One row of cutouts, and the way on."""
    buttons = [
        dmc.Button(
            "‹",
            id=ids.ANOMALY_PREVIOUS,
            size="compact-xs",
            variant="default",
            **{"aria-label": "Previous candidates"},
        ),
        dmc.Button(
            "›",
            id=ids.ANOMALY_NEXT,
            size="compact-xs",
            variant="default",
            **{"aria-label": "Next candidates"},
        ),
    ]
    return panel(
        "Anomaly candidates",
        html.Div(id=ids.ANOMALIES, className="strip"),
        controls=html.Div(
            [html.Span(id=ids.ANOMALY_CAPTION, className="faint"), *buttons], className="toolbar"
        ),
        name="anomalies",
    )


def candidates(log_density: np.ndarray, page: int) -> np.ndarray:
    """Rows of one page of candidates, lowest density first; where undefined, it is none."""
    ordered = np.argsort(log_density, kind="stable")
    ordered = ordered[np.isfinite(log_density[ordered])]
    return ordered[page * PER_PAGE : (page + 1) * PER_PAGE]


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Follow the checkpoint; page through the candidates."""
    n_pages = -(-collection.n_galaxies // PER_PAGE)

    @app.callback(
        Output(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_PREVIOUS, "n_clicks"),
        Input(ids.ANOMALY_NEXT, "n_clicks"),
        State(ids.ANOMALY_PAGE, "data"),
        prevent_initial_call=True,
    )
    def turn_page(_previous, _next, page):
        step = 1 if ctx.triggered_id == ids.ANOMALY_NEXT else -1
        return min(max((page or 0) + step, 0), n_pages - 1)

    @app.callback(
        Output(ids.ANOMALIES, "children"),
        Output(ids.ANOMALY_CAPTION, "children"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.ANOMALY_PAGE, "data"),
    )
    @telling(lambda said: (message(said), ""))
    def show_anomalies(checkpoint, page):
        log_density = collection.density(checkpoint)["log_density"]
        page = min(max(page or 0, 0), n_pages - 1)
        rows = candidates(log_density, page)
        if not len(rows):
            return message("No density is defined here: all galaxies coincide."), ""
        first = page * PER_PAGE + 1
        thumbnails = [
            thumbnail(
                collection, int(row), f"#{first + place} {log_density[row]:.1f}", is_centered=True
            )
            for place, row in enumerate(rows)
        ]
        shown = f"{first:,}–{first + len(rows) - 1:,} of {collection.n_galaxies:,}"
        return thumbnails, f"{shown}, lowest log density first"

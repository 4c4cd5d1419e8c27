"""Anomaly candidates: galaxies in the emptiest regions of the representation space first."""

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, ctx, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.panels.parts import explained, message, panel, telling, thumbnail
from data.store import Collection

PER_PAGE = 10
# column of density.npy -> what it is called, its unit, and whether low values are unusual
RANKINGS = {
    "log_density": ("lowest density", "log density", True),
    "relative_density": ("low for their surroundings", "log relative density", True),
    "neighbor_distance": ("far from the 10th neighbor", "distance", False),
}
EXPLANATION = (
    "Density from the distance to the 10th neighbor, in the local dimension; or that density over "
    "the neighbors', which finds what is odd beside dense groups too; or the distance itself."
)


def layout(collection: Collection) -> html.Section:
    """One row of cutouts, and the way on."""
    return panel(
        "Anomaly candidates",
        html.Div(id=ids.ANOMALIES, className="strip"),
        controls=html.Div(
            [
                html.Span(id=ids.ANOMALY_CAPTION, className="faint"),
                _ranking_choice(collection),
                _turn(ids.ANOMALY_PREVIOUS, "‹", "Previous candidates"),
                _turn(ids.ANOMALY_NEXT, "›", "Next candidates"),
            ],
            className="toolbar",
        ),
        name="anomalies",
    )


def _ranking_choice(collection: Collection) -> Component:
    known = collection.density(collection.checkpoints[-1])
    options = [
        {"value": column, "label": name}
        for column, (name, _, _) in RANKINGS.items()
        if column in known
    ]
    choice = dmc.Select(
        id=ids.ANOMALY_RANKING,
        data=options,
        value=options[0]["value"],
        size="xs",
        w=200,
        allowDeselect=False,
        **{"aria-label": "Rank candidates by"},
    )
    return explained(choice, EXPLANATION)


def _turn(button: str, sign: str, name: str) -> dmc.Button:
    return dmc.Button(sign, id=button, size="compact-xs", variant="default", **{"aria-label": name})


def candidates(values: np.ndarray, page: int, *, is_low_unusual: bool = True) -> np.ndarray:
    """Rows of one page of candidates, the most unusual first; where undefined, it is none."""
    ordered = np.argsort(values if is_low_unusual else -values, kind="stable")
    ordered = ordered[np.isfinite(values[ordered])]
    return ordered[page * PER_PAGE : (page + 1) * PER_PAGE]


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Follow the checkpoint; page through the candidates."""
    n_pages = -(-collection.n_galaxies // PER_PAGE)

    @app.callback(
        Output(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_PREVIOUS, "n_clicks"),
        Input(ids.ANOMALY_NEXT, "n_clicks"),
        Input(ids.ANOMALY_RANKING, "value"),
        State(ids.ANOMALY_PAGE, "data"),
        prevent_initial_call=True,
    )
    def turn_page(_previous, _next, _ranking, page):
        if ctx.triggered_id == ids.ANOMALY_RANKING:
            return 0
        step = 1 if ctx.triggered_id == ids.ANOMALY_NEXT else -1
        return min(max((page or 0) + step, 0), n_pages - 1)

    @app.callback(
        Output(ids.ANOMALIES, "children"),
        Output(ids.ANOMALY_CAPTION, "children"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_RANKING, "value"),
    )
    @telling(lambda said: (message(said), ""))
    def show_anomalies(checkpoint, page, ranking):
        _, unit, is_low_unusual = RANKINGS[ranking]
        values = collection.density(checkpoint)[ranking]
        page = min(max(page or 0, 0), n_pages - 1)
        rows = candidates(values, page, is_low_unusual=is_low_unusual)
        if not len(rows):
            return message("No density is defined here: galaxies coincide."), ""
        first = page * PER_PAGE + 1
        thumbnails = [
            thumbnail(collection, int(row), f"#{first + place} {values[row]:.3g}", is_centered=True)
            for place, row in enumerate(rows)
        ]
        shown = f"{first:,}–{first + len(rows) - 1:,} of {collection.n_galaxies:,}"
        return thumbnails, f"{shown}, {unit} below each"

"""Anomaly candidates: galaxies in the emptiest regions of the representation space first.

Or another ranking of them: by a relative of the density, or by an excess of neighbors in the
range of separations that is brushed on the curve.
"""

from collections.abc import Callable
from typing import NamedTuple

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.brush import Brush
from dashboard.curve_facts import range_text
from dashboard.facts import excess_text
from dashboard.jobs import Jobs
from dashboard.panels.parts import explained, message, panel, telling, thumbnail
from data.bump_step import asked_measure
from data.store import Collection

PER_PAGE = 10
# column of density.npy -> what it is called, its unit, and whether low values are unusual
RANKINGS = {
    "log_density": ("lowest density", "log density", True),
    "relative_density": ("low for their surroundings", "log relative density", True),
    "neighbor_distance": ("far from the 10th neighbor", "distance", False),
}
BRUSHED = "excess"
BRUSHED_NAME = "most neighbors in the range"
OF_BRUSH = {ids.SELECTION, ids.BRUSH, ids.MEASURE}  # what no other ranking depends on
NOT_BRUSHED = "No range is brushed: drag over the curve of ε(r) to choose one."
EXPLANATION = (
    "Density from the distance to the 10th neighbor, in the local dimension; or that density over "
    "the neighbors', which finds what is odd beside dense groups too; or the distance itself; or "
    "the excess of neighbors at the separations brushed on the curve."
)


def layout(collection: Collection) -> html.Section:
    """One row of cutouts, and the way on."""
    return panel(
        "Anomaly candidates",
        html.Div(id=ids.ANOMALIES, className="strip"),
        dcc.Store(id=ids.ANOMALY_FORMER),
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
        data=[*options, {"value": BRUSHED, "label": BRUSHED_NAME}],
        value=options[0]["value"],
        size="xs",
        w=210,
        allowDeselect=False,
        **{"aria-label": "Rank candidates by"},
    )
    return explained(choice, EXPLANATION)


def _turn(button: str, sign: str, name: str) -> dmc.Button:
    return dmc.Button(sign, id=button, size="compact-xs", variant="default", **{"aria-label": name})


class Ranked(NamedTuple):
    """What candidates are ranked by.

    values : (n_galaxies,), NaN where undefined, which is no candidate
    unit : what the values are
    tell : how one of them is written
    is_low_unusual : the lowest come first
    """

    values: np.ndarray
    unit: str
    tell: Callable[[float], str] = "{:.3g}".format
    is_low_unusual: bool = False


def candidates(values: np.ndarray, page: int, *, is_low_unusual: bool = True) -> np.ndarray:
    """Rows of one page of candidates, the most unusual first; where undefined, it is none."""
    ordered = np.argsort(values if is_low_unusual else -values, kind="stable")
    ordered = ordered[np.isfinite(values[ordered])]
    return ordered[page * PER_PAGE : (page + 1) * PER_PAGE]


def shown_page(collection: Collection, ranked: Ranked, page: int) -> tuple[list[Component], str]:
    """Thumbnails of one page of candidates, and its caption; the last page where it is beyond."""
    n_known = int(np.isfinite(ranked.values).sum())
    page = min(max(page, 0), max(-(-n_known // PER_PAGE) - 1, 0))
    rows = candidates(ranked.values, page, is_low_unusual=ranked.is_low_unusual)
    first = page * PER_PAGE + 1
    thumbnails = [
        thumbnail(
            collection,
            int(row),
            f"#{first + place} {ranked.tell(ranked.values[row])}",
            is_centered=True,
        )
        for place, row in enumerate(rows)
    ]
    shown = f"{first:,}–{first + len(rows) - 1:,} of {n_known:,}"
    return thumbnails, f"{shown}, {ranked.unit} below each"


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the checkpoint and the brush; page through the candidates."""
    _register_turns(app, collection)

    def ranked_by(ranking: str, checkpoint: str, state: tuple) -> Ranked | None:
        if ranking != BRUSHED:
            _, unit, is_low_unusual = RANKINGS[ranking]
            values = collection.density(checkpoint)[ranking]
            return Ranked(values, unit, is_low_unusual=is_low_unusual)
        selection, brush, measure = state
        brush = Brush.from_store(brush)
        if brush is None:
            return None
        lit = brush.asked(collection, cache, checkpoint, selection, asked_measure(measure))
        return Ranked(lit.values, f"excess of neighbors at {range_text(*brush.ends)}", excess_text)

    @app.callback(
        Output(ids.ANOMALIES, "children"),
        Output(ids.ANOMALY_CAPTION, "children"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_RANKING, "value"),
        Input(ids.SELECTION, "data"),
        Input(ids.BRUSH, "data"),
        Input(ids.MEASURE, "data"),
    )
    @telling(lambda said: (message(said), ""))
    def show_anomalies(checkpoint, page, ranking, *state):
        changed = {source["prop_id"].split(".")[0] for source in ctx.triggered}
        if ranking != BRUSHED and changed and changed <= OF_BRUSH:
            return no_update, no_update
        ranked = ranked_by(ranking, checkpoint, state)
        if ranked is None:
            return message(NOT_BRUSHED), ""
        if not np.isfinite(ranked.values).any():
            return message("No density is defined here: galaxies coincide."), ""
        return shown_page(collection, ranked, page or 0)


def followed_ranking(
    is_brushed: bool, ranking: str, former: str | None
) -> tuple[object, str | None]:
    """The ranking that a change of the brush leads to, and the one to go back to without it."""
    if is_brushed:
        return (no_update, former) if ranking == BRUSHED else (BRUSHED, ranking)
    if ranking == BRUSHED and former:
        return former, None
    return no_update, None


def _register_turns(app: Dash, collection: Collection) -> None:
    """Turn pages; begin anew, and rank by it, where a range is brushed."""
    n_pages = -(-collection.n_galaxies // PER_PAGE)

    @app.callback(
        Output(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_PREVIOUS, "n_clicks"),
        Input(ids.ANOMALY_NEXT, "n_clicks"),
        Input(ids.ANOMALY_RANKING, "value"),
        Input(ids.BRUSH, "data"),
        State(ids.ANOMALY_PAGE, "data"),
        prevent_initial_call=True,
    )
    def turn_page(_previous, _next, _ranking, _brush, page):
        if ctx.triggered_id in (ids.ANOMALY_RANKING, ids.BRUSH):
            return 0
        step = 1 if ctx.triggered_id == ids.ANOMALY_NEXT else -1
        return min(max((page or 0) + step, 0), n_pages - 1)

    @app.callback(
        Output(ids.ANOMALY_RANKING, "value"),
        Output(ids.ANOMALY_FORMER, "data"),
        Input(ids.BRUSH, "data"),
        State(ids.ANOMALY_RANKING, "value"),
        State(ids.ANOMALY_FORMER, "data"),
        prevent_initial_call=True,
    )
    def follow_brush(brush, ranking, former):
        return followed_ranking(brush is not None, ranking, former)

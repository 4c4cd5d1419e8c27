"""Anomaly candidates: galaxies in the emptiest regions of the representation space first.

Or another ranking of them: by a relative of the density, or by an excess of neighbors in the
range of separations that is brushed on the curve.
"""

from collections.abc import Callable
from typing import NamedTuple

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.brush import Brush
from dashboard.curve_facts import range_text
from dashboard.facts import excess_text
from dashboard.jobs import Jobs
from dashboard.panels.parts import explained, message, panel, telling, thumbnail
from dashboard.ranking import Ranking, rankings_of, score_ranking
from dashboard.score_facts import SCORES
from data.bump_step import asked_measure
from data.store import Collection

NAME = "anomalies"  # on the shelf
PER_PAGE = 10  # until the box has told how many it has space for
MAX_PER_PAGE = 300
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
    """As many cutouts as the box has space for, and the way on."""
    return panel(
        "Anomaly candidates",
        html.Div(id=ids.ANOMALIES, className="strip"),
        dcc.Store(id=ids.ANOMALY_FORMER),
        dcc.Store(id=ids.ANOMALY_SPACE),
        controls=html.Div(
            [
                html.Span(id=ids.ANOMALY_CAPTION, className="faint"),
                _ranking_choice(collection),
                _turn(ids.ANOMALY_PREVIOUS, "‹", "Previous candidates"),
                _turn(ids.ANOMALY_NEXT, "›", "Next candidates"),
            ],
            className="toolbar",
        ),
        name=NAME,
    )


def _ranking_choice(collection: Collection) -> Component:
    known = rankings_of(collection, collection.checkpoints[-1])
    options = [{"value": column, "label": SCORES[column].ranking} for column in known]
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


class Listed(NamedTuple):
    """Galaxies in the order of a score, and how it is told.

    unit : what the scores are
    tell : how one of them is written
    """

    ranked: Ranking
    unit: str
    tell: Callable[[float], str] = "{:.3g}".format


def listed_by(
    collection: Collection, cache: Cache, ranking: str, checkpoint: str, state: tuple
) -> Listed | None:
    """Candidates by a ranking; None where that is by a brushed range and none is brushed.

    state : selection, brush and measure, as the stores hold them
    """
    if ranking != BRUSHED:
        ranked = score_ranking(collection, checkpoint, ranking)
        return Listed(ranked, SCORES[ranking].title)
    selection, brush, measure = state
    brush = Brush.from_store(brush)
    if brush is None:
        return None
    lit = brush.asked(collection, cache, checkpoint, selection, asked_measure(measure))
    ranked = Ranking(lit.key, lit.values, is_low_unusual=False)
    return Listed(ranked, f"excess of neighbors at {range_text(*brush.ends)}", excess_text)


def shown_page(
    collection: Collection, listed: Listed, first: int, n: int
) -> tuple[list[Component], str]:
    """Thumbnails of `n` candidates from the place `first`, counted from 0, and their caption.

    Beyond the last one, it is the last page.
    """
    n_ranked = listed.ranked.n
    if first >= n_ranked:
        first = max(n_ranked - 1, 0) // n * n
    first = max(first, 0)
    rows = listed.ranked.rows(first, first + n)
    thumbnails = [
        thumbnail(
            collection,
            int(row),
            f"#{first + 1 + place:,} {listed.tell(listed.ranked.values[row])}",
            is_centered=True,
        )
        for place, row in enumerate(rows)
    ]
    shown = f"{first + 1:,}–{first + len(rows):,} of {n_ranked:,}"
    return thumbnails, f"{shown}, {listed.unit} below each"


def place_of(first: object) -> int:
    """The place of the first candidate shown, 0 where the store holds no whole number."""
    return max(first, 0) if type(first) is int else 0


def per_page(space: object) -> int:
    """How many candidates are shown, by what the box has told of its space."""
    return min(max(space, 1), MAX_PER_PAGE) if type(space) is int else PER_PAGE


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the checkpoint and the brush; page through the candidates."""
    _register_turns(app, collection)
    app.clientside_callback(
        ClientsideFunction("morphospace_anomalies", "watch"),
        Output(ids.ANOMALY_SPACE, "data"),
        Input(ids.ANOMALIES, "id"),
    )

    @app.callback(
        Output(ids.ANOMALIES, "children"),
        Output(ids.ANOMALY_CAPTION, "children"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_RANKING, "value"),
        Input(ids.SELECTION, "data"),
        Input(ids.BRUSH, "data"),
        Input(ids.MEASURE, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.ANOMALY_SPACE, "data"),
    )
    @telling(lambda said: (message(said), ""))
    def show_anomalies(checkpoint, first, ranking, *state):
        *state, shelf, space = state
        changed = {source["prop_id"].split(".")[0] for source in ctx.triggered}
        is_hidden = shelf not in (None, NAME)
        if is_hidden or (ranking != BRUSHED and changed and changed <= OF_BRUSH):
            return no_update, no_update
        listed = listed_by(collection, cache, ranking, checkpoint, state)
        if listed is None:
            return message(NOT_BRUSHED), ""
        if not listed.ranked.n:
            return message("No density is defined here: galaxies coincide."), ""
        return shown_page(collection, listed, place_of(first), per_page(space))


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

    @app.callback(
        Output(ids.ANOMALY_PAGE, "data"),
        Input(ids.ANOMALY_PREVIOUS, "n_clicks"),
        Input(ids.ANOMALY_NEXT, "n_clicks"),
        Input(ids.ANOMALY_RANKING, "value"),
        Input(ids.BRUSH, "data"),
        State(ids.ANOMALY_PAGE, "data"),
        State(ids.ANOMALY_SPACE, "data"),
        prevent_initial_call=True,
    )
    def turn_page(_previous, _next, _ranking, _brush, first, space):
        if ctx.triggered_id in (ids.ANOMALY_RANKING, ids.BRUSH):
            return 0
        step = per_page(space) * (1 if ctx.triggered_id == ids.ANOMALY_NEXT else -1)
        turned = max(place_of(first) + step, 0)
        return no_update if turned >= collection.n_galaxies else turned

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

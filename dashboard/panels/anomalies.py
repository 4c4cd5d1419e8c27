"""Anomaly candidates: galaxies in the emptiest regions of the representation space first.

Or another ranking of them: by other estimators, by what they agree on, by what stays unusual over
the checkpoints, or by an excess of neighbors in the range that is brushed on the curve. Why one of
them is a candidate is told beside them: anomalies_why.py.
"""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.candidates import STABLE, candidates
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.learnt import NAMES, own_scores
from dashboard.learnt_behind import LEARNING, STOPPED, is_at_hand, start_learning
from dashboard.panels import anomalies_why
from dashboard.panels.anomalies_listed import BRUSHED, NOT_BRUSHED, listed_by, shown_page
from dashboard.panels.parts import (
    ALL,
    explained,
    follow_job,
    job_record,
    message,
    panel,
    scope_choice,
    telling,
)
from dashboard.ranking import rankings_of
from dashboard.score_facts import SCORES
from data.store import Collection

NAME = "anomalies"  # on the shelf
PER_PAGE = 10  # until the box has told how many it has space for
MAX_PER_PAGE = 300
BRUSHED_NAME = "most neighbors in the range"
OF_BRUSH = {ids.SELECTION, ids.BRUSH, ids.MEASURE}  # what no other ranking depends on
STABLE_NAME = "stable over checkpoints"
EXPLANATION = (
    "Density in the local dimension; that density over the neighbors', which finds what is odd "
    "beside dense groups too; distances; a forest and a mixture fitted to the components; what all "
    "of them agree on; the worst rank by density over the run; or the excess of neighbors at the "
    "separations brushed on the curve."
)
SCOPE_EXPLANATION = (
    "Candidates among the selected galaxies (among all, while nothing is selected), or among all."
)
NONE_SELECTED = "None of the selected galaxies has a score, or none is selected: choose All."
NOT_RANKED = "No density is defined here: galaxies coincide."


def layout(collection: Collection) -> html.Section:
    """As many cutouts as the box has space for, and the way on."""
    return panel(
        "Anomaly candidates",
        html.Div(
            [html.Div(id=ids.ANOMALIES, className="strip"), anomalies_why.layout()],
            className="anomaly-body",
        ),
        html.Div(id=ids.ANOMALY_BAR, hidden=True),
        dcc.Store(id=ids.ANOMALY_FORMER),
        dcc.Store(id=ids.ANOMALY_JOB),
        dcc.Store(id=ids.ANOMALY_TOLD),
        dcc.Store(id=ids.ANOMALY_SPACE),
        controls=html.Div(
            [
                html.Span(id=ids.ANOMALY_CAPTION, className="faint"),
                scope_choice(ids.ANOMALY_SCOPE, "Which galaxies are candidates", SCOPE_EXPLANATION),
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
    if len(collection.checkpoints) > 1:
        options.append({"value": STABLE, "label": STABLE_NAME})
    learnt = [{"value": method, "label": name} for method, name in NAMES.items()]
    choice = dmc.Select(
        id=ids.ANOMALY_RANKING,
        data=[
            {"group": "Anomaly score", "items": options},
            {"group": "Learned from your labels", "items": learnt},
            {"group": "ε(r)", "items": [{"value": BRUSHED, "label": BRUSHED_NAME}]},
        ],
        value=options[0]["value"],
        size="xs",
        w=206,
        allowDeselect=False,
        maxDropdownHeight=340,
        comboboxProps={"width": 230, "position": "top-end"},
        **{"aria-label": "Rank candidates by"},
    )
    return explained(choice, EXPLANATION)


def _turn(button: str, sign: str, name: str) -> dmc.Button:
    return dmc.Button(sign, id=button, size="compact-xs", variant="default", **{"aria-label": name})


def place_of(first: object) -> int:
    """The place of the first candidate shown, 0 where the store holds no whole number."""
    return max(first, 0) if type(first) is int else 0


def per_page(space: object) -> int:
    """How many candidates are shown, by what the box has told of its space."""
    return min(max(space, 1), MAX_PER_PAGE) if type(space) is int else PER_PAGE


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the checkpoint and the brush; page through the candidates."""
    _register_turns(app, collection)
    _register_learning(app, collection, jobs)
    anomalies_why.register(app, collection, NAME)
    app.clientside_callback(
        ClientsideFunction("morphospace_anomalies", "watch"),
        Output(ids.ANOMALY_SPACE, "data"),
        Input(ids.ANOMALIES, "id"),
    )

    app.clientside_callback(
        ClientsideFunction("morphospace_anomalies", "inspect"),
        Output(ids.ANOMALIES, "title"),
        Input(ids.QUERY, "data"),
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
        Input(ids.SELECTED, "data"),
        Input(ids.ANOMALY_SCOPE, "value"),
        Input(ids.LABELS, "data"),
        Input(ids.ANOMALY_TOLD, "data"),
    )
    @telling(lambda said: (message(said), ""))
    @following
    def show_anomalies(checkpoint, first, ranking, *state):
        *state, shelf, space, selected, scope, labels, told = state
        changed = {source["prop_id"].split(".")[0] for source in ctx.triggered}
        is_hidden = shelf not in (None, NAME)
        if is_hidden or (ranking != BRUSHED and changed and changed <= OF_BRUSH):
            return no_update, no_update
        if not is_at_hand(collection, checkpoint, ranking, labels):
            if changed == {ids.LABELS}:  # what was learned before stays until more is
                return no_update, no_update
            is_over = ids.ANOMALY_TOLD in changed and (told or {}).get("done")
            return message(STOPPED if is_over else LEARNING), ""
        listed = listed_by(collection, cache, ranking, checkpoint, state, labels)
        if listed is None:
            return message(NOT_BRUSHED), ""
        selection = "" if scope == ALL else (selected or {}).get("id") or ""
        found = candidates(collection, cache, checkpoint, listed.ranked, selection)
        if not found.ranked.n:
            return message(NONE_SELECTED if listed.ranked.n else NOT_RANKED), ""
        scores = own_scores(collection, labels)
        return shown_page(collection, listed, found, place_of(first), per_page(space), scores)


def _register_learning(app: Dash, collection: Collection, jobs: Jobs) -> None:
    """Learn from the user's scores behind the page, where that takes long."""
    follow_job(app, ids.ANOMALY_JOB, ids.ANOMALY_BAR, ids.ANOMALY_TOLD)

    @app.callback(
        Output(ids.ANOMALY_JOB, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.ANOMALY_RANKING, "value"),
        Input(ids.SHELF, "value"),
        Input(ids.LABELS, "data"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: None)  # the list says what is wrong
    def learn(checkpoint, ranking, shelf, labels, page_id):
        if shelf not in (None, NAME):
            return no_update
        job = start_learning(collection, jobs, page_id, checkpoint, ranking, labels)
        return job_record(job)


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
        Input(ids.ANOMALY_SCOPE, "value"),
        State(ids.ANOMALY_PAGE, "data"),
        State(ids.ANOMALY_SPACE, "data"),
        prevent_initial_call=True,
    )
    def turn_page(_previous, _next, _ranking, _brush, _scope, first, space):
        if ctx.triggered_id in (ids.ANOMALY_RANKING, ids.BRUSH, ids.ANOMALY_SCOPE):
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

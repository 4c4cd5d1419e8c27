"""Why the inspected galaxy is a candidate, beside the candidates."""

from contextlib import suppress

from dash import Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component

from dashboard import ids
from dashboard.candidate_why import FIRST, Why, why_candidate
from dashboard.learnt import NAMES, Learnt, learnt, recall_rows, recall_text
from dashboard.learnt_behind import is_at_hand
from dashboard.panels.parts import message, telling, thumbnail
from dashboard.score_facts import SCORES
from data.store import Collection
from models.errors import BadInput, NotFound
from models.space.estimators import AGREEMENT

EMPTY = "Click a galaxy: why it is a candidate, or is none, is told here."
MOST_DIGITS = 1e6  # ratios from here on are powers of ten
RAISED = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


def layout() -> html.Aside:
    """A box beside the candidates."""
    return html.Aside(message(EMPTY), id=ids.ANOMALY_WHY, **{"aria-label": "Why it is a candidate"})


def told_why(collection: Collection, checkpoint: str, row: int) -> list[Component]:
    """Place by every estimator, density against the neighbors', the nearest usual galaxies."""
    why = why_candidate(collection, checkpoint, row)
    object_id = str(collection.catalog["object_id"].iat[row])
    if not why.places:
        return [html.H3(object_id), message("No score of it is defined: galaxies coincide here.")]
    return [
        html.Div([html.H3(object_id), html.Ul([_place(why, name) for name in why.estimators])]),
        html.Div([html.P(_agreement(why)), html.P(_density(why)), *_usual(collection, why)]),
    ]


def told_learnt(found: Learnt) -> list[Component]:
    """What was learned from, how, and whether it helps."""
    return [
        html.Div([html.H3(f"Learned from {found.n:,} scores"), html.P(found.told)]),
        html.Div([html.P(recall_text(found)), *_recall(found)]),
    ]


def _recall(found: Learnt) -> list[Component]:
    if not found.recall:
        return []
    heads = ("", found.base, "learned")
    return [
        html.Table(
            [
                html.Thead(html.Tr([html.Th(head, scope="col") for head in heads])),
                html.Tbody(
                    [
                        html.Tr([html.Th(first, scope="row"), html.Td(before), html.Td(after)])
                        for first, before, after in recall_rows(found)
                    ]
                ),
            ]
        )
    ]


def _agreement(why: Why) -> str:
    n_agreeing, n = len(why.agreeing), len(why.estimators)
    told = f"{n_agreeing} of {n} estimators place it in their first {100 * FIRST:g} %."
    if AGREEMENT in why.places:
        rank, of = why.places[AGREEMENT]
        told += f" All together: {rank:,} of {of:,}."
    return told


def _place(why: Why, name: str) -> html.Li:
    rank, n = why.places[name]
    is_agreeing = name in why.agreeing
    return html.Li(
        [html.Span(SCORES[name].short), html.Span(f"{rank:,} of {n:,}")],
        className="agrees" if is_agreeing else "",
        title=f"{_share(rank, n)} by {SCORES[name].title}. {SCORES[name].told}",
    )


def _share(rank: int, n: int) -> str:
    return f"first {100 * rank / n:.2g} %"


def _density(why: Why) -> str:
    if why.density_ratio is None:
        return "Its density against its neighbors' is undefined."
    low, high = map(ratio_text, why.ratio_range)
    return (
        f"Its neighbors have {low} to {high} times its density around them (68 %, from the "
        "10th neighbor)."
    )


def ratio_text(ratio: float) -> str:
    """A ratio to read: in many dimensions that of two densities runs to tens of digits."""
    if ratio < 10:
        return f"{ratio:.2g}"
    if ratio < MOST_DIGITS:
        return f"{ratio:,.0f}"
    mantissa, power = f"{ratio:.1e}".split("e+")
    return f"{mantissa} × 10{power.lstrip('0').translate(RAISED)}"


def _usual(collection: Collection, why: Why) -> list[Component]:
    if not why.usual:
        return [html.P("No galaxy is more usual than others here: all have one score.")]
    return [
        html.P("The nearest of the more usual half, and how far:"),
        html.Div(
            [thumbnail(collection, other, f"{distance:.3g}") for other, distance in why.usual],
            className="usual",
        ),
    ]


def register(app: Dash, collection: Collection, panel: str) -> None:
    """Follow the inspected galaxy and the checkpoint, while the candidates' `panel` is shown."""

    @app.callback(
        Output(ids.ANOMALY_WHY, "children"),
        Input(ids.QUERY, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SHELF, "value"),
        Input(ids.ANOMALY_RANKING, "value"),
        Input(ids.LABELS, "data"),
        Input(ids.ANOMALY_TOLD, "data"),
        prevent_initial_call=True,
    )
    @telling(message)
    def tell_why(row, checkpoint, shelf, ranking, labels, _told):
        of_labels = ctx.triggered_id in (ids.LABELS, ids.ANOMALY_TOLD)
        only_labels = of_labels and ranking not in NAMES
        if shelf not in (None, panel) or only_labels:
            return no_update
        learning = []
        if ranking in NAMES and is_at_hand(collection, checkpoint, ranking, labels):
            # Why there is nothing to learn is told where the candidates would be.
            with suppress(BadInput):
                learning = told_learnt(learnt(collection, checkpoint, ranking, labels))
        if row is None:
            return learning or message(EMPTY)
        if type(row) is not int or not 0 <= row < collection.n_galaxies:
            raise NotFound(f"There is no galaxy in row {row}.")
        return [*learning, *told_why(collection, checkpoint, row)]

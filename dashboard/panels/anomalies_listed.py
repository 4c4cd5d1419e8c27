"""What is listed of the candidates: by which score, which page of them, and how each is told."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from dash import html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard.brush import Brush
from dashboard.candidates import STABLE, Candidates, stable_ranking
from dashboard.curve_facts import range_text
from dashboard.facts import excess_text
from dashboard.learnt import NAMES, UNITS, learnt_ranking
from dashboard.panels.parts import thumbnail
from dashboard.ranking import Ranking, score_ranking
from dashboard.score_facts import SCORES
from data.bump_step import asked_measure
from data.store import Collection

BRUSHED = "excess"
STABLE_UNIT = "worst rank over the run as a share"
NOT_BRUSHED = "No range is brushed: drag over the curve of ε(r) to choose one."


class Listed(NamedTuple):
    """Galaxies in the order of a score, and how it is told.

    unit : what the scores are
    tell : how one of them is written
    """

    ranked: Ranking
    unit: str
    tell: Callable[[float], str] = "{:.3g}".format


def listed_by(
    collection: Collection,
    cache: Cache,
    ranking: str,
    checkpoint: str,
    state: tuple,
    labels: object = None,
) -> Listed | None:
    """Candidates by a ranking; None where that is by a brushed range and none is brushed.

    state : selection, brush and measure, as the stores hold them
    labels : whose labels are learned from, as the store holds it
    """
    if ranking == STABLE:
        return Listed(stable_ranking(collection, checkpoint), STABLE_UNIT)
    if ranking in NAMES:
        return Listed(learnt_ranking(collection, checkpoint, ranking, labels), UNITS[ranking])
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
    collection: Collection,
    listed: Listed,
    found: Candidates,
    first: int,
    n: int,
    scores: np.ndarray | None = None,
) -> tuple[list[Component], str]:
    """Thumbnails of `n` candidates from the place `first`, counted from 0, and their caption.

    Beyond the last one, it is the last page. On each is the user's score, where `scores` has one.
    """
    ranked = found.ranked
    n_ranked = ranked.n
    if first >= n_ranked:
        first = max(n_ranked - 1, 0) // n * n
    first = max(first, 0)
    rows = ranked.rows(first, first + n)
    thumbnails = [
        _candidate(collection, listed, found, int(row), first + 1 + place)
        for place, row in enumerate(rows)
    ]
    for row, made in zip(rows, thumbnails, strict=True):
        if scores is not None and np.isfinite(scores[row]):
            made.children.append(html.Span(f"{scores[row]:g}", className="scored"))
            made.title += f" · you scored it {scores[row]:g}"
    shown = f"{first + 1:,}–{first + len(rows):,} of {n_ranked:,}, {listed.unit} below each"
    copies = "near-copy" if found.n_folded == 1 else "near-copies"
    folded = f"; {found.n_folded:,} {copies} folded" if found.n_folded else ""
    return thumbnails, shown + folded


def _candidate(
    collection: Collection, listed: Listed, found: Candidates, row: int, place: int
) -> html.Button:
    score, n_alike = listed.tell(found.ranked.values[row]), int(found.n_alike[row])
    made = thumbnail(collection, row, f"#{place:,} {score}", is_centered=True)
    setattr(made, "data-place", str(place))
    setattr(made, "data-count", str(found.ranked.n))
    share = 100 * place / found.ranked.n
    made.title += f" · {listed.unit} {score}, first {share:.2g} % of {found.ranked.n:,} listed"
    if n_alike > 1:
        made.children.append(html.Span(f"×{n_alike}", className="copies"))
        made.title += f" · {n_alike:,} galaxies that are nearly one are folded into this"
    return made

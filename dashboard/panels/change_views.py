"""What the panel of changes shows: thumbnails in order, a histogram, neighbors in rows."""

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.change import Change, Counts, NeighborsAt, counts_of
from dashboard.facts import DENSITY, label_of, rank_text, with_error
from dashboard.panels.parts import picture, thumbnail
from dashboard.rank_changes import STABLE, RankedOver, sparkline
from dashboard.ranking import score_ranking
from data.store import Collection

N_NEAR = 12  # neighbors in a row


def changed_strip(collection: Collection, change: Change, rows: np.ndarray) -> html.Div:
    """Galaxies to click, with how many of their neighbors each kept."""
    shown = []
    for row in rows.tolist():
        kept, jaccard = int(change.kept[row]), change.jaccard[row]
        made = thumbnail(collection, row, f"{kept} of {change.k} kept", is_centered=True)
        made.title = (
            f"Inspect {_id_of(collection, row)} · {kept} of its {change.k} nearest neighbors "
            f"kept, Jaccard {jaccard:.2f}"
        )
        shown.append(made)
    return html.Div(shown, className="change-strip")


def ranked_strip(collection: Collection, found: RankedOver, kind: str) -> html.Div:
    """Candidates to click, with their ranks over the run and a line of them."""
    labels = [label_of(collection, name) for name in found.checkpoints]
    n = collection.n_galaxies
    shown = []
    for row, ranks in zip(found.rows.tolist(), found.ranks, strict=True):
        made = thumbnail(collection, row, _rank_caption(ranks, kind), is_centered=True)
        told = "; ".join(
            f"{label}: {_rank(rank)}" for label, rank in zip(labels, ranks, strict=True)
        )
        made.title = f"Inspect {_id_of(collection, row)} · rank of {n:,} by density at {told}"
        line = html.Span(className="rank-line", style={"clipPath": sparkline(ranks, n)})
        made.children.insert(1, line)
        shown.append(made)
    return html.Div(shown, className="change-strip ranked")


def _rank_caption(ranks: np.ndarray, kind: str) -> str:
    best, worst = _rank(np.nanmin(ranks)), _rank(np.nanmax(ranks))
    if kind == STABLE:
        return f"#{best}" if best == worst else f"#{best}–{worst}"
    return f"#{best}, else {_rank(np.nanmedian(ranks))}"


def _rank(rank: float) -> str:
    return f"{rank:,.0f}" if np.isfinite(rank) else "undefined"


def kept_histogram(change: Change, mask: np.ndarray | None) -> html.Figure:
    """How many galaxies kept how many neighbors: all of them, and those selected."""
    whole = counts_of(change)
    chosen = None if mask is None else counts_of(change, mask)
    shares = [_shares(whole), _shares(chosen)]
    highest = max(float(share.max()) for share in shares if share is not None) or 1.0
    bars = [_bar(change, kept, whole, chosen, shares, highest) for kept in range(change.k + 1)]
    told = [html.Span(_mean_text("all", whole), className="of-all")]
    if chosen is not None:
        told.append(html.Span(_mean_text("selected", chosen), className="of-selected"))
    return html.Figure(
        [
            html.Figcaption(f"Galaxies by neighbors kept of {change.k}"),
            html.Div(
                [html.Span(f"{highest:.0%}", className="change-top"), *bars],
                className="change-bars",
            ),
            html.Div([html.Span("0"), html.Span(f"{change.k}")], className="change-axis"),
            html.Div(["mean Jaccard index", *told], className="change-means"),
        ],
        className="change-histogram",
        title=(
            "Jaccard index: neighbors in both lists over those in either. The error is of the mean "
            "of galaxies taken as independent, which neighbors are not quite."
        ),
    )


def _shares(counts: Counts | None) -> np.ndarray | None:
    return None if counts is None else counts.counts / max(counts.n, 1)


def _bar(
    change: Change,
    kept: int,
    whole: Counts,
    chosen: Counts | None,
    shares: list[np.ndarray | None],
    highest: float,
) -> html.Div:
    told = f"{kept} of {change.k} kept: {whole.counts[kept]:,} of {whole.n:,} galaxies"
    if chosen is not None:
        told += f", {chosen.counts[kept]:,} of {chosen.n:,} selected"
    bars = [
        html.I(className=name, style={"height": f"{100 * share[kept] / highest:.1f}%"})
        for name, share in zip(("of-all", "of-selected"), shares, strict=True)
        if share is not None
    ]
    return html.Div(bars, title=told, className="change-bar")


def _mean_text(whose: str, counts: Counts) -> str:
    return f"{whose} {with_error(counts.mean, counts.error)}, n = {counts.n:,}"


def neighbor_rows(
    collection: Collection, row: int, k: int, along: tuple[NeighborsAt, ...], shown_at: str
) -> html.Div:
    """A row for each checkpoint: the nearest neighbors of a galaxy, and its rank there."""
    lines, before = [], None
    for at in along:
        lines.append(
            _neighbor_line(collection, row, k, at, before, is_shown=at.checkpoint == shown_at)
        )
        before = at.checkpoint
    return html.Div(lines, className="change-rows")


def _neighbor_line(
    collection: Collection, row: int, k: int, at: NeighborsAt, before: str | None, *, is_shown: bool
) -> html.Div:
    label = label_of(collection, at.checkpoint)
    told = [html.Strong(label), html.Span(_kept_text(at, k), className="faint")]
    if DENSITY in collection.density(at.checkpoint):
        rank = rank_text(score_ranking(collection, at.checkpoint, DENSITY), row)
        told.append(html.Span(f"rank {rank}", className="faint", title="by density; 1 is emptiest"))
    shown = [] if at.rows is None else at.rows[:N_NEAR].tolist()
    earlier = "" if before is None else label_of(collection, before)
    near = [
        _neighbor(collection, other, at.is_kept is not None and bool(at.is_kept[place]), earlier)
        for place, other in enumerate(shown)
    ]
    return html.Div(
        [
            html.Div(told, className="change-label"),
            html.Div(near, className="change-near"),
        ],
        className="change-row shown" if is_shown else "change-row",
        role="group",
        **{"aria-label": f"Nearest neighbors at {label}"},
    )


def _kept_text(at: NeighborsAt, k: int) -> str:
    if at.rows is None:
        return "all galaxies alike: neighbors are arbitrary"
    if at.is_kept is None:
        return f"{len(at.rows)} nearest"
    return f"{int(at.is_kept.sum())} of {k} kept"


def _neighbor(collection: Collection, row: int, is_kept: bool, earlier: str) -> html.Button:
    object_id = _id_of(collection, row)
    word = f"kept: a neighbor at {earlier} too" if is_kept else f"new since {earlier}"
    told = f"{object_id} · {word}" if earlier else object_id
    return html.Button(
        picture(collection, row),
        className="thumbnail kept" if is_kept else "thumbnail",
        type="button",
        title=f"Inspect {told}",
        **{"data-row": str(row), "aria-label": told},
    )


def inspected(collection: Collection, row: int) -> Component:
    """The galaxy whose neighbors are shown."""
    object_id = _id_of(collection, row)
    return html.Div(
        [
            html.Div(picture(collection, row), className="thumbnail", title=object_id),
            html.Span(object_id, className="faint"),
        ],
        className="change-inspected",
    )


def _id_of(collection: Collection, row: int) -> str:
    return str(collection.catalog["object_id"].iat[row])

"""What the view of the training says beside its figures: its galaxies, tables, and classes."""

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.facts import with_error
from dashboard.panels.parts import message
from dashboard.themes import Theme
from dashboard.timeline import Timeline, as_good, best_of
from dashboard.timeline_classes import BEYOND, separated
from dashboard.timeline_curves import drawn_curves
from dashboard.timeline_figure import family_colors
from dashboard.timeline_words import METRICS
from data.timeline import MEASURE
from models.space.correlation import n_components_for
from models.space.jackknife import N_GROUPS
from models.space.rank_correlation import LEAST, RankCorrelation

MINUS = "−"


def about(timeline: Timeline, theme: Theme) -> list[Component]:
    """The galaxies, how they are measured, and what the marks mean."""
    lines = [html.P(_galaxies(timeline)), html.P(_measures(timeline))]
    if len(timeline.asked.collection.checkpoints) == 1:
        lines.append(
            html.P("This collection has one checkpoint only: a timeline needs two or more.")
        )
    families = family_colors(timeline, theme)
    if len(families) > 1 or families[0][2] > 1:
        lines.append(html.Div([_line(*family) for family in families], className="training-names"))
    return lines


def _galaxies(timeline: Timeline) -> str:
    sample = timeline.asked.sample
    whose = "The selection alone" if timeline.asked.is_selection else "The whole collection"
    of = f", a random sample of its {sample.n_possible:,}" if sample.n < sample.n_possible else ""
    text = f"{whose}: n = {sample.n:,} galaxies{of}, the same at every checkpoint. "
    if not sample.class_names:
        why = "no labels" if not sample.n_labelled else "fewer than two classes of 5 galaxies"
        return f"{text}There are {why} here: what needs classes is undefined."
    n_in_classes = int((sample.codes >= 0).sum())
    counts = np.bincount(sample.codes[sample.codes >= 0])
    text += f"{len(sample.class_names)} classes, of n = {n_in_classes:,}; always naming the "
    return f"{text}largest is right for {counts.max() / n_in_classes:.0%}."


def _measures(timeline: Timeline) -> str:
    k = n_components_for(timeline.asked.sample.n, MEASURE.n_components)
    return (
        f"Up to k = {k} components; {MEASURE.n_bins} bins to {MEASURE.extent:g} RMS separations of "
        "each checkpoint's whole collection. Bars are one standard error: the score's from the "
        "influence of each galaxy (faint: the deck's sum over bins), the others by a jackknife "
        f"of the same {N_GROUPS} groups; the loss has none. A star is the best value, where one "
        "way is better; “as good” are those within twice their errors."
    )


def _line(name: str, color: str, n_seeds: int) -> html.Span:
    said = f"{name}, mean of {n_seeds} seeds, band from least to most" if n_seeds > 1 else name
    return html.Span([html.I(style={"borderColor": color}), said])


def files(address: str, selection: str) -> list[Component]:
    """Links to the two files."""
    asked = f"?selection={selection}" if selection else ""
    names = {"timeline": "CSV", "ranks": "Ranks CSV"}
    titles = {
        "timeline": "Every metric of every checkpoint, with errors, n and settings",
        "ranks": "The rank correlation of every two metrics",
    }
    return [
        html.A(
            name,
            href=f"{address}/{what}.csv{asked}",
            className="small-button",
            title=titles[what],
            download="",
        )
        for what, name in names.items()
    ]


def metric_table(timeline: Timeline, current: str | None) -> html.Table:
    """A row for each checkpoint, whose name opens it; a column for each metric that is told."""
    shown = timeline.told_metrics
    best = {name: best_of(timeline, name) for name in shown}
    good = {name: as_good(timeline, name) for name in shown}
    head = [html.Th("checkpoint")]
    for name in shown:
        metric = METRICS[name]
        told = f"{metric.title}: {metric.explanation} {metric.better_is.capitalize()}."
        unit = f" / {metric.unit}" if metric.unit else ""
        head.append(html.Th(metric.short + unit, title=f"{told} Error: {metric.error_is}."))
    rows = []
    for checkpoint, row in timeline.rows.items():
        cells = []
        for name in shown:
            one, factor = row.measured[name], METRICS[name].factor
            kind = "best" if checkpoint == best[name] else ""
            kind = kind or ("as-good" if checkpoint in good[name] else "")
            text = with_error(factor * one.value, factor * one.error).replace("-", MINUS)
            title = one.reason or (f"n = {one.n:,}" if one.n else "as logged")
            cells.append(html.Td(text, className=kind, title=title))
        rows.append(html.Tr([html.Td(_opener(timeline, checkpoint, current)), *cells]))
    return html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)])


def _opener(timeline: Timeline, checkpoint: str, current: str | None) -> html.Button:
    return html.Button(
        timeline.asked.label(checkpoint),
        type="button",
        title=f"Show {checkpoint} on the whole page",
        **{
            "data-checkpoint": checkpoint,
            "aria-current": "true" if checkpoint == current else "false",
        },
    )


def curve_names(timeline: Timeline, theme: Theme) -> list[Component]:
    """The curves by their colors, and how many there are of them."""
    curves = drawn_curves(timeline, theme)
    if not curves:
        return []
    of = len(timeline.correlations)
    measured = curves[-1].measured
    said = f"n = {measured.n_possible or measured.n_points:,}, k = {measured.n_dim}; bands are 68 %"
    if measured.n_possible:
        said += f", of a random sample of {measured.n_points:,}"
    if len(curves) < of:
        said += f"; {len(curves)} of {of} checkpoints are drawn"
    names = [html.Span([html.I(style={"borderColor": c.color}), c.name]) for c in curves]
    return [html.Div(names, className="training-names"), html.Span(f"{said}.")]


def rank_table(timeline: Timeline) -> list[Component]:
    """Rank correlation of every two metrics, and what chance gives."""
    n = len(timeline.rows)
    if n < LEAST:
        return [message(f"Undefined: {n} of at least {LEAST} checkpoints are measured.")]
    shown = timeline.told_metrics
    head = [html.Th(), *(html.Th(html.Span(METRICS[name].short)) for name in shown[:-1])]
    rows = [
        html.Tr(
            [
                html.Th(METRICS[second].short),
                *(_rank(timeline.ranks[first, second], first, second) for first in shown[:place]),
            ]
        )
        for place, second in enumerate(shown)
        if place
    ]
    table = html.Table([html.Thead(html.Tr(head)), html.Tbody(rows)], className="training-ranks")
    return [html.Div(table), html.Div(_chance(timeline), className="training-text")]


def _rank(ranks: RankCorrelation, first: str, second: str) -> html.Td:
    names = f"{METRICS[first].name} with {METRICS[second].name}"
    if np.isnan(ranks.rho):
        return html.Td("–", title=f"{names}: undefined, n = {ranks.n}")
    told = (
        f"{names}: ρ = {ranks.rho:+.2f}, n = {ranks.n}, p = {ranks.p_value:.2g}; by chance "
        f"{ranks.low:+.2f} to {ranks.high:+.2f}"
    )
    text = f"{ranks.rho:+.2f}".replace("0.", ".").replace("-", MINUS)
    return html.Td(text, className="beyond" if ranks.is_beyond_chance else "", title=told)


def _chance(timeline: Timeline) -> str:
    full = max(timeline.ranks.values(), key=lambda ranks: (ranks.n, not np.isnan(ranks.rho)))
    return (
        f"Spearman’s ρ over n = {full.n} checkpoints (fewer where a metric is undefined). Of "
        f"shuffled checkpoints 95 % lie from {full.low:+.2f} to {full.high:+.2f}; beyond it is "
        "marked. Neighboring checkpoints are alike and all that training changes has a trend, so "
        "that this interval is too narrow."
    ).replace("-0", f"{MINUS}0")


def confusion_words(timeline: Timeline, checkpoint: str | None) -> list[Component]:
    """Whose confusion is shown, and which classes separated when."""
    label = timeline.asked.label
    if checkpoint not in timeline.rows or not timeline.asked.sample.class_names:
        return []
    table = timeline.rows[checkpoint].confusion
    right = float(np.trace(table) / table.sum())
    shown = (
        f"{label(checkpoint)}: {right:.1%} of n = {table.sum():,} galaxies are named rightly by "
        "their 5 nearest neighbors in the whole collection, each left out of its own vote."
    )
    found = separated(timeline)
    if not found:
        return [html.P(shown), html.P(f"No two classes separated by more than {BEYOND} errors.")]
    lines = [
        html.Li(
            f"{one.first} and {one.second}: {one.share_before:.1%} → {one.share_after:.1%} "
            f"(± {one.error:.1%}) from {label(one.before)} to {label(one.after)}"
        )
        for one in found
    ]
    said = "What separated when: the largest falls of the share of two classes’ galaxies that are "
    return [
        html.P(shown),
        html.P(f"{said}taken for the other one, between checkpoints next to each other."),
        html.Ol(lines, className="training-separated"),
    ]

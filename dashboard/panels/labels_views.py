"""What the panel of labels shows: who gave what, galaxies with what was given to them, acts."""

import json

import numpy as np
from dash import html
from dash.development.base_component import Component

from dashboard.label_facts import event_text, reached_text
from dashboard.labelled import (
    MINE,
    Given,
    GivenLabels,
    score_step,
    scores_of,
    tag_step,
    tags_of,
    users_of,
)
from dashboard.panels.parts import thumbnail
from data.label_events import UNDO, Event
from data.selection_ids import rows_of_ids
from data.store import Collection

MOST = 300  # galaxies shown; selected, all of them are in the gallery
SELECT_WHY = "Click to select them; Ctrl adds them to the selection, Alt takes them out."


def facts(given: GivenLabels, version: str, user: str, whose: str) -> list:
    """How many galaxies by whom; scores and tags, each to select."""
    found = given.found
    own = user if whose == MINE else ""
    users, tags = users_of(given), tags_of(given)
    scored = [(least, n) for least, n in scores_of(given) if n]
    parts = [_fact("By", [_user(*one, is_own=one[0] == user) for one in users])]
    if scored:
        chips = [
            _chip(f"≥ {least}", n, score_step(version, least, own), f"score {least} or more")
            for least, n in scored
        ]
        parts.append(_fact("Score" if own else "Mean score", chips))
    if tags:
        chips = [
            _chip(tag, n, tag_step(version, tag, len(found.users)), f"the tag {tag}")
            for tag, n in tags
        ]
        parts.append(_fact("Tags", chips))
    if found.n_absent:
        parts.append(html.P(f"{found.n_absent:,} more are not in this build.", className="faint"))
    return parts


def _fact(title: str, shown: list[Component]) -> html.Div:
    return html.Div(
        [html.H3(title), html.Div(shown, className="labelled-chips")], className="labelled-fact"
    )


def _user(user: str, n: int, n_scored: int, *, is_own: bool) -> html.Span:
    whose = f"{user} (you)" if is_own else user
    scored = "" if n_scored == n else f", {n_scored:,} scored"
    return html.Span([html.Strong(whose), f" {n:,}{scored}"], title=f"{n:,} labelled{scored}")


def _chip(name: str, n: int, step: dict, what: str) -> html.Button:
    """A count to click. assets/labelled.js selects by its step."""
    return html.Button(
        [html.Span(name, className="labelled-name"), html.Span(f"{n:,}", className="faint")],
        type="button",
        className="labelled-chip",
        title=f"{n:,} with {what}. {SELECT_WHY}",
        **{"data-labelled-step": json.dumps(step), "aria-label": f"Select {n:,} with {what}"},
    )


def pictures(collection: Collection, given: GivenLabels) -> list[Component]:
    """The first labelled galaxies to click: score, tags, and in words who gave them."""
    return [_picture(collection, one) for one in given.first(MOST)]


def _picture(collection: Collection, one: Given) -> html.Button:
    tags = ", ".join(one.all_tags)
    made = thumbnail(collection, one.row, tags or "\u00a0", is_centered=True)
    made.title += f" · {one.in_words}"
    if np.isfinite(one.score):
        made.children.append(html.Span(f"{one.score:.2g}", className="scored"))
    setattr(made, "aria-label", made.title)
    return made


def caption_of(given: GivenLabels, n_galaxies: int) -> str:
    """How many of how many: never a silent first-N."""
    n = len(given)
    told = f"{n:,} of {n_galaxies:,} labelled"
    return told if n <= MOST else f"first {MOST} of {told}"


def acts(collection: Collection, recent: list[tuple[Event, int]]) -> html.Ol:
    """What was done last: when, by whom, what, to which galaxy, how that was reached."""
    names = [event.object_id or "" for event, _ in recent]
    rows = rows_of_ids(collection, names).tolist() if names else []
    lines = [_act(event, n, row) for (event, n), row in zip(recent, rows, strict=True)]
    return html.Ol(lines, className="labelled-acts")


def _act(event: Event, n: int, row: int) -> html.Li:
    """A line; `row` is that of its galaxy, -1 where it has none."""
    moment = event.at[5:16].replace("T", " ")
    said = [html.Span(f"{moment} {event.user}", className="faint"), " ", event_text(event, n)]
    if event.kind != UNDO and n == 1:
        said += [" · ", _galaxy(event.object_id, row)]
    reached = reached_text(event.reached).removeprefix(", ")
    if reached:
        said.append(html.Span(f" · {reached}", className="faint"))
    if event.is_undone:
        said.append(html.Span(" (undone)", className="faint"))
    kind = "labelled-act undone" if event.is_undone else "labelled-act"
    return html.Li(said, className=kind, title=f"{event.at[:19].replace('T', ' ')} UTC")


def _galaxy(object_id: str, row: int) -> Component:
    if row < 0:
        return html.Span(object_id)
    return html.Button(
        object_id,
        type="button",
        className="labelled-galaxy",
        title=f"Inspect {object_id}",
        **{"data-row": str(row), "data-center": "yes"},
    )

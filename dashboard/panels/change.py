"""What changed for the galaxies between two checkpoints: their neighbors, and along a run, ranks.

A list of galaxies by how many of their nearest neighbors they kept, with a histogram; the neighbors
of the inspected galaxy at each checkpoint; anomaly candidates that are stable, or fleeting.
"""

import dash_mantine_components as dmc
import numpy as np
from dash import Dash, Input, Output, ctx, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.change import (
    BEFORE,
    K,
    before_of,
    change_between,
    changed_rows,
    ks_of,
    neighbors_along,
)
from dashboard.facts import label_of
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.panels.change_views import (
    N_NEAR,
    changed_strip,
    inspected,
    kept_histogram,
    neighbor_rows,
    ranked_strip,
)
from dashboard.panels.parts import explained, message, panel, telling
from dashboard.question import selected_mask
from dashboard.rank_changes import FADING, STABLE, ranked_over
from dashboard.records import record_of
from data.runs import series_with
from data.store import Collection
from models.errors import BadInput, NotFound

NAME = "change"  # on the shelf
N_SHOWN = 60
MOST, LEAST, ONE = "most", "least", "one"
SHOWN = {
    "Neighbors": {MOST: "changed most", LEAST: "changed least", ONE: "of this galaxy"},
    "Anomaly ranks over the run": {STABLE: "stable candidates", FADING: "fleeting candidates"},
}
BELOW = {STABLE: "best to worst rank", FADING: "best rank, else the median"}
SHOW_WHY = (
    "Galaxies whose nearest neighbors changed most or least from one checkpoint to the other; the "
    "inspected galaxy's neighbors at each; or candidates by density: stable, whose worst rank "
    "over the trained checkpoints is best, and fleeting, unusual once and ordinary otherwise."
)
NO_GALAXY = "Click a galaxy: its nearest neighbors at each checkpoint of this run are shown here."
NONE_SELECTED = "No galaxy is selected: undo the last step of the selection, or clear it."


def layout(collection: Collection) -> html.Section:
    """What is shown, and the way to ask for something else."""
    return panel(
        "What changed",
        html.Div(id=ids.CHANGE_CAPTION, className="change-caption faint", role="status"),
        html.Div(id=ids.CHANGE, className="change-body"),
        controls=html.Div(
            [
                _from_choice(collection),
                _k_choice(collection),
                _show_choice(),
            ],
            className="toolbar change-controls",
        ),
        name=NAME,
    )


def _from_choice(collection: Collection) -> Component:
    options = [{"value": BEFORE, "label": "the one before"}] + [
        {"value": name, "label": label_of(collection, name)} for name in collection.checkpoints
    ]
    return explained(
        dmc.Select(
            id=ids.CHANGE_FROM,
            data=options,
            value=BEFORE,
            size="xs",
            w=140,
            allowDeselect=False,
            **{"aria-label": "Compare with the checkpoint"},
        ),
        "The checkpoint that the shown one is compared with; at first the one before in its run.",
    )


def _k_choice(collection: Collection) -> Component:
    known = ks_of(collection)
    return explained(
        dmc.Select(
            id=ids.CHANGE_K,
            data=[{"value": str(k), "label": f"k = {k}"} for k in known],
            value=str(K if K in known else known[-1]),
            size="xs",
            w=84,
            allowDeselect=False,
            **{"aria-label": "Nearest neighbors compared"},
        ),
        "How many nearest neighbors in the representation space are compared.",
    )


def _show_choice() -> Component:
    options = [
        {"group": group, "items": [{"value": v, "label": name} for v, name in items.items()]}
        for group, items in SHOWN.items()
    ]
    choice = dmc.Select(
        id=ids.CHANGE_SHOW,
        data=options,
        value=MOST,
        size="xs",
        w=170,
        allowDeselect=False,
        comboboxProps={"width": 190, "position": "top-end"},
        **{"aria-label": "What of the change to show"},
    )
    return explained(choice, SHOW_WHY)


def shown_change(
    collection: Collection,
    checkpoint: str,
    asked: tuple[str | None, str | None, str],
    row: object,
    mask: np.ndarray | None,
) -> tuple[object, str]:
    """What the panel holds, and its caption.

    asked : checkpoint to compare with, number of neighbors, what to show
    row : of the inspected galaxy, None where none is
    mask : (n_galaxies,) bool, those selected; None for all
    """
    other, k, show = asked
    known = [value for items in SHOWN.values() for value in items]
    if show not in known:
        raise NotFound(f"There is nothing '{show}' to show; there are {', '.join(known)}.")
    if mask is not None and show != ONE and not mask.any():
        return message(NONE_SELECTED), ""
    if show in (STABLE, FADING):
        return _candidates(collection, checkpoint, show, mask)
    k = int(k) if str(k).isdecimal() else K
    if show == ONE:
        return _galaxy(collection, checkpoint, k, row)
    change = change_between(collection, before_of(collection, checkpoint, other), checkpoint, k)
    rows = changed_rows(change, collection.order, mask, N_SHOWN, is_most=show == MOST)
    n = int(np.isfinite(change.jaccard if mask is None else change.jaccard[mask]).sum())
    labels = (label_of(collection, name) for name in (change.before, change.after))
    shown = [kept_histogram(change, mask), changed_strip(collection, change, rows)]
    return shown, f"{' → '.join(labels)}, {_first_of(len(rows), n, mask)}"


def _candidates(
    collection: Collection, checkpoint: str, kind: str, mask: np.ndarray | None
) -> tuple[object, str]:
    found = ranked_over(collection, checkpoint, kind, mask, N_SHOWN)
    first, last = (label_of(collection, found.checkpoints[place]) for place in (0, -1))
    told = (
        f"{len(found.checkpoints)} trained checkpoints, {first} to {last}, "
        f"{_first_of(len(found.rows), found.n, mask)}; below each: {BELOW[kind]}"
    )
    if not len(found.rows):
        raise BadInput("No rank is defined here: galaxies coincide.")
    return ranked_strip(collection, found, kind), told


def _galaxy(collection: Collection, checkpoint: str, k: int, row: object) -> tuple[object, str]:
    if type(row) is not int or not 0 <= row < collection.n_galaxies:
        return message(NO_GALAXY), ""
    along = neighbors_along(collection, checkpoint, row, k)
    n = len(series_with(collection, checkpoint).checkpoints)
    told = f"{n} checkpoints of the run" if n > 1 else "one checkpoint of its run: none to compare"
    rows = neighbor_rows(collection, row, k, along, checkpoint)
    part = f"first {N_NEAR} of {k}" if k > N_NEAR else f"{k}"
    told += f"; {part} nearest neighbors; framed: kept from the one before"
    return [inspected(collection, row), rows], told


def _first_of(n_shown: int, n: int, mask: np.ndarray | None) -> str:
    """What part of the galaxies is listed: never a silent first-N."""
    whose = "galaxies" if mask is None else "selected"
    return f"all {n:,} {whose}" if n_shown == n else f"first {n_shown:,} of {n:,} {whose}"


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the checkpoint, the selection and the inspected galaxy while the panel is shown."""

    @telling(lambda said: (message(said), ""))
    def shown(checkpoint: str, asked: tuple, record: str, row: object) -> tuple[object, str]:
        mask = selected_mask(collection, cache, record_of(cache, record)) if record else None
        return shown_change(collection, checkpoint, asked, row, mask)

    @app.callback(
        Output(ids.CHANGE, "children"),
        Output(ids.CHANGE_CAPTION, "children"),
        Output(ids.CHANGE_FROM, "disabled"),
        Output(ids.CHANGE_K, "disabled"),
        Input(ids.SHELF, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.CHANGE_FROM, "value"),
        Input(ids.CHANGE_K, "value"),
        Input(ids.CHANGE_SHOW, "value"),
        Input(ids.SELECTED, "data"),
        Input(ids.QUERY, "data"),
        prevent_initial_call=True,
    )
    @following
    def show_change(shelf, checkpoint, other, k, show, selected, row):
        changed = {source["prop_id"].split(".")[0] for source in ctx.triggered}
        not_followed = {ids.SELECTED} if show == ONE else {ids.QUERY}
        if shelf != NAME or (changed and changed <= not_followed):
            return (no_update,) * 4
        # What has no part in what is shown cannot be chosen.
        is_of_neighbors = show not in (STABLE, FADING)
        answer = shown(checkpoint, (other, k, show), (selected or {}).get("id") or "", row)
        return *answer, show == ONE or not is_of_neighbors, not is_of_neighbors

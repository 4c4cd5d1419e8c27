"""The legend of the maps: what each color is, of how many galaxies; hides and selects groups.

Buttons are listened to by assets/legend.js, which also hides groups at once; colors of both
themes are in the page, and assets/colors.css takes those of the one that is shown.
"""

import json

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.cluster_naming import with_names
from dashboard.colors import Coloring
from dashboard.foremost import following
from dashboard.painting import group_counts, is_shared, paint_of
from dashboard.panels.map_color_bar import color_bar
from dashboard.panels.parts import message, telling
from dashboard.records import record_of
from data.label_columns import is_label
from data.store import Collection

TOGGLE_WHY = "Click hides or shows it, a double click (or Shift) shows it alone."
SELECT_WHY = "Select all of it; Ctrl adds them to the selection, Alt takes them out."
OTHER_WHY = "Find one of them and give it a color of its own"


def legend(
    coloring: Coloring, totals: np.ndarray, chosen: np.ndarray | None, record: dict, place: str
) -> list[Component]:
    """Groups with their counts, those of the selection first where there is one.

    totals, chosen : (n_groups,) galaxies of each group, and those selected; None without selection
    record : the paint record
    place : checkpoint that selections of these groups need, "" where none does
    """
    if coloring.kind == "points":
        return [_title(coloring, totals, chosen, "no column; brighter where there are more")]
    if coloring.is_number:
        return _of_numbers(coloring, totals, chosen, record, place)
    entries = [
        _entry(coloring, group, totals, chosen, place)
        for group in range(coloring.n_groups)
        if totals[group]
    ]
    return [
        _title(coloring, totals, chosen),
        _show_all(),
        html.Ul(entries, className="legend-entries"),
        *_said(coloring),
    ]


def _of_numbers(
    coloring: Coloring,
    totals: np.ndarray,
    chosen: np.ndarray | None,
    record: dict,
    place: str,
) -> list[Component]:
    missing = coloring.n_groups - 1
    entries = [_entry(coloring, missing, totals, chosen, place)] if totals[missing] else []
    return [
        _title(coloring, totals, chosen, _scale_text(coloring, record)),
        color_bar(coloring, totals, chosen, place),
        html.Ul(entries, className="legend-entries of-missing"),
        *_said(coloring),
    ]


def _scale_text(coloring: Coloring, record: dict) -> str:
    """How numbers became shades, in words."""
    if coloring.kind == "excess":
        return coloring.scale
    if record["range"] is not None:
        return f"{coloring.scale}, range as set"
    if coloring.kind == "ranks" or is_label(coloring.column):
        return coloring.scale
    low, high = record["clip"]
    return f"{coloring.scale}, {_ordinal(low)} to {_ordinal(high)} percentile"


def _ordinal(number: float) -> str:
    if number != int(number):
        return f"{number:g}th"
    number = int(number)
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _title(
    coloring: Coloring, totals: np.ndarray, chosen: np.ndarray | None, more: str = ""
) -> html.Span:
    n = int(totals.sum()) - (int(totals[-1]) if coloring.has_missing else 0)
    known = "" if coloring.kind == "excess" else f"n = {n:,}"
    if chosen is not None and coloring.kind != "excess":
        n_chosen = int(chosen.sum()) - (int(chosen[-1]) if coloring.has_missing else 0)
        known = f"{n_chosen:,} / {n:,}"
    words = ", ".join(word for word in (known, more) if word)
    return html.Span(
        [html.Span(coloring.title, className="legend-column"), html.Span(words, className="faint")],
        className="legend-title",
        title=f"{coloring.title}: {words}",
    )


def _show_all() -> html.Button:
    return html.Button(
        "Show all",
        type="button",
        className="small-button legend-all",
        title="Show the hidden classes again",
        hidden=True,
    )


def _said(coloring: Coloring) -> list[Component]:
    return [html.Span(coloring.said, className="legend-said", role="status")] * bool(coloring.said)


def _entry(
    coloring: Coloring, group: int, totals: np.ndarray, chosen: np.ndarray | None, place: str
) -> html.Li:
    """A group: the button that hides it, and the one that selects it."""
    shown = coloring.told(group)
    count = f"{totals[group]:,}" if chosen is None else f"{chosen[group]:,} / {totals[group]:,}"
    counted = "galaxies" if chosen is None else "selected"
    toggle = html.Button(
        [
            _dot(coloring, group),
            html.Span(shown, className="legend-name"),
            html.Span(count, className="legend-count"),
        ],
        type="button",
        className="legend-toggle",
        title=f"{shown}: {count} {counted}. {TOGGLE_WHY}",
        **{"aria-pressed": "true", "data-group": str(group)},
    )
    return html.Li([toggle, *_action(coloring, group, place)], className="legend-entry")


def _action(coloring: Coloring, group: int, place: str) -> list[Component]:
    """The small button of an entry: it selects the group, or searches among the others."""
    if coloring.has_other and group == coloring.n_groups - 1 - coloring.has_missing:
        return [_small("⌕", "legend-find", OTHER_WHY, "Search the other classes", "")]
    if not coloring.cut or (coloring.is_number and coloring.scale == "log" and coloring.said):
        return []  # of those that are grey, some have a value: no class holds just them
    value = None if coloring.is_number else coloring.values[group]
    step = {"kind": "category", "column": coloring.cut, "value": value}
    if place:
        step["checkpoint"] = place
    label = f"Select all of {coloring.told(group)}"
    return [_small("◎", "legend-select", SELECT_WHY, label, json.dumps(step))]


def _small(sign: str, kind: str, why: str, label: str, step: str) -> html.Button:
    data = {"data-step": step} if step else {}
    return html.Button(
        sign, type="button", className=kind, title=why, **{"aria-label": label, **data}
    )


def _dot(coloring: Coloring, group: int) -> html.Span:
    colors = {f"--{theme}": coloring.palette(theme)[group] for theme in ("dark", "light")}
    return html.Span(className="dot", style=colors)


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Draw the legend; wire the script that listens to it."""

    @app.callback(
        Output(ids.MAP_LEGEND, "children"),
        Output(ids.MAP_LEGEND, "className"),
        Output(ids.COLOR_PANE, "className"),
        Input(ids.PAINT, "data"),
        Input(ids.SELECTED, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.CLUSTERS_NAMED, "data"),
    )
    @telling(lambda said: (message(said), "legend of-message", "color-pane of-none"))
    @following
    def show_legend(paint, selected, checkpoint, _named):
        return shown_legend(collection, cache, checkpoint, (paint or {}).get("id"), selected)

    app.clientside_callback(
        ClientsideFunction("morphospace_legend", "follow"),
        Output(ids.LEGEND_LISTENER, "title"),
        Input(ids.HIDDEN, "data"),
        Input(ids.SELECTION, "data"),
        Input(ids.MAP_LEGEND, "children"),
        State(ids.CHECKPOINT, "value"),
    )


def shown_legend(
    collection: Collection, cache: Cache, checkpoint: str, paint: object, selected: dict | None
) -> tuple[list[Component], str, str]:
    """The legend of a paint's id, its class and that of its settings; raises as `paint_of` does."""
    coloring = paint_of(collection, cache, checkpoint, str(paint))
    coloring = with_names(collection, checkpoint, coloring)
    totals = group_counts(collection, cache, checkpoint, str(paint))
    selection = (selected or {}).get("id") or ""
    chosen = group_counts(collection, cache, checkpoint, paint, selection) if selection else None
    record = record_of(cache, str(paint))
    place = "" if is_shared(collection, coloring.column) else checkpoint
    kind = "of-numbers" if coloring.is_number else "of-classes"
    pane = f"color-pane {_settings_kind(coloring, record)}"
    return legend(coloring, totals, chosen, record, place), f"legend {kind}", pane


def _settings_kind(coloring: Coloring, record: dict) -> str:
    """Which settings colors have, as assets/colors.css knows them."""
    if coloring.kind in ("shades", "ranks"):
        return "of-numbers"
    if coloring.names == ("missing",):  # on another scale there may be some to color
        return "of-numbers" if record["scale"] == "log" else "of-none"
    if coloring.kind != "classes":
        return "of-none"
    return "of-classes" if coloring.has_other or record["classes"] else "of-few"

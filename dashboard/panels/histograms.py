"""Histograms of columns: all galaxies and those selected; brushing a range makes a cut of it.

The server counts; assets/histograms.js draws and brushes. A cut is part of the selection, see
data/selection.py, so that everything else on the page follows it.
"""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.column_facts import (
    as_options,
    catalog_columns,
    class_columns,
    n_glanced,
    own_groups,
    title_of,
)
from dashboard.facts import UNITS
from dashboard.foremost import following
from dashboard.histogram import Histogram, checked_columns, histogram, ticks_of
from dashboard.jobs import Jobs
from dashboard.panels.parts import explained, panel, small_button, telling
from dashboard.question import selected_mask
from dashboard.records import record_of
from dashboard.selection_words import cut_words
from data.label_columns import is_label
from data.label_present import at_present, follows, unpinned
from data.selection_columns import end_of_range, is_date, is_number
from data.store import Collection
from models.errors import MorphospaceError

NAME = "histograms"
MAX_SHOWN = 12
N_FIRST = 4
FIRST = ("redshift", "magnitude", "log_density", "radius_arcsec", "mass", "size")
COLUMNS_EXPLANATION = (
    "Grey is every galaxy, color those selected. Brush a range to cut by it, drag its ends or its "
    "middle, click beside it to let it go; click classes to cut by them. All cuts hold at once "
    "(AND)."
)
LOG_EXPLANATION = (
    "Draw counts on a logarithmic axis, so that small ones are seen beside large ones."
)
CHOOSE = "Choose columns: each is shown as a histogram of all galaxies and of those selected."


def layout(collection: Collection) -> html.Section:
    """Which columns, and the place where they are drawn."""
    controls = html.Div(
        [
            dmc.Popover(
                [
                    dmc.PopoverTarget(small_button("Columns ▾", **{"aria-haspopup": "dialog"})),
                    dmc.PopoverDropdown(
                        _columns(collection), className="settings", **{"aria-label": "Columns"}
                    ),
                ],
                width=360,
                position="top-end",
                shadow="lg",
                keepMounted=True,
                returnFocus=True,
            ),
            explained(
                dmc.Switch(id=ids.HISTOGRAM_LOG, label="log counts", size="xs", checked=False),
                LOG_EXPLANATION,
            ),
        ],
        className="toolbar histogram-controls",
    )
    return panel(
        "Histograms",
        html.P(id=ids.HISTOGRAM_TOLD, className="message refused", role="alert", hidden=True),
        html.Div(id=ids.HISTOGRAMS, className="histograms"),
        dcc.Store(id=ids.HISTOGRAM_BARS),
        controls=controls,
        name=NAME,
    )


def _columns(collection: Collection) -> list[Component]:
    chosen = dmc.MultiSelect(
        id=ids.HISTOGRAM_COLUMNS,
        data=column_options(collection),
        value=first_columns(collection),
        searchable=True,
        clearable=True,
        maxValues=MAX_SHOWN,
        size="xs",
        comboboxProps={"withinPortal": False},  # or a choice closes the popover around it
        **{"aria-label": "Columns shown as histograms"},
    )
    return [chosen, html.P(COLUMNS_EXPLANATION)]


def column_options(collection: Collection) -> list[dict]:
    """Columns that have a histogram, in groups: those of the catalog, those of the checkpoint."""
    catalog, with_classes = collection.catalog, set(class_columns(collection))
    names = [
        name
        for name in catalog_columns(collection)
        if name in with_classes or is_number(catalog[name]) or is_date(catalog[name])
    ]
    groups = {"Catalog": names, **own_groups(collection)}
    return [as_options(collection, group, items) for group, items in groups.items() if items]


def first_columns(collection: Collection) -> list[str]:
    """Columns shown at first: numbers that are usually asked about, then any others."""
    known = [item["value"] for group in column_options(collection) for item in group["items"]]
    catalog = collection.catalog
    numbers = [
        name
        for name in known
        if name == "log_density" or (name in catalog and _is_usual(collection, name))
    ]
    ranked = sorted(numbers, key=lambda name: FIRST.index(name) if name in FIRST else len(FIRST))
    return (ranked or known)[:N_FIRST]


def _is_usual(collection: Collection, name: str) -> bool:
    """Whether a catalog's column has numbers that differ, and is no place on the sky."""
    is_place = name in ("ra", "dec")
    return is_number(collection.catalog[name]) and not is_place and n_glanced(collection, name) > 1


def told_histogram(collection: Collection, name: str, checkpoint: str, chosen: tuple) -> dict:
    """A histogram as assets/histograms.js draws it.

    chosen : record of the selection and its mask, both None where nothing is selected
    """
    record, mask = chosen
    name = at_present(collection, name)
    is_shared = name in collection.catalog or is_label(name)
    place = None if is_shared else checkpoint
    shown = histogram(collection, name, checkpoint, mask)
    cut, title = cut_on(record, name, place), title_of(collection, name)
    return {
        "column": name,
        "checkpoint": place,
        "title": title,
        "unit": UNITS.get(name, ""),
        "kind": shown.scale.kind,
        "edges": list(shown.scale.edges),
        "isWhole": shown.scale.is_whole,
        "isBeyond": list(shown.scale.is_beyond),
        "ticks": ticks_of(shown.scale),
        "names": list(shown.scale.names),
        "values": list(shown.scale.values),
        "total": shown.total.tolist(),
        "selected": None if shown.selected is None else shown.selected.tolist(),
        "cut": cut and with_numbers(cut),
        "said": said_of(shown, cut and cut_words(collection, cut).removeprefix(f"{title} ")),
    }


def said_of(shown: Histogram, cut: str | None) -> str:
    """What stands under a histogram: how many, how many without a value, and the cut."""
    if shown.scale.kind == "none":
        return f"No galaxy has a value: all {shown.n_missing:,} are missing."
    if shown.n_selected is None:
        parts = [f"n = {shown.n:,}"]
    else:
        parts = [f"n = {shown.n_selected:,} of {shown.n:,}"]
    missing = f"{shown.n_missing:,} missing"
    if shown.n_selected_missing:
        missing = f"{shown.n_selected_missing:,} of {missing}"
    if shown.n_missing:
        parts.append(missing)
    if shown.scale.kind == "one":
        parts.insert(0, "every one has the same value")
    return " · ".join([*parts, f"cut: {cut}"] if cut else parts)


def cut_on(record: dict | None, column: str, checkpoint: str | None) -> dict | None:
    """The cut of a selection on a column, None where it has none.

    On labels, by whatever version of them: another cut takes its place.
    """
    for cut in (record or {}).get("cuts") or []:
        is_same = unpinned(cut.get("column")) == unpinned(column)
        if is_same and cut.get("checkpoint") == checkpoint:
            return cut
    return None


def with_numbers(cut: dict) -> dict:
    """A cut whose ends are numbers, dates too."""
    if "values" in cut:
        return cut
    return cut | {end: end_of_range(cut.get(end), cut["column"]) for end in ("min", "max")}


def told_histograms(
    collection: Collection, columns: list[str], checkpoint: str, chosen: tuple
) -> list[dict]:
    """Every histogram; one that cannot be made says so in its place."""
    told = []
    for name in columns:
        try:
            told.append(told_histogram(collection, name, checkpoint, chosen))
        except MorphospaceError as error:
            title = title_of(collection, name)
            told.append({"column": name, "title": title, "kind": "none", "said": str(error)})
    return told


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Count for what is shown, where it is shown."""

    @app.callback(
        Output(ids.HISTOGRAM_BARS, "data"),
        Output(ids.HISTOGRAM_TOLD, "children"),
        Output(ids.HISTOGRAM_TOLD, "hidden"),
        Input(ids.SHELF, "value"),
        Input(ids.SELECTED, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.HISTOGRAM_COLUMNS, "value"),
        Input(ids.LABELS_NOW, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, said, False))
    @following
    def count(shelf, selected, checkpoint, columns, _labels):
        is_same = ctx.triggered_id == ids.LABELS_NOW and not any(map(follows, columns or []))
        if shelf != NAME or is_same:
            return no_update, no_update, no_update
        names = checked_columns(columns or [], MAX_SHOWN)
        record = record_of(cache, selected["id"]) if selected["id"] else None
        chosen = record, selected_mask(collection, cache, record)
        told = told_histograms(collection, names, checkpoint, chosen)
        return told, "" if names else CHOOSE, bool(names)

    app.clientside_callback(
        ClientsideFunction("morphospace_histograms", "show"),
        Output(ids.HISTOGRAMS, "lang"),
        Input(ids.HISTOGRAM_BARS, "data"),
        Input(ids.HISTOGRAM_LOG, "checked"),
        prevent_initial_call=True,
    )

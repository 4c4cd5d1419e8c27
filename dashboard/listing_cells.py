"""Values of listed galaxies as they are shown, and as they are written to a file."""

import math
from collections.abc import Collection

import numpy as np

from dashboard.listing import Listing
from dashboard.listing_columns import (
    BOOL,
    DATE,
    NUMBER,
    TEXT,
    Column,
    column_of,
    columns_of,
    every_column,
)
from data.label_columns import is_label
from data.selection_columns import day_text

_DEGREES = ("ra", "dec")


def page_cells(listing: Listing, rows: np.ndarray, on_demand: Collection[str] = ()) -> list[list]:
    """For each row its values as texts, None where unknown; in the order of `every_column`.

    on_demand : columns that are worked out because they are asked for; others of their kind are
        None. Those of labels, with a version, come after all others, in this order.
    """
    known = columns_of(listing.collection, listing.checkpoint)
    shown = []
    for key, column in every_column(listing.collection).items():
        is_told = key in known and (not column.is_on_demand or key in on_demand)
        values = values_at(listing, column, rows) if is_told else [None] * len(rows)
        shown.append([cell_text(column, value) for value in values])
    for key in filter(is_label, on_demand):
        column = column_of(listing.collection, listing.checkpoint, key)
        shown.append([cell_text(column, value) for value in values_at(listing, column, rows)])
    return [list(cells) for cells in zip(*shown, strict=True)]


def values_at(listing: Listing, column: Column, rows: np.ndarray) -> list:
    """Values of a column at some rows: numbers, days, or texts."""
    if column.kind in (NUMBER, DATE):
        if column.key in listing.collection.catalog:
            stored = listing.collection.catalog[column.key]
            if column.kind == NUMBER:  # whole numbers stay whole
                return stored.iloc[rows].tolist()
        return listing.values_of(column.key, rows).tolist()
    return listing.collection.catalog[column.key].iloc[rows].tolist()


def cell_text(column: Column, value: object) -> str | None:
    """A value as shown, without its unit; None where it is unknown."""
    if is_unknown(value):
        return None
    if column.kind == DATE:
        return day_text(value)
    if column.kind in (TEXT, BOOL):
        return str(value)
    if isinstance(value, int) or (float(value).is_integer() and abs(value) < 1e15):
        return f"{value:.0f}" if abs(value) < 1e15 else str(value)
    if column.key in _DEGREES:
        return f"{value:.5f}"
    return f"{value:.5g}"


def with_unit(column: Column, text: str | None) -> str:
    """A value as shown, with its unit; what is unknown is said to be."""
    if text is None:
        return "unknown"
    if column.unit in ("°", "″"):
        return text + column.unit
    return f"{text} {column.unit}".strip()


def is_unknown(value: object) -> bool:
    """Whether there is no value: none, NaN, or an empty text."""
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or value == "" or value != value

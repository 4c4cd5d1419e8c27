"""What colors the maps: a column of the catalog, local density, or an excess of neighbors."""

from functools import lru_cache

import numpy as np
import pandas as pd
from dash import html

from dashboard.colors import Coloring, color_by
from data.store import Collection

DENSITY = "local density (this checkpoint)"  # a color that depends on the checkpoint
HIDDEN_COLUMNS = ("object_id",)


def color_columns(collection: Collection) -> list[str]:
    """Columns worth a color, the class label first where there is one."""
    catalog = collection.catalog
    usable = [
        column
        for column in catalog.columns
        if column not in HIDDEN_COLUMNS
        and 1 < catalog[column].nunique()
        and _is_worth(catalog[column])
    ]
    usable.sort(key=lambda column: column != "label")
    return [*usable, DENSITY]


def _is_worth(values: object) -> bool:
    # A column of texts that are nearly all different, such as file names, has no classes.
    return values.dtype.kind in "iufb" or values.nunique() <= max(50, len(values) // 20)


@lru_cache(maxsize=16)
def coloring(collection: Collection, checkpoint: str, column: str) -> Coloring:
    """Colors of every galaxy by a catalog column, or by density under a checkpoint.

    Both maps and the legend ask for it at every selection: it is kept.
    """
    if column == DENSITY:
        return color_by(column, pd.Series(collection.density(checkpoint)["log_density"]))
    return color_by(column, collection.catalog[column])


def legend(colors: Coloring, selected: np.ndarray | None) -> list:
    """Groups with their counts, those of the selection first where there is one."""
    totals = colors.counts()
    if colors.is_number:
        scale, unknown = colors.scale
        missing = f" · {totals[-1]:,} {unknown}" if totals[-1] else ""
        return [
            html.Span(f"{colors.low:{colors.form}}"),
            html.Span(
                className="color-bar",
                style={
                    "background": f"linear-gradient(to right, {', '.join(colors.palette[:-1])})"
                },
            ),
            html.Span(f"{colors.high:{colors.form}}"),
            html.Span(f"{colors.column}, {scale}{missing}", className="faint"),
        ]
    chosen = None if selected is None else colors.counts(selected)
    return [
        html.Span(
            [
                html.Span(className="dot", style={"background": color}),
                f"{name} ",
                html.Span(
                    f"{total:,}" if chosen is None else f"{chosen[group]:,} / {total:,}",
                    className="faint",
                ),
            ],
            className="legend-entry",
        )
        for group, (name, color, total) in enumerate(
            zip(colors.names, colors.palette, totals, strict=True)
        )
        if total
    ]

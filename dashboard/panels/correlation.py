"""The panel that asks: are the selected galaxies clustered in this space?"""

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from flask_caching import Cache

from dashboard import figures, ids
from dashboard.colors import SECOND, SELECTED, WHOLE
from dashboard.facts import checkpoint_label, correlation_numbers
from dashboard.figures import Curve
from dashboard.measure import (
    MIN_GALAXIES,
    is_empty,
    selected_rows,
    selection_correlation,
    whole_correlation,
    whole_null,
)
from dashboard.panels.checkpoints import checkpoint_table
from dashboard.panels.parts import explained, message, panel, telling
from data.store import Collection


def layout(collection: Collection) -> html.Section:
    """The curve with its numbers, and behind a tab the checkpoints beside each other."""
    return panel(
        "Two-point correlation",
        dmc.Tabs(
            [
                dmc.TabsList(
                    [dmc.TabsTab("ε(r)", value="curve"), dmc.TabsTab("Checkpoints", value="table")]
                ),
                dmc.TabsPanel(
                    [
                        dcc.Graph(
                            id=ids.CORRELATION,
                            className="correlation-graph",
                            responsive=True,
                            config={"displayModeBar": False},
                        ),
                        html.Div(id=ids.CORRELATION_NUMBERS, className="numbers"),
                    ],
                    value="curve",
                ),
                dmc.TabsPanel(checkpoint_table(collection), value="table"),
            ],
            value="curve",
            className="tabs",
        ),
        controls=explained(
            dmc.SegmentedControl(
                id=ids.CORRELATION_SCALE,
                data=[{"value": "log", "label": "1 + ε, log"}, {"value": "linear", "label": "ε"}],
                value="log",
                size="xs",
            ),
            "ε(r) is the excess of pairs over a Gaussian of the same mean and covariance. Both "
            "have the same mean separation, so that an excess at small r forces a dip further out.",
        ),
        name="correlation",
    )


def measured_curves(
    collection: Collection,
    cache: Cache,
    selection: dict | None,
    checkpoint: str,
    second: str | None,
) -> list[Curve]:
    """The whole collection's curve, and that of the selection, under one or two checkpoints.

    The second checkpoint shows the selection too, or the whole collection where there is none.
    """

    def whole(checkpoint: str, color: str) -> Curve:
        measured = whole_correlation(collection, checkpoint)
        null = whole_null(collection, checkpoint)
        return Curve(f"all galaxies, {label(checkpoint)}", measured, measured.rms, color, null)

    def label(checkpoint: str) -> str:
        return checkpoint_label(collection.checkpoint_info(checkpoint), checkpoint)

    curves = [whole(checkpoint, WHOLE)]
    if is_empty(selection):
        return [*curves, whole(second, SECOND)] if second else curves
    for name, color in ((second, SECOND), (checkpoint, SELECTED)):
        measured = selection_correlation(collection, cache, name, selection) if name else None
        if measured:
            unit = whole_correlation(collection, name).rms
            curves.append(Curve(f"selection, {label(name)}", measured, unit, color))
    return curves


def numbers(curves: list[Curve], is_selected: bool) -> list:
    """What the curves come to, a column each, told by its color: they are the legend too.

    Where there is a selection, the whole collection is named and its numbers left out.
    """
    told = curves[:0:-1] if is_selected and len(curves) > 1 else curves
    columns = [correlation_numbers(curve.measured, curve.null) for curve in told]
    rows = [
        html.Tr([html.Th(cells[0][0]), *(html.Td(text, title=why) for _, text, why in cells)])
        for cells in zip(*columns, strict=True)
    ]
    head = html.Tr([html.Th(), *(html.Th(_named(curve)) for curve in told)])
    others = [html.Div(_named(curve), className="faint") for curve in curves if curve not in told]
    table = html.Table(
        [html.Thead(head), html.Tbody(rows)], className="single" if len(told) == 1 else ""
    )
    return [table, *others]


def _named(curve: Curve) -> html.Span:
    return html.Span([html.Span(className="dot", style={"background": curve.color}), curve.name])


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Follow the selection and the checkpoints."""

    @app.callback(
        Output(ids.CORRELATION, "figure"),
        Output(ids.CORRELATION_NUMBERS, "children"),
        Input(ids.SELECTION, "data"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.SECOND, "value"),
        Input(ids.CORRELATION_SCALE, "value"),
    )
    @telling(lambda said: (figures.message_figure(), message(said)))
    def show_correlation(selection, checkpoint, second, scale):
        curves = measured_curves(collection, cache, selection, checkpoint, second)
        shown = numbers(curves, not is_empty(selection))
        rows = selected_rows(collection, cache, selection)
        if rows is not None and len(rows) < MIN_GALAXIES:
            shown = [message(too_few(len(rows))), *shown]
        return figures.correlation_figure(curves, is_log=scale == "log"), shown


def too_few(n_selected: int) -> str:
    """Why a small selection has no curve."""
    return (
        f"{n_selected:,} selected: at least {MIN_GALAXIES} galaxies are needed for a curve, "
        "fewer leave most bins without pairs."
    )

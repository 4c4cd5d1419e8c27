"""The panel that asks: are the selected galaxies clustered in this space?"""

import dash_mantine_components as dmc
from dash import Dash, Input, Output, dcc, html
from flask_caching import Cache

from dashboard import figures, ids
from dashboard.facts import checkpoint_label, correlation_numbers
from dashboard.measure import (
    MIN_GALAXIES,
    is_empty,
    rms_separation,
    selected_rows,
    selection_correlation,
    whole_correlation,
)
from dashboard.panels.checkpoints import checkpoint_table
from dashboard.panels.parts import explained, message, panel, telling
from data.store import Collection
from models.space.correlation import Correlation


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


def numbers(measured: Correlation, what: str) -> list:
    """What one curve comes to: each number with its error, or on hover the word for none."""
    return [
        html.Div(what, className="numbers-title"),
        html.Dl(
            [
                html.Div([html.Dt(name), html.Dd(text)], title=explanation)
                for name, text, explanation in correlation_numbers(measured)
            ]
        ),
    ]


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Follow the selection and the checkpoints."""

    def label(checkpoint: str) -> str:
        return checkpoint_label(collection.checkpoint_info(checkpoint), checkpoint)

    def measured_second(checkpoint: str | None, selection: dict | None) -> Correlation | None:
        if not checkpoint:
            return None
        if is_empty(selection):
            return whole_correlation(collection, checkpoint)
        return selection_correlation(collection, cache, checkpoint, selection)

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
        whole = whole_correlation(collection, checkpoint)
        chosen = selection_correlation(collection, cache, checkpoint, selection)
        beside = measured_second(second, selection)
        figure = figures.correlation_figure(
            whole,
            chosen,
            beside,
            units=(
                rms_separation(collection, checkpoint),
                rms_separation(collection, second) if second else 1.0,
            ),
            names=(label(checkpoint), label(second) if second else ""),
            is_log=scale == "log",
        )
        shown = numbers(
            chosen or whole, f"{'Selection' if chosen else 'Whole collection'}, {label(checkpoint)}"
        )
        if beside is not None:
            shown += numbers(
                beside,
                f"{'Whole collection' if is_empty(selection) else 'Selection'}, {label(second)}",
            )
        rows = selected_rows(collection, cache, selection)
        if rows is not None and chosen is None:
            shown = [message(too_few(len(rows))), *shown]
        return figure, shown


def too_few(n_selected: int) -> str:
    """Why a small selection has no curve."""
    return (
        f"{n_selected:,} selected: at least {MIN_GALAXIES} galaxies are needed for a curve, "
        "fewer leave most bins without pairs."
    )

"""What the view of the training is made of; most of it is filled when it is first shown."""

import dash_mantine_components as dmc
from dash import dcc, html

from dashboard import ids
from dashboard.figure_style import message_figure
from dashboard.panels.parts import explained, panel, small_button

ALL, SELECTION = "all", "selection"
OF_EXPLAINED = "Measure every checkpoint on all galaxies, or on those that are selected alone."


def training_layout() -> html.Div:
    """The whole view."""
    return html.Div(
        [
            dcc.Store(id=ids.TRAINING_VISIT),
            dcc.Store(id=ids.TRAINING_JOB),
            dcc.Store(id=ids.TRAINING_TOLD),
            _timeline(),
            _table(),
            panel(
                "ε(r) of these galaxies at each checkpoint",
                _graph(ids.TRAINING_CURVES),
                html.Div(id=ids.TRAINING_CURVES_TEXT, className="training-text"),
                name="training-curves",
            ),
            panel(
                "ε(r) over the training",
                _graph(ids.TRAINING_HEAT),
                html.Div(
                    "Blank: fewer than 10 pairs expected, so that nothing can be said; a bin "
                    "without a pair is drawn as if it had one. Bins are the same multiples of each "
                    "checkpoint's RMS separation.",
                    className="training-text",
                ),
                name="training-heat",
            ),
            panel(
                "Do the metrics rise and fall together?",
                html.Div(id=ids.TRAINING_RANKS, className="training-scroll"),
                name="training-ranks",
            ),
            _classes(),
        ],
        className="training",
    )


def _timeline() -> html.Section:
    of = dmc.SegmentedControl(
        id=ids.TRAINING_OF,
        data=[
            {"value": ALL, "label": "All galaxies"},
            {"value": SELECTION, "label": "Selection alone"},
        ],
        value=ALL,
        size="xs",
        **{"aria-label": "Galaxies that are measured"},
    )
    controls = [
        html.Div(id=ids.TRAINING_BAR, hidden=True),
        explained(of, OF_EXPLAINED),
        html.Span(id=ids.TRAINING_FILES),
    ]
    return panel(
        "Training timeline",
        html.Div(id=ids.TRAINING_TEXT, className="training-text", role="status"),
        html.Div(
            dcc.Graph(
                id=ids.TRAINING_MULTIPLES,
                figure=message_figure(),
                className="training-multiples",
                responsive=True,
                config={"displayModeBar": False},
            ),
            className="training-scroll",
        ),
        controls=html.Div(controls, className="toolbar"),
        name="training-timeline",
    )


def _table() -> html.Section:
    return panel(
        "Every metric at every checkpoint",
        html.Div(id=ids.TRAINING_TABLE, className="training-scroll training-table"),
        name="training-table",
    )


def _classes() -> html.Section:
    steps = [
        small_button("‹", title="Previous checkpoint ([)", **{"data-step": "-1"}),
        small_button("›", title="Next checkpoint (])", **{"data-step": "1"}),
    ]
    return panel(
        "Classes that the neighbors confuse",
        _graph(ids.TRAINING_CONFUSION),
        html.Div(id=ids.TRAINING_CLASSES, className="training-text"),
        controls=html.Div(steps, className="toolbar"),
        name="training-classes",
    )


def _graph(id: str) -> dcc.Graph:
    return dcc.Graph(
        id=id,
        figure=message_figure(),
        className="training-graph",
        responsive=True,
        config={"displayModeBar": False},
    )

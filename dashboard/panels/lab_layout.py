"""What the structure lab is made of: controls, picture, curve, numbers, and a place for sweeps."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.figure_style import message_figure
from dashboard.lab_controls import (
    COLORS,
    PUBLISHED_SLIDERS,
    SCENE,
    SIMULATION_A,
    SIMULATION_B,
    SLIDERS,
    Slider,
)
from dashboard.panels.lab_runs import HINT
from dashboard.panels.parts import explained, panel

SLIDER_IDS = {
    "separation": ids.LAB_SEPARATION,
    "cohesion": ids.LAB_COHESION,
    "n_clusters": ids.LAB_N_CLUSTERS,
    "n_points": ids.LAB_N_POINTS,
    "n_dim": ids.LAB_N_DIM,
    "size_ratio": ids.LAB_SIZE_RATIO,
    "variance_ratio": ids.LAB_VARIANCE_RATIO,
    "axis_ratio": ids.LAB_AXIS_RATIO,
    "variance": ids.LAB_VARIANCE,
    "s": ids.LAB_S,
}
KIND_WORDS = {
    "clusters": "Clusters",
    "uniform": "Uniform",
    "filament": "Filaments",
    "shell": "Shells",
}
SOURCE_WORDS = {SCENE: "Free", SIMULATION_A: "Simulation A", SIMULATION_B: "Simulation B"}
GUIDE = {
    SCENE: (
        "Pull the clusters apart: the score rises and Davies-Bouldin falls. The excess at small r "
        "forces a dip further out, since the Gaussian has the same mean square separation.",
        "Raise the dimensions: the neighbors tell the clusters as before (kNN), and yet the score "
        "falls, below 0 in the end. The far bins lack pairs, and every bin counts alike; the "
        "divergence KL weighs bins by their pairs and stays above 0.",
        "One shell, or one filament: nothing to cluster, and yet no Gaussian.",
    ),
    SIMULATION_A: (
        "Two clusters of 2,000 points made ever wider. Their random numbers were started anew for "
        "each, so that the second is an exact copy of the first.",
        "The points and numbers above are those of one variance: all 4,000 points against the "
        "exact Gaussian. The runs below are as published.",
    ),
    SIMULATION_B: (
        "Two clusters of 2,000 points, the second an exact copy of the first, pulled apart.",
        "The points and numbers above are those of one s: all 4,000 points against the exact "
        "Gaussian. The runs below are as published.",
    ),
}


def lab_layout() -> html.Div:
    """The whole view."""
    return html.Div(
        [
            dcc.Store(id=ids.LAB_ASKED),
            dcc.Store(id=ids.LAB_ANSWERED),
            dcc.Store(id=ids.LAB_JOB),
            dcc.Store(id=ids.LAB_RAN),
            _controls(),
            _picture(),
            _curve(),
            html.Div(id=ids.LAB_NUMBERS, className="lab-numbers", role="status"),
            _runs(),
        ],
        className="lab",
    )


def _controls() -> html.Section:
    source = dmc.SegmentedControl(
        id=ids.LAB_SOURCE,
        data=[{"value": value, "label": words} for value, words in SOURCE_WORDS.items()],
        value=SCENE,
        size="xs",
        fullWidth=True,
        **{"aria-label": "What is shown"},
    )
    kind = dmc.SegmentedControl(
        id=ids.LAB_KIND,
        data=[{"value": value, "label": words} for value, words in KIND_WORDS.items()],
        value="clusters",
        size="xs",
        fullWidth=True,
        **{"aria-label": "Shape of the pieces"},
    )
    return panel(
        "Structure lab",
        explained(source, "Points of your own, or those of the two published simulations."),
        html.Div(
            [
                explained(kind, "What each piece is. All shapes have the same size."),
                *(_slider(name, slider) for name, slider in SLIDERS.items()),
            ],
            className="lab-sliders for-scene",
        ),
        html.Div(_slider("variance", PUBLISHED_SLIDERS["variance"]), className="for-a"),
        html.Div(_slider("s", PUBLISHED_SLIDERS["s"]), className="for-b"),
        html.Div(
            [
                explained(
                    dmc.Button("New draw", id=ids.LAB_SEED, size="compact-xs", variant="default"),
                    "Other random numbers. While a slider moves they stay the same.",
                ),
                explained(
                    dmc.Button("Reset", id=ids.LAB_RESET, size="compact-xs", variant="default"),
                    "All sliders back to where they started.",
                ),
            ],
            className="lab-buttons for-scene",
        ),
        *(
            html.Div([html.P(line) for line in lines], className=f"lab-guide for-{source.lower()}")
            for source, lines in GUIDE.items()
        ),
        name="lab-controls",
    )


def _slider(name: str, slider: Slider) -> html.Div:
    """A slider under its name and value; assets/lab.js keeps the value."""
    value = html.Span(
        slider.text(slider.start),
        className="lab-value",
        **{
            "data-lab-value": name,
            "data-decimals": str(slider.decimals),
            "data-unit": slider.unit,
        },
    )
    return html.Div(
        [
            explained(
                html.Div([html.Span(slider.label), value], className="lab-slider-head"),
                slider.explanation,
            ),
            dmc.Slider(
                id=SLIDER_IDS[name],
                min=slider.least,
                max=slider.most,
                step=slider.step,
                value=slider.start,
                updatemode="drag",
                size=4,
                thumbSize=14,
                label=None,
                thumbLabel=slider.label,
            ),
        ],
        className="lab-slider",
    )


def _picture() -> html.Section:
    colors = dmc.SegmentedControl(
        id=ids.LAB_COLORS,
        data=[
            {"value": COLORS[0], "label": "true clusters"},
            {"value": COLORS[1], "label": "K-Means"},
        ],
        value=COLORS[0],
        size="xs",
        **{"aria-label": "Color of the points"},
    )
    return panel(
        "Points",
        _graph(ids.LAB_SCATTER, scrollZoom=True),
        html.Div(id=ids.LAB_SCATTER_TEXT, className="lab-text"),
        controls=explained(colors, "Color by the true clusters, or by those that K-Means finds."),
        name="lab-picture",
    )


def _curve() -> html.Section:
    scale = dmc.SegmentedControl(
        id=ids.LAB_SCALE,
        data=[{"value": "linear", "label": "ε"}, {"value": "log", "label": "1 + ε, log"}],
        value="linear",
        size="xs",
        **{"aria-label": "Scale of ε(r)"},
    )
    return panel(
        "Two-point correlation",
        _graph(ids.LAB_CURVE),
        html.Div(id=ids.LAB_CURVE_TEXT, className="lab-text"),
        controls=explained(
            scale,
            "ε(r) is the excess of pairs over a Gaussian of the same mean and covariance; "
            "on the logarithmic scale a Gaussian is 1.",
        ),
        name="lab-curve",
    )


def _graph(id: str, **config: object) -> dcc.Graph:
    return dcc.Graph(
        id=id,
        figure=message_figure(),
        className="lab-graph",
        responsive=True,
        config={"displayModeBar": False, **config},
    )


def _runs() -> html.Section:
    return panel(
        "Score against what it is compared with",
        html.Div(HINT, id=ids.LAB_RUN_TEXT, className="lab-text"),
        html.Div(id=ids.LAB_RUN_FIGURES, className="lab-run-figures"),
        controls=html.Div(_run_controls(), className="toolbar"),
        name="lab-runs",
    )


def _run_controls() -> list[Component]:
    swept = dmc.Select(
        id=ids.LAB_SWEPT,
        data=[{"value": name, "label": slider.label} for name, slider in SLIDERS.items()],
        value="separation",
        size="xs",
        w=150,
        allowDeselect=False,
        **{"aria-label": "Slider to sweep"},
    )
    return [
        html.Div(id=ids.LAB_BAR, hidden=True),
        html.Div(
            explained(swept, "The slider to sweep from end to end; the others stay."),
            className="for-scene",
        ),
        html.Span("Simulation A", className="for-a"),
        html.Span("Simulation B", className="for-b"),
        explained(
            dmc.Button("Run", id=ids.LAB_RUN, size="compact-sm", variant="default"),
            "Measure score and metrics for each value, five times each, with errors; or the "
            "published runs, just as they were.",
        ),
    ]

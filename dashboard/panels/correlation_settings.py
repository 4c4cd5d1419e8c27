"""The settings of the curve as they look: a line that tells the measure, and what opens from it."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.curve_facts import ERROR_WORDS, measure_text
from dashboard.panels.correlation_controls import CUSTOM, n_components_most
from dashboard.panels.correlation_curves import ALSO
from dashboard.panels.parts import explained, small_button
from data.store import Collection
from models.space.presets import MAX_BINS, PRESET_WORDS, Measure

WIDTH = 326
# control -> its label, its options, and what it does, in one line
CHOICES = {
    ids.EXTENT_UNIT: (
        "In units of",
        {"rms": "RMS separation", "p70": "P70", "raw": "raw"},
        "RMS separation: comparable between checkpoints. P70: 70th percentile of the distance "
        "from the mean. Raw: the representation's own, for one checkpoint.",
    ),
    ids.SPACING: (
        "Bins are",
        {"linear": "equally wide", "log": "of equal ratio"},
        "Equally wide, or each wider than the last by the same factor, which shows small "
        "separations where there are pairs.",
    ),
    ids.METRIC: (
        "Metric",
        {"euclidean": "Euclidean", "cosine": "cosine"},
        "Cosine scales each galaxy to length 1 after the PCA: directions count, and not how far "
        "out a galaxy lies.",
    ),
    ids.ERRORS: (
        "Errors σ",
        ERROR_WORDS,
        "Fitted: right for our Gaussian, which has the galaxies' own covariance. Fixed: as if it "
        "were given beforehand, some two times too large near a Gaussian. Poisson: too small, "
        "since pairs share galaxies. Subsamples: from "
        "the scatter of parts of the galaxies.",
    ),
}
NUMBERS = {
    ids.N_COMPONENTS: (
        "Components k",
        "Principal components, the strongest first, 1 to {n_most}. Few galaxies use fewer: at "
        "most one for 20 galaxies.",
    ),
    ids.N_BINS: (
        "Bins",
        f"Bins of separation, 1 to {MAX_BINS}. More show more detail, each with a larger error; "
        "the score grows with their number.",
    ),
    ids.LOWER: (
        "From",
        "Smallest separation. 0 becomes a fiftieth of the largest for bins of equal ratio, which "
        "cannot begin at 0.",
    ),
    ids.EXTENT: ("To", "Largest separation. Hardly a pair of a Gaussian is beyond 2 RMS."),
}


def settings_line(collection: Collection) -> html.Div:
    """The line that tells the measure, which is the button that opens its controls."""
    measure = Measure()
    line = html.Button(
        [
            html.Span("Settings", className="settings-name"),
            html.Span(measure_text(measure), id=ids.MEASURE_TEXT),
        ],
        className="settings-line",
        type="button",
        title="What the curve is of: click to change it",
    )
    popover = dmc.Popover(
        [
            dmc.PopoverTarget(line, boxWrapperProps={"w": "100%"}),
            dmc.PopoverDropdown(_controls(collection, measure), className="settings"),
        ],
        width=WIDTH,
        position="left-start",  # beside the curve, which is looked at meanwhile
        offset=18,
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )
    return html.Div([popover, dcc.Store(id=ids.MEASURE, data=measure.to_dict())])


def _controls(collection: Collection, measure: Measure) -> list[Component]:
    n_most = n_components_most(collection)
    values = {
        ids.N_COMPONENTS: measure.n_components,
        ids.N_BINS: measure.n_bins,
        ids.LOWER: measure.lower,
        ids.EXTENT: measure.extent,
    }
    numbers = [
        _number(control, label, values[control], why.format(n_most=n_most))
        for control, (label, why) in NUMBERS.items()
    ]
    presets = {name: words.name for name, words in PRESET_WORDS.items()} | {CUSTOM: "Custom"}
    preset_why = "A set of values from the literature or of ours; it sets all those below."
    return [
        _choice(ids.PRESET, "Preset", presets, preset_why),
        html.P(PRESET_WORDS[measure.preset].explanation, id=ids.PRESET_EXPLAINED),
        html.Div(
            [*numbers, *(_choice(control, *told) for control, told in CHOICES.items())],
            className="settings-grid",
        ),
        html.P(id=ids.MEASURE_REFUSED, className="refused", role="alert"),
        html.H3("Axis of r"),
        html.Div(_axis_of_r(), className="settings-axes"),
    ]


def _axis_of_r() -> list[Component]:
    return [
        explained(
            _segments(ids.R_UNIT, {"rms": "RMS separations", "raw": "raw"}, "Unit of the axis"),
            "Raw units are one checkpoint's own: with several checkpoints r stays in RMS "
            "separations.",
        ),
        explained(
            _segments(ids.R_SCALE, {"linear": "linear", "log": "log"}, "Scale of the axis"),
            "How separations are drawn; it follows the bins when these are changed.",
        ),
    ]


def _number(control: str, label: str, value: float, explanation: str) -> Component:
    field = dmc.NumberInput(
        id=control, label=label, value=value, size="xs", min=0, debounce=400, hideControls=True
    )
    return explained(field, explanation)


def _choice(control: str, label: str, options: dict[str, str], explanation: str) -> Component:
    """A list to choose from; the first is the default's."""
    field = dmc.Select(
        id=control,
        label=label,
        data=[{"value": value, "label": name} for value, name in options.items()],
        value=next(iter(options)),
        size="xs",
        allowDeselect=False,
        comboboxProps={"withinPortal": False},  # or a choice closes the popover around it
    )
    return explained(field, explanation)


def _segments(control: str, options: dict[str, str], name: str) -> Component:
    data = [{"value": value, "label": label} for value, label in options.items()]
    first = next(iter(options))
    return dmc.SegmentedControl(
        id=control, data=data, value=first, size="xs", **{"aria-label": name}
    )


def also_shown() -> html.Div:
    """What may be shown beside the curve: a list that opens."""
    boxes = [
        explained(dmc.Checkbox(value=key, label=name, size="xs"), why)
        for key, (name, why) in ALSO.items()
    ]
    chosen = dmc.CheckboxGroup(
        html.Div(boxes, className="checks"), id=ids.ALSO_SHOWN, value=["null"]
    )
    popover = dmc.Popover(
        [
            dmc.PopoverTarget(small_button("Also show ▾")),
            dmc.PopoverDropdown(chosen, className="settings"),
        ],
        position="bottom-end",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )
    return html.Div(popover, className="also-show")

"""The settings of the curve: what the controls ask for becomes one record."""

from dataclasses import replace

import numpy as np
from dash import Dash, Input, Output, State, ctx, no_update

from dashboard import ids
from dashboard.curve_facts import measure_text
from data.bump_step import asked_measure
from data.points import measured_edges
from data.store import Collection
from models.errors import MorphospaceError
from models.space.presets import PRESET_WORDS, PRESETS, Measure

CUSTOM = "custom"
# control -> the field of a Measure that it sets
FIELDS = {
    ids.N_COMPONENTS: "n_components",
    ids.N_BINS: "n_bins",
    ids.LOWER: "lower",
    ids.EXTENT: "extent",
    ids.EXTENT_UNIT: "unit",
    ids.SPACING: "spacing",
    ids.METRIC: "metric",
    ids.ERRORS: "errors",
}


def n_components_most(collection: Collection) -> int:
    """Principal components that may be asked for: as many as every checkpoint has dimensions."""
    n_dims = [collection.representations(name).shape[1] for name in collection.checkpoints]
    return max(min(n_dims), Measure().n_components)


def measure_asked(
    changed: str | None, preset: str, values: dict[str, object], n_most: int
) -> Measure:
    """The measure that the controls ask for, of which `changed` was touched last.

    Choosing a preset sets everything; anything else changes one value of what there is.
    Raises ValueError with a sentence where a value is none.
    """
    if changed == ids.PRESET and preset in PRESETS:
        return PRESETS[preset]
    for control, name in ((ids.N_COMPONENTS, "components"), (ids.N_BINS, "bins")):
        if not isinstance(values[control], int | float):
            raise ValueError(f"The number of {name} is missing.")
    for control, name in ((ids.LOWER, "smallest"), (ids.EXTENT, "largest")):
        if not isinstance(values[control], int | float):
            raise ValueError(f"The {name} separation is missing.")
    if values[ids.N_COMPONENTS] > n_most:
        raise ValueError(
            f"There are {n_most} components at most, not {values[ids.N_COMPONENTS]:g}."
        )
    start = preset if preset in PRESETS else "default"
    return replace(PRESETS[start], **{FIELDS[control]: values[control] for control in FIELDS})


def in_unit(value: float, factor: float) -> float:
    """A separation in another unit, of six digits; what was a round number becomes it again."""
    converted = float(f"{value * factor:.6g}")
    few = float(f"{converted:.3g}")
    return few if np.isclose(converted, few, rtol=1e-5, atol=0) else converted


def unit_factor(collection: Collection, checkpoint: str, before: Measure, unit: str) -> float:
    """What turns a number of the unit of `before` into one of `unit`; of all galaxies."""

    def length(unit: str) -> float:
        one = replace(before, unit=unit, extent=1.0, lower=0.0, n_bins=1, spacing="linear")
        return float(measured_edges(collection, checkpoint, one, collection.n_galaxies)[-1])

    return length(before.unit) / length(unit)


def converted(
    collection: Collection, checkpoint: str, before: Measure, values: dict[str, object]
) -> dict[str, object]:
    """The controls' values with both ends of the range in the unit that was chosen."""
    unit = values[ids.EXTENT_UNIT]
    is_range = all(isinstance(values[end], int | float) for end in (ids.LOWER, ids.EXTENT))
    if unit == before.unit or not is_range:
        return values
    factor = unit_factor(collection, checkpoint, before, unit)
    return values | {end: in_unit(values[end], factor) for end in (ids.LOWER, ids.EXTENT)}


def shown_preset(measure: Measure) -> str:
    """Name of the preset that these are the values of, whichever it started from."""
    same = [name for name, preset in PRESETS.items() if preset.key == measure.key]
    return same[0] if same else CUSTOM


def preset_explanation(preset: str) -> str:
    """What the page says of it."""
    return PRESET_WORDS[preset].explanation if preset in PRESET_WORDS else "Values of your own."


def register(app: Dash, collection: Collection) -> None:
    """All controls write one store; a value that is refused leaves it as it was."""
    n_most = n_components_most(collection)

    @app.callback(
        Output(ids.MEASURE, "data"),
        Output(ids.MEASURE_TEXT, "children"),
        Output(ids.MEASURE_REFUSED, "children"),
        Output(ids.PRESET_EXPLAINED, "children"),
        Output(ids.R_SCALE, "value"),
        Output(ids.PRESET, "value"),
        *(Output(control, "value") for control in FIELDS),
        Input(ids.PRESET, "value"),
        *(Input(control, "value") for control in FIELDS),
        State(ids.R_SCALE, "value"),
        State(ids.MEASURE, "data"),
        State(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    def change_measure(preset, *controls_and_state):
        *controls, r_scale, before, checkpoint = controls_and_state
        values = dict(zip(FIELDS, controls, strict=True))
        try:
            if ctx.triggered_id == ids.EXTENT_UNIT:
                values = converted(collection, checkpoint, asked_measure(before), values)
            measure = measure_asked(ctx.triggered_id, preset, values, n_most)
        except (ValueError, MorphospaceError) as error:
            kept = [no_update] * len(FIELDS)
            return no_update, no_update, str(error), no_update, no_update, no_update, *kept
        name = shown_preset(measure)
        if name in PRESETS:
            measure = PRESETS[name]
        fields = measure.to_dict()
        is_spacing = ctx.triggered_id in (ids.SPACING, ids.PRESET)
        return (
            fields,
            measure_text(measure),
            "",
            preset_explanation(name),
            measure.spacing if is_spacing else r_scale,
            name,
            *(fields[FIELDS[control]] for control in FIELDS),
        )

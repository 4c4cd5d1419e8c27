"""The settings of the curve: what the controls ask for becomes one record."""

from dataclasses import replace

from dash import Dash, Input, Output, State, ctx, no_update

from dashboard import ids
from dashboard.curve_facts import measure_text
from data.store import Collection
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
        prevent_initial_call=True,
    )
    def change_measure(preset, *controls_and_scale):
        *controls, r_scale = controls_and_scale
        values = dict(zip(FIELDS, controls, strict=True))
        try:
            measure = measure_asked(ctx.triggered_id, preset, values, n_most)
        except ValueError as error:
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

"""How a column is colored: scale, clip and ends of numbers; classes brought out of "other"."""

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, ctx, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.class_search import found_classes
from dashboard.color_classes import MAX_OWN
from dashboard.color_shades import CLIP, SCALES
from dashboard.palettes import N_COLORS
from dashboard.panels.parts import explained, telling
from data.store import Collection

WIDTH = 320
SCALE_WHY = (
    "How numbers become shades. Linear; log, where 0 and less are grey; quantile: as many "
    "galaxies in each shade."
)
CLIP_WHY = (
    "Percentiles that the shades span: beyond them all galaxies have the first or the last shade, "
    "so that a few outliers do not take all shades."
)
ENDS_WHY = "Ends of the shades in the unit of the column, instead of the percentiles."
CLASSES_WHY = (
    f"Classes with a color of their own beside the most frequent ones, up to {MAX_OWN}. Type to "
    "search among all of them."
)
FEW = f"Every class has a color of its own. Of more than {N_COLORS}, some are chosen here."
NONE = "These colors have nothing to set."


def settings() -> dmc.Popover:
    """The button beside the choice of a column, and what opens from it."""
    button = html.Button(
        "Scale",
        id=ids.COLOR_SETTINGS,
        type="button",
        className="small-button color-settings-button",
        title="Scale and range of the colors; classes with a color of their own",
        **{"aria-label": "Color settings"},
    )
    return dmc.Popover(
        [
            dmc.PopoverTarget(button),
            dmc.PopoverDropdown(
                html.Div(
                    [
                        html.Div(_of_numbers(), className="for-numbers"),
                        html.Div(_of_classes(), className="for-classes"),
                        html.P(FEW, className="for-few"),
                        html.P(NONE, className="for-none"),
                        html.P(id=ids.COLOR_TOLD, className="refused", role="alert"),
                    ],
                    id=ids.COLOR_PANE,
                    className="color-pane",
                ),
                className="settings color-settings",
            ),
        ],
        width=WIDTH,
        position="bottom-end",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )


def _of_numbers() -> list[Component]:
    scale = dmc.SegmentedControl(
        id=ids.COLOR_SCALE,
        data=[{"value": scale, "label": scale} for scale in SCALES],
        value=SCALES[0],
        size="xs",
        fullWidth=True,
        **{"aria-label": "Scale of the colors"},
    )
    clip = dmc.RangeSlider(
        id=ids.COLOR_CLIP,
        value=list(CLIP),
        min=0,
        max=100,
        step=0.5,
        minRange=0.5,
        size="xs",
        updatemode="mouseup",
        thumbFromLabel="Lower percentile of the colors",
        thumbToLabel="Upper percentile of the colors",
    )
    ends = [
        _end(ids.COLOR_LOW, "lowest", "Lowest number of the color range"),
        _end(ids.COLOR_HIGH, "highest", "Highest number of the color range"),
    ]
    return [
        html.H3("Numbers"),
        explained(scale, SCALE_WHY),
        html.Div("Clip at percentiles", className="settings-label"),
        explained(html.Div(clip), CLIP_WHY),
        html.Div("Color range", className="settings-label"),
        explained(html.Div(ends, className="settings-grid"), ENDS_WHY),
    ]


def _end(name: str, placeholder: str, label: str) -> dmc.NumberInput:
    return dmc.NumberInput(
        id=name,
        placeholder=placeholder,
        size="xs",
        debounce=400,
        hideControls=True,
        **{"aria-label": label},
    )


def _of_classes() -> list[Component]:
    choice = dmc.MultiSelect(
        id=ids.COLOR_CLASSES,
        data=[],
        value=[],
        placeholder="Search classes",
        searchable=True,
        clearable=True,
        maxValues=MAX_OWN,
        size="xs",
        nothingFoundMessage="No such class",
        maxDropdownHeight=220,
        **{"aria-label": "Classes with a color of their own"},
    )
    return [
        html.H3("Classes out of “other”"),
        explained(html.Div(choice), CLASSES_WHY),
    ]


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Search the classes on the server: a column may have thousands."""

    @app.callback(
        Output(ids.COLOR_CLASSES, "data"),
        Input(ids.COLOR_CLASSES, "searchValue"),
        Input(ids.COLOR, "value"),
        Input(ids.CHECKPOINT, "value"),
        State(ids.COLOR_CLASSES, "value"),
    )
    @telling(lambda said: [])  # the legend's place says why there are none
    def search_classes(sought, column, checkpoint, chosen):
        # A choice empties the field, maybe before the server is told of it: the select would
        # drop what is not among its options.
        if not sought and ctx.triggered_id == ids.COLOR_CLASSES:
            return no_update
        found = found_classes(collection, checkpoint, column, sought or "", chosen or [])
        return [{"value": name, "label": called} for name, called in found.items()]

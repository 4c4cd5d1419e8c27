"""What is used now and then on the maps: what is shown on them, and the view as a file."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.panels.parts import explained, small_button
from data.store import Collection

SIZES = (24, 120)  # pixels of a cutout on the map
SIZE = 44


def map_options(collection: Collection) -> dmc.Popover:
    """Cutouts and their size, the minimap, and the way to galaxies far outside."""
    has_cutouts = collection.has_cutouts
    cutouts = [
        explained(
            dmc.Switch(
                id=ids.SHOW_CUTOUTS,
                label="Cutouts",
                checked=has_cutouts,
                disabled=not has_cutouts,
                size="xs",
            ),
            "Pictures of representative galaxies, never one over another; more come in view as "
            "you zoom in (c)."
            if has_cutouts
            else "This collection has no cutouts: it holds representations alone.",
        ),
        html.Div(
            [
                # Not around the slider, which would be as narrow as it can be in it.
                explained(
                    html.Div("Size of cutouts, px", className="option-name"),
                    "Larger ones are fewer: no cutout lies over another.",
                ),
                _size_slider(not has_cutouts),
            ],
            className="option-slider",
        ),
    ]
    others = [
        explained(
            dmc.Switch(id=ids.SHOW_MINIMAP, label="Minimap", checked=True, size="xs"),
            "The whole map in a corner; click or drag in it to go there.",
        ),
        explained(
            small_button("Next far galaxy", id=ids.NEXT_FAR),
            "Galaxies far outside the map are drawn as ▲ at its edge. Go to the next of them, the "
            "farthest first, and inspect it (n).",
        ),
    ]
    why = "What is shown on the map: cutouts and their size, the minimap, far galaxies."
    return _popover("Show", ids.MAP_OPTIONS, why, [*cutouts, *others])


def _size_slider(is_disabled: bool) -> dmc.Slider:
    return dmc.Slider(
        id=ids.CUTOUT_SIZE,
        min=SIZES[0],
        max=SIZES[1],
        step=4,
        value=SIZE,
        size="xs",
        updatemode="drag",
        disabled=is_disabled,
        thumbLabel="Size of cutouts on the map, pixels",
    )


def export_menu() -> dmc.Popover:
    """The view as a file for print."""
    light = dmc.Switch(id=ids.MAP_EXPORT_LIGHT, label="White ground", checked=True, size="xs")
    buttons = [
        explained(
            small_button("SVG", id=ids.MAP_EXPORT_SVG),
            "Vector dots, a raster of print resolution where there are more than 50,000 in view.",
        ),
        explained(
            small_button("PNG, 300 dpi", id=ids.MAP_EXPORT_PNG),
            "The same as pixels: 180 mm wide at 300 dpi.",
        ),
    ]
    why = "Save what is in view, with title, legend and scale, for a paper or a talk."
    return _popover(
        "Export",
        ids.MAP_EXPORT,
        why,
        [
            html.Div("The view as it is, cutouts included where they are shown", className="faint"),
            explained(light, "For print; otherwise on the ground of the page."),
            html.Div(buttons, className="row"),
            html.Div(id=ids.MAP_EXPORT_TOLD, className="map-export-told", role="status"),
        ],
    )


def _popover(name: str, button: str, explanation: str, content: list[Component]) -> dmc.Popover:
    """A button that opens a card; what is in it stays in the page while it is closed."""
    opens = small_button(f"{name} ▾", id=button, title=explanation, **{"aria-haspopup": "dialog"})
    return dmc.Popover(
        [
            dmc.PopoverTarget(opens),
            dmc.PopoverDropdown(html.Div(content, className="map-options"), className="settings"),
        ],
        position="bottom-end",
        withArrow=True,
        shadow="md",
        keepMounted=True,
        returnFocus=True,
    )

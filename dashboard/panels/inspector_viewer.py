"""The picture of the inspected galaxy and what it is shown with: filled by assets/viewer.js."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.cutout_pictures import CHANNELS
from dashboard.panels.parts import explained
from data.planes import has_planes
from data.store import Collection
from models.cutout_stretch import STRETCHES

FIT = "fit"
ZOOMS = {FIT: "Fit", "0.5": "1:2", "1": "1:1"} | {
    str(times): f"{times}×" for times in (2, 3, 4, 6, 8, 12, 16)
}
CHANNEL_NAMES = {"rgb": "RGB", "r": "red", "g": "green", "b": "blue"}
AS_BUILT = "as built"
STRETCH_EXPLAINED = (
    "How fluxes become brightness: linear from the 0.5th to the 99.5th percentile; asinh, which "
    "shows faint and bright at once; or zscale, IRAF's limits."
)
FIXED_EXPLAINED = (
    "These cutouts are JPEG or PNG pictures: their stretch was fixed when the collection was built "
    "or before. Cutouts brought as FITS can be stretched here."
)


def viewer(collection: Collection) -> html.Div:
    """The stage, and a row of controls under it."""
    return html.Div(
        [
            html.Div(
                [
                    html.Img(alt="", draggable="false"),
                    html.Div(className="cross-hair", hidden=True),
                    html.Div(
                        [html.Div(className="scale-line"), html.Span()],
                        className="scale-bar",
                        hidden=True,
                    ),
                ],
                id=ids.INSPECTOR_STAGE,
                className="portrait",
                tabIndex=0,
                role="group",
                **{"aria-label": "Cutout; + and - zoom, arrow keys move, 0 fits"},
            ),
            html.Div(_controls(collection), className="viewer-controls"),
            html.P(className="viewer-note", role="status"),
        ],
        className="viewer",
    )


def _controls(collection: Collection) -> list[Component]:
    is_fits = has_planes(collection)
    return [
        explained(
            _select(ids.INSPECTOR_ZOOM, ZOOMS, FIT, "Zoom of the picture"),
            "Screen pixels for a pixel of the cutout; the wheel zooms too, dragging moves. Beyond "
            "2× pixels are shown as they are.",
        ),
        explained(
            _select(
                ids.INSPECTOR_STRETCH,
                {name: name if is_fits else AS_BUILT for name in STRETCHES},
                "asinh",
                "Stretch",
                disabled=not is_fits,
            ),
            STRETCH_EXPLAINED if is_fits else FIXED_EXPLAINED,
        ),
        explained(
            _select(
                ids.INSPECTOR_CHANNEL,
                {name: CHANNEL_NAMES[name] for name in CHANNELS},
                "rgb",
                "Channel",
            ),
            "The color picture, or one of its bands in grey.",
        ),
        explained(
            html.Div(
                dmc.Slider(
                    id=ids.INSPECTOR_BRIGHTNESS,
                    min=0.4,
                    max=4,
                    step=0.1,
                    value=1,
                    size="sm",
                    label=None,
                    thumbLabel="Brightness",
                ),
                className="brightness",
            ),
            "Brightness of the picture on the screen, from 0.4 to 4 times.",
        ),
        explained(
            dmc.Checkbox(
                id=ids.INSPECTOR_CROSSHAIR,
                label="+",
                size="xs",
                checked=False,
                **{"aria-label": "Cross-hair"},
            ),
            "A cross-hair on the middle of the cutout, where the galaxy is (x).",
        ),
    ]


def _select(
    name: str, options: dict[str, str], value: str, label: str, *, disabled: bool = False
) -> dmc.Select:
    return dmc.Select(
        id=name,
        data=[{"value": value, "label": text} for value, text in options.items()],
        value=value,
        size="xs",
        allowDeselect=False,
        disabled=disabled,
        comboboxProps={"width": 110, "position": "top-start"},
        **{"aria-label": label},
    )

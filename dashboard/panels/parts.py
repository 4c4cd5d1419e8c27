"""Pieces that several panels are made of."""

from collections.abc import Callable
from functools import wraps

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from data.store import Collection
from models.errors import MorphospaceError


def panel(title: str, *children: Component, controls: object = None, name: str) -> html.Section:
    """A titled panel; `name` is its place in the page's grid."""
    return html.Section(
        [
            html.Header([html.H2(title), controls or html.Span()], className="panel-header"),
            *children,
        ],
        className=f"panel panel-{name}",
        **{"aria-label": title},
    )


def explained(control: Component, explanation: str) -> dmc.Tooltip:
    """A control with one line on hover that says what it does."""
    return dmc.Tooltip(
        control,
        label=explanation,
        color="dark",
        openDelay=400,
        multiline=True,
        maw=280,
        withArrow=True,
    )


def small_button(name: str, **properties: object) -> html.Button:
    """A button among text or under a figure."""
    return html.Button(name, type="button", className="small-button", **properties)


def message(text: str) -> html.P:
    """What a panel says instead of its content."""
    return html.P(text, className="message")


def telling(tell: Callable[[str], object]) -> Callable:
    """Let a callback that refuses answer with `tell(sentence)` instead: an error in its place."""

    def decorate(callback: Callable) -> Callable:
        @wraps(callback)
        def answer(*inputs: object) -> object:
            try:
                return callback(*inputs)
            except MorphospaceError as error:
                return tell(str(error))

        return answer

    return decorate


def thumbnail(
    collection: Collection, row: int, caption: str, *, is_centered: bool = False
) -> html.Button:
    """A galaxy to click: its cutout and a caption. assets/map.js listens to `data-row`."""
    object_id = str(collection.catalog["object_id"].iat[row])
    center = {"data-center": "yes"} if is_centered else {}
    return html.Button(
        [picture(collection, row), html.Span(caption, className="caption")],
        className="thumbnail",
        type="button",
        title=f"Inspect {object_id}",
        **{"data-row": str(row), **center},
    )


def picture(collection: Collection, row: int) -> Component:
    """The cutout of a galaxy, or a place that says there is none."""
    if not collection.has_cutouts:
        return html.Span("no cutout", className="no-cutout")
    object_id = collection.catalog["object_id"].iat[row]
    address = f"/collections/{collection.digest}/cutouts/{row}"
    return html.Img(src=address, alt=f"Cutout of {object_id}", draggable="false")

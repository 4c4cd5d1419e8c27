"""Pieces that several panels are made of."""

from collections.abc import Callable
from functools import wraps

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, State, html
from dash.development.base_component import Component

from dashboard.jobs import Job
from data.store import Collection
from models.errors import MorphospaceError

TOGETHER = ("lab-", "training-")  # panels of views whose panels belong together
SELECTED, ALL = "selected", "all"  # what a list is of
THUMBNAIL_PX = 192  # asked of the server: sharp on screens of two pixels a point


def panel(title: str, *children: Component, controls: object = None, name: str) -> html.Section:
    """A titled panel; `name` is its place in the page.

    Its header ends in the buttons of assets/shell.js: maximise, and hide where the page has a menu
    that brings it back. On the shelf at the bottom the tab is the title, and the shelf has them.
    """
    return html.Section(
        [
            html.Header(
                [html.H2(title), controls or html.Span(), panel_buttons(title, name)],
                className="panel-header",
            ),
            *children,
        ],
        className=f"panel panel-{name}",
        **{"aria-label": title, "data-panel": name},
    )


def panel_buttons(title: str, name: str) -> html.Div:
    """What is at the right end of every panel's header."""
    actions = [("maximise", "Maximise", "Fill the window with this panel (m); Esc brings it back")]
    if not name.startswith(TOGETHER):
        actions.append(("hide", "Hide", "Hide this panel; the menu Panels brings it back"))
    return html.Div(
        [
            html.Button(
                type="button",
                className=f"panel-button {action}",
                title=explanation,
                **{"data-action": action, "aria-label": f"{label} {title}"},
            )
            for action, label, explanation in actions
        ],
        className="panel-buttons",
    )


def explained(control: Component, explanation: str) -> html.Span:
    """A control with one line on hover, or on focus by keyboard, that says what it does.

    assets/explained.js shows it. Not Mantine's Tooltip: with each of them Dash looks through every
    component of the page at every change, which made the page take seconds to open.
    """
    return html.Span(control, className="explained", **{"data-explained": explanation})


def scope_choice(name: str, label: str, explanation: str) -> Component:
    """Whether a list is of the selected galaxies, of all while nothing is selected, or of all."""
    choice = dmc.SegmentedControl(
        id=name,
        data=[{"value": SELECTED, "label": "Selected"}, {"value": ALL, "label": "All"}],
        value=SELECTED,
        size="xs",
        **{"aria-label": label},
    )
    return explained(choice, explanation)


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


def follow_job(app: Dash, job: str, bar: str, told: str) -> None:
    """Fill a bar while the job in a store goes on, and put what is new of it into another store.

    job, bar, told : ids; assets/jobs.js does it
    """
    app.clientside_callback(
        ClientsideFunction("morphospace_jobs", "follow"),
        Input(job, "data"),
        State(bar, "id"),
        State(told, "id"),
        prevent_initial_call=True,
    )


def job_record(job: Job | None) -> dict | None:
    """A job as its store holds it; None where there is nothing to do."""
    return None if job is None else {"name": job.name, "key": job.key}


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
    """The cutout of a galaxy; its identifier where the collection has no cutouts."""
    object_id = str(collection.catalog["object_id"].iat[row])
    if not collection.has_cutouts:
        return html.Span(object_id, className="no-cutout")
    return html.Img(
        src=f"/collections/{collection.digest}/cutouts/{row}?size={THUMBNAIL_PX}",
        alt=f"Cutout of {object_id}",
        draggable="false",
    )

"""The header: what is shown, the views, the checkpoints, and what belongs to the page."""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.facts import checkpoint_label, label_of, not_common_lines
from dashboard.jobs import Jobs
from dashboard.panels.compare import compare_controls
from dashboard.panels.links import link_button
from dashboard.panels.parts import explained, small_button
from dashboard.panels.tour import tour_button
from data.runs import series_of
from data.store import Collection

MAX_SEGMENTS = 9  # more checkpoints go into a list
# panel -> its name in the menu that hides panels and brings them back
PANEL_NAMES = {
    "map": "Map",
    "correlation": "Two-point correlation",
    "inspector": "Galaxy",
    "shelf": "Shelf: anomalies, gallery, table …",
}


def header(collection: Collection) -> list[Component]:
    """Name, views, checkpoints, and the page's own buttons."""
    return [
        html.Div(
            [html.H1("Morphospace"), html.Div(about(collection), className="about", id=ids.ABOUT)],
            className="title",
        ),
        html.Nav(
            [
                dcc.Link("Galaxies", id=ids.TO_GALAXIES, href="/"),
                dcc.Link("Training", id=ids.TO_TRAINING, href="/training"),
                dcc.Link("Structure lab", id=ids.TO_LAB, href="/lab"),
            ],
            className="views",
            **{"aria-label": "Views"},
        ),
        html.Div(_checkpoints(collection), className="checkpoints not-lab"),
        html.Div(_page_actions(), className="page-actions"),
    ]


def about(collection: Collection) -> list[Component]:
    """What the collection is, in a few words."""
    words = [html.Strong(collection.name)]
    words.append(html.Span(f"{collection.n_galaxies:,} galaxies", className="faint about-number"))
    if collection.is_simulated:
        words.append(html.Span("simulated", className="faint"))
    not_common = not_common_lines(collection)
    if not_common:
        text = "common to all files"
        title = "\n".join(not_common)
        words.append(html.Span(text, className="faint about-number", title=title))
    collapsed = collection.info.get("collapsed")
    if collapsed:
        text = f"{len(collapsed)} collapsed left out"
        title = f"All representations alike: {', '.join(collapsed)}."
        words.append(html.Span(text, className="faint about-number", title=title))
    return words


def _checkpoints(collection: Collection) -> list[Component]:
    options = [
        {"value": name, "label": label_of(collection, name)} for name in collection.checkpoints
    ]
    return [
        html.Span("Checkpoint", className="faint"),
        explained(_choice(collection, options), "The moment of training that every panel shows."),
        html.Div(compare_controls(collection), className="only-galaxies compare-controls"),
    ]


def _choice(collection: Collection, options: list[dict]) -> Component:
    """The checkpoint selector: buttons where they fit, a list where they do not."""
    last = options[-1]["value"]
    if len(series_of(collection)) == 1:  # a run told at every checkpoint tells nothing
        options = [{**o, "label": _alone(collection, o["value"])} for o in options]
    name = {"aria-label": "Checkpoint"}
    if len(options) <= MAX_SEGMENTS and all(o["label"].startswith("epoch ") for o in options):
        short = [{**option, "label": option["label"].removeprefix("epoch ")} for option in options]
        return dmc.SegmentedControl(id=ids.CHECKPOINT, data=short, value=last, size="xs", **name)
    return dmc.Select(
        id=ids.CHECKPOINT, data=options, value=last, size="xs", w=170, allowDeselect=False, **name
    )


def _alone(collection: Collection, checkpoint: str) -> str:
    """A checkpoint as told without its run."""
    info = collection.checkpoint_info(checkpoint)
    epoch = info.get("training_epoch")
    return checkpoint if epoch is None else checkpoint_label(info, "")


def _page_actions() -> list[Component]:
    """What belongs to the page and not to a panel."""
    sign = html.Span(className="theme-sign", **{"aria-hidden": "true"})
    return [
        html.Div(_panels_menu(), className="only-galaxies"),
        link_button(),
        html.Div(tour_button(), className="only-galaxies"),
        small_button(
            sign,
            id=ids.THEME_SWITCH,
            title="Dark or light (t)",
            **{"aria-label": "Dark or light"},
        ),
        small_button("?", id=ids.HELP, title="All keys (?)", **{"aria-label": "Keys"}),
    ]


def _panels_menu() -> Component:
    """Which panels are shown; assets/shell.js follows it, and their own buttons change it."""
    boxes = [
        dmc.Checkbox(value=name, label=label, size="xs") for name, label in PANEL_NAMES.items()
    ]
    chosen = dmc.CheckboxGroup(
        html.Div(boxes, className="checks"), id=ids.PANELS_SHOWN, value=list(PANEL_NAMES)
    )
    reset = small_button(
        "As at first", id=ids.PANELS_RESET, title="All panels, each in its first size"
    )
    return dmc.Popover(
        [
            dmc.PopoverTarget(small_button("Panels", title="Hide panels and bring them back")),
            dmc.PopoverDropdown(
                [chosen, reset], className="settings panels-menu", **{"aria-label": "Panels"}
            ),
        ],
        position="bottom-end",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Wire the scripts of the page: views.js, shell.js, theme.js, keys.js and tour.js."""

    def in_browser(script: str, name: str, *wired: Input | Output | State, **when: bool) -> None:
        app.clientside_callback(ClientsideFunction(f"morphospace_{script}", name), *wired, **when)

    links = (State(id, "id") for id in (ids.TO_GALAXIES, ids.TO_TRAINING, ids.TO_LAB))
    in_browser("views", "show", Input(ids.ADDRESS, "pathname"), *links)
    in_browser(
        "theme",
        "first",
        Output(ids.THEME, "data"),
        Input(ids.THEME, "id"),
        State(ids.THEME, "data"),
    )
    in_browser("shell", "ready", Input(ids.SHELF, "id"))
    in_browser("tour", "first", Input(ids.TOUR, "id"))
    for script, name, button in (
        ("theme", "toggle", ids.THEME_SWITCH),
        ("shell", "reset", ids.PANELS_RESET),
        ("keys", "show", ids.HELP),
        ("tour", "again", ids.TOUR),
    ):
        in_browser(script, name, Input(button, "n_clicks"), prevent_initial_call=True)
    in_browser("shell", "shown", Input(ids.PANELS_SHOWN, "value"), prevent_initial_call=True)

"""Which checkpoints are shown side by side, how their maps are linked, and what chance moves."""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.compared import MOST, is_too_many, series_told, spread_over_run
from dashboard.facts import label_of
from dashboard.jobs import Jobs
from dashboard.map_alignment import known_mood, start_reseeding
from dashboard.panels.parts import explained, small_button, telling
from data.store import Collection

ALONE = "The collection has one checkpoint: there is nothing to compare it with."
RESEED_WHY = (
    "Lay the map of the checkpoint shown out again with other seeds: what moves less than that "
    "from one checkpoint to another may not have moved at all. At most 20,000 galaxies."
)


def compare_controls(collection: Collection) -> list[Component]:
    """The menu of what is compared, and the button of the morph."""
    is_alone = len(collection.checkpoints) < 2
    menu = dmc.Popover(
        [
            dmc.PopoverTarget(
                small_button(
                    "Compare ▾",
                    id=ids.COMPARE,
                    title=ALONE if is_alone else f"Show up to {MOST} more maps beside the first",
                    **{"aria-haspopup": "dialog"},
                )
            ),
            dmc.PopoverDropdown(
                [html.P(ALONE) if is_alone else None, *_choices(collection)],
                className="settings compare-menu",
                **{"aria-label": "Compare checkpoints"},
            ),
        ],
        width=270,
        position="bottom-end",
        shadow="lg",
        keepMounted=True,
    )
    morph = small_button(
        "▶ Morph",
        id=ids.MORPH,
        disabled=is_alone,
        title=ALONE
        if is_alone
        else "Watch the galaxies move from one checkpoint's map to the next (y)",
        **{"data-series": series_told(collection)},
    )
    return [menu, morph]


def _choices(collection: Collection) -> list[Component]:
    boxes = [
        dmc.Checkbox(value=name, label=label_of(collection, name), size="xs")
        for name in collection.checkpoints
    ]
    several = dmc.CheckboxGroup(
        html.Div(boxes, className="checks compare-checks"), id=ids.COMPARED, value=[]
    )
    linked = dmc.Switch(id=ids.LINK_VIEWS, label="Link the views", checked=True, size="xs")
    trails = dmc.Switch(id=ids.SHOW_TRAILS, label="Trails", checked=False, size="xs")
    return [
        html.H3("Beside the map"),
        several,
        html.Div(
            [
                small_button(
                    "Along the run",
                    id=ids.COMPARE_RUN,
                    title=f"Up to {MOST} others of this run, spread evenly over its training",
                ),
                small_button("None", id=ids.COMPARE_NONE, title="The first map alone"),
            ],
            className="row",
        ),
        html.P(id=ids.COMPARE_TOLD, className="refused", role="status"),
        explained(linked, "Zooming and moving one map moves the others alike: they are aligned."),
        explained(
            trails,
            "The path of the inspected galaxy, and of up to 150 of the selected, over the maps of "
            "the run: from faint at its begin to bright at its end.",
        ),
        html.H3("How much of the map is chance?"),
        explained(small_button("Re-seed", id=ids.RESEED), RESEED_WHY),
        html.Div(id=ids.RESEED_BAR, hidden=True),
        html.P(id=ids.RESEED_TEXT, className="reseed-text", role="status"),
        dcc.Store(id=ids.RESEED_JOB),
        dcc.Store(id=ids.RESEED_TOLD),
    ]


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Wire the choices, the links between the maps, and the re-seeding."""

    @app.callback(
        Output(ids.COMPARED, "value"),
        Input(ids.COMPARE_RUN, "n_clicks"),
        Input(ids.COMPARE_NONE, "n_clicks"),
        State(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    def choose(run, none, checkpoint):
        is_run = ctx.triggered_id == ids.COMPARE_RUN
        return spread_over_run(collection, checkpoint) if is_run else []

    @app.callback(
        Output(ids.COMPARE_TOLD, "children"),
        Output(ids.COMPARE, "children"),
        Input(ids.COMPARED, "value"),
    )
    def tell(compared):
        n = min(len(compared or ()), MOST)
        said = f"Only the first {MOST} are shown." if is_too_many(collection, compared) else ""
        return said, f"Compare: {n + 1} ▾" if n else "Compare ▾"

    for name, control in (("linked", ids.LINK_VIEWS), ("trails", ids.SHOW_TRAILS)):
        app.clientside_callback(
            f"(isOn) => window.dash_clientside.morphospace.choose('{name}', isOn)",
            Output(control, "aria-label"),
            Input(control, "checked"),
        )
    _register_reseeding(app, collection, cache, jobs)


def _register_reseeding(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    @app.callback(
        Output(ids.RESEED_JOB, "data"),
        Output(ids.RESEED_TEXT, "children"),
        Input(ids.RESEED, "n_clicks"),
        State(ids.CHECKPOINT, "value"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, said))
    def reseed(clicks, checkpoint, page_id):
        job = start_reseeding(collection, cache, jobs, page_id, checkpoint)
        return {"name": job.name, "key": job.key, "clicks": clicks}, ""

    app.clientside_callback(
        ClientsideFunction("morphospace_correlation", "watch"),
        Output(ids.RESEED_BAR, "title"),
        Input(ids.RESEED_JOB, "data"),
        State(ids.RESEED_BAR, "id"),
        State(ids.RESEED_TOLD, "id"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.RESEED_TEXT, "children", allow_duplicate=True),
        Input(ids.RESEED_TOLD, "data"),
        Input(ids.CHECKPOINT, "value"),
        prevent_initial_call="initial_duplicate",
    )
    def show(told, checkpoint):
        mood = known_mood(collection, cache, checkpoint)
        if mood is None:
            return f"{label_of(collection, checkpoint)}: not measured yet."
        return f"{label_of(collection, checkpoint)}: {mood.text}, as a share of the map's radius."

"""Which checkpoints are shown side by side, how their maps are linked, and what chance moves."""

import dash_mantine_components as dmc
from dash import ClientsideFunction, Dash, Input, Output, State, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.compared import MOST, is_too_many, series_told, spread_over_run
from dashboard.facts import label_of, with_error
from dashboard.jobs import Jobs
from dashboard.map_alignment import known_mood, start_reseeding
from dashboard.map_faith import known_faith, start_faith
from dashboard.panels.parts import explained, follow_job, job_record, small_button, telling
from data.store import Collection

ALONE = "The collection has one checkpoint: there is nothing to compare it with."
RESEED_WHY = (
    "Lay the map of the checkpoint shown out again with other seeds: what moves less than that "
    "from one checkpoint to another may not have moved at all. At most 20,000 galaxies."
)

STORES = (ids.RESEED_JOB, ids.RESEED_TOLD, ids.FAITH_JOB, ids.FAITH_TOLD)
FAITH_WHY = (
    "Trustworthiness falls where the map shows neighbors that are none, continuity where it tears "
    "true neighbors apart (Venna & Kaski 2001). Of each galaxy: color by map recall or by false "
    "neighbors."
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
        id=ids.COMPARE_MENU,
        width=270,
        position="bottom-end",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
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
        html.H3("How far to trust the maps?"),
        explained(small_button("Measure every map", id=ids.FAITH), FAITH_WHY),
        html.Div(id=ids.FAITH_BAR, hidden=True),
        html.Div(id=ids.FAITH_TABLE, className="faith-table"),
        *(dcc.Store(id=store) for store in STORES),
    ]


def faith_table(collection: Collection, cache: Cache) -> list[Component]:
    """Trustworthiness and continuity of each map that has been measured."""
    found = known_faith(collection, cache)
    if not found:
        return []
    rows = [
        html.Tr(
            [
                html.Th(label_of(collection, name)),
                html.Td(with_error(faith.trustworthiness, faith.trustworthiness_error)),
                html.Td(with_error(faith.continuity, faith.continuity_error)),
            ]
        )
        for name, faith in found.items()
    ]
    head = html.Tr([html.Th("map"), html.Th("trustworthiness"), html.Th("continuity")])
    any_of = next(iter(found.values()))
    asked = f"n = {any_of.n_asked:,}"
    if any_of.is_sampled:
        asked += f" of {any_of.n:,} at random, each against all; ± standard error"
    return [
        html.Table([html.Thead(head), html.Tbody(rows)]),
        html.P(
            f"k = {any_of.k}, {asked}. 1: the map keeps the {any_of.k} nearest of every galaxy."
        ),
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
        prevent_initial_call=True,
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
    _register_faith(app, collection, cache, jobs)


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
        return {**job_record(job), "clicks": clicks}, ""

    follow_job(app, ids.RESEED_JOB, ids.RESEED_BAR, ids.RESEED_TOLD)
    app.clientside_callback(  # captions of the maps tell it, too
        ClientsideFunction("morphospace", "tellMoved"),
        Output(ids.RESEED_BAR, "lang"),
        Input(ids.RESEED_TOLD, "data"),
        prevent_initial_call=True,
    )

    @app.callback(
        Output(ids.RESEED_TEXT, "children", allow_duplicate=True),
        Input(ids.COMPARE_MENU, "opened"),
        Input(ids.RESEED_TOLD, "data"),
        Input(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    def show(_opened, _told, checkpoint):
        mood = known_mood(collection, cache, checkpoint)
        if mood is None:
            return f"{label_of(collection, checkpoint)}: not measured yet."
        return f"{label_of(collection, checkpoint)}: {mood.text}, as a share of the map's radius."


def _register_faith(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    @app.callback(
        Output(ids.FAITH_JOB, "data"),
        Input(ids.FAITH, "n_clicks"),
        State(ids.PAGE_ID, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: no_update)  # the bar tells
    def measure(clicks, page_id):
        job = start_faith(collection, cache, jobs, page_id)
        return {**job_record(job), "clicks": clicks}

    follow_job(app, ids.FAITH_JOB, ids.FAITH_BAR, ids.FAITH_TOLD)

    @app.callback(
        Output(ids.FAITH_TABLE, "children"),
        Input(ids.COMPARE_MENU, "opened"),
        Input(ids.FAITH_TOLD, "data"),
        prevent_initial_call=True,
    )
    def show(_opened, _told):
        return faith_table(collection, cache)

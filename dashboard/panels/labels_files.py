"""Files of labels: what goes out of the panel of labels, and comes in by it."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.panels.parts import explained, small_button
from dashboard.routes_labels import MAX_TABLE
from data.store import Collection

RULES = (
    "A history is merged by its events: what is here stays, what is not is added.",
    "Of any other table (object_id, and score or tags; user, if there is one), what is said here "
    "already stays as it is.",
    "A row with a time counts where nothing was said, taken back or undone here since then.",
    "A row without a time counts only where its user has never said anything of it.",
    "With “overwrite”, every row counts, as said now.",
    "It is all or nothing: where one row is wrong, nothing is brought in, and that row is named.",
)


def files_menu(collection: Collection) -> Component:
    """The button of what goes out and comes in."""
    address = f"/collections/{collection.digest}/labels"
    contents = [
        html.H3("Out"),
        *(
            html.Div(
                [
                    html.Span(name, className="faint"),
                    *(
                        _file(f"{address}/{what}.{form}", f"{what} as {form}")
                        for form in ("csv", "parquet")
                    ),
                ],
                className="select-line labelled-out",
            )
            for what, name in (("labels", "Labels as they are"), ("history", "Their history"))
        ),
        html.H3("In"),
        html.Div(
            [
                html.Label(
                    [
                        "Bring in …",
                        # Drawn by the script, since Dash has no plain choice of a file.
                        html.Span(id=ids.LABEL_FILES, **{"data-most": str(MAX_TABLE)}),
                    ],
                    className="small-button labelled-upload",
                    title="A table of labels, or a history: CSV or Parquet",
                ),
                explained(
                    dmc.Checkbox(id=ids.IMPORT_SKIP, label="leave out unknown", size="xs"),
                    "Galaxies that are not in this collection are left out, instead of refused.",
                ),
                explained(
                    dmc.Checkbox(id=ids.IMPORT_OVERWRITE, label="overwrite", size="xs"),
                    "Every row counts, also where something else is said here.",
                ),
            ],
            className="select-line labelled-in",
        ),
        html.Div(id=ids.IMPORT_BAR, hidden=True),
        html.P(id=ids.IMPORT_TOLD, className="import-told", role="alert"),
        dcc.Store(id=ids.IMPORT_DONE),
        html.Ul([html.Li(rule) for rule in RULES], className="labelled-rules faint"),
    ]
    return dmc.Popover(
        [
            dmc.PopoverTarget(small_button("Files ▾", **{"aria-haspopup": "dialog"})),
            dmc.PopoverDropdown(
                contents, className="settings labelled-menu", **{"aria-label": "Files of labels"}
            ),
        ],
        width=400,
        position="top-end",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )


def _file(address: str, name: str) -> html.A:
    form = name.rpartition(" ")[2]
    text = "CSV" if form == "csv" else "Parquet"
    return html.A(text, href=address, download="", className="small-button", **{"aria-label": name})

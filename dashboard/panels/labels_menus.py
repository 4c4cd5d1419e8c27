"""What opens from the panel of labels: labels of all of a selection; files going out and in."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.panels.parts import explained, small_button
from dashboard.routes_labels import MAX_TABLE
from data.label_events import MAX_NAME, MAX_SCORE
from data.label_store import MAX_AT_ONCE
from data.store import Collection

MANY_WHY = (
    f"One label for all selected galaxies, up to {MAX_AT_ONCE:,}, as one act: one undo takes it "
    "back from all of them."
)
RULES = (
    "A history is merged by its events: what is here stays, what is not is added.",
    "Of any other table (object_id, and score or tags; user, if there is one), what is said here "
    "already stays as it is.",
    "A row with a time counts where nothing was said, taken back or undone here since then.",
    "A row without a time counts only where its user has never said anything of it.",
    "With “overwrite”, every row counts, as said now.",
    "It is all or nothing: where one row is wrong, nothing is brought in, and that row is named.",
)


def many_menu() -> Component:
    """The button that labels all of a selection, and what is asked first."""
    what = [
        *(
            {"value": f"score {score}", "label": f"score {score}"}
            for score in range(MAX_SCORE, -1, -1)
        ),
        {"value": "score", "label": "no score"},
        {"value": "tag", "label": "tag"},
        {"value": "untag", "label": "no tag"},
    ]
    contents = [
        html.H3("Label all of the selection"),
        html.Div(
            [
                dmc.Select(
                    id=ids.MANY_WHAT,
                    data=what,
                    value="tag",
                    size="xs",
                    w=96,
                    allowDeselect=False,
                    comboboxProps={"withinPortal": False},
                    **{"aria-label": "What is given"},
                ),
                dmc.Autocomplete(
                    id=ids.MANY_TAG,
                    value="",
                    data=[],
                    placeholder="which tag",
                    size="xs",
                    comboboxProps={"withinPortal": False},
                    inputProps={"maxLength": MAX_NAME},
                    **{"aria-label": "Tag for all of the selection"},
                ),
                small_button("Label …", id=ids.MANY_GO),
            ],
            className="select-line many-line",
        ),
        html.Div(id=ids.MANY_ASKED, className="many-asked", role="status"),
        html.P(MANY_WHY, className="faint"),
    ]
    return _opened("Label selection ▾", contents, "Label all of the selection", 330)


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
        html.P(id=ids.IMPORT_TOLD, className="import-told", role="alert"),
        html.Ul([html.Li(rule) for rule in RULES], className="labelled-rules faint"),
    ]
    return _opened("Files ▾", contents, "Files of labels", 400)


def _file(address: str, name: str) -> html.A:
    form = name.rpartition(" ")[2]
    text = "CSV" if form == "csv" else "Parquet"
    return html.A(text, href=address, download="", className="small-button", **{"aria-label": name})


def _opened(name: str, contents: list[Component], label: str, width: int) -> Component:
    return dmc.Popover(
        [
            dmc.PopoverTarget(small_button(name, **{"aria-haspopup": "dialog"})),
            dmc.PopoverDropdown(
                contents, className="settings labelled-menu", **{"aria-label": label}
            ),
        ],
        width=width,
        position="top-end",
        shadow="lg",
        keepMounted=True,
        trapFocus=True,
        returnFocus=True,
    )

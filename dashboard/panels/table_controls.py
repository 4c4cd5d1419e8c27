"""The table's controls: what is listed, in words; its columns; its filters as cuts; its file."""

import dash_mantine_components as dmc
from dash import html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.listing_columns import Column
from dashboard.panels.parts import explained, small_button


def controls(columns: list[Column]) -> html.Div:
    """What stands in the panel's header."""
    return html.Div(
        [
            html.Span(id=ids.TABLE_CAPTION, className="faint", role="status"),
            html.Span(id=ids.TABLE_CUT_TOLD, className="refused", role="status"),
            explained(
                small_button("Filter → cut", id=ids.TABLE_CUT, disabled=True),
                "Make the table's ranges of numbers cuts of the selection: map, curve and gallery "
                "follow.",
            ),
            explained(
                small_button("Clear filters", id=ids.TABLE_CLEAR, disabled=True),
                "List all selected galaxies again.",
            ),
            _chooser(columns),
            explained(
                html.A("CSV", id=ids.TABLE_FILE, className="small-button", href="", download=""),
                "All listed galaxies, every column but those that are worked out on demand and not "
                "shown, with units and what the list is, as a file.",
            ),
        ],
        className="toolbar table-controls",
    )


def _chooser(columns: list[Column]) -> Component:
    choices = [_choice(column) for column in columns]
    contents = html.Div(
        [
            html.Div(
                [
                    html.Strong("Columns"),
                    small_button("All, as they were", id=ids.TABLE_RESET),
                ],
                className="table-chooser-head",
            ),
            dmc.CheckboxGroup(
                html.Div(
                    [*choices, html.Div(id=ids.TABLE_OF_LABELS, className="checks")],
                    className="checks table-chooser-list",
                ),
                id=ids.TABLE_CHOSEN,
                value=[column.key for column in columns if not column.is_on_demand],
                persistence=True,
                persistence_type="local",
                **{"aria-label": "Columns that the table shows"},
            ),
        ],
    )
    return dmc.Popover(
        [
            dmc.PopoverTarget(
                html.Button(
                    "Columns",
                    type="button",
                    className="small-button",
                    title="Which columns the table shows; drag their headers to reorder and resize",
                )
            ),
            dmc.PopoverDropdown(contents, className="settings table-chooser"),
        ],
        position="top-end",
        shadow="md",
        keepMounted=True,
        returnFocus=True,
    )


def label_choices(columns: list[dict]) -> list[Component]:
    """Boxes of the columns of labels, as dashboard/label_facts.py tells them."""
    return [
        html.Div(
            dmc.Checkbox(label=each["label"], value=each["value"], size="xs"), title=each["told"]
        )
        for each in columns
    ]


def _choice(column: Column) -> Component:
    box = dmc.Checkbox(label=column.heading, value=column.key, size="xs")
    return html.Div(box, title=column.told) if column.is_on_demand else box

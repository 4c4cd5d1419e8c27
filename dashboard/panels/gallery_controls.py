"""The gallery's controls: what it is sorted by, of which galaxies, how large, and its pages."""

import dash_mantine_components as dmc
from dash import dcc, html
from dash.development.base_component import Component

from dashboard import ids
from dashboard.column_facts import LABELS, as_options
from dashboard.listing import ASCENDING, DESCENDING
from dashboard.listing_columns import DENSITY, DISTANCE, ORDER, RANDOM, columns_of
from dashboard.panels.parts import explained, scope_choice
from data.label_present import following_columns
from data.store import Collection

SMALLEST, LARGEST, USUAL = 48, 200, 96  # pixels
SCOPE_EXPLANATION = (
    "The selected galaxies (all, while nothing is selected), or all with the selected marked. "
    "Ctrl-click one to add it to the selection or take it out."
)


def controls(collection: Collection) -> html.Div:
    """What stands in the panel's header."""
    return html.Div(
        [
            html.Span(id=ids.GALLERY_CAPTION, className="faint", role="status"),
            scope_choice(ids.GALLERY_SCOPE, "Which galaxies the gallery shows", SCOPE_EXPLANATION),
            _sort(collection),
            _direction(),
            _size(),
        ],
        className="toolbar gallery-controls",
    )


def pager() -> html.Nav:
    """The buttons that turn pages, one below the other: a shelf is wide and low."""
    return html.Nav(
        [
            _turn(ids.GALLERY_FIRST, "«", "First page"),
            _turn(ids.GALLERY_PREVIOUS, "‹", "Previous page (PageUp)"),
            html.Label(
                [
                    dcc.Input(
                        id=ids.GALLERY_PAGE,
                        type="text",
                        inputMode="numeric",
                        debounce=True,
                        autoComplete="off",
                        className="gallery-page",
                    ),
                    html.Span("of 1", className="gallery-pages"),
                ],
                title="Page; write another one and press Enter",
                **{"aria-label": "Page"},
            ),
            _turn(ids.GALLERY_NEXT, "›", "Next page (PageDown)"),
            _turn(ids.GALLERY_LAST, "»", "Last page"),
        ],
        className="gallery-pager",
        **{"aria-label": "Pages of the gallery"},
    )


def sort_options(collection: Collection) -> list[dict]:
    """Everything that galaxies can be sorted by, in groups."""
    checkpoint = collection.checkpoints[-1]
    known = columns_of(collection, checkpoint)
    options = [{"value": key, "label": column.title} for key, column in known.items()]
    of_labels = list(following_columns(collection))
    compared = [each for each in options if known[each["value"]].is_on_demand]
    of_space = [
        each for each in options if known[each["value"]].is_of_checkpoint and each not in compared
    ]
    of_catalog = [each for each in options if each not in of_space + compared]
    of_space.sort(key=lambda each: (each["value"] != DISTANCE, each["value"] != DENSITY))
    return [
        {"group": "Representation space", "items": of_space},
        {"group": "Compared", "items": compared},
        *([as_options(collection, LABELS, of_labels)] if of_labels else []),
        {
            "group": "Order",
            "items": [
                {"value": RANDOM, "label": "random"},
                {"value": ORDER, "label": "as stored"},
            ],
        },
        {"group": "Catalog", "items": of_catalog},
    ]


def _sort(collection: Collection) -> Component:
    choice = dmc.Select(
        id=ids.GALLERY_SORT,
        data=sort_options(collection),
        value=DISTANCE,
        size="xs",
        w=132,
        allowDeselect=False,
        searchable=True,
        maxDropdownHeight=320,
        comboboxProps={"width": 220, "position": "top-end"},
        **{"aria-label": "Sort the gallery by"},
    )
    return explained(
        choice,
        "What the galaxies are sorted by; its value is below each. Distance to centre: from the "
        "mean of those shown, in the components of the representation space. Unknown values last.",
    )


def _direction() -> Component:
    choice = dmc.SegmentedControl(
        id=ids.GALLERY_DIRECTION,
        data=[{"value": ASCENDING, "label": "↑"}, {"value": DESCENDING, "label": "↓"}],
        value=ASCENDING,
        size="xs",
        **{"aria-label": "Direction of the gallery's order"},
    )
    return explained(choice, "Lowest first (↑) or highest first (↓).")


def _size() -> Component:
    slider = dmc.Slider(
        id=ids.GALLERY_SIZE,
        value=USUAL,
        min=SMALLEST,
        max=LARGEST,
        step=4,
        size="xs",
        w=60,
        label=None,
        updatemode="drag",
        thumbLabel="Size of the gallery's pictures",
    )
    return explained(html.Div(slider, className="gallery-size"), "Size of the pictures.")


def _turn(button: str, sign: str, name: str) -> html.Button:
    return html.Button(
        sign, id=button, type="button", className="small-button", title=name, **{"aria-label": name}
    )

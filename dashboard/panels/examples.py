"""A strip of example galaxies: a column for each class, its name and number above it."""

import dash_mantine_components as dmc
import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.cluster_naming import with_names
from dashboard.color_classes import MAX_OWN
from dashboard.colors import Coloring
from dashboard.column_facts import TITLES, class_columns
from dashboard.examples import KINDS, MAX_CANDIDATES, ClassExamples, find_examples
from dashboard.facts import label_of
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.label_colors import label_steps
from dashboard.label_facts import present_columns
from dashboard.painting import paint_of
from dashboard.paints import paint_record
from dashboard.panels.parts import explained, message, panel, small_button, telling, thumbnail
from dashboard.question import selected_mask
from dashboard.records import keep_record, record_of
from data.cluster_columns import is_clustering
from data.label_columns import is_label
from data.label_present import at_present
from data.store import Collection

NAME = "examples"
COLORED = ""  # the column of the map's colors, where that has classes
KIND_WHY = (
    "Typical: nearest to the mean of the class in this checkpoint's components. Random: any. "
    "Odd: where the class is emptiest, by local density."
)
NOT_SELECTED = "Nothing is selected: select galaxies on the map, or untick “selected only”."
NO_CLASSES = "'{title}' has no classes to show examples of; choose a column that has some."


def layout(collection: Collection) -> html.Section:
    """The strip, and what it is of."""
    return panel(
        "Examples per class",
        html.Div(id=ids.EXAMPLES, className="example-classes"),
        html.Div(id=ids.EXAMPLES_CAPTION, className="examples-caption faint", role="status"),
        dcc.Store(id=ids.EXAMPLES_ROOM, data=2),
        dcc.Store(id=ids.EXAMPLES_DRAWN),
        controls=html.Div(
            [
                _column_choice(collection),
                _kind_choice(),
                explained(
                    dmc.Checkbox(id=ids.EXAMPLES_SELECTED, label="selected only", size="xs"),
                    "Only selected galaxies; the number of each class is then of the selection.",
                ),
                small_button(
                    "Redraw",
                    id=ids.EXAMPLES_REDRAW,
                    title="Other random galaxies of each class",
                    disabled=True,
                ),
            ],
            className="toolbar",
        ),
        name=NAME,
    )


def _column_choice(collection: Collection) -> Component:
    of_scores = [each for each in present_columns(collection)["columns"] if each["isScore"]]
    known = [(name, TITLES.get(name, name)) for name in class_columns(collection)]
    known += [(each["value"], each["label"]) for each in of_scores]
    options = [{"value": COLORED, "label": "as the map is colored"}]
    choice = dmc.Select(
        id=ids.EXAMPLES_COLUMN,
        data=[*options, *({"value": value, "label": label} for value, label in known)],
        value=COLORED,
        size="xs",
        w=150,
        allowDeselect=False,
        searchable=True,
        **{"aria-label": "Classes to show examples of"},
    )
    return explained(choice, "The column whose classes are shown, whatever colors the map.")


def _kind_choice() -> Component:
    return explained(
        dmc.SegmentedControl(
            id=ids.EXAMPLES_KIND,
            data=[{"value": kind, "label": kind} for kind in KINDS],
            value=KINDS[0],
            size="xs",
            **{"aria-label": "Which galaxies of each class"},
        ),
        KIND_WHY,
    )


def shown_column(collection: Collection, asked: str | None, paint: dict) -> str:
    """The column to show: the one asked for, else that of the map's colors, else one with classes.

    paint : record of the map's colors
    """
    if asked:
        return at_present(collection, asked)
    known, colored = class_columns(collection), paint["column"]
    is_score = is_label(colored) and label_steps(collection, colored) is not None
    is_known = colored in known or is_clustering(colored) or is_score
    return colored if is_known or not known else known[0]


def class_columns_of(
    collection: Collection, coloring: Coloring, examples: list[ClassExamples]
) -> list[Component]:
    """A column for each class: its color, name, number and examples."""
    return [
        html.Section(
            [
                html.Header(
                    [
                        html.Span(
                            [
                                _dot(coloring, one.group),
                                html.Span(one.name, className="example-name"),
                            ],
                            className="example-title",
                        ),
                        html.Span(_number(one), className="faint"),
                    ],
                    title=f"{one.name}, n = {_number(one)}",
                ),
                html.Div(
                    [thumbnail(collection, int(row), "", is_centered=True) for row in one.rows]
                    or [html.Span("none", className="faint")],
                    className="example-cutouts",
                ),
            ],
            className="example-class",
            **{"aria-label": f"Examples of {one.name}"},
        )
        for one in examples
    ]


def _number(one: ClassExamples) -> str:
    return f"{one.n:,}" if one.n_chosen is None else f"{one.n_chosen:,} / {one.n:,}"


def _dot(coloring: Coloring, group: int) -> html.Span:
    colors = {f"--{theme}": coloring.palette(theme)[group] for theme in ("dark", "light")}
    return html.Span(className="dot", style=colors)


def caption(collection: Collection, checkpoint: str, coloring: Coloring, kind: str) -> str:
    """What is shown, of how many classes, and how it was found."""
    label = label_of(collection, checkpoint)
    parts = [coloring.title]
    if coloring.has_other:
        parts.append(f"the {MAX_OWN} classes with a color; {coloring.n_other:,} others not shown")
    if kind == "typical":
        n_most = max(coloring.counts()[: coloring.n_groups - coloring.has_missing], default=0)
        sampled = f" of {MAX_CANDIDATES:,} random ones" if n_most > MAX_CANDIDATES else ""
        parts.append(f"nearest to the mean{sampled}, {label}")
    elif kind == "odd":
        parts.append(f"lowest local density, {label}")
    return " · ".join(parts)


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Show examples while the panel is shown."""

    def strip(checkpoint: str, asked: tuple, paint: str, selection: str, draw: int) -> tuple:
        column, kind, is_selected, n_each = asked
        name = shown_column(collection, column, record_of(cache, paint))
        record = record_of(cache, paint)
        if "brush" in record or record["column"] != name:
            paint = keep_record(cache, paint_record(name))
        coloring = with_names(
            collection, checkpoint, paint_of(collection, cache, checkpoint, paint)
        )
        if coloring.kind not in ("classes", "steps") or coloring.names == ("missing",):
            return message(coloring.said or NO_CLASSES.format(title=coloring.title)), ""
        chosen: np.ndarray | None = None
        if is_selected:
            if not selection:
                return message(NOT_SELECTED), ""
            chosen = selected_mask(collection, cache, record_of(cache, selection))
        examples = find_examples(
            collection, checkpoint, coloring, kind, n_each, chosen=chosen, draw=draw
        )
        columns = class_columns_of(collection, coloring, examples)
        return columns, caption(collection, checkpoint, coloring, kind)

    @app.callback(
        Output(ids.EXAMPLES, "children"),
        Output(ids.EXAMPLES_CAPTION, "children"),
        Output(ids.EXAMPLES_DRAWN, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.EXAMPLES_COLUMN, "value"),
        Input(ids.EXAMPLES_KIND, "value"),
        Input(ids.EXAMPLES_SELECTED, "checked"),
        Input(ids.EXAMPLES_ROOM, "data"),
        Input(ids.EXAMPLES_REDRAW, "n_clicks"),
        Input(ids.PAINT, "data"),
        Input(ids.SELECTED, "data"),
        Input(ids.LABELS_NOW, "data"),
        Input(ids.CLUSTERS_NAMED, "data"),
        State(ids.EXAMPLES_DRAWN, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message(said), "", None))
    @following
    def show_examples(shelf, checkpoint, column, kind, is_selected, room, draw, paint, *state):
        chosen, _labels, named, was = state
        if shelf != NAME:
            return no_update, no_update, no_update
        selection = (chosen or {}).get("id") or ""
        paint_id = str((paint or {}).get("id"))
        asked = (
            at_present(collection, column),
            kind,
            bool(is_selected),
            room if type(room) is int else 2,
        )
        of = [checkpoint, *asked, paint_id, selection if is_selected else "", draw or 0, named]
        if of == was:
            return no_update, no_update, no_update
        return *strip(checkpoint, asked, paint_id, selection, draw or 0), of

    app.clientside_callback(
        ClientsideFunction("morphospace_examples", "measure"),
        Output(ids.EXAMPLES_REDRAW, "disabled"),
        Input(ids.EXAMPLES_KIND, "value"),
        Input(ids.SHELF, "value"),
        Input(ids.EXAMPLES, "children"),
        prevent_initial_call=True,
    )

"""Named selections: saved, listed, loaded, renamed, combined, deleted. What is kept and how:
data/named_selections.py.

Every button of the list asks one callback, by the store NAMED_ASKED (assets/selecting_named.js):
{"do": "list" | "save" | "replace" | "load" | "delete" | ..., "file": ..., "name": ...}. What
destroys something is asked again first, in the line it is about.
"""

from collections.abc import Callable
from functools import partial

import dash_mantine_components as dmc
from dash import Dash, Input, Output, State, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.panels.parts import explained, message, small_button, telling
from dashboard.question import is_empty
from dashboard.selection_words import selection_words
from data.named_selections import (
    ALGEBRA,
    MAX_NAME,
    Named,
    combined,
    delete_named,
    find_named,
    list_named,
    loaded,
    named_of,
    rename_named,
    save_named,
)
from data.store import Collection
from models.errors import BadInput

WIDTH = 400
SAVE_EXPLANATION = (
    "Keep the selection beside the collection: how it was made, and the galaxies found."
)
# operation -> its sign, and what it does with what is selected now
OPERATIONS = {
    "union": ("∪", "Add {name} to what is selected"),
    "intersection": ("∩", "Keep of what is selected only what is in {name} too"),
    "difference": ("∖", "Take {name} away from what is selected"),
}
NONE_YET = "No selection has been saved yet: select galaxies, give them a name, and save."


def menu() -> Component:
    """The button, and what opens from it."""
    return dmc.Popover(
        [
            dmc.PopoverTarget(
                small_button("Saved ▾", id=ids.NAMED_OPEN, **{"aria-haspopup": "dialog"})
            ),
            dmc.PopoverDropdown(
                _contents(), className="settings named-menu", **{"aria-label": "Saved selections"}
            ),
        ],
        width=WIDTH,
        position="bottom-start",
        shadow="lg",
        keepMounted=True,
        returnFocus=True,
    )


def _contents() -> list[Component]:
    return [
        html.Div(
            [
                dmc.TextInput(
                    id=ids.NAMED_NAME,
                    placeholder="name of what is selected",
                    inputProps={"maxLength": MAX_NAME},
                    size="xs",
                    className="named-name",
                    **{"aria-label": "Name of the selection"},
                ),
                explained(small_button("Save", id=ids.NAMED_SAVE), SAVE_EXPLANATION),
            ],
            className="select-line",
        ),
        html.Div(id=ids.NAMED_TOLD, className="named-told", role="status"),
        html.Div(id=ids.NAMED_LIST, className="named-list"),
        html.H3("Combine two"),
        html.Div(
            [
                _choice(ids.NAMED_FIRST, "First selection"),
                explained(
                    dmc.Select(
                        id=ids.NAMED_OPERATION,
                        data=list(ALGEBRA),
                        value="union",
                        size="xs",
                        className="named-operation",
                        allowDeselect=False,
                        comboboxProps={"withinPortal": False},
                        **{"aria-label": "How the two are combined"},
                    ),
                    "Union: in either. Intersection: in both. Difference: in the first alone.",
                ),
                _choice(ids.NAMED_SECOND, "Second selection"),
                small_button("Select", id=ids.NAMED_COMBINE),
            ],
            className="select-line named-combine",
        ),
        dcc.Store(id=ids.NAMED_ASKED),
    ]


def _choice(control: str, name: str) -> Component:
    return dmc.Select(
        id=control,
        data=[],
        searchable=True,
        size="xs",
        placeholder="selection …",
        comboboxProps={"withinPortal": False},
        **{"aria-label": name},
    )


def _ask(name: str, do: str, file: str, explanation: str, **more: object) -> html.Button:
    """A button of assets/selecting_named.js."""
    told = {"data-named": do, "data-file": file, "aria-label": explanation}
    return html.Button(
        name, type="button", className="small-button", title=explanation, **told, **more
    )


def named_list(collection: Collection, asking: tuple[str, str] = ("", "")) -> list[Component]:
    """The named selections, and what is wrong with files that are none.

    asking : ("delete" or "rename", file), the line in which something is asked before it is done
    """
    found, wrong = list_named(collection)
    if not found and not wrong:
        return [message(NONE_YET)]
    lines = [
        _asking_line(named, asking[0]) if asking[1] == named.file else _line(collection, named)
        for named in found
    ]
    return [*lines, *(html.P(said, className="message refused") for said in wrong)]


def _line(collection: Collection, named: Named) -> html.Div:
    name, file = named.name, named.file
    about = f"{named.how or 'how it was made is not told'} · {named.n:,} galaxies"
    about += f" · {named.created[:10]}" if named.created else ""
    if not named.is_of(collection):
        about += " · made on another build: its galaxies are found by their identifiers"
    load = html.Button(
        [html.Span(name), html.Span(f"{named.n:,}", className="faint")],
        type="button",
        className="named-load",
        title=about,
        **{"data-named": "load", "data-file": file},
    )
    signs = [
        _ask(sign, operation, file, says.format(name=f"“{name}”"))
        for operation, (sign, says) in OPERATIONS.items()
    ]
    changes = [
        _ask("✎", "ask-rename", file, f"Give “{name}” another name"),
        _ask("✕", "ask-delete", file, f"Delete “{name}”"),
    ]
    return html.Div([load, *signs, *changes], className="named-line")


def _asking_line(named: Named, asked: str) -> html.Div:
    name, file = named.name, named.file
    if asked == "rename":
        parts = [
            dmc.TextInput(
                value=name,
                inputProps={"maxLength": MAX_NAME},
                size="xs",
                className="named-new-name",
                **{"aria-label": f"New name of “{name}”"},
            ),
            _ask("Rename", "rename", file, f"Rename “{name}”"),
        ]
    else:
        parts = [
            html.Span(f"Delete “{name}” for good?", className="named-question"),
            _ask("Delete", "delete", file, f"Delete “{name}” for good"),
        ]
    return html.Div([*parts, _ask("Keep", "list", file, "Leave it")], className="named-line asking")


class Answer:
    """What is to be done about named selections, and what the page is told of it."""

    def __init__(self, collection: Collection, asked: dict, selection: dict | None) -> None:
        self.collection, self.asked, self.selection = collection, asked, selection or {"steps": []}
        self.file = asked.get("file")

    def give(self) -> tuple[object, object, list[Component]]:
        """New selection or no_update, what is said, and the list."""
        do = self.asked.get("do")
        ways: dict[str, Callable[[], tuple]] = {
            "list": lambda: (no_update, "", ("", "")),
            "save": partial(self._save, is_replacing=False),
            "replace": partial(self._save, is_replacing=True),
            "load": self._load,
            "combine": self._combine_two,
            "rename": self._rename,
            "delete": self._delete,
            "ask-rename": lambda: (no_update, "", ("rename", self.file)),
            "ask-delete": lambda: (no_update, "", ("delete", self.file)),
        } | {operation: partial(self._combine, operation) for operation in OPERATIONS}
        if not isinstance(do, str) or do not in ways:
            raise BadInput("There is no such thing to do with a named selection.")
        selection, said, asking = ways[do]()
        return selection, said, named_list(self.collection, asking)

    def _save(self, *, is_replacing: bool) -> tuple:
        name, selection = self.asked.get("name"), self.selection
        if is_empty(selection):
            raise BadInput("Nothing is selected, so there is nothing to save.")
        taken = find_named(self.collection, name)
        if taken is not None and not is_replacing:
            question = [
                f"There is a selection “{taken.name}” of {taken.n:,} galaxies already. ",
                _ask("Replace it", "replace", taken.file, f"Replace “{taken.name}”"),
            ]
            return no_update, question, ("", "")
        named = save_named(
            self.collection,
            name,
            selection,
            how=selection_words(self.collection, selection),
            is_replacing=is_replacing,
        )
        return no_update, f"Saved “{named.name}”, {named.n:,} galaxies.", ("", "")

    def _load(self) -> tuple:
        named = named_of(self.collection, self.file)
        record, said = loaded(self.collection, named)
        return record, said or f"Selected “{named.name}”.", ("", "")

    def _combine(self, operation: str) -> tuple:
        named = named_of(self.collection, self.file)
        if is_empty(self.selection):
            raise BadInput("Nothing is selected: select galaxies first, or load a selection.")
        record = combined(self.collection, self.selection, named, operation)
        return record, f"The {operation} with “{named.name}”.", ("", "")

    def _combine_two(self) -> tuple:
        first, second = (self.asked.get(which) for which in ("first", "second"))
        if not first or not second:
            raise BadInput("Choose two selections to combine.")
        pair = [named_of(self.collection, file) for file in (first, second)]
        operation = self.asked.get("operation")
        record = combined(self.collection, *pair, operation)
        said = f"The {operation} of “{pair[0].name}” and “{pair[1].name}”."
        return record, said, ("", "")

    def _rename(self) -> tuple:
        named = rename_named(self.collection, self.file, self.asked.get("name"))
        return no_update, f"Renamed to “{named.name}”.", ("", "")

    def _delete(self) -> tuple:
        named = named_of(self.collection, self.file)
        delete_named(self.collection, self.file)
        return no_update, f"Deleted “{named.name}”.", ("", "")


def register(app: Dash, collection: Collection, cache: Cache) -> None:
    """Do what is asked of the named selections."""

    @app.callback(
        Output(ids.SELECTION, "data", allow_duplicate=True),
        Output(ids.NAMED_TOLD, "children"),
        Output(ids.NAMED_LIST, "children"),
        Output(ids.NAMED_FIRST, "data"),
        Output(ids.NAMED_SECOND, "data"),
        Input(ids.NAMED_ASKED, "data"),
        State(ids.SELECTION, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (no_update, html.Span(said, className="refused"), *[no_update] * 3))
    def answer(asked, selection):
        selection, said, lines = Answer(collection, asked or {}, selection).give()
        options = [
            {"value": named.file, "label": f"{named.name} ({named.n:,})"}
            for named in list_named(collection)[0]
        ]
        return selection, said, lines, options, options

    app.clientside_callback(
        "(...asked) => window.dash_clientside.morphospace_named.press(...asked)",
        Output(ids.NAMED_TOLD, "lang"),
        Input(ids.NAMED_OPEN, "n_clicks"),
        Input(ids.NAMED_SAVE, "n_clicks"),
        Input(ids.NAMED_COMBINE, "n_clicks"),
        State(ids.NAMED_NAME, "value"),
        State(ids.NAMED_FIRST, "value"),
        State(ids.NAMED_OPERATION, "value"),
        State(ids.NAMED_SECOND, "value"),
        prevent_initial_call=True,
    )

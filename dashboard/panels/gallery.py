"""The selected galaxies as cutouts, as many as fit, in the order of any column.

How many fit is measured in the browser (assets/gallery.js), which tells it here by a store. What
is shown first is kept as a place in the list, so that the pages follow the size of the box.
"""

from dataclasses import dataclass

import numpy as np
from dash import ClientsideFunction, Dash, Input, Output, ctx, dcc, html, no_update
from dash.development.base_component import Component
from flask_caching import Cache

from dashboard import ids
from dashboard.cutout_pictures import SIZES
from dashboard.foremost import following
from dashboard.jobs import Jobs
from dashboard.listing import Listing, listed
from dashboard.listing_cells import cell_text, values_at, with_unit
from dashboard.listing_columns import ORDER, RANDOM, Column, column_of
from dashboard.panels.gallery_controls import controls, pager
from dashboard.panels.parts import ALL, THUMBNAIL_PX, message, panel, telling, thumbnail
from data.label_present import follows, unpinned
from data.store import Collection

NAME = "gallery"
MOST = 600  # thumbnails at once
EMPTY = "No galaxy is selected: the cuts or steps of the selection leave none. Undo, or clear it."


def layout(collection: Collection) -> html.Section:
    """A box for thumbnails, with the buttons that turn its pages beside it."""
    return panel(
        "Gallery",
        html.Div(
            [html.Div(id=ids.GALLERY, className="gallery-grid"), pager()],
            className="gallery-body",
        ),
        dcc.Store(id=ids.GALLERY_ROOM),
        dcc.Store(id=ids.GALLERY_PLACE),
        dcc.Store(id=ids.GALLERY_TOLD),
        dcc.Store(id=ids.GALLERY_LISTENER),
        controls=controls(collection),
        name=NAME,
    )


@dataclass(frozen=True)
class Page:
    """What a gallery shows of a list.

    first, stop : places in the list
    of : what list it is; a place kept of another one means nothing here
    """

    listing: Listing
    first: int
    stop: int
    of: str

    @property
    def rows(self) -> np.ndarray:
        """Rows of the galaxies shown, in order."""
        return self.listing.page(self.first, self.stop)

    @property
    def column(self) -> Column | None:
        """The column that it is sorted by, told below each; None where that has no values."""
        return known_column(self.listing, self.listing.sort[0][0])


def page_of(listing: Listing, place: object, room: dict) -> Page:
    """The page that holds a place of the list, in a box of `room`; the last one where it is beyond.

    place : as kept by the browser: {"first": int, "of": text}
    room : {"columns": int, "rows": int, "px": int}, the last the size of pictures to ask for
    """
    column, direction = listing.sort[0]
    known = known_column(listing, column)
    is_fixed = known is not None and not known.is_of_checkpoint
    # Another checkpoint leaves the order as it is where the column is one of the catalog, and
    # another label leaves the place in the list where it is.
    place_of = [listing.selection, unpinned(column), direction]
    of = "|".join([*place_of, "" if is_fixed else listing.checkpoint])
    per_page = n_that_fit(room)
    first = 0
    if isinstance(place, dict) and place.get("of") == of and type(place.get("first")) is int:
        last = max(listing.n_listed - 1, 0) // per_page
        first = min(max(place["first"] // per_page, 0), last) * per_page
    return Page(listing, first, min(first + per_page, listing.n_listed), of)


def known_column(listing: Listing, key: str) -> Column | None:
    """The column of a key; None where galaxies have no value by it."""
    return (
        None if key in (RANDOM, ORDER) else column_of(listing.collection, listing.checkpoint, key)
    )


def n_that_fit(room: object) -> int:
    """How many thumbnails a box holds, by what the browser says of it."""
    sides = [room.get(side) if isinstance(room, dict) else None for side in ("columns", "rows")]
    if not all(type(side) is int and 0 < side <= MOST for side in sides):
        return 1
    return min(sides[0] * sides[1], MOST)


def picture_px(room: object) -> int:
    """Size of the pictures that a box asks for."""
    px = room.get("px") if isinstance(room, dict) else None
    return px if px in SIZES else THUMBNAIL_PX


def thumbnails(page: Page, selection: Listing | None, px: int) -> list[Component]:
    """The galaxies of a page to click; those selected are marked, where any are.

    px : size of the pictures that are asked for
    """
    rows, column = page.rows, page.column
    is_chosen = np.zeros(len(rows), bool) if selection is None else selection.has(rows)
    collection = page.listing.collection
    object_ids = collection.catalog["object_id"].iloc[rows].tolist()
    captions = object_ids
    if column is not None:
        values = values_at(page.listing, column, rows)
        captions = [with_unit(column, cell_text(column, value)) for value in values]
    shown = []
    for row, object_id, caption, chosen in zip(
        rows.tolist(), object_ids, captions, is_chosen, strict=True
    ):
        made = thumbnail(collection, row, caption, is_centered=True)
        told = "" if column is None else f" · {column.title} {caption}"
        made.title = f"{object_id}{told}"
        if collection.has_cutouts:
            made.children[0].src = f"/collections/{collection.digest}/cutouts/{row}?size={px}"
        if chosen:
            made.className += " chosen"
        shown.append(made)
    return shown


def caption_of(page: Page, *, is_selection: bool) -> str:
    """ "1–60 of 1,234 selected", and what there is to know about the pictures."""
    n = page.listing.n_listed
    whose = "selected" if is_selection else "galaxies"
    told = f"{page.first + 1:,}–{page.stop:,} of {n:,} {whose}" if n else f"0 {whose}"
    return told if page.listing.collection.has_cutouts else f"{told}, which have no cutouts"


def register(app: Dash, collection: Collection, cache: Cache, jobs: Jobs) -> None:
    """Follow the selection, the checkpoint, the controls and the size of the box."""

    @app.callback(
        Output(ids.GALLERY, "children"),
        Output(ids.GALLERY_CAPTION, "children"),
        Output(ids.GALLERY_TOLD, "data"),
        Input(ids.SHELF, "value"),
        Input(ids.GALLERY_ROOM, "data"),
        Input(ids.GALLERY_PLACE, "data"),
        Input(ids.SELECTED, "data"),
        Input(ids.GALLERY_SCOPE, "value"),
        Input(ids.CHECKPOINT, "value"),
        Input(ids.GALLERY_SORT, "value"),
        Input(ids.GALLERY_DIRECTION, "value"),
        Input(ids.LABELS_NOW, "data"),
        prevent_initial_call=True,
    )
    @telling(lambda said: (message(said), "", None))
    @following
    def show_gallery(shelf, room, place, selected, scope, checkpoint, *sort):
        *sort, _labels = sort
        is_same = ctx.triggered_id == ids.LABELS_NOW and not follows(sort[0])
        if shelf != NAME or not room or is_same:
            return no_update, no_update, no_update
        selection = (selected or {}).get("id") or ""
        return shown_gallery(
            listed(collection, cache, checkpoint, "" if scope == ALL else selection, [sort]),
            listed(collection, cache, checkpoint, selection) if selection else None,
            place,
            room,
        )

    _register_browser(app)


def shown_gallery(
    listing: Listing, selection: Listing | None, place: object, room: dict
) -> tuple[list[Component] | Component, str, dict]:
    """Thumbnails, caption, and what turns the pages.

    selection : the galaxies that are selected, None where nothing is
    """
    page = page_of(listing, place, room)
    is_selection = selection is not None and listing.selection == selection.selection
    told = {"first": page.first, "per_page": n_that_fit(room), "n": listing.n_listed, "of": page.of}
    caption = caption_of(page, is_selection=is_selection)
    if not listing.n_listed:
        return message(EMPTY), caption, told
    return thumbnails(page, selection, picture_px(room)), caption, told


def _register_browser(app: Dash) -> None:
    """What assets/gallery.js does: measure, turn, mark the inspected galaxy."""
    same = {"namespace": "morphospace_gallery"}
    app.clientside_callback(
        ClientsideFunction(**same, function_name="follow"),
        Output(ids.GALLERY_LISTENER, "data"),
        Input(ids.GALLERY_SIZE, "value"),
        Input(ids.SHELF, "value"),
        Input(ids.QUERY, "data"),
        Input(ids.GALLERY_TOLD, "data"),
        Input(ids.CHECKPOINT, "value"),
        prevent_initial_call=True,
    )
    app.clientside_callback(
        ClientsideFunction(**same, function_name="turn"),
        Output(ids.GALLERY_PLACE, "data"),
        Input(ids.GALLERY_FIRST, "n_clicks"),
        Input(ids.GALLERY_PREVIOUS, "n_clicks"),
        Input(ids.GALLERY_NEXT, "n_clicks"),
        Input(ids.GALLERY_LAST, "n_clicks"),
        Input(ids.GALLERY_PAGE, "value"),
        prevent_initial_call=True,
    )

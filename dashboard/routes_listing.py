"""Rows of a list, as the table scrolls through it, and the whole of it as a file.

    .../listing?checkpoint=&selection=&sort=&filters=&columns=&labels=&start=&stop=
    .../listing.csv?checkpoint=&selection=&sort=&filters=&columns=&labels=

selection : the id of its record, "" for all galaxies
sort : JSON, [["redshift", "desc"], ...]; see dashboard/listing.py
filters : JSON, by column; see dashboard/listing_filters.py
columns : JSON, keys of the columns shown among those that are worked out on demand
labels : the version of the labels that columns which follow them are of; empty for that of now
"""

from collections.abc import Callable, Sequence
from functools import wraps

from flask import Flask, Response, jsonify, request, stream_with_context
from flask_caching import Cache

from dashboard.listing import MAX_PAGE, Listing, listed, read_json
from dashboard.listing_cells import page_cells
from dashboard.listing_csv import file_name, listing_csv
from dashboard.listing_labels import pinned_filters, pinned_names, pinned_sort
from data.label_columns import is_label
from data.label_present import NOW, unpinned
from data.store import Collection
from models.errors import BadInput, MorphospaceError, NotFound

FOR_EVER = "public, max-age=31536000, immutable"  # addresses hold digests of all they depend on


def register_listing_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add the two routes; what cannot be understood is answered by 400 or 404 and a sentence."""
    prefix = f"/collections/{collection.digest}"

    @server.get(f"{prefix}/listing")
    @_refusing
    def listing_rows() -> Response:
        listing, columns = _asked(collection, cache), _columns(collection)
        start, stop = _whole("start", 0), _whole("stop", MAX_PAGE)
        start = max(start, 0)
        reply = jsonify(rows_reply(listing, start, min(stop, start + MAX_PAGE), columns))
        reply.headers["Cache-Control"] = FOR_EVER if _is_fixed() else "no-store"
        return reply

    @server.get(f"{prefix}/listing.csv")
    @_refusing
    def listing_file() -> Response:
        listing = _asked(collection, cache)
        lines = listing_csv(listing, len(listing.selected), _columns(collection))
        reply = Response(stream_with_context(lines), mimetype="text/csv")
        reply.headers["Content-Disposition"] = f'attachment; filename="{file_name(listing)}"'
        return reply


def rows_reply(listing: Listing, start: int, stop: int, on_demand: Sequence[str] = ()) -> dict:
    """Rows `start` to `stop` of a listing as the table shows them, and how many there are.

    rows : row of each galaxy, and the texts of its cells in the order of `every_column`, then
        those of `labels`
    """
    rows = listing.page(start, stop)
    cells = page_cells(listing, rows, on_demand)
    return {
        "n": listing.n_listed,
        "n_selected": len(listing.selected),
        "n_galaxies": listing.collection.n_galaxies,
        "filters": listing.filters.in_words(),
        "labels": [unpinned(name) for name in on_demand if is_label(name)],
        "rows": [[int(row), *texts] for row, texts in zip(rows, cells, strict=True)],
    }


def _asked(collection: Collection, cache: Cache) -> Listing:
    fields = request.args
    version = fields.get("labels", "")
    return listed(
        collection,
        cache,
        fields.get("checkpoint", ""),
        fields.get("selection", ""),
        pinned_sort(collection, read_json(fields.get("sort"), ()), version),
        pinned_filters(collection, read_json(fields.get("filters"), None), version),
    )


def _columns(collection: Collection) -> list[str]:
    names = read_json(request.args.get("columns"), [])
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise BadInput("'columns' is a list of their keys.")
    return pinned_names(collection, names, request.args.get("labels", ""))


def _is_fixed() -> bool:
    """Whether the address means the same for ever: it names the version of the labels, if any."""
    fields = request.args
    asked = "".join(fields.get(name, "") for name in ("sort", "filters", "columns"))
    return bool(fields.get("labels")) or f"@{NOW}" not in asked


def _whole(name: str, default: int) -> int:
    text = request.args.get(name, "")
    try:
        return int(text) if text else default
    except ValueError:
        raise BadInput(f"'{name}' is a whole number, not '{text[:40]}'.") from None


def _refusing(route: Callable[[], Response]) -> Callable[[], Response]:
    """Answer a refusal by its sentence."""

    @wraps(route)
    def answer() -> Response:
        try:
            return route()
        except NotFound as error:
            return _sentence(str(error), 404)
        except MorphospaceError as error:
            return _sentence(str(error), 400)

    return answer


def _sentence(text: str, status: int) -> Response:
    reply = Response(text, status=status, mimetype="text/plain")
    reply.headers["Cache-Control"] = "no-store"
    return reply

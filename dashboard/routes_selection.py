"""The selected galaxies as a file."""

from collections.abc import Iterator

import numpy as np
from flask import Flask, Response, request
from flask_caching import Cache

from dashboard.answers import answered, cacheable
from dashboard.question import selected_mask
from dashboard.records import record_of
from data.store import Collection

COLUMNS = ("object_id", "ra", "dec")
_ROWS = 50_000  # written at once


def register_selection_routes(server: Flask, collection: Collection, cache: Cache) -> None:
    """Add the route of the selected galaxies: `selection`, the id of its record, "" for all."""

    @server.get(f"/collections/{collection.digest}/selection.csv")
    @answered
    def selection_file() -> Response:
        name = request.args.get("selection", "")
        record = record_of(cache, name) if name else None
        mask = selected_mask(collection, cache, record)
        rows = np.arange(collection.n_galaxies) if mask is None else np.flatnonzero(mask)
        reply = Response(csv_of(collection, rows), mimetype="text/csv")
        file = f"{collection.name}_{len(rows)}_galaxies.csv"
        reply.headers["Content-Disposition"] = f'attachment; filename="{file}"'
        return cacheable(reply)


def csv_of(collection: Collection, rows: np.ndarray) -> Iterator[str]:
    """The galaxies of some rows as CSV, in parts: identifier, and position where there is one."""
    columns = [column for column in COLUMNS if column in collection.catalog]
    table = collection.catalog[columns]
    yield ",".join(columns) + "\n"
    for start in range(0, len(rows), _ROWS):
        part = table.iloc[rows[start : start + _ROWS]]
        yield part.to_csv(index=False, header=False, lineterminator="\n")

"""Walking through galaxies one by one: the selected ones, or all."""

import numpy as np
from flask_caching import Cache

from dashboard.listing import Listing
from data.store import Collection


def place_among(collection: Collection, cache: Cache, selection: str, row: int | None) -> dict:
    """Where a galaxy is among those selected, and its neighbors in their order, by rising row.

    selection : id of its record, "" where nothing is selected: then it is among all galaxies
    row : None for no galaxy: the first one is next

    place : counted from 1, None where the galaxy is not one of them
    n : how many they are
    previous, next : rows, None at the ends

    Raises NotFound where nothing is known by the id.
    """
    if not selection:
        n = collection.n_galaxies
        before, after = (None, 0) if row is None else (row - 1, row + 1)
        place = None if row is None else row + 1
    else:
        rows = Listing(collection, cache, collection.checkpoints[-1], selection).selected
        n = len(rows)
        at = 0 if row is None else int(np.searchsorted(rows, row))
        is_one = row is not None and at < n and rows[at] == row
        place = at + 1 if is_one else None
        before, after = at - 1 if row is not None else None, at + 1 if is_one else at
    return {
        "row": row,
        "is_selection": bool(selection),
        "place": place,
        "n": n,
        "previous": _row_at(before, n, rows if selection else None),
        "next": _row_at(after, n, rows if selection else None),
    }


def _row_at(place: int | None, n: int, rows: np.ndarray | None) -> int | None:
    """The row at a place, None beyond the ends."""
    if place is None or not 0 <= place < n:
        return None
    return place if rows is None else int(rows[place])

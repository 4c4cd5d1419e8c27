"""Galaxies in order: the rows of a selection, sorted and filtered, which gallery and table page.

The first page of a new order is found without sorting everything: the values that stand at its
two ends are, in one pass, and what lies between them. The whole order is worked out behind it, and
every further page is a slice of it. What is kept is kept by the id of the selection, so that an
id means the same rows for ever.
"""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
from flask_caching import Cache

from dashboard.listing_columns import (
    DISTANCE,
    ORDER,
    RANDOM,
    column_numbers,
    column_of,
    column_texts,
    sort_keys,
)
from dashboard.listing_filters import Filters
from dashboard.listing_labels import pinned_filters, pinned_sort
from dashboard.question import selected_mask
from dashboard.records import record_of
from dashboard.slow_columns import know_column
from data.compared_columns import is_compared
from data.kept import Kept
from data.store import Collection
from models.errors import BadInput

MAX_SORTS = 4
MAX_PAGE = 1000  # galaxies at once
SORTED_AT_ONCE = 100_000  # so many are sorted whole in the time of one pass over a million
ASCENDING, DESCENDING = "asc", "desc"
_ROWS = Kept(2**27)  # 128 MB: orders and selections, 4 bytes a galaxy
_behind = ThreadPoolExecutor(1, thread_name_prefix="listing")  # one at a time: it is in no hurry

Sort = tuple[tuple[str, str], ...]


@dataclass(frozen=True, eq=False)
class Listing:
    """The galaxies of a selection in an order.

    selection : id of its record, see dashboard/records.py; "" for all galaxies
    sort : (column, ASCENDING or DESCENDING), the first one first; none is collection's order
    """

    collection: Collection
    cache: Cache
    checkpoint: str
    selection: str = ""
    sort: Sort = ()
    filters: Filters = Filters()

    @cached_property
    def selected(self) -> np.ndarray:
        """Rows of the selected galaxies, increasing, int32."""
        if not self.selection:
            return np.arange(self.collection.n_galaxies, dtype=np.int32)
        return _ROWS.get((self.collection.digest, self.selection), self._select)

    def has(self, rows: np.ndarray) -> np.ndarray:
        """(n_rows,) bool of the rows that are selected, whatever the filters."""
        places = np.minimum(np.searchsorted(self.selected, rows), max(len(self.selected) - 1, 0))
        return self.selected[places] == rows if len(self.selected) else np.zeros(len(rows), bool)

    @cached_property
    def rows(self) -> np.ndarray:
        """Rows of the galaxies that are selected and pass the filters, increasing, int32."""
        if self.filters.is_empty:
            return self.selected
        return _ROWS.get(self._key, self._filter)

    @property
    def n_listed(self) -> int:
        """How many galaxies are listed."""
        return len(self.rows)

    def order(self) -> np.ndarray:
        """(n_listed,) int32 rows in order."""
        if self._is_as_stored:
            return self.rows
        return _ROWS.get((*self._key, self.sort), self._sorted)

    def page(self, start: int, stop: int) -> np.ndarray:
        """Rows `start` to `stop` of the order; fewer where it ends before."""
        start = min(max(start, 0), self.n_listed)
        stop = min(max(stop, start), self.n_listed)
        if self._is_as_stored or self.n_listed <= SORTED_AT_ONCE or len(self.sort) > 1:
            return self.order()[start:stop]
        known = _ROWS.peek((*self._key, self.sort))
        if known is not None:
            return known[start:stop]
        column, direction = self.sort[0]
        found = between(self.values(column), start, stop, is_descending=direction == DESCENDING)
        _behind.submit(self.order)
        return self.rows[found]

    def values(self, column: str) -> np.ndarray:
        """(n_listed,) numbers by which the listed rows sort; NaN where undefined."""
        if column == DISTANCE:
            distances = self.distances
            if len(distances) == len(self.rows):
                return distances
            return distances[np.searchsorted(self.selected, self.rows)]
        if column not in self.collection.catalog and is_compared(column):
            know_column(self.collection, self.cache, self.checkpoint, column)
        keys = sort_keys(self.collection, self.checkpoint, column)
        return keys if len(self.rows) == len(keys) else keys[self.rows]

    @cached_property
    def distances(self) -> np.ndarray:
        """(n_selected,) float32 distances of the selected to their mean, in the components."""
        place = (self.collection.digest, self.selection, self.checkpoint, DISTANCE)
        return _ROWS.get(place, self._measure_distances)

    @property
    def _key(self) -> tuple[str, ...]:
        # Scores and distances are the checkpoint's.
        key = (self.collection.digest, self.selection, self.checkpoint)
        return key if self.filters.is_empty else (*key, self.filters.digest)

    @property
    def _is_as_stored(self) -> bool:
        return not self.sort or self.sort == ((ORDER, ASCENDING),)

    def values_of(self, column: str, rows: np.ndarray) -> np.ndarray:
        """(n_rows,) numbers of a column of some of the listed rows; NaN where undefined."""
        if column == DISTANCE:
            return self.distances[np.searchsorted(self.selected, rows)]
        return column_numbers(self.collection, self.checkpoint, column)[rows]

    def texts(self, column: str) -> pa.Array:
        """(n_listed,) texts of a column; null where unknown."""
        texts = column_texts(self.collection, column)
        return texts if len(self.rows) == len(texts) else texts.take(pa.array(self.rows))

    def _filter(self) -> np.ndarray:
        bare = replace(self, filters=Filters())  # distances are to the centre of all selected
        return self.selected[self.filters.mask(bare.values, bare.texts)]

    def _select(self) -> np.ndarray:
        record = record_of(self.cache, self.selection)
        mask = selected_mask(self.collection, self.cache, record)
        if mask is None:  # the record of nothing selected
            return np.arange(self.collection.n_galaxies, dtype=np.int32)
        return np.flatnonzero(mask).astype(np.int32)

    def _sorted(self) -> np.ndarray:
        keys = [_signed(self._sort_values(name), way) for name, way in reversed(self.sort)]
        order = np.argsort(keys[0], kind="stable") if len(keys) == 1 else np.lexsort(keys)
        return self.rows[order]

    def _sort_values(self, column: str) -> np.ndarray:
        return self.rows if column == ORDER else self.values(column)

    def _measure_distances(self) -> np.ndarray:
        components, order = self.collection.components(self.checkpoint), self.collection.order
        if len(self.selected) == len(order):
            chosen = slice(None)
        else:
            is_selected = np.zeros(len(order), dtype=bool)
            is_selected[self.selected] = True
            chosen = np.flatnonzero(is_selected[order])
        by_row = np.empty(self.collection.n_galaxies, dtype=np.float32)
        by_row[order[chosen]] = distances_to_mean(components, chosen)
        return by_row[self.selected]


def listed(
    collection: Collection,
    cache: Cache,
    checkpoint: str,
    selection: str = "",
    sort: object = (),
    filters: object = None,
) -> Listing:
    """A listing as the page asks for it; columns that follow the labels are taken as they are now.

    sort : pairs of a column's key and ASCENDING or DESCENDING
    filters : by column, in the form of the table's grid: see dashboard/listing_filters.py

    Raises BadInput or NotFound with what cannot be understood.
    """
    collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    if not isinstance(selection, str):
        raise BadInput("A selection is named by the id of its record.")
    checked = checked_sort(collection, checkpoint, pinned_sort(collection, sort))
    filters = pinned_filters(collection, filters)
    conditions = Filters.checked(collection, checkpoint, filters)
    return Listing(collection, cache, checkpoint, selection, checked, conditions)


def checked_sort(collection: Collection, checkpoint: str, sort: object) -> Sort:
    """`sort` as pairs of texts, or BadInput or NotFound."""
    if not isinstance(sort, list | tuple) or len(sort) > MAX_SORTS:
        raise BadInput(f"A list is sorted by at most {MAX_SORTS} columns, each with a direction.")
    pairs = []
    for pair in sort:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            raise BadInput("A sort is a pair: a column and 'asc' or 'desc'.")
        if pair[1] not in (ASCENDING, DESCENDING):
            raise BadInput(f"A column is sorted 'asc' or 'desc', not '{str(pair[1])[:20]}'.")
        if pair[0] not in (RANDOM, ORDER):
            column_of(collection, checkpoint, pair[0])
        pairs.append((pair[0], pair[1]))
    return tuple(pairs)


def between(
    values: np.ndarray, start: int, stop: int, *, is_descending: bool = False
) -> np.ndarray:
    """Places `start` to `stop` of the stable order of `values`, NaN last, without sorting all.

    One pass finds the values that stand at both ends; what equals them is in order already, and
    fewer than `stop - start` lie between.
    """
    if start >= stop:
        return np.zeros(0, dtype=np.int64)
    keys = _signed(values, DESCENDING if is_descending else ASCENDING)
    n_known = int(len(keys) - np.isnan(keys).sum()) if keys.dtype.kind == "f" else len(keys)
    parts = []
    if start < n_known:
        parts.append(_between_known(keys, start, min(stop, n_known)))
    if stop > n_known:
        unknown = np.flatnonzero(np.isnan(keys))
        parts.append(unknown[max(start - n_known, 0) : stop - n_known])
    return np.concatenate(parts)


def _between_known(keys: np.ndarray, start: int, stop: int) -> np.ndarray:
    ends = np.partition(keys, sorted({start, stop - 1}))
    low, high = ends[start], ends[stop - 1]
    n_before = int(np.count_nonzero(keys < low))
    parts = [np.flatnonzero(keys == low)]
    if high > low:
        inside = np.flatnonzero((keys > low) & (keys < high))
        parts += [inside[np.argsort(keys[inside], kind="stable")], np.flatnonzero(keys == high)]
    return np.concatenate(parts)[start - n_before : stop - n_before]


def _signed(values: np.ndarray, direction: str) -> np.ndarray:
    return values if direction == ASCENDING else -values


def distances_to_mean(
    points: np.ndarray, chosen: np.ndarray | slice, n_rows: int = 65536
) -> np.ndarray:
    """(n,) float32 Euclidean distances of the chosen points to their mean; few are copied at once.

    points : (n_points, k), memory-mapped
    """

    def blocks(work: Callable[[np.ndarray], np.ndarray]) -> list[np.ndarray]:
        n = len(points) if isinstance(chosen, slice) else len(chosen)
        starts = range(0, n, n_rows)
        if isinstance(chosen, slice):
            return [work(points[start : start + n_rows]) for start in starts]
        return [work(points[chosen[start : start + n_rows]]) for start in starts]

    sums = blocks(lambda block: block.sum(axis=0, dtype=np.float64))
    if not sums:
        return np.zeros(0, dtype=np.float32)
    n = len(points) if isinstance(chosen, slice) else len(chosen)
    mean = (np.sum(sums, axis=0) / n).astype(np.float32)

    def lengths(block: np.ndarray) -> np.ndarray:
        away = block - mean
        return np.sqrt(np.einsum("ij,ij->i", away, away))

    return np.concatenate(blocks(lengths)).astype(np.float32)


def read_json(text: str | None, empty: object) -> object:
    """What an address holds as JSON, or BadInput; `empty` where there is nothing."""
    if not text:
        return empty
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise BadInput("Sorts and filters are written as JSON.") from None

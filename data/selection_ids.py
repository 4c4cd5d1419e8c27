"""Rows of many identifiers at once: one pass over the column, and no table of all of them."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from data.store import Collection


def rows_of_ids(collection: Collection, object_ids: list[str]) -> np.ndarray:
    """(n,) int64 row of each identifier, -1 where the collection has no such galaxy."""
    if not object_ids:
        return np.empty(0, np.int64)
    column = pa.array(collection.catalog["object_id"])
    # Those asked for twice get the same row: index_in knows each of its values by one place.
    asked = pa.array(object_ids, type=column.type).dictionary_encode()
    found = pc.index_in(column, value_set=asked.dictionary)
    if isinstance(found, pa.ChunkedArray):
        found = found.combine_chunks()
    rows = np.full(len(asked.dictionary), -1, np.int64)
    is_asked = found.is_valid().to_numpy(zero_copy_only=False)
    rows[found.drop_null().to_numpy(zero_copy_only=False)] = np.flatnonzero(is_asked)
    return rows[asked.indices.to_numpy(zero_copy_only=False)]

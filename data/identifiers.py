"""Rows of identifiers, among millions of them: by one pass over the column, without a table.

A dict of ten million texts takes more memory than all else that is kept of a catalog; to scan the
column takes 15 ms for each million.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc


def rows_by_identifier(column: pd.Series, object_ids: Sequence[str]) -> np.ndarray:
    """(n_asked,) int64 row of each identifier in a column of unique ones, -1 where it has none."""
    stored = pa.array(column, from_pandas=True)
    if isinstance(stored, pa.DictionaryArray):
        stored = stored.cast(stored.type.value_type)
    asked = pa.array([str(object_id) for object_id in object_ids], stored.type)
    if len(asked) == 1:
        return np.array([pc.index(stored, asked[0]).as_py()], np.int64)
    known = pc.unique(asked)
    places = pc.index_in(stored, value_set=known)
    rows = np.flatnonzero(places.is_valid().to_numpy(zero_copy_only=False))
    row_of_place = np.full(len(known), -1, np.int64)
    row_of_place[places.drop_null().to_numpy()] = rows
    return row_of_place[pc.index_in(asked, value_set=known).to_numpy()]

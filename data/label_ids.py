"""The labels of a collection: kept beside it, and only for galaxies that it has."""

from collections.abc import Sequence

import numpy as np

from data.label_database import FILE
from data.label_store import LabelStore
from data.selection_ids import rows_of_ids
from data.store import Collection


def labels_of(collection: Collection) -> LabelStore:
    """Where the labels of a collection are kept; nothing is opened or made."""

    def unknown(object_ids: Sequence[str]) -> list[str]:
        rows = rows_of_ids(collection, list(object_ids))
        return [object_ids[place] for place in np.flatnonzero(rows < 0)]

    return LabelStore(collection.kept / FILE, unknown)

"""Search among the classes of a column, of which a page is never sent all."""

from functools import lru_cache

import numpy as np

from dashboard.color_classes import class_name
from dashboard.painting import class_codes, is_classes
from dashboard.palettes import N_COLORS
from data.selection_columns import column_of
from data.store import Collection

MAX_FOUND = 50


def found_classes(
    collection: Collection, column: object, sought: str, chosen: list[str]
) -> list[str]:
    """Names of classes that hold a text, the most frequent first, and those already `chosen`.

    Empty where every class of the column has a color of its own. Raises as `paint_of` does.
    """
    if not isinstance(column, str):
        return []
    names = ranked_classes(collection, column)
    if len(names) <= N_COLORS:
        return []
    sought = sought.strip().casefold()
    found = []
    for name in names:
        if sought in name.casefold() and name not in chosen:
            found.append(name)
            if len(found) == MAX_FOUND:
                break
    return [*(name for name in chosen if name in names), *found]


@lru_cache(maxsize=8)
def ranked_classes(collection: Collection, column: str) -> tuple[str, ...]:
    """Names of all classes of a column, the most frequent first; none where it has no classes."""
    is_plain = column in collection.catalog
    if not is_plain or not is_classes(collection, column_of(collection, column, None)):
        return ()
    codes, values = class_codes(collection, column)
    counts = np.bincount(codes + 1, minlength=len(values) + 1)[1:]
    ranked = np.argsort(-counts, kind="stable")
    return tuple(class_name(values[code]) for code in ranked if counts[code])

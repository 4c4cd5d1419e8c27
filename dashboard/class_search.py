"""Search among the classes of a column, of which a page is never sent all."""

from functools import lru_cache

import numpy as np

from dashboard.cluster_naming import cluster_called, known_names
from dashboard.color_classes import class_name
from dashboard.painting import class_codes, is_classes
from dashboard.palettes import N_COLORS
from data.cluster_columns import has_clustering, is_clustering
from data.clusterings import clustering_of
from data.selection_columns import column_of
from data.store import Collection

MAX_FOUND = 50


def found_classes(
    collection: Collection, checkpoint: str, column: object, sought: str, chosen: list[str]
) -> dict[str, str]:
    """Classes whose name holds a text, the most frequent first, after those already `chosen`.

    By what a paint holds of them, what they are called: clusters have a number, and may have a name
    from a user. Empty where every class of the column has a color of its own. Raises as `paint_of`
    does.
    """
    if not isinstance(column, str):
        return {}
    names = _names(collection, checkpoint, column)
    if len(names) <= N_COLORS:
        return {}
    sought = sought.strip().casefold()
    others = (name for name in names if sought in names[name].casefold() and name not in chosen)
    found = [name for name, _ in zip(others, range(MAX_FOUND), strict=False)]
    return {name: names[name] for name in (*chosen, *found) if name in names}


def _names(collection: Collection, checkpoint: str, column: str) -> dict[str, str]:
    """What all classes of a column are called, the most frequent first; none where it has none."""
    if column in collection.catalog or not is_clustering(column):
        return {name: name for name in ranked_classes(collection, column)}
    if not has_clustering(collection, checkpoint, column):
        return {}
    names = known_names(collection, checkpoint, column)
    n_clusters = clustering_of(collection, checkpoint, column).n_clusters
    # Their numbers begin with the largest.
    return {str(number): cluster_called(number, names) for number in range(1, n_clusters + 1)}


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

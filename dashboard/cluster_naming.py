"""The names that users gave to clusters, wherever clusters are told: legends, cards, words, files.

Colorings are kept and their pictures cached by browsers; names change. So a coloring holds
numbers, and whoever tells it in words asks here what they are called now.
"""

from collections import Counter
from dataclasses import replace

from dashboard.colors import Coloring
from data.cluster_columns import has_clustering, is_clustering
from data.cluster_names import cluster_names
from data.store import Collection
from models.errors import MorphospaceError


def known_names(collection: Collection, checkpoint: str | None, key: str) -> dict[int, str]:
    """Names of the clusters of a column by their numbers, as they are now.

    None where the clusters have not been found yet, or their names cannot be read: the list of
    clusters tells that.
    """
    try:
        if checkpoint is None or not has_clustering(collection, checkpoint, key):
            return {}
        return cluster_names(collection, checkpoint, key).names
    except MorphospaceError:
        return {}


def cluster_called(number: int, names: dict[int, str]) -> str:
    """ "spirals", or "cluster 3" where it has no name; "spirals (3)" where another has the same."""
    if not number:
        return "in no cluster"
    name = names.get(number)
    if name is None:
        return f"cluster {number}"
    return f"{name} ({number})" if Counter(names.values())[name] > 1 else name


def with_names(collection: Collection, checkpoint: str, coloring: Coloring) -> Coloring:
    """The coloring with its clusters called as they are now; any other coloring as it is."""
    key = coloring.column
    if coloring.kind != "classes" or not is_clustering(key) or key in collection.catalog:
        return coloring
    names = known_names(collection, checkpoint, key)
    if not names:
        return coloring
    called = [
        cluster_called(value, names) if value in names else plain
        for value, plain in zip(coloring.values, coloring.names, strict=True)
    ]
    return replace(coloring, names=tuple(called))

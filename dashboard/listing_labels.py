"""Lists by labels: the page names columns that follow them, a list holds those of one version.

What is kept of a list, and what is cached under its address, then means the same for ever.
"""

from data.label_present import at_present, follows, pinned_at
from data.store import Collection


def pinned_sort(collection: Collection, sort: object, version: str = "") -> object:
    """A sort whose columns of labels have a version: the one given, else that of now."""
    if not isinstance(sort, list | tuple):
        return sort
    return [
        [_pinned(collection, pair[0], version), *pair[1:]]
        if isinstance(pair, list | tuple) and pair
        else pair
        for pair in sort
    ]


def pinned_filters(collection: Collection, filters: object, version: str = "") -> object:
    """Filters whose columns of labels have a version: the one given, else that of now."""
    if not isinstance(filters, dict):
        return filters
    return {_pinned(collection, key, version): asked for key, asked in filters.items()}


def pinned_names(collection: Collection, names: list[str], version: str = "") -> list[str]:
    """Names of columns, those of labels with a version: the one given, else that of now."""
    return [_pinned(collection, name, version) for name in names]


def _pinned(collection: Collection, name: object, version: str) -> object:
    if version and follows(name):
        return pinned_at(name, version)
    return at_present(collection, name)

"""What panels ask of a collection: selected rows, and the correlation of a selection."""

import numpy as np
from flask_caching import Cache

from dashboard.cache import remembered
from data.selection import digest, resolve
from data.store import Collection
from models.errors import BadInput
from models.space.correlation import (
    Correlation,
    n_components_for,
    sampled_correlation,
    two_point_correlation,
)
from models.space.null import NullSummary

VERSION = 1  # of what is measured and kept: raise it when either changes
MIN_GALAXIES = 40  # two dimensions at n / 20, and bins with pairs in them
EXACT_LIMIT = 6_000  # pairs of more galaxies are sampled, to answer while the lasso is fresh
SAMPLED_PAIRS = 5_000_000  # beyond it, at least so many, and 16 shifts of all galaxies


def is_empty(selection: dict | None) -> bool:
    """Whether nothing has been selected."""
    return not (selection or {}).get("steps")


def selected_rows(
    collection: Collection, cache: Cache, selection: dict | None
) -> np.ndarray | None:
    """Rows of a selection, in order; None where nothing has been selected."""
    if is_empty(selection):
        return None
    key = ("rows", collection.digest, digest(selection))
    found = remembered(cache, key, lambda: {"rows": resolve(selection, collection)})
    return found["rows"]


def whole_correlation(collection: Collection, checkpoint: str) -> Correlation:
    """Correlation of the whole collection, as it was built."""
    return Correlation.from_arrays(collection.correlation(checkpoint))


def whole_null(collection: Collection, checkpoint: str) -> NullSummary | None:
    """What Gaussian points of the collection's number give; None where there are too many."""
    return NullSummary.from_arrays(collection.correlation(checkpoint))


def selection_correlation(
    collection: Collection, cache: Cache, checkpoint: str, selection: dict | None
) -> Correlation | None:
    """Correlation of the selected galaxies on the bins of their collection.

    None where fewer than MIN_GALAXIES are selected, or nothing is.
    """
    rows = selected_rows(collection, cache, selection)
    if rows is None or len(rows) < MIN_GALAXIES:
        return None
    whole = whole_correlation(collection, checkpoint)
    asked = ("correlation", VERSION, EXACT_LIMIT, SAMPLED_PAIRS)

    def measure() -> dict[str, np.ndarray]:
        points = shuffled_points(collection, checkpoint, rows, whole.n_dim)
        return _correlate(points, whole.edges).to_arrays()

    key = (*asked, collection.digest, checkpoint, digest(selection))
    return Correlation.from_arrays(remembered(cache, key, measure))


def shuffled_points(
    collection: Collection, checkpoint: str, rows: np.ndarray, most: int
) -> np.ndarray:
    """(len(rows), k) principal components of some galaxies, in the collection's random order.

    k is at most one for 20 galaxies, and never above `most`.
    """
    is_selected = np.zeros(collection.n_galaxies, bool)
    is_selected[rows] = True
    n_components = n_components_for(len(rows), most)
    return collection.components(checkpoint)[is_selected[collection.order], :n_components]


def _correlate(points: np.ndarray, edges: np.ndarray) -> Correlation:
    try:
        if len(points) <= EXACT_LIMIT:
            return two_point_correlation(points, edges)
        return sampled_correlation(points, edges, n_shifts=max(16, SAMPLED_PAIRS // len(points)))
    except ValueError as error:  # galaxies that all coincide, above all
        raise BadInput(str(error)) from error

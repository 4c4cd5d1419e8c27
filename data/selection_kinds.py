"""What each kind of a selection's step chooses, by itself: (n_galaxies,) bool by row."""

from collections.abc import Callable

import numpy as np

from data.named_files import ids_of_saved
from data.polygon import points_in_box, points_inside
from data.selection_columns import finite, has_value, in_range, numbers_of
from data.selection_ids import rows_of_ids
from data.selection_record import check_cut, checked_values
from data.store import Collection
from models.errors import BadInput, NotFound, first_few
from models.space.leakage import strays

_BLOCK = 2**17  # galaxies whose neighbors are read at once


def chosen_by(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    """The galaxies that a step chooses; `selected` are those before it.

    Raises BadInput where the step is none, NotFound where it names what does not exist.
    """
    return _KINDS[step["kind"]](step, collection, selected)


def chosen_by_cut(cut: dict, collection: Collection) -> np.ndarray:
    """The galaxies that a cut keeps: by values, or by a range with both ends included."""
    checkpoint = cut.get("checkpoint")
    if "values" in cut:
        return has_value(collection, cut["column"], checked_values(cut["values"]), checkpoint)
    low, high = check_cut(cut)
    return in_range(numbers_of(collection, cut["column"], checkpoint), low, high)


def _in_polygon(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    x, y = _numbers(step, "x"), _numbers(step, "y")
    if len(x) != len(y):
        raise BadInput(f"A polygon has {len(x)} x and {len(y)} y; give one of each per vertex.")
    return points_inside(_positions(step, collection), np.stack([x, y], axis=1))


def _in_box(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    x, y = _numbers(step, "x"), _numbers(step, "y")
    if len(x) != 2 or len(y) != 2:
        raise BadInput("A box has two x and two y.")
    return points_in_box(_positions(step, collection), x, y)


def _positions(step: dict, collection: Collection) -> np.ndarray:
    return collection.map_positions(step["checkpoint"])[0]


def _with_rows(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    rows = step.get("rows")
    if not isinstance(rows, list) or not all(type(row) is int for row in rows):
        raise BadInput("A selection by rows has a list of whole numbers.")
    for row in rows:
        if not 0 <= row < collection.n_galaxies:
            raise NotFound(f"There is no row {row} among {collection.n_galaxies:,} galaxies.")
    return _mask(np.array(rows, dtype=np.int64), collection)


def _with_object_ids(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    object_ids = step.get("object_ids")
    if not isinstance(object_ids, list) or not all(isinstance(i, str) for i in object_ids):
        raise BadInput("A selection by object_ids has a list of texts: numbers would lose digits.")
    rows = rows_of_ids(collection, object_ids)
    if (rows < 0).any():
        unknown = first_few([f"'{object_ids[place]}'" for place in np.flatnonzero(rows < 0)])
        raise NotFound(f"There is no galaxy {unknown} in '{collection.name}'.")
    return _mask(rows, collection)


def _of_saved(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    """By the identifiers found when a named selection was saved; those not here are passed over."""
    rows = rows_of_ids(collection, ids_of_saved(collection, step.get("file"), step.get("version")))
    return _mask(rows[rows >= 0], collection)


def _in_category(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    values = step["values"] if "values" in step else [step.get("value")]
    return has_value(collection, step.get("column"), checked_values(values), step["checkpoint"])


def _in_range(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    """Ends included, either may be missing; an undefined value is in no range."""
    values = numbers_of(collection, step.get("column"), step["checkpoint"])
    return in_range(values, *check_cut(step))


def _all(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    return np.ones(collection.n_galaxies, bool)


def _neighbors(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    """The k galaxies nearest to each one selected, in the representation space."""
    near, k = collection.neighbors(step["checkpoint"]), step.get("k")
    if not _is_count(k, near.shape[1]):
        raise BadInput(f"A selection grows by 1 to {near.shape[1]} neighbors, not by {k!r}.")
    mask, rows = np.zeros(collection.n_galaxies, bool), np.flatnonzero(selected)
    for start in range(0, len(rows), _BLOCK):  # the file may be larger than memory
        mask[near[rows[start : start + _BLOCK], :k]] = True
    return mask


def _strays(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    """Those selected more than half of whose k nearest, in that space, are not."""
    near, k = collection.neighbors(step["checkpoint"]), step.get("k")
    if not _is_count(k, near.shape[1]):
        raise BadInput(f"Strays are told by 1 to {near.shape[1]} neighbors, not by {k!r}.")
    return strays(near, selected, k)


def _is_count(k: object, most: int) -> bool:
    return type(k) is int and 1 <= k <= most


_KINDS: dict[str, Callable[[dict, Collection, np.ndarray], np.ndarray]] = {
    "polygon": _in_polygon,
    "box": _in_box,
    "rows": _with_rows,
    "object_ids": _with_object_ids,
    "category": _in_category,
    "range": _in_range,
    "all": _all,
    "neighbors": _neighbors,
    "strays": _strays,
    "saved": _of_saved,
}


def _mask(rows: np.ndarray, collection: Collection) -> np.ndarray:
    mask = np.zeros(collection.n_galaxies, dtype=bool)
    mask[rows] = True
    return mask


def _numbers(step: dict, key: str) -> list[float]:
    values = step.get(key)
    if not isinstance(values, list):
        raise BadInput(f"A {step['kind']} has a list of numbers as its {key}.")
    return [finite(value) for value in values]

"""Selections: how galaxies were chosen, as a record that resolves to rows.

    {"checkpoint": "epoch_20",
     "steps": [{"op": "set", "kind": "polygon", "x": [...], "y": [...]},
               {"op": "add", "kind": "box", "x": [0, 1], "y": [2, 3]},
               {"op": "intersect", "kind": "range", "column": "redshift", "min": 0.1, "max": None}]}

The record is what the browser sends, what a link carries and what is written beside exported
rows; the rows themselves are derived here. Steps are taken in order, beginning with nothing
selected: `set` replaces what is selected, `add` joins, `remove` takes away, `intersect` keeps
what is in both. Polygons and boxes are in the coordinates of the map of the record's checkpoint,
or of the step's own where it has one: a selection may be begun on one map and go on on another.
Steps of the kind "excess" are measured: see data/bump_step.py.
"""

import hashlib
import json
import sys
from collections.abc import Callable

import numpy as np
import pandas as pd

from data.bump_step import galaxies_in_bump
from data.kept import Kept
from data.polygon import points_in_box, points_inside
from data.store import Collection
from models.errors import BadInput, NotFound

MAX_STEPS = 1000
MAX_DEPTH = 4  # records within records
MAX_MEASURED = 20  # steps of one record that take a count of pairs each
EXCESS = "excess"
_MASKS = Kept(2**26)  # 64 MB: selections of a million galaxies are 1 MB each

_COMBINE = {
    "set": lambda selected, chosen: chosen,
    "add": lambda selected, chosen: selected | chosen,
    "remove": lambda selected, chosen: selected & ~chosen,
    "intersect": lambda selected, chosen: selected & chosen,
}


def resolve(selection: dict, collection: Collection) -> np.ndarray:
    """Rows of the selected galaxies, increasing.

    Raises BadInput where the record is not one, NotFound where it names a checkpoint, column or
    galaxy that the collection does not have.
    """
    return np.flatnonzero(resolve_mask(selection, collection))


def resolve_mask(selection: dict, collection: Collection) -> np.ndarray:
    """(n_galaxies,) bool by row, read-only, of the selected galaxies. Raises as `resolve` does."""
    return _resolve(selection, collection, MAX_DEPTH)


def _resolve(selection: dict, collection: Collection, depth: int) -> np.ndarray:
    if depth == 0:
        raise BadInput(f"A selection may hold others {MAX_DEPTH - 1} deep, no deeper.")
    steps = _checked_steps(selection)

    def work() -> np.ndarray:
        # Of a selection that has grown by a step, only the last one is to be taken.
        before = None
        if len(steps) > 1:
            before = _MASKS.peek((collection.digest, digest(selection | {"steps": steps[:-1]})))
        selected = np.zeros(collection.n_galaxies, dtype=bool) if before is None else before
        for step in steps if before is None else steps[-1:]:
            named = {"checkpoint": selection.get("checkpoint")} | step
            selected = _taken(named, collection, selected, depth)
        return selected

    return _MASKS.get((collection.digest, digest(selection)), work)


def _taken(step: dict, collection: Collection, selected: np.ndarray, depth: int) -> np.ndarray:
    """What is selected after a step."""
    checkpoint = step["checkpoint"]
    if checkpoint is not None:
        collection.checkpoint_info(checkpoint)  # raises where there is none of the name
    if step["kind"] == EXCESS:
        meant = _galaxies_meant(step, collection, selected, depth)
        chosen = galaxies_in_bump(step, collection, checkpoint, meant)
    else:
        chosen = _KINDS[step["kind"]](step, collection, checkpoint)
    return _COMBINE[step["op"]](selected, chosen)


def _galaxies_meant(
    step: dict, collection: Collection, selected: np.ndarray, depth: int
) -> np.ndarray | None:
    """The galaxies whose curve has the excess, None for all: see data/bump_step.py."""
    if "of" not in step:
        return selected if step["op"] in ("intersect", "remove") else None
    return None if step["of"] is None else _resolve(step["of"], collection, depth - 1)


def digest(selection: dict) -> str:
    """Sixteen digits that are the same for the same record, in any order of its keys."""
    try:
        written = json.dumps(selection, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError):
        raise BadInput("A selection may hold texts and finite numbers only.") from None
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def _checked_steps(selection: dict) -> list[dict]:
    steps = selection.get("steps") if isinstance(selection, dict) else None
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise BadInput("A selection is a record with 'checkpoint' and a list of 'steps'.")
    if len(steps) > MAX_STEPS:
        raise BadInput(f"A selection may have {MAX_STEPS:,} steps, not {len(steps):,}.")
    for step in steps:
        for key, known in (("op", _COMBINE), ("kind", [*_KINDS, EXCESS])):
            # A list or dict here would not even be hashable.
            if not isinstance(step.get(key), str) or step[key] not in known:
                raise BadInput(f"The {key} of a selection's step is one of {', '.join(known)}.")
    if sum(step["kind"] == EXCESS for step in steps) > MAX_MEASURED:
        raise BadInput(f"A selection may have {MAX_MEASURED} steps by excess, no more.")
    return steps


def _in_polygon(step: dict, collection: Collection, checkpoint: str) -> np.ndarray:
    x, y = _numbers(step, "x"), _numbers(step, "y")
    if len(x) != len(y):
        raise BadInput(f"A polygon has {len(x)} x and {len(y)} y; give one of each per vertex.")
    return points_inside(collection.map_positions(checkpoint)[0], np.stack([x, y], axis=1))


def _in_box(step: dict, collection: Collection, checkpoint: str) -> np.ndarray:
    x, y = _numbers(step, "x"), _numbers(step, "y")
    if len(x) != 2 or len(y) != 2:
        raise BadInput("A box has two x and two y.")
    return points_in_box(collection.map_positions(checkpoint)[0], x, y)


def _with_rows(step: dict, collection: Collection, checkpoint: str) -> np.ndarray:
    rows = step.get("rows")
    if not isinstance(rows, list) or not all(type(row) is int for row in rows):
        raise BadInput("A selection by rows has a list of whole numbers.")
    for row in rows:
        if not 0 <= row < collection.n_galaxies:
            raise NotFound(f"There is no row {row} among {collection.n_galaxies:,} galaxies.")
    return _mask(np.array(rows, dtype=np.int64), collection)


def _with_object_ids(step: dict, collection: Collection, checkpoint: str) -> np.ndarray:
    object_ids = step.get("object_ids")
    if not isinstance(object_ids, list) or not all(isinstance(i, str) for i in object_ids):
        raise BadInput("A selection by object_ids has a list of texts: numbers would lose digits.")
    rows = [collection.row_of(object_id) for object_id in object_ids]
    return _mask(np.array(rows, dtype=np.int64), collection)


def _in_category(step: dict, collection: Collection, checkpoint: str) -> np.ndarray:
    column, value = _column(step, collection, checkpoint), step.get("value")
    if value is None:
        return column.isna().to_numpy()
    if not isinstance(value, str | int | float):
        raise BadInput("The value of a category is a text, a number or null.")
    if pd.api.types.is_numeric_dtype(column) and not isinstance(value, str):
        return (column == value).to_numpy()
    # Texts on a page stand for numbers and booleans too.
    return (column.astype("string") == str(value)).fillna(False).to_numpy(dtype=bool)


def _in_range(step: dict, collection: Collection, checkpoint: str) -> np.ndarray:
    """Ends included, either may be missing; an undefined value is in no range."""
    column = _column(step, collection, checkpoint)
    if not pd.api.types.is_numeric_dtype(column):
        raise BadInput(f"Column '{step['column']}' holds no numbers, so it has no range.")
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    low = -np.inf if step.get("min") is None else _number(step["min"])
    high = np.inf if step.get("max") is None else _number(step["max"])
    return (values >= low) & (values <= high)


_KINDS: dict[str, Callable[[dict, Collection, str], np.ndarray]] = {
    "polygon": _in_polygon,
    "box": _in_box,
    "rows": _with_rows,
    "object_ids": _with_object_ids,
    "category": _in_category,
    "range": _in_range,
}


def _column(step: dict, collection: Collection, checkpoint: str) -> pd.Series:
    """A column of the catalog, else an anomaly score of the checkpoint."""
    name = step.get("column")
    if isinstance(name, str) and name in collection.catalog:
        return collection.catalog[name]
    scores = collection.density(checkpoint)
    if isinstance(name, str) and name in scores:
        return pd.Series(scores[name])
    known = ", ".join([*collection.catalog, *scores])
    raise NotFound(f"There is no column '{name}'; there are {known}.")


def _mask(rows: np.ndarray, collection: Collection) -> np.ndarray:
    mask = np.zeros(collection.n_galaxies, dtype=bool)
    mask[rows] = True
    return mask


def _numbers(step: dict, key: str) -> list[float]:
    values = step.get(key)
    if not isinstance(values, list):
        raise BadInput(f"A {step['kind']} has a list of numbers as its {key}.")
    return [_number(value) for value in values]


def _number(value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) <= sys.float_info.max:
        raise BadInput(f"A selection has {value!r} where a finite number is expected.")
    return float(value)

"""Selections: how galaxies were chosen, as a record that resolves to rows.

    {"steps": [{"op": "set", "kind": "polygon", "checkpoint": "epoch_20", "x": [...], "y": [...]},
               {"op": "add", "kind": "box", "checkpoint": "epoch_20", "x": [0, 1], "y": [2, 3]},
               {"op": "add", "kind": "neighbors", "checkpoint": "epoch_20", "k": 5},
               {"op": "remove", "kind": "strays", "checkpoint": "epoch_20", "k": 15},
               {"op": "invert"}],
     "cuts": [{"column": "redshift", "min": 0.1, "max": None},
              {"column": "label", "values": ["Spiral", None]}]}

The record is what the browser sends, what a link carries and what is written beside exported
rows; the rows themselves are derived here. Steps are taken in order, beginning with nothing
selected: `set` replaces what is selected, `add` joins, `remove` takes away, `intersect` keeps
what is in both, `invert` has no kind and leaves what was not selected. Cuts hold at the end, all
of them: of what the steps selected, or of all galaxies where there is no step. With neither,
nothing is selected.

Polygons and boxes are in the coordinates of the map of the step's checkpoint, or of the record's
where the step has none: a selection may be begun on one map and go on on another. What the kinds
choose: data/selection_kinds.py; "excess" is measured, see data/bump_step.py; "record" is a
selection within the selection, so that named ones can be combined.
"""

import numpy as np

from data.bump_step import galaxies_in_bump
from data.kept import Kept
from data.selection_kinds import chosen_by, chosen_by_cut
from data.selection_record import (
    EXCESS,
    INVERT,
    RECORD,
    check_record,
    cuts_of,
    digest,
    steps_of,
)
from data.store import Collection

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
    known = _MASKS.peek((collection.digest, digest(selection)))
    if known is not None:
        return known
    check_record(selection)
    return _resolved(selection, collection)


def is_measured(selection: dict) -> bool:
    """Whether a count of pairs is taken to resolve a record; BadInput where it is none."""
    check_record(selection)
    return _has_measured(selection)


def _has_measured(selection: dict) -> bool:
    return any(
        step.get("kind") == EXCESS or (step.get("kind") == RECORD and _has_measured(step["record"]))
        for step in steps_of(selection)
    )


def _resolved(selection: dict, collection: Collection) -> np.ndarray:
    """Of a record that has been checked; kept, as are its steps without its cuts."""
    cuts = cuts_of(selection)
    key = (collection.digest, digest(selection))
    if not cuts:
        return _MASKS.get(key, lambda: _after_steps(selection, collection))

    def work() -> np.ndarray:
        uncut = {name: value for name, value in selection.items() if name != "cuts"}
        if uncut.get("steps"):
            selected = _resolved(uncut, collection).copy()
        else:
            selected = np.ones(collection.n_galaxies, bool)
        for cut in cuts:
            at = {"checkpoint": selection.get("checkpoint")} | cut
            _require(at, collection)
            selected &= chosen_by_cut(at, collection)
        return selected

    return _MASKS.get(key, work)


def _after_steps(selection: dict, collection: Collection) -> np.ndarray:
    """What the steps select: of a selection that has grown by one, only the last is taken."""
    steps = steps_of(selection)
    before = None
    if len(steps) > 1:
        shorter = {"steps": steps[:-1]}
        if "checkpoint" in selection:
            shorter["checkpoint"] = selection["checkpoint"]
        before = _MASKS.peek((collection.digest, digest(shorter)))
    selected = np.zeros(collection.n_galaxies, dtype=bool) if before is None else before
    for step in steps if before is None else steps[-1:]:
        named = {"checkpoint": selection.get("checkpoint")} | step
        selected = _taken(named, collection, selected)
    return selected


def _taken(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray:
    """What is selected after a step."""
    _require(step, collection)
    if step["op"] == INVERT:
        return ~selected
    if step["kind"] == EXCESS:
        meant = _galaxies_meant(step, collection, selected)
        chosen = galaxies_in_bump(step, collection, step["checkpoint"], meant)
    elif step["kind"] == RECORD:
        chosen = _resolved(step["record"], collection)
    else:
        chosen = chosen_by(step, collection, selected)
    return _COMBINE[step["op"]](selected, chosen)


def _require(step: dict, collection: Collection) -> None:
    if step["checkpoint"] is not None:
        collection.checkpoint_info(step["checkpoint"])  # raises where there is none of the name


def _galaxies_meant(step: dict, collection: Collection, selected: np.ndarray) -> np.ndarray | None:
    """The galaxies whose curve has the excess, None for all: see data/bump_step.py."""
    if "of" not in step:
        return selected if step["op"] in ("intersect", "remove") else None
    return None if step["of"] is None else _resolved(step["of"], collection)

"""What is a selection's record and what is not, in sentences; how much one may ask for."""

import hashlib
import json
from collections.abc import Iterator

from data.selection_columns import end_of_range
from models.errors import BadInput

MAX_STEPS = 1000  # of one record, those within its records included
MAX_CUTS = 100
MAX_DEPTH = 8  # records within records
MAX_MEASURED = 20  # steps that take a count of pairs each
MAX_VALUES = 10_000  # classes of one cut
EXCESS, RECORD, INVERT = "excess", "record", "invert"

OPS = ("set", "add", "remove", "intersect", INVERT)
KINDS = (
    *("polygon", "box", "rows", "object_ids", "category", "range", "all"),
    *("neighbors", "strays", "saved", RECORD, EXCESS),
)


def is_empty(selection: object) -> bool:
    """Whether nothing has been selected: no record, or one without steps and cuts."""
    return not selection or (
        isinstance(selection, dict) and not selection.get("steps") and not selection.get("cuts")
    )


def digest(selection: dict) -> str:
    """Sixteen digits that are the same for the same record, in any order of its keys."""
    try:
        written = json.dumps(selection, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise BadInput("A selection may hold texts and finite numbers only.") from None
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def check_record(selection: object) -> None:
    """Raise BadInput where something is no record, or asks for more than one may."""
    n_steps = n_measured = 0
    for step in _all_steps(selection, MAX_DEPTH):
        n_steps += 1
        n_measured += step.get("kind") == EXCESS
    if n_steps > MAX_STEPS:
        raise BadInput(f"A selection may have {MAX_STEPS:,} steps, not {n_steps:,}.")
    if n_measured > MAX_MEASURED:
        raise BadInput(f"A selection may have {MAX_MEASURED} steps by excess, no more.")


def _all_steps(selection: object, depth: int) -> Iterator[dict]:
    """Every step of a record and of the records within, checked."""
    if depth == 0:
        raise BadInput(f"A selection may hold others {MAX_DEPTH - 1} deep, no deeper.")
    for step in steps_of(selection):
        _check_step(step)
        yield step
        within = step.get({RECORD: "record", EXCESS: "of"}.get(step.get("kind"), ""))
        if within is not None or step.get("kind") == RECORD:
            yield from _all_steps(within, depth - 1)
    for cut in cuts_of(selection):
        check_cut(cut)


def steps_of(selection: object) -> list[dict]:
    """Steps of a record, or BadInput where it is none."""
    steps = selection.get("steps") if isinstance(selection, dict) else None
    if steps is None and isinstance(selection, dict) and selection.get("cuts"):
        return []
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise BadInput("A selection is a record with a list of 'steps', and of 'cuts'.")
    return steps


def cuts_of(selection: dict) -> list[dict]:
    """Cuts of a record, none where it has no list of them; or BadInput."""
    cuts = selection.get("cuts") or []
    if not isinstance(cuts, list) or not all(isinstance(cut, dict) for cut in cuts):
        raise BadInput("The cuts of a selection are a list of records, each with a 'column'.")
    if len(cuts) > MAX_CUTS:
        raise BadInput(f"A selection may have {MAX_CUTS} cuts, not {len(cuts):,}.")
    return cuts


def _check_step(step: dict) -> None:
    op, kind = step.get("op"), step.get("kind")
    # A list or dict here would not even be hashable.
    if not isinstance(op, str) or op not in OPS:
        raise BadInput(f"The op of a selection's step is one of {', '.join(OPS)}.")
    if op != INVERT and (not isinstance(kind, str) or kind not in KINDS):
        raise BadInput(f"The kind of a selection's step is one of {', '.join(KINDS)}.")


def check_cut(cut: dict) -> tuple[float | None, float | None]:
    """Ends of a cut's range, or BadInput where it is none; both None for a cut by values."""
    name = cut.get("column")
    if not isinstance(name, str):
        raise BadInput("A cut names the column that it is made on.")
    if "values" in cut:
        checked_values(cut["values"])
        return None, None
    low, high = end_of_range(cut.get("min"), name), end_of_range(cut.get("max"), name)
    if low is not None and high is not None and low > high:
        raise BadInput(
            f"The range of '{name}' begins at {cut['min']} and ends at {cut['max']}; "
            "min is the smaller of the two."
        )
    return low, high


def checked_values(values: object) -> list:
    """Values of classes: texts, numbers, truth values, None for the missing; or BadInput."""
    if not isinstance(values, list):
        raise BadInput("A cut by values has a list of them.")
    if len(values) > MAX_VALUES:
        raise BadInput(f"A cut may name {MAX_VALUES:,} values, not {len(values):,}.")
    if not all(value is None or isinstance(value, str | int | float) for value in values):
        raise BadInput("The value of a category is a text, a number or null.")
    return values

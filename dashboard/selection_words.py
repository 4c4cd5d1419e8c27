"""A selection in words: how it was made, step by step, and the cuts that hold at the end."""

import math

import numpy as np
import pandas as pd

from dashboard.cluster_naming import cluster_called, known_names
from dashboard.cluster_words import clustering_title
from dashboard.facts import UNITS, label_of
from data.cluster_columns import is_clustering
from data.label_columns import is_label, label_title, n_events_of
from data.selection_columns import column_of, day_text, end_of_range, is_date
from data.selection_record import INVERT, RECORD
from data.store import Collection
from models.errors import MorphospaceError
from models.space.crossing import crosses_itself

CROSSING = "even-odd where the outline crosses itself"
MAX_NAMED = 3  # classes of a cut that are named
_OPS = {"set": "", "add": "add ", "remove": "remove ", "intersect": "intersect "}


def selection_words(collection: Collection, selection: dict) -> str:
    """How a selection was made; of a record that has been resolved, so that it is one."""
    steps = _that_matter(selection.get("steps") or [])
    told = ", then ".join(
        _step_words(collection, {"checkpoint": selection.get("checkpoint")} | step, place == 0)
        for place, step in enumerate(steps)
    )
    cuts = [cut_words(collection, cut) for cut in selection.get("cuts") or []]
    if not told and cuts:
        return "all galaxies with " + " AND ".join(cuts)
    return ", AND ".join([told, " AND ".join(cuts)] if cuts else [told])


def ending_words(collection: Collection, selection: dict | None, checkpoint: str = "") -> str:
    """How a selection was closed or cleaned at the end, "" where it was not.

    checkpoint : the one that is spoken of, which is not named again

    The last steps alone are told: whatever comes after them may have opened it again, and so may
    cuts.
    """
    told: list[str] = []
    if not selection or selection.get("cuts"):
        return ""
    for step in reversed(selection.get("steps") or []):
        kind = step.get("op"), step.get("kind")
        named = {"checkpoint": selection.get("checkpoint")} | step
        where = "" if named["checkpoint"] == checkpoint else _on(collection, named)
        if kind == ("add", "neighbors"):
            near = f"{step['k']} neighbor{'s' if step['k'] > 1 else ''}"
            told.append(f"closed under {near}{where}")
        elif kind == ("remove", "strays"):
            told.append(f"strays removed{where}")
        else:
            break
    return ", then ".join(reversed(told))


def cut_words(collection: Collection, cut: dict) -> str:
    """A cut in words: `redshift 0.1 to 0.2`, `label is Spiral or missing`."""
    column = str(cut.get("column"))
    if is_label(column) and column not in collection.catalog:
        # Labels given since then are none of it.
        as_of = f" (labels at event {n_events_of(column):,})"
        return _cut_words(collection, cut, label_title(column)) + as_of
    if is_clustering(column) and column not in collection.catalog and "values" in cut:
        names = known_names(collection, cut.get("checkpoint"), column)
        clusters = [cluster_called(number, names) for number in cut["values"]]
        return f"{_values_words(clusters)} of {clustering_title(column)}"
    return _cut_words(collection, cut, column)


def _cut_words(collection: Collection, cut: dict, name: str) -> str:
    if "values" in cut:
        return f"{name} is {_values_words(cut['values'])}"
    low, high = (_end_text(collection, cut, end) for end in ("min", "max"))
    unit = f" {UNITS[name]}" if name in UNITS else ""
    if low is None and high is None:
        return f"{name} known"
    if low is None or high is None:
        return f"{name} {'≤' if low is None else '≥'} {high if low is None else low}{unit}"
    return f"{name} {low} to {high}{unit}"


def _that_matter(steps: list[dict]) -> list[dict]:
    """Steps from the last one on that begins anew: those before have no say."""
    begins = [
        place
        for place, step in enumerate(steps)
        if step["op"] == "set" and step.get("kind") != "neighbors"
    ]
    return steps[begins[-1] :] if begins else steps


def _step_words(collection: Collection, step: dict, is_first: bool) -> str:
    if step["op"] == INVERT:
        return "everything" if is_first else "invert"
    if step["kind"] == "neighbors":
        return _neighbors_words(collection, step)
    # To nothing selected, a step is added; nothing is taken away from it, and nothing kept of it.
    is_plain = is_first and step["op"] in ("set", "add")
    start = "nothing, then " if is_first and not is_plain else ""
    op = "" if is_plain else _OPS[step["op"]]
    return start + op + _kind_words(collection, step)


def _neighbors_words(collection: Collection, step: dict) -> str:
    k, place = step["k"], _on(collection, step)
    near = f"{k} nearest neighbor{'s' if k > 1 else ''}{place}"
    ways = {
        "add": f"grow to the {near}",
        "set": f"only the {near}",
        "remove": f"remove the {near}",
        "intersect": f"intersect the {near}",
    }
    return ways[step["op"]]


def _kind_words(collection: Collection, step: dict) -> str:
    """What a step chooses, in words."""
    words = {
        "polygon": _polygon_words,
        "box": lambda collection, step: f"box{_on(collection, step)}",
        "rows": lambda collection, step: _counted(len(step["rows"]), "galaxy", "galaxies"),
        "object_ids": lambda collection, step: _counted(
            len(step["object_ids"]), "identifier", "identifiers"
        ),
        "category": lambda collection, step: cut_words(
            collection, {"values": [step.get("value")]} | step
        ),
        "range": cut_words,
        "all": lambda collection, step: "all galaxies",
        "strays": _strays_words,
        "saved": lambda collection, step: f"{_name(step)} (by its identifiers)",
        "excess": _excess_words,
        RECORD: _record_words,
    }
    return words[step["kind"]](collection, step)


def _polygon_words(collection: Collection, step: dict) -> str:
    n_corners = len(step["x"])
    crossing = f", {CROSSING}" if crosses_itself(np.stack([step["x"], step["y"]], axis=1)) else ""
    return f"lasso{_on(collection, step)} ({n_corners:,} corners{crossing})"


def _strays_words(collection: Collection, step: dict) -> str:
    return f"strays (most of {step['k']} neighbors outside{_on(collection, step)})"


def _excess_words(collection: Collection, step: dict) -> str:
    lower, upper = step["lower"], step["upper"]
    return (
        f"what makes the excess at {lower:.3g} to {upper:.3g} RMS separations"
        f"{_on(collection, step)}"
    )


def _record_words(collection: Collection, step: dict) -> str:
    return _name(step) if step.get("name") else f"({selection_words(collection, step['record'])})"


def _name(step: dict) -> str:
    return f"“{str(step.get('name') or 'saved selection')[:80]}”"


def _on(collection: Collection, step: dict) -> str:
    checkpoint = step.get("checkpoint")
    if checkpoint is None:
        return ""
    return f" on {label_of(collection, checkpoint)}"


def _counted(count: int, one: str, many: str) -> str:
    return f"{count:,} {one if count == 1 else many}"


def _values_words(values: list) -> str:
    texts = ["missing" if value is None else str(value) for value in values]
    if not texts:
        return "none of its classes"
    if len(texts) > MAX_NAMED:
        return f"one of {', '.join(texts[:MAX_NAMED])} and {len(texts) - MAX_NAMED:,} more"
    return " or ".join(texts)


def _end_text(collection: Collection, cut: dict, end: str) -> str | None:
    value = cut.get(end)
    if value is None or isinstance(value, str):
        return value
    if is_of_dates(collection, cut):
        return day_text(end_of_range(value, cut["column"]))
    if isinstance(value, int) or float(value).is_integer() and abs(value) < 1e6:
        return f"{int(value)}" if abs(value) < 1e6 else f"{value:.4g}"
    return f"{value:.4g}" if math.isfinite(value) else None


def is_of_dates(collection: Collection, cut: dict) -> bool:
    """Whether the ends of a cut are moments in time."""
    try:
        column = column_of(collection, cut.get("column"), cut.get("checkpoint"))
    except MorphospaceError:
        return False
    return is_date(pd.Series(column))

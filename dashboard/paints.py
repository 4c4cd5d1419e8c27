"""Paint records: what decides the colors of a map, as the page's controls say it.

    {"column": "redshift", "scale": "log", "clip": [1, 99], "range": [0.01, 0.3], "classes": []}

`column` is one of the catalog, else of the checkpoint (data/checkpoint_columns.py), or
"density of points" for no color. `scale`, `clip` (percentiles) and `range` (ends of the shades,
null for the percentiles) are for numbers; `classes` are those brought out of "other". Where a
range of separations is brushed on the curve, "brush", "measure" and "selection" (the id of a
record) say what lights up the galaxies instead.
"""

import math

from dashboard.color_classes import MAX_OWN
from dashboard.color_shades import CLIP, SCALES, Shading
from models.errors import BadInput

VERSION = 1  # of what a record's colors are: raise it when they change


def paint_record(
    column: object,
    *,
    scale: object = "linear",
    clip: object = CLIP,
    ends: object = None,
    classes: object = (),
) -> dict:
    """A paint record, checked; BadInput where it is none."""
    clip = [1.0, 99.0] if clip is None else clip
    record = {"column": column, "scale": scale or "linear", "clip": clip, "range": ends}
    record["classes"] = sorted(classes) if _is_texts(classes) else classes
    checked = checked_paint(record)
    return checked | {"clip": list(map(float, checked["clip"]))}


def checked_paint(record: object) -> dict:
    """The record, where it is one of a paint; else BadInput."""
    if not isinstance(record, dict) or not isinstance(record.get("column"), str):
        raise BadInput("This is no coloring: a coloring is a record with a 'column'.")
    if record.get("scale") not in SCALES:
        raise BadInput(f"The scale of a coloring is one of {', '.join(SCALES)}.")
    clip = _two_numbers(record.get("clip"), "The clip of a coloring")
    if not 0 <= clip[0] < clip[1] <= 100:
        raise BadInput(
            f"A coloring is clipped at two percentiles from 0 to 100, the lower first, not "
            f"{clip[0]:g} and {clip[1]:g}."
        )
    if record.get("range") is not None:
        low, high = _two_numbers(record["range"], "The range of a coloring")
        if not low < high:
            raise BadInput(f"The range of a coloring goes up, not from {low:g} to {high:g}.")
    classes = record.get("classes", [])
    if not _is_texts(classes) or len(classes) > MAX_OWN:
        raise BadInput(f"Up to {MAX_OWN} classes can be brought out of the others, by name.")
    return record


def shading_of(record: dict) -> Shading:
    """How a record's numbers become shades."""
    ends = record["range"]
    return Shading(record["scale"], tuple(record["clip"]), None if ends is None else tuple(ends))


def _is_texts(values: object) -> bool:
    is_list = isinstance(values, list | tuple)
    return is_list and all(isinstance(value, str) for value in values)


def _two_numbers(values: object, what: str) -> tuple[float, float]:
    is_two = isinstance(values, list | tuple) and len(values) == 2
    if not is_two or not all(_is_finite(value) for value in values):
        raise BadInput(f"{what} is two finite numbers.")
    return float(values[0]), float(values[1])


def _is_finite(value: object) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and math.isfinite(value)

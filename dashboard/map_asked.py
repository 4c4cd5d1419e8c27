"""What an address of the map asks for, read and checked: it may have been written by hand."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from models.errors import BadInput
from models.space.map_index import View

THEMES = ("dark", "light")
MAX_HIDDEN = 256
LARGEST = 1e100  # number in an address: beyond it, differences and squares are no longer numbers
SMALLEST = 1e-100  # width of a view


@dataclass(frozen=True)
class MapAsked:
    """Which galaxies are shown, and how.

    checkpoint : whose map
    paint, selection : ids of records, see dashboard/records.py; "" for none
    hidden : groups of the coloring that are not shown
    theme : "dark" or "light"
    """

    checkpoint: str
    paint: str = ""
    selection: str = ""
    hidden: frozenset[int] = frozenset()
    theme: str = "dark"

    @classmethod
    def read(cls, fields: Mapping[str, str]) -> "MapAsked":
        """From the fields of an address. Raises BadInput where one cannot be used."""
        theme = fields.get("theme", "") or THEMES[0]
        if theme not in THEMES:
            raise BadInput(f"'theme' must be one of {', '.join(THEMES)}, not '{theme[:40]}'.")
        return cls(
            fields.get("checkpoint", ""),
            fields.get("paint", ""),
            fields.get("selection", ""),
            _hidden(fields.get("hidden", "")),
            theme,
        )


def view_asked(fields: Mapping[str, str]) -> View:
    """The view x0, x1, y0, y1. Raises BadInput where it is none."""
    x0, x1, y0, y1 = (number_asked(fields, name) for name in ("x0", "x1", "y0", "y1"))
    for low, high, name in ((x0, x1, "x"), (y0, y1, "y")):
        if not high - low >= SMALLEST:
            raise BadInput(f"'{name}0' must be less than '{name}1', and they are {low} and {high}.")
    return x0, x1, y0, y1


def number_asked(fields: Mapping[str, str], name: str, default: float | None = None) -> float:
    """A finite number of an address. Raises BadInput where it is none."""
    text = fields.get(name, "")
    if text == "" and default is not None:
        return default
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= LARGEST:
        said = f"not '{text[:40]}'" if text else "and is missing"
        raise BadInput(f"'{name}' must be a finite number, {said}.")
    return value


def whole_asked(fields: Mapping[str, str], name: str, most: int, default: int | None = None) -> int:
    """A whole number from 1 to `most`: a larger one is taken as `most`. Raises BadInput else."""
    value = number_asked(fields, name, default)
    if not value >= 1:
        raise BadInput(f"'{name}' must be 1 or more, not {value:g}.")
    return int(min(value, most))


def _hidden(text: str) -> frozenset[int]:
    parts = text.split(",") if text else []
    if len(parts) > MAX_HIDDEN or not all(re.fullmatch(r"[0-9]{1,3}", part) for part in parts):
        raise BadInput(f"'hidden' must be numbers of groups, such as 1,4, not '{text[:40]}'.")
    return frozenset(int(part) for part in parts)

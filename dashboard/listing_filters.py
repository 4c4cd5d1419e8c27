"""Filters of a list: conditions on columns, in the form that the table's grid writes them.

    {"redshift": {"filterType": "number", "type": "inRange", "filter": 0.1, "filterTo": 0.2},
     "label": {"filterType": "text", "operator": "OR",
               "conditions": [{"type": "contains", "filter": "disk"}, {"type": "blank"}]}}

Columns are joined by AND. Texts are compared without regard to case. An undefined value passes
"blank" and nothing else; the ends of a range belong to it, as they do in a cut of a selection.
"""

import json
import operator
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import reduce

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dashboard.listing_columns import BOOL, DATE, TEXT, Column, column_of
from data.selection_columns import day_text
from data.selection_record import digest
from data.store import Collection
from models.errors import BadInput

MAX_CONDITIONS = 10  # on one column
MAX_TEXT = 500  # letters of a text that is looked for
BLANK, NOT_BLANK, IN_RANGE = "blank", "notBlank", "inRange"

# kind of a condition -> what it does, and how it is told
_NUMBERS: dict[str, tuple[Callable, str]] = {
    "equals": (operator.eq, "="),
    "notEqual": (operator.ne, "≠"),
    "lessThan": (operator.lt, "<"),
    "lessThanOrEqual": (operator.le, "≤"),
    "greaterThan": (operator.gt, ">"),
    "greaterThanOrEqual": (operator.ge, "≥"),
}
_TEXTS: dict[str, str] = {
    "contains": "contains",
    "notContains": "does not contain",
    "equals": "is",
    "notEqual": "is not",
    "startsWith": "starts with",
    "endsWith": "ends with",
}


@dataclass(frozen=True)
class Condition:
    """One condition. `low` is what is compared with, `high` the other end of a range."""

    kind: str
    low: float | str | None = None
    high: float | None = None


@dataclass(frozen=True)
class Filter:
    """The conditions on one column, joined by AND or by OR."""

    column: Column
    conditions: tuple[Condition, ...]
    is_any: bool = False


@dataclass(frozen=True)
class Filters:
    """Every filter of a list, joined by AND."""

    filters: tuple[Filter, ...] = ()

    @classmethod
    def checked(cls, collection: Collection, checkpoint: str, model: object) -> "Filters":
        """The filters of a record, or BadInput or NotFound with what cannot be understood."""
        if model in (None, {}):
            return cls()
        if not isinstance(model, dict):
            raise BadInput("Filters are a record: a column, and the conditions on it.")
        return cls(
            tuple(
                _checked_filter(column_of(collection, checkpoint, key), asked)
                for key, asked in model.items()
            )
        )

    @property
    def is_empty(self) -> bool:
        """Whether everything passes."""
        return not self.filters

    @property
    def digest(self) -> str:
        """Digits that are the same for the same filters."""
        return digest({"filters": self._written})

    @property
    def _written(self) -> list:
        return [
            [f.column.key, f.is_any, [[c.kind, c.low, c.high] for c in f.conditions]]
            for f in self.filters
        ]

    def mask(
        self, numbers: Callable[[str], np.ndarray], texts: Callable[[str], pa.Array]
    ) -> np.ndarray:
        """(n,) bool of the galaxies that pass, whose values in a column are given by its key."""
        masks = []
        for each in self.filters:
            is_text = each.column.kind in (TEXT, BOOL)
            values = (texts if is_text else numbers)(each.column.key)
            joined = operator.or_ if each.is_any else operator.and_
            masks.append(reduce(joined, (_mask(each.column, c, values) for c in each.conditions)))
        return reduce(operator.and_, masks)

    def in_words(self) -> str:
        """What passes, as one line: "redshift ≥ 0.1 and label contains 'disk'"."""
        several = len(self.filters) > 1
        return " and ".join(_told(each, is_joined=several) for each in self.filters)


def _checked_filter(column: Column, asked: object) -> Filter:
    if not isinstance(asked, dict):
        raise BadInput(f"The filter on {column.title} is no record.")
    conditions = asked.get("conditions")
    if conditions is None:
        return Filter(column, (_checked_condition(column, asked),))
    if not isinstance(conditions, list) or not 0 < len(conditions) <= MAX_CONDITIONS:
        raise BadInput(f"A filter on {column.title} has 1 to {MAX_CONDITIONS} conditions.")
    if asked.get("operator") not in ("AND", "OR"):
        raise BadInput(f"The conditions on {column.title} are joined by AND or by OR.")
    checked = tuple(_checked_condition(column, each) for each in conditions)
    return Filter(column, checked, is_any=asked["operator"] == "OR")


def _checked_condition(column: Column, asked: object) -> Condition:
    kind = asked.get("type") if isinstance(asked, dict) else None
    if kind in (BLANK, NOT_BLANK):
        return Condition(kind)
    known = [*_TEXTS] if column.kind in (TEXT, BOOL) else [*_NUMBERS, IN_RANGE]
    if not isinstance(kind, str) or kind not in known:
        raise BadInput(
            f"{column.title} cannot be filtered by '{str(kind)[:40]}'; there are "
            f"{', '.join([*known, BLANK, NOT_BLANK])}."
        )
    if column.kind in (TEXT, BOOL):
        return Condition(kind, _text(column, asked.get("filter")))
    names = ("dateFrom", "dateTo") if column.kind == DATE else ("filter", "filterTo")
    read = _day if column.kind == DATE else _number
    low = read(column, asked.get(names[0]))
    return Condition(kind, low, read(column, asked.get(names[1])) if kind == IN_RANGE else None)


def _text(column: Column, value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= MAX_TEXT:
        raise BadInput(f"{column.title} is compared with a text of 1 to {MAX_TEXT} letters.")
    return value


def _number(column: Column, value: object) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not abs(value) < float("inf"):
        raise BadInput(f"{column.title} is compared with a finite number, not {str(value)[:40]!r}.")
    return float(value)


def _day(column: Column, value: object) -> float:
    """A date as days since the beginning of 1970, as `column_numbers` has them."""
    try:
        return float(date.fromisoformat(value[:10]).toordinal() - date(1970, 1, 1).toordinal())
    except (TypeError, ValueError):
        raise BadInput(
            f"{column.title} is compared with a date such as 2021-03-01, not {str(value)[:40]!r}."
        ) from None


def _mask(column: Column, condition: Condition, values: np.ndarray | pa.Array) -> np.ndarray:
    if column.kind in (TEXT, BOOL):
        return _text_mask(values, condition)
    # A date is a day: what was at any time of it equals it.
    return _number_mask(np.floor(values) if column.kind == DATE else values, condition)


def _number_mask(values: np.ndarray, condition: Condition) -> np.ndarray:
    is_known = ~np.isnan(values)
    if condition.kind in (BLANK, NOT_BLANK):
        return is_known if condition.kind == NOT_BLANK else ~is_known
    # As a float64 array: a float32 value equals the number only after it has been widened.
    low = np.float64(condition.low)
    if condition.kind == IN_RANGE:
        return (values >= low) & (values <= np.float64(condition.high))
    return _NUMBERS[condition.kind][0](values, low) & is_known


def _text_mask(texts: pa.Array, condition: Condition) -> np.ndarray:
    if condition.kind in (BLANK, NOT_BLANK):
        found = texts.is_null() if condition.kind == BLANK else texts.is_valid()
        return found.to_numpy(zero_copy_only=False)
    wanted = condition.low
    if condition.kind in ("contains", "notContains"):
        found = pc.match_substring(texts, wanted, ignore_case=True)
    elif condition.kind == "startsWith":
        found = pc.starts_with(texts, wanted, ignore_case=True)
    elif condition.kind == "endsWith":
        found = pc.ends_with(texts, wanted, ignore_case=True)
    else:
        found = pc.equal(pc.utf8_lower(texts), wanted.lower())
    if condition.kind in ("notContains", "notEqual"):
        found = pc.invert(found)
    return found.fill_null(False).to_numpy(zero_copy_only=False)


def _told(asked: Filter, *, is_joined: bool) -> str:
    joint = " or " if asked.is_any else " and "
    text = joint.join(_told_condition(asked.column, each) for each in asked.conditions)
    return f"({text})" if is_joined and asked.is_any and len(asked.conditions) > 1 else text


def _told_condition(column: Column, condition: Condition) -> str:
    name = column.title
    if condition.kind in (BLANK, NOT_BLANK):
        return f"{name} is {'unknown' if condition.kind == BLANK else 'known'}"
    if column.kind in (TEXT, BOOL):
        return f"{name} {_TEXTS[condition.kind]} “{condition.low}”"
    low = _told_number(column, condition.low)
    if condition.kind == IN_RANGE:
        return f"{name} from {low} to {_told_number(column, condition.high)}"
    return f"{name} {_NUMBERS[condition.kind][1]} {low}"


def _told_number(column: Column, value: float) -> str:
    if column.kind == DATE:
        return day_text(value)
    return f"{json.dumps(value).removesuffix('.0')} {column.unit}".strip()

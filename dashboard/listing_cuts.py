"""Filters of a list as cuts of a selection: what was looked at becomes what is selected."""

import numpy as np

from dashboard.listing_filters import IN_RANGE, Condition, Filter, Filters
from data.label_present import unpinned


def cuts_of(filters: Filters, model: dict, checkpoint: str) -> tuple[list[dict], dict]:
    """The filters that can be cuts of a selection, as such; and the rest, as they were.

    model : what `filters` were read from
    checkpoint : whose scores are meant
    """
    cuts, left = [], {}
    for each in filters.filters:
        cut = _cut(each)
        if cut is None:
            left[each.column.key] = model[each.column.key]
        else:
            of = {"checkpoint": checkpoint} if each.column.is_of_checkpoint else {}
            cuts.append(cut | of)
    return cuts, left


def with_cuts(selection: dict | None, cuts: list[dict]) -> dict:
    """A selection's record with further cuts; on a column that is cut already, what both keep."""
    selection = selection or {"steps": []}
    merged = list(selection.get("cuts") or [])
    for cut in cuts:
        same = [place for place, other in enumerate(merged) if _is_like(other, cut)]
        if same:
            before = merged[same[0]]
            # Of labels as they were, nothing is to be joined with them as they are.
            is_older = before["column"] != cut["column"]
            merged[same[0]] = cut if is_older else _joined(before, cut)
        else:
            merged.append(cut)
    return selection | {"cuts": merged}


def _is_like(cut: dict, other: dict) -> bool:
    """Whether two cuts are ranges of the same numbers."""
    both = (cut, other)
    if any("values" in each or _has_text(each) for each in both):
        return False
    names = {unpinned(each.get("column")) for each in both}  # of labels, at any version
    return len(names) == 1 and cut.get("checkpoint") == other.get("checkpoint")


def _has_text(cut: dict) -> bool:
    return isinstance(cut.get("min"), str) or isinstance(cut.get("max"), str)


def _joined(cut: dict, other: dict) -> dict:
    lows = [each["min"] for each in (cut, other) if each.get("min") is not None]
    highs = [each["max"] for each in (cut, other) if each.get("max") is not None]
    return cut | {"min": max(lows, default=None), "max": min(highs, default=None)}


def _cut(asked: Filter) -> dict | None:
    """One range that holds what the filter does; None where there is none."""
    if not asked.column.is_cuttable or (asked.is_any and len(asked.conditions) > 1):
        return None
    ranges = [_range(condition) for condition in asked.conditions]
    if any(each is None for each in ranges):
        return None
    low, high = max(each[0] for each in ranges), min(each[1] for each in ranges)
    if low > high:
        return None
    return {
        "column": asked.column.key,
        "min": low if low > -np.inf else None,
        "max": high if high < np.inf else None,
    }


def _range(condition: Condition) -> tuple[float, float] | None:
    """Ends of a condition, both included: beyond a bound that is not, the next number is."""
    low, high = condition.low, condition.high
    known = {
        "equals": lambda: (low, low),
        "lessThan": lambda: (-np.inf, float(np.nextafter(low, -np.inf))),
        "lessThanOrEqual": lambda: (-np.inf, low),
        "greaterThan": lambda: (float(np.nextafter(low, np.inf)), np.inf),
        "greaterThanOrEqual": lambda: (low, np.inf),
        IN_RANGE: lambda: (low, high),
    }
    return known[condition.kind]() if condition.kind in known else None

"""Coloring by class: the most frequent classes in colors of their own, the rest as one."""

from collections.abc import Sequence

import numpy as np

from dashboard.colors import Coloring
from dashboard.palettes import N_COLORS

MAX_OWN = N_COLORS - 1  # classes with a color of their own, where others are left without


def color_classes(
    column: str, title: str, codes: np.ndarray, values: Sequence, *, chosen: Sequence[str] = ()
) -> Coloring:
    """Color galaxies by class, in the order of frequency; numbers and truth values in their own.

    Up to N_COLORS classes have a color each. Of more, MAX_OWN have: those `chosen` by name, which
    take the last places so that the colors of the frequent ones stay, and the most frequent; the
    rest are one group, "other (n classes)".

    codes : (n_galaxies,) class of each galaxy, -1 where it has none
    values : (n_classes,) what the classes are; texts, numbers or truth values
    """
    counts = np.bincount(codes + 1, minlength=len(values) + 1) if len(codes) else np.zeros(1, int)
    counts = counts[1:]
    ranked = _by_frequency(values, counts)
    own = _with_own_color(ranked, values, chosen)
    n_other, has_missing = len(ranked) - len(own), bool(counts.sum() < len(codes))
    names = [class_name(values[code]) for code in own]
    selectable = [plain_value(values[code]) for code in own]
    if n_other:
        names.append(f"other ({n_other:,} classes)")
        selectable.append("")
    if has_missing:
        names.append("missing")
        selectable.append(None)
    table = np.full(len(values) + 1, len(own), np.uint8)  # other, or missing where all have one
    table[own] = np.arange(len(own))
    table[-1] = len(names) - 1
    return Coloring(
        column,
        tuple(names),
        table[codes],
        title=title,
        values=tuple(selectable),
        has_missing=has_missing,
        n_other=n_other,
        cut=column,
        said="" if ranked.size else f"No galaxy has a value of {title}: all are grey.",
    )


def _by_frequency(values: Sequence, counts: np.ndarray) -> np.ndarray:
    """Classes that have galaxies: the most frequent first, those as frequent by name."""
    names = np.array([str(value) for value in values], dtype=object)
    ranked = np.lexsort((names, -counts)) if len(names) else np.zeros(0, int)
    return ranked[counts[ranked] > 0]


def _with_own_color(ranked: np.ndarray, values: Sequence, chosen: Sequence[str]) -> np.ndarray:
    if len(ranked) <= N_COLORS:
        is_text = any(isinstance(values[code], str) for code in ranked)
        in_order = ranked if is_text else sorted(ranked, key=lambda code: values[code])
        return np.array(in_order, dtype=np.intp)
    wanted = set(chosen)
    brought = [code for code in ranked if class_name(values[code]) in wanted][:MAX_OWN]
    frequent = [code for code in ranked[:N_COLORS] if code not in brought]
    return np.array([*frequent[: MAX_OWN - len(brought)], *brought], dtype=np.intp)


def class_name(value: object) -> str:
    """What a class is called: 3 and not 3.0."""
    if isinstance(value, float | np.floating) and float(value).is_integer():
        return f"{int(value)}"
    return f"{value:.6g}" if isinstance(value, float | np.floating) else str(value)


def plain_value(value: object) -> str | int | float:
    """A class as a record of a selection holds it: a text, or a number of Python's."""
    if isinstance(value, bool | np.bool_):
        return str(bool(value))
    if isinstance(value, int | np.integer):
        return int(value)
    return float(value) if isinstance(value, float | np.floating) else str(value)

"""Columns as selections and histograms read them: numbers, or classes by number.

A column is one of the catalog, else of labels, else one that a checkpoint gives, such as an
anomaly score. Dates are days since the beginning of 1970.
"""

import math
import sys
from typing import NamedTuple

import numpy as np
import pandas as pd

from data.checkpoint_columns import checkpoint_column, checkpoint_columns
from data.cluster_columns import is_clustering
from data.kept import Kept
from data.label_columns import is_label, label_column
from data.store import Collection
from models.errors import BadInput, NotFound

MISSING = -1  # class of a galaxy that has no value
_CODES = Kept(2**27)  # 128 MB: three columns of classes of ten million galaxies
_NAMES: dict[tuple, np.ndarray] = {}
_CHUNK = 2**18  # rows compared at once: what is made on the way stays in the cache


class Classes(NamedTuple):
    """A column by class.

    codes : (n_galaxies,) int32 class of each galaxy, MISSING where it has no value
    values : (n_classes,) what the classes are, as the column holds them
    """

    codes: np.ndarray
    values: np.ndarray


def column_of(collection: Collection, name: object, checkpoint: str | None) -> pd.Series:
    """A column of the catalog, else of labels, else one that the checkpoint gives; or NotFound."""
    if isinstance(name, str) and name in collection.catalog:
        return collection.catalog[name]
    if is_label(name):
        return pd.Series(label_column(collection, name))
    if checkpoint is None:
        raise NotFound(
            f"There is no column '{name}' in the catalog; a score needs a checkpoint's name."
        )
    names = checkpoint_columns(collection, checkpoint)
    if name in names or is_clustering(name):  # clusters of any number are not listed
        return pd.Series(checkpoint_column(collection, checkpoint, name))
    known = ", ".join([*collection.catalog, *names])
    raise NotFound(f"There is no column '{name}'; there are {known}.")


def is_number(column: pd.Series) -> bool:
    """Whether a column has ranges: numbers, not truth values."""
    dtype = column.dtype
    return pd.api.types.is_numeric_dtype(dtype) and not pd.api.types.is_bool_dtype(dtype)


def is_date(column: pd.Series) -> bool:
    """Whether a column holds moments in time."""
    return pd.api.types.is_datetime64_any_dtype(column.dtype)


def numbers_of(collection: Collection, name: object, checkpoint: str | None) -> np.ndarray:
    """(n_galaxies,) numbers of a column, NaN where missing; as stored where they are numbers.

    Raises BadInput where the column holds none.
    """
    column = column_of(collection, name, checkpoint)
    if is_date(column):
        return days(column)
    if not pd.api.types.is_numeric_dtype(column.dtype):
        raise BadInput(f"Column '{name}' holds no numbers, so it has no range.")
    if isinstance(column.dtype, np.dtype):
        return column.to_numpy()
    return column.to_numpy(dtype=np.float64, na_value=np.nan)


def days(column: pd.Series) -> np.ndarray:
    """Moments as float64 days since 1970-01-01 UTC, NaN where missing."""
    if getattr(column.dtype, "tz", None) is not None:
        column = column.dt.tz_convert("UTC").dt.tz_localize(None)
    moments = column.to_numpy(dtype="datetime64[us]")
    return np.where(np.isnat(moments), np.nan, moments.astype(np.int64) / 86_400e6)


def day_text(day: float) -> str:
    """A moment in days since 1970 as a date, with the time of day where it is not midnight."""
    if not abs(day) < 1e7:
        return f"day {day:g}"
    moment = np.datetime64(0, "us") + np.timedelta64(round(day * 86_400e6), "us")
    text = str(moment.astype("datetime64[s]"))
    return text.removesuffix("T00:00:00").replace("T", " ")


def classes_of(collection: Collection, name: object, checkpoint: str | None) -> Classes:
    """Classes of a column; kept, since finding them takes a pass over texts."""
    column = column_of(collection, name, checkpoint)
    place = None if name in collection.catalog else checkpoint
    key = (collection.digest, name, place)

    def make() -> np.ndarray:
        try:
            codes, values = pd.factorize(column, sort=False)
        except TypeError:
            raise BadInput(f"Column '{name}' holds lists, which are no classes.") from None
        values = np.asarray(values, dtype=object)
        codes = codes.astype(np.int32)
        is_blank = np.array([isinstance(value, str) and value == "" for value in values], bool)
        if is_blank.any():  # surveys write "" for none
            codes[is_blank[codes] & (codes != MISSING)] = MISSING
        _NAMES[key] = values
        return codes

    codes = _CODES.get(key, make)
    return Classes(codes, _NAMES[key])


def has_value(
    collection: Collection, name: object, wanted: list, checkpoint: str | None
) -> np.ndarray:
    """(n_galaxies,) bool of the galaxies whose value is one of `wanted`; None is a missing one.

    A text stands for a number or truth value that is written so: pages know texts only.
    """
    classes = classes_of(collection, name, checkpoint)
    known = pd.Series(classes.values)
    as_numbers = pd.api.types.is_numeric_dtype(known.infer_objects().dtype)
    given = [value for value in wanted if value is not None]
    numbers = [value for value in given if as_numbers and not isinstance(value, str)]
    texts = [str(value) for value in given if not as_numbers or isinstance(value, str)]
    is_wanted = np.zeros(len(known) + 1, bool)  # the last one is that of MISSING, -1
    if texts:
        is_wanted[:-1] = known.astype("string").isin(texts).to_numpy(dtype=bool)
    if numbers:
        is_wanted[:-1] |= known.isin(numbers).to_numpy(dtype=bool)
    is_wanted[MISSING] = len(given) < len(wanted)
    return is_wanted[classes.codes]


def in_range(values: np.ndarray, low: float | None, high: float | None) -> np.ndarray:
    """(n,) bool of the values between two ends, both included; None is no end, NaN is outside."""
    low = -math.inf if low is None else low
    high = math.inf if high is None else high
    inside = np.empty(len(values), bool)
    for start in range(0, len(values), _CHUNK):
        part = values[start : start + _CHUNK].astype(np.float64)
        np.logical_and(part >= low, part <= high, out=inside[start : start + _CHUNK])
    return inside


def end_of_range(value: object, name: object) -> float | None:
    """An end of a range as a number: a finite one, a date, or None; else BadInput."""
    if value is None:
        return None
    if isinstance(value, str):
        try:
            moment = np.datetime64(value, "us")
        except ValueError:
            moment = np.datetime64("NaT")
        if np.isnat(moment):
            raise BadInput(f"The range of '{name}' ends at '{value[:40]}', which is no date.")
        return float(moment.astype(np.int64)) / 86_400e6
    return finite(value)


def finite(value: object) -> float:
    """A finite number of a record, or BadInput."""
    is_some = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_some or not abs(value) <= sys.float_info.max:
        raise BadInput(f"A selection has {value!r} where a finite number is expected.")
    return float(value)

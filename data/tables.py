"""Tables in the field's formats -> a DataFrame of plain columns, long identifiers undamaged.

CSV, Parquet, FITS tables and VOTables; names and values as they are in the file. Which column
is which, and what must be there: catalog.py.
"""

import sys
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from astropy.table import Table

from models.errors import BadInput

# Whole numbers beyond this change in float64, and in a browser.
LARGEST_EXACT = 2**53

IsText = Callable[[str], bool]


def read_table(path: Path, is_text: IsText = lambda name: False) -> pd.DataFrame:
    """Read a table; columns of a CSV for which `is_text(name)` is true are not taken for numbers.

    Columns come out as bool, whole numbers, floats, dates or texts. Whole numbers too long for
    float64 come out as texts. Columns that hold arrays are left out, and a line says so.
    """
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"There is no catalogue at {path}; check the path.")
    suffix = next((s for s in _READERS if path.name.lower().endswith(s)), None)
    if suffix is None:
        raise BadInput(f"{path.name} is no table that can be read; give one of {_KNOWN}.")
    try:
        table = _READERS[suffix](path, is_text)
    except (OSError, ValueError, TypeError, KeyError, IndexError) as error:
        reason = " ".join(str(error).split())
        raise BadInput(f"{path.name} cannot be read as a table: {reason}.") from None
    repeated = table.columns[table.columns.duplicated()]
    if len(repeated):
        raise BadInput(f"{path.name} has more than one column of the name '{repeated[0]}'.")
    return plain_columns(table, path.name)


def plain_columns(table: pd.DataFrame, where: str) -> pd.DataFrame:
    """The same table without nullable types, bytes and long whole numbers."""
    columns = {str(name): _plain(table[name]) for name in table}
    left_out = [name for name, column in columns.items() if column is None]
    if left_out:
        print(
            f"note: columns of {where} that hold arrays are left out: {', '.join(left_out)}",
            file=sys.stderr,
        )
    return pd.DataFrame({name: c for name, c in columns.items() if c is not None})


def _read_csv(path: Path, is_text: IsText) -> pd.DataFrame:
    names = pd.read_csv(path, nrows=0, encoding="utf-8-sig").columns
    # Nullable types: a missing value among whole numbers must not make floats of the others.
    return pd.read_csv(
        path,
        encoding="utf-8-sig",
        dtype={name: "str" for name in names if is_text(name)},
        dtype_backend="numpy_nullable",
    )


def _read_parquet(path: Path, is_text: IsText) -> pd.DataFrame:
    nullable = {
        **{pa.type_for_alias(k.lower()): pd.api.types.pandas_dtype(k) for k in _NULLABLE_INTEGERS},
        pa.bool_(): pd.BooleanDtype(),
    }
    table = pq.read_table(path).to_pandas(types_mapper=nullable.get)
    # An index that pandas stored under a name is a column like any other.
    return table.reset_index(drop=table.index.name is None)


def _read_astropy(path: Path, is_text: IsText) -> pd.DataFrame:
    kind = "fits" if ".fit" in path.name.lower() else "votable"
    # Units and headers of a survey's files are seldom to the letter of the standard.
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = Table.read(path, format=kind)
        table.convert_bytestring_to_unicode()
        flat = [name for name in table.colnames if table[name].ndim == 1]
        columns = {name: list(table[name]) for name in table.colnames if name not in flat}
        return table[flat].to_pandas().assign(**columns)[table.colnames]


_NULLABLE_INTEGERS = ("Int8", "Int16", "Int32", "Int64", "UInt8", "UInt16", "UInt32", "UInt64")

_READERS = {
    ".csv": _read_csv,
    ".csv.gz": _read_csv,
    ".parquet": _read_parquet,
    ".fits": _read_astropy,
    ".fits.gz": _read_astropy,
    ".fit": _read_astropy,
    ".vot": _read_astropy,
    ".votable": _read_astropy,
    ".xml": _read_astropy,
}
_KNOWN = ", ".join(_READERS)


def _plain(column: pd.Series) -> pd.Series | None:
    """A column as bool, numpy numbers, dates or texts; None where it holds arrays."""
    types = pd.api.types
    if isinstance(column.dtype, pd.CategoricalDtype):
        return _plain(column.astype(column.cat.categories.dtype))
    if types.is_bool_dtype(column):
        return _texts(column) if column.isna().any() else column.astype(bool)
    if types.is_integer_dtype(column):
        return _plain_integers(column)
    if types.is_float_dtype(column):
        return column.astype(f"float{8 * column.dtype.itemsize}")
    if types.is_datetime64_any_dtype(column):
        return column
    if column.map(lambda value: isinstance(value, list | tuple | dict | np.ndarray)).any():
        return None
    return _texts(column)


def _plain_integers(column: pd.Series) -> pd.Series:
    known = column.dropna()
    if len(known) and max(abs(int(known.min())), abs(int(known.max()))) > LARGEST_EXACT:
        return _texts(column)
    if len(known) < len(column):
        return column.astype("float64")
    return column.astype(column.dtype.name.lower())


def _texts(column: pd.Series) -> pd.Series:
    """Texts without blanks around them; missing where empty."""
    texts = column.map(
        lambda value: value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value),
        na_action="ignore",
    )
    texts = texts.astype("str").str.strip()
    return texts.where(texts != "")

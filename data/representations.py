"""Representations that exist already: `.npy`, `.npz`, Parquet or HDF5, one file a checkpoint.

They are looked through once before anything is built, and copied once, in pieces: the files may
be larger than memory.
"""

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from data.arrays import array_writer, chunks, read_array
from models.errors import BadInput, first_few

KEY = "representations"
ID_KEYS = ("object_id", "id", "ids", "object_ids")


class Collapsed(BadInput):
    """All representations of a checkpoint are the same."""


@dataclass(frozen=True)
class Representations:
    """Representations in an open file.

    values : (n, d) array, or anything of that `shape` that gives rows for a slice
    object_ids : (n,) array of str; None where the file has none
    """

    values: np.ndarray | h5py.Dataset
    object_ids: np.ndarray | None

    def __len__(self) -> int:
        return self.values.shape[0]

    @property
    def n_dim(self) -> int:
        """Numbers per galaxy."""
        return self.values.shape[1]


@contextmanager
def open_representations(path: Path) -> Iterator[Representations]:
    """Open a file of representations, or raise BadInput with what it has instead."""
    path = Path(path)
    if not path.is_file():
        raise BadInput(f"There are no representations at {path}; check the path.")
    if path.suffix.lower() not in _READERS:
        known = ", ".join(_READERS)
        raise BadInput(f"{path.name} is no file of representations; give one of {known}.")
    try:
        opened = _READERS[path.suffix.lower()](path)
    except BadInput:
        raise
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput(f"{path.name} cannot be read: {error}.") from None
    try:
        _check_form(opened, path.name)
        yield opened
    finally:
        if isinstance(opened.values, h5py.Dataset):
            opened.values.file.close()


def find_bad_rows(representations: Representations, where: str) -> np.ndarray:
    """Rows with a value that is not a finite float32.

    Raises Collapsed where every galaxy that is left has the same representation.
    """
    is_bad = np.zeros(len(representations), dtype=bool)
    low, high = np.inf, -np.inf
    for rows in chunks(len(representations)):
        with np.errstate(over="ignore"):
            values = np.asarray(representations.values[rows], dtype=np.float32)
        is_bad[rows] = ~np.isfinite(values).all(axis=1)
        good = values[~is_bad[rows]]
        if len(good):
            low, high = np.minimum(low, good.min(0)), np.maximum(high, good.max(0))
    if not is_bad.all() and not np.any(high > low):
        raise Collapsed(
            f"All representations in {where} are the same: nothing was learnt, or the wrong layer "
            "was stored; leave the checkpoint out with --drop-collapsed."
        )
    return np.flatnonzero(is_bad)


def copy_representations(
    path: Path, target: Path, rows: np.ndarray, *, half: bool, progress: Callable[[float], object]
) -> None:
    """Write the rows of a file, in the order given, as a collection's `.npy`."""
    with open_representations(path) as source:
        shape = (len(rows), source.n_dim)
        with array_writer(target, shape, "<f2" if half else "<f4") as writer:
            for part in chunks(len(rows)):
                writer.append(stored(_take(source.values, rows[part]), half, path.name))
                progress(part.stop / len(rows))


def stored(values: np.ndarray, half: bool, where: str) -> np.ndarray:
    """Values in the type they are stored in; BadInput where half precision cannot hold them."""
    if not half:
        return np.asarray(values, dtype="<f4")
    with np.errstate(over="ignore"):
        halved = np.asarray(values, dtype="<f2")
    if np.isinf(halved).any():
        raise BadInput(
            f"{where} has values beyond 65,504, the most of half precision; build without --half."
        )
    return halved


def are_the_same(values: np.ndarray) -> bool:
    """Whether all rows of an array are equal; one that differs early is found early."""
    return all((values[part] == values[0]).all() for part in chunks(len(values)))


def _take(values: np.ndarray | h5py.Dataset, rows: np.ndarray) -> np.ndarray:
    """Rows of an array or HDF5 dataset: a run is one read, and HDF5 wants others increasing."""
    if len(rows) and np.array_equal(rows, np.arange(rows[0], rows[0] + len(rows))):
        return values[rows[0] : rows[0] + len(rows)]
    if isinstance(values, np.ndarray):
        return values[rows]
    wanted, place = np.unique(rows, return_inverse=True)
    return values[wanted][place]


def _read_npy(path: Path) -> Representations:
    return Representations(read_array(path), None)


def _read_npz(path: Path) -> Representations:
    if not zipfile.is_zipfile(path):
        raise zipfile.BadZipFile("it is not a whole .npz file")
    with np.load(path, allow_pickle=False) as file:
        ids = next((file[key] for key in ID_KEYS if key in file), None)
        names = [name for name in file.files if name not in ID_KEYS]
        name = KEY if KEY in names else names[0] if len(names) == 1 else None
        values = None if name is None else file[name]
    if values is None:
        raise BadInput(
            f"{path.name} has no array '{KEY}' and not one alone; it has {', '.join(names)}."
        )
    return Representations(values, _as_texts(ids, path.name))


def _read_parquet(path: Path) -> Representations:
    table = pq.read_table(path)
    lower = {name.lower(): name for name in table.column_names}
    id_name = next((lower[key] for key in ID_KEYS if key in lower), None)
    ids = None if id_name is None else table[id_name].to_pandas().to_numpy()
    numbers = [c for c in table.column_names if c != id_name and _is_number(table.schema.field(c))]
    lists = [c for c in table.column_names if pa.types.is_nested(table.schema.field(c).type)]
    if KEY in lists or (len(lists) == 1 and not numbers):
        values = _from_lists(table[KEY if KEY in lists else lists[0]], path.name)
    elif numbers:
        columns = [table[name].to_numpy() for name in numbers]
        values = np.stack([np.asarray(c, np.float32) for c in columns], axis=1)
    else:
        raise BadInput(f"{path.name} has no columns of numbers; it has {', '.join(lower)}.")
    return Representations(values, _as_texts(ids, path.name))


def _from_lists(column: pa.ChunkedArray, where: str) -> np.ndarray:
    missing = np.flatnonzero(column.is_null())
    if len(missing):
        raise BadInput(
            f"{len(missing):,} representations in {where} are missing: rows {first_few(missing)}."
        )
    lengths = {len(row) for row in column}
    if len(lengths) != 1:
        raise BadInput(f"Representations in {where} are of {len(lengths)} different lengths.")
    flat = column.combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return np.asarray(flat, np.float32).reshape(len(column), lengths.pop())


def _read_hdf5(path: Path) -> Representations:
    file = h5py.File(path)
    planes = [k for k, v in file.items() if isinstance(v, h5py.Dataset) and v.ndim == 2]
    name = KEY if KEY in file else planes[0] if len(planes) == 1 else None
    if name is None or not isinstance(file[name], h5py.Dataset):
        keys = ", ".join(file) or "no keys"
        file.close()
        raise BadInput(f"{path.name} has no dataset '{KEY}' and not one 2-D one; it has {keys}.")
    ids = next((file[k][()] for k in ID_KEYS if isinstance(file.get(k), h5py.Dataset)), None)
    return Representations(file[name], _as_texts(ids, path.name))


_READERS = {
    ".npy": _read_npy,
    ".npz": _read_npz,
    ".parquet": _read_parquet,
    ".h5": _read_hdf5,
    ".hdf5": _read_hdf5,
    ".hdf": _read_hdf5,
}


def _check_form(representations: Representations, where: str) -> None:
    values, ids = representations.values, representations.object_ids
    if values.dtype.kind not in "fiu":
        raise BadInput(f"Representations in {where} are of type {values.dtype}, not numbers.")
    if len(values.shape) != 2 or values.shape[1] < 1:
        raise BadInput(
            f"Representations in {where} have shape {tuple(values.shape)}; they must be "
            "(galaxies, numbers per galaxy)."
        )
    if ids is not None and len(ids) != len(representations):
        raise BadInput(f"{where} has {len(representations):,} rows and {len(ids):,} identifiers.")
    if ids is not None and len(np.unique(ids)) < len(ids):
        repeated = pd.Series(ids)[pd.Series(ids).duplicated()].unique()
        raise BadInput(
            f"{len(repeated):,} identifiers of {where} appear more than once, such as "
            f"{repeated[0]}; every galaxy needs its own."
        )


def _is_number(field: pa.Field) -> bool:
    return pa.types.is_floating(field.type) or pa.types.is_integer(field.type)


def _as_texts(ids: np.ndarray | None, where: str) -> np.ndarray | None:
    if ids is None:
        return None
    if ids.dtype.kind == "f":
        raise BadInput(
            f"Identifiers in {where} are floating-point numbers, which lose digits; store them as "
            "text or whole numbers."
        )
    return np.array([i.decode() if isinstance(i, bytes) else str(i) for i in ids.tolist()])

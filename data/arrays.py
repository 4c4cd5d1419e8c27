"""Arrays on disk as `.npy`: written from front to back, read memory-mapped."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np

from models.errors import BadInput
from models.files import write_whole

# Rows handled at a time where an array may be larger than memory: 8,192 x 512 float32 is 16 MiB.
CHUNK_ROWS = 8192


class ArrayWriter:
    """Rows appended to an open `.npy` file of a shape known before."""

    def __init__(self, file: BinaryIO, shape: tuple[int, ...], dtype: np.dtype) -> None:
        self._file, self._shape, self._dtype = file, shape, np.dtype(dtype)
        self._n_written = 0
        header = {"descr": np.lib.format.dtype_to_descr(self._dtype), "fortran_order": False}
        np.lib.format.write_array_header_1_0(file, {**header, "shape": shape})

    def append(self, rows: np.ndarray) -> None:
        """Write the next rows, in the type of the file."""
        rows = np.ascontiguousarray(rows, dtype=self._dtype)
        # Not `tofile`, whose error on a full disk does not say what happened.
        self._file.write(rows.tobytes() if rows.dtype.names else rows.data)
        self._n_written += len(rows)

    def finish(self) -> None:
        """Refuse a file with fewer or more rows than its header promises."""
        if self._n_written != self._shape[0]:
            raise ValueError(f"{self._n_written} rows written of {self._shape[0]} announced")


@contextmanager
def array_writer(path: Path, shape: tuple[int, ...], dtype: str) -> Iterator[ArrayWriter]:
    """Give a writer for an array; the file takes its name when all rows are written.

    A memory-mapped file would be simpler to fill, and a full disk would then kill the process
    with SIGBUS instead of raising.
    """
    with write_whole(path) as temporary:
        with open(temporary, "wb") as file:
            writer = ArrayWriter(file, shape, np.dtype(dtype))
            yield writer
            writer.finish()


def write_array(path: Path, array: np.ndarray, dtype: str | None = None) -> None:
    """Write an array that is in memory, or mapped, as `.npy`."""
    array = np.asarray(array)
    with array_writer(path, array.shape, dtype or array.dtype) as writer:
        for rows in chunks(len(array)):
            writer.append(array[rows])


def write_arrays(path: Path, arrays: dict[str, np.ndarray]) -> None:
    """Write named arrays as one uncompressed `.npz`."""
    with write_whole(path) as temporary, open(temporary, "wb") as file:
        np.savez(file, allow_pickle=False, **arrays)


def read_array(path: Path) -> np.ndarray:
    """A `.npy` file, memory-mapped and read-only."""
    try:
        # asarray: a memmap's own class would spread into everything computed from it.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except (ValueError, EOFError) as error:
        raise BadInput(f"{path.name} is not a readable .npy array: {error}.") from None


def read_arrays(path: Path) -> dict[str, np.ndarray]:
    """All arrays of a `.npz` file, in memory."""
    with np.load(path, allow_pickle=False) as file:
        return {name: file[name] for name in file.files}


def chunks(n_rows: int, size: int = CHUNK_ROWS) -> Iterator[slice]:
    """Slices that cover `n_rows` rows, `size` at a time."""
    for start in range(0, n_rows, size):
        yield slice(start, min(start + size, n_rows))

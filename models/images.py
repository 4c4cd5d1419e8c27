"""The one reader of galaxy images: an HDF5 file, a folder of cutouts, or an array file."""

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from models.cutout_files import SUFFIXES, decode_cutout, is_fits, media_type, read_fits
from models.errors import BadInput
from models.fits_planes import Planes

# What Galaxy10 DECaLS calls its ten classes; the published file carries the numbers alone.
GALAXY10_CLASSES = (
    "Disturbed",
    "Merging",
    "Round Smooth",
    "In-between Round Smooth",
    "Cigar Shaped Smooth",
    "Barred Spiral",
    "Unbarred Tight Spiral",
    "Unbarred Loose Spiral",
    "Edge-on without Bulge",
    "Edge-on with Bulge",
)


@dataclass(frozen=True)
class Images:
    """A fixed, ordered set of galaxy images, read by row when asked for.

    object_ids : (n,) array of str, unique
    labels : (n,) int64 array, -1 where a galaxy has no class; None where the source has no classes
    class_names : name of label i at position i; empty where there are none
    size : (height, width) in pixels, the same for every galaxy
    """

    object_ids: np.ndarray
    labels: np.ndarray | None
    class_names: tuple[str, ...]
    size: tuple[int, int]
    _read: Callable[[np.ndarray], np.ndarray]
    _files: tuple[Path, ...] = ()

    def __len__(self) -> int:
        return len(self.object_ids)

    def pixels(self, rows: np.ndarray | list[int] | slice) -> np.ndarray:
        """(m, height, width, 3) uint8 of the galaxies at `rows`, in the order asked for.

        Raises
        ------
        BadInput
            If a cutout file cannot be read or has another size; the sentence names the file.
        """
        return self._read(np.arange(len(self))[rows])

    def encoded(self, row: int) -> tuple[bytes, str] | None:
        """Original bytes and media type of a JPEG or PNG cutout; None for any other source."""
        if not self._files:
            return None
        encoded = self._files[row].read_bytes()
        kind = media_type(encoded)  # not by its suffix: a WebP file may be called .jpg
        return (encoded, kind) if kind else None

    @property
    def has_planes(self) -> bool:
        """Whether any cutout is FITS: its bands can be stretched anew later."""
        return any(is_fits(file) for file in self._files)

    def planes(self, row: int) -> Planes | None:
        """The bands of a FITS cutout as they were measured; None for any other source."""
        if not self._files or not is_fits(self._files[row]):
            return None
        return read_fits(self._files[row])


def open_images(path: Path) -> Images:
    """Open galaxy images from any of the three sources.

    Parameters
    ----------
    path : Path
        An HDF5 file in the layout of Galaxy10 DECaLS (`images`; `ans`, `id` and the attribute
        `class_names` where there are any); a folder of JPEG, PNG or FITS cutouts, whose file
        stems are the object ids; or a .npy or .npz array (n, height, width, 3) of uint8.

    Returns
    -------
    Images
        Where the source has no ids, they are row numbers, padded with zeros to one length.

    Raises
    ------
    BadInput
        If there is nothing to read at `path`, or its keys, shapes, dtypes or ids are wrong.
    """
    path = Path(path)
    if path.is_dir():
        return _open_folder(path)
    if not path.is_file():
        raise BadInput(f"There is no image file or folder at {path}; check the path.")
    if path.suffix.lower() in (".npy", ".npz"):
        with _readable(path, "array"):
            return _open_array(path)
    if h5py.is_hdf5(path):
        with _readable(path, "HDF5"):
            return _open_hdf5(path)
    raise BadInput(
        f"{path} is not a readable HDF5 file, .npy or .npz array, or a folder of cutouts; "
        "convert it to one of them."
    )


@contextmanager
def _readable(path: Path, kind: str) -> Iterator[None]:
    """Turn what is raised on reading a damaged file into a sentence that names it."""
    try:
        yield
    except BadInput:
        raise
    except (OSError, ValueError, EOFError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        raise BadInput(
            f"{path} is not a readable {kind} file ({error}); write or download it again."
        ) from error


def _open_hdf5(path: Path) -> Images:
    with h5py.File(path) as file:
        if "images" not in file:
            raise BadInput(f"{path} has no key 'images'; it has {', '.join(file) or 'no keys'}.")
        for key in ("images", "ans", "id"):
            if key in file and not isinstance(file[key], h5py.Dataset):
                raise BadInput(f"The key '{key}' of {path} is a group; it must be a dataset.")
        stack = file["images"]
        _check_stack(stack.shape, stack.dtype, path)
        n, height, width, _ = stack.shape
        ids = _checked_ids(file["id"][()] if "id" in file else None, n, path)
        labels = _checked_labels(file["ans"][()], n, path) if "ans" in file else None
        given = file.attrs.get("class_names")
    names = () if labels is None else _class_names(labels, given, (height, width), path)
    return Images(ids, labels, names, (height, width), lambda rows: _read_hdf5(path, rows))


def _read_hdf5(path: Path, rows: np.ndarray) -> np.ndarray:
    """Read rows run by run: HDF5 reads neighbors together and scattered lists slowly."""
    wanted, place = np.unique(rows, return_inverse=True)
    runs = np.split(wanted, np.flatnonzero(np.diff(wanted) > 1) + 1)
    # Opened for each read: no handle is left behind, and threads cannot share one.
    with _readable(path, "HDF5"), h5py.File(path) as file:
        stack = file["images"]
        parts = [stack[run[0] : run[-1] + 1] for run in runs if len(run)]
        return np.concatenate(parts or [stack[:0]])[place]


def _open_array(path: Path) -> Images:
    if path.suffix.lower() == ".npz" and not zipfile.is_zipfile(path):
        raise zipfile.BadZipFile("it is not a whole .npz file")
    loaded = np.load(path, mmap_mode="r", allow_pickle=False)
    labels = ids = given = None
    stack = loaded
    if isinstance(loaded, np.lib.npyio.NpzFile):
        with loaded:
            if "images" not in loaded:
                raise BadInput(
                    f"{path} has no key 'images'; it has {', '.join(loaded) or 'no keys'}."
                )
            stack, labels, ids = loaded["images"], loaded.get("ans"), loaded.get("id")
            given = loaded.get("class_names")
    _check_stack(stack.shape, stack.dtype, path)
    n, height, width, _ = stack.shape
    labels = None if labels is None else _checked_labels(labels, n, path)
    names = () if labels is None else _class_names(labels, given, (height, width), path)
    ids = _checked_ids(ids, n, path)
    return Images(ids, labels, names, (height, width), lambda rows: np.asarray(stack[rows]))


def _open_folder(folder: Path) -> Images:
    files = [file for file in folder.iterdir() if _is_cutout(file)]
    if not files:
        raise BadInput(f"{folder} has no cutouts ({', '.join(SUFFIXES)}); check the folder.")
    files = tuple(sorted(files, key=lambda file: _natural(file.name)))
    ids = _checked_ids(np.array([file.stem for file in files]), len(files), folder)
    size = decode_cutout(files[0]).shape[:2]
    return Images(ids, None, (), size, lambda rows: _read_files(files, rows, size), files)


def _is_cutout(file: Path) -> bool:
    return file.suffix.lower() in SUFFIXES and not file.name.startswith(".")


def _read_files(files: tuple[Path, ...], rows: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    stack = np.empty((len(rows), *size, 3), np.uint8)
    for place, row in enumerate(rows):
        cutout = decode_cutout(files[row])
        if cutout.shape[:2] != size:
            raise BadInput(
                f"{files[row]} is {cutout.shape[1]} x {cutout.shape[0]} pixels and the first "
                f"cutout {size[1]} x {size[0]}; cut all galaxies to one size."
            )
        stack[place] = cutout
    return stack


def _natural(name: str) -> list[tuple[int, str]]:
    """Sort key that puts galaxy_2 before galaxy_10, and equals apart by their spelling."""
    parts = re.split(r"(\d+)", name)
    return [(int(part) if part.isdecimal() else -1, part) for part in parts]


def _check_stack(shape: tuple[int, ...], dtype: np.dtype, path: Path) -> None:
    if len(shape) != 4 or shape[3] != 3 or dtype != np.uint8:
        raise BadInput(
            f"The images in {path} are {dtype} of shape {tuple(shape)}; "
            "they must be uint8 of shape (galaxies, height, width, 3)."
        )


def _checked_ids(given: np.ndarray | None, n: int, path: Path) -> np.ndarray:
    """Object ids as strings; row numbers where none are given."""
    if given is None:
        return np.array([f"{row:0{len(str(n - 1))}d}" for row in range(n)])
    if given.dtype.kind == "f":
        raise BadInput(
            f"The ids in {path} are floating-point numbers, which lose digits; store them as text."
        )
    if given.shape != (n,):
        raise BadInput(f"{path} has {n} images and ids of shape {given.shape}; one id per image.")
    ids = np.array([i.decode() if isinstance(i, bytes) else str(i) for i in given.tolist()])
    missing = np.flatnonzero(np.char.strip(ids) == "") if n else ()
    if len(missing):
        raise BadInput(f"{len(missing)} ids in {path} are empty, the first in row {missing[0]}.")
    repeated = [name for name, count in Counter(ids.tolist()).items() if count > 1]
    if repeated:
        raise BadInput(
            f"{len(repeated)} ids in {path} are used more than once, such as {repeated[0]!r}; "
            "every galaxy needs its own."
        )
    return ids


def _checked_labels(given: np.ndarray, n: int, path: Path) -> np.ndarray:
    """Class numbers as int64, with -1 for every negative or undefined one."""
    if given.shape != (n,) or given.dtype.kind not in "iuf":
        raise BadInput(
            f"The classes 'ans' in {path} are {given.dtype} of shape {given.shape}; "
            f"they must be {n} whole numbers, one per image."
        )
    labels = np.where(np.isfinite(given), given, -1).astype(np.int64)
    return np.maximum(labels, -1)


def _class_names(
    labels: np.ndarray, given: np.ndarray | None, size: tuple[int, int], path: Path
) -> tuple[str, ...]:
    n_classes = int(labels.max(initial=-1)) + 1
    if given is None:
        is_galaxy10 = n_classes == len(GALAXY10_CLASSES) and size == (256, 256)
        return GALAXY10_CLASSES if is_galaxy10 else tuple(f"class {i}" for i in range(n_classes))
    given = np.ravel(given).tolist()
    names = tuple(name.decode() if isinstance(name, bytes) else str(name) for name in given)
    if len(names) < n_classes:
        raise BadInput(
            f"{path} names {len(names)} classes and uses number {n_classes - 1}; name them all."
        )
    return names

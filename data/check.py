"""What makes a folder a collection that can be served: looked at on opening, before anything else.

Format version, presence, sizes, shapes and JSON only: hashing gigabytes has no place before the
first paint. Checksums are compared by `python -m data.build --verify NAME`.
"""

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data import format
from data.arrays import read_array
from data.big_cutout import FACTS
from models.errors import BadCollection, BadInput
from models.files import read_json, sha256

# What a collection cannot do without; cutouts it can.
_REQUIRED = (format.CATALOG, format.ORDER)


def check_collection(folder: Path) -> dict:
    """Content of `collection.json`, or BadCollection with what is wrong with the folder."""
    info = _read_info(folder)
    _check_sizes(folder, info)
    n_galaxies = info["n_galaxies"]
    _check_rows(folder, format.CATALOG, _n_catalog_rows(folder / format.CATALOG), n_galaxies)
    _check_array(folder, format.ORDER, ("<i4",), 1, n_galaxies)
    if info.get("cutouts") == format.MADE_UP:
        _check_facts(folder, info)
    checkpoints = checkpoint_names(info)
    if not checkpoints:
        raise BadCollection(f"Collection '{folder.name}' has no checkpoint; build it again.")
    for name in checkpoints:
        _check_checkpoint(folder, name, n_galaxies)
    return info


def checkpoint_names(info: dict) -> list[str]:
    """Names of the checkpoints whose files `collection.json` lists, in alphabetical order."""
    parts = [path.split("/") for path in info["files"]]
    return sorted(
        p[1] for p in parts if len(p) == 3 and p[::2] == [format.CHECKPOINTS, format.CHECKPOINT]
    )


def verify_checksums(folder: Path, info: dict) -> list[str]:
    """Files whose bytes are not those that were built."""
    return [
        path for path, known in info["files"].items() if sha256(folder / path) != known["sha256"]
    ]


def _read_info(folder: Path) -> dict:
    try:
        info = read_json(folder / format.COLLECTION)
        version = info["format_version"]
    except FileNotFoundError:
        raise BadCollection(
            f"'{folder}' is not a collection: it has no {format.COLLECTION}."
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as error:
        raise BadCollection(
            f"{format.COLLECTION} of '{folder.name}' cannot be read ({error!r}); build it again."
        ) from None
    # Before any other key: another version may have others.
    if isinstance(version, int) and version > format.FORMAT_VERSION:
        raise BadCollection(
            f"Collection '{folder.name}' has format version {version}, and this program reads up "
            f"to {format.FORMAT_VERSION}; update the program."
        )
    if not isinstance(version, int) or version < 1 or not _is_complete(info):
        raise BadCollection(
            f"{format.COLLECTION} of '{folder.name}' is not of a form this program knows; "
            "build it again."
        )
    return info


def _is_complete(info: dict) -> bool:
    """Whether a description of this version has every key that is relied on, in its form."""
    files = info.get("files")
    return (
        # It is shown on the page: nothing but a name may come from a downloaded file.
        format.is_name(info.get("name"))
        and isinstance(info.get("n_galaxies"), int)
        and isinstance(files, dict)
        and all(isinstance(known, dict) for known in files.values())
        and all(isinstance(known.get("size"), int) for known in files.values())
        and all(isinstance(known.get("sha256"), str) for known in files.values())
    )


def _check_sizes(folder: Path, info: dict) -> None:
    for required in _REQUIRED:
        if required not in info["files"]:
            raise BadCollection(f"Collection '{folder.name}' lists no {required}; build it again.")
    for path, known in info["files"].items():
        if path.startswith("/") or ".." in path.split("/"):
            raise BadCollection(f"Collection '{folder.name}' lists '{path}' outside its folder.")
        file = folder / path
        if not file.is_file():
            raise BadCollection(f"Collection '{folder.name}' lacks {path}; build it again.")
        size = file.stat().st_size
        if size != known["size"]:
            raise BadCollection(
                f"{path} of '{folder.name}' has {size:,} bytes where {known['size']:,} were "
                "written: it is truncated or changed; build it again."
            )


def _check_checkpoint(folder: Path, name: str, n_galaxies: int) -> None:
    if not format.is_name(name):
        raise BadCollection(f"Collection '{folder.name}' has a checkpoint of the name '{name}'.")
    inside = Path(format.CHECKPOINTS, name)
    for file in format.CHECKPOINT_FILES:
        if not (folder / inside / file).is_file():
            raise BadCollection(
                f"Collection '{folder.name}' lacks {inside / file}; build it again."
            )
    for file, (dtypes, n_dim) in format.CHECKPOINT_ARRAYS.items():
        _check_array(folder, str(inside / file), dtypes, n_dim, n_galaxies)
    for file in (format.CHECKPOINT, format.QUALITY):
        try:
            read_json(folder / inside / file)
        except (json.JSONDecodeError, UnicodeDecodeError) as error:
            raise BadCollection(
                f"{inside / file} of '{folder.name}' cannot be read ({error}); build it again."
            ) from None


def _check_facts(folder: Path, info: dict) -> None:
    """Look for what made-up cutouts are drawn from."""
    columns = pq.read_schema(folder / format.CATALOG).names
    missing = [name for name in FACTS if name not in columns]
    seed = info.get("seed")
    if missing or not isinstance(seed, int) or seed < 0:
        raise BadCollection(
            f"Cutouts of '{folder.name}' are made up from {', '.join(FACTS)} and a seed, and it "
            f"has no {missing[0] if missing else 'seed'}; make it again."
        )


def _check_array(
    folder: Path, path: str, dtypes: tuple[str, ...] | None, n_dim: int, n_galaxies: int
) -> None:
    try:
        array = read_array(folder / path)
    except BadInput as error:
        raise BadCollection(f"In '{folder.name}': {error} Build it again.") from None
    if array.ndim != n_dim or (dtypes is not None and array.dtype.str not in dtypes):
        raise BadCollection(
            f"{path} of '{folder.name}' is {array.dtype} of shape {array.shape}, where "
            f"{' or '.join(dtypes or ['a table'])} in {n_dim} dimensions is expected."
        )
    _check_rows(folder, path, len(array), n_galaxies)


def _check_rows(folder: Path, path: str, n_rows: int, n_galaxies: int) -> None:
    if n_rows != n_galaxies:
        raise BadCollection(
            f"{path} of '{folder.name}' has {n_rows:,} rows for {n_galaxies:,} galaxies; "
            "build it again."
        )


def _n_catalog_rows(path: Path) -> int:
    try:
        return pq.read_metadata(path).num_rows
    except pa.ArrowInvalid as error:
        raise BadCollection(f"{path.name} is damaged ({error}); build it again.") from None

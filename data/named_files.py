"""Files of named selections: one of JSON each, and the identifiers beside it where they are many.

    <collection>.kept/selections/
        <file>.json               name, note, created, collection, record, how, n, version,
                                  object_ids
        <file>.<version>.parquet  the identifiers, one a row, where they are many

`version` is a digest of the identifiers: a record of the kind "saved" names file and version, so
that it means the same galaxies for ever or is refused.
"""

import hashlib
import json
import re
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.store import Collection
from data.writing import writing_to
from models.errors import BadInput, NotFound
from models.files import read_json, write_json, write_whole

FOLDER = "selections"
MAX_INSIDE = 1000  # identifiers in the JSON itself, which stays readable
_FILE = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
_VERSION = re.compile(r"[0-9a-f]{12}")


def folder_of(collection: Collection) -> Path:
    """Where the named selections of a collection are kept; it need not exist."""
    return collection.kept / FOLDER


def path_of(collection: Collection, file: object) -> Path:
    """Path of a named selection by the name of its file; NotFound where there is none."""
    # The name comes from the browser or a record: known characters only, never a path.
    is_name = isinstance(file, str) and _FILE.fullmatch(file) is not None
    path = folder_of(collection) / f"{file}.json" if is_name else None
    if path is None or not path.is_file():
        raise NotFound(f"There is no saved selection '{str(file)[:40]}', or no longer.")
    return path


def read_named(path: Path) -> dict:
    """Content of a file of a named selection, checked; BadInput says what is wrong with it."""
    try:
        content = read_json(path)
    except (OSError, ValueError, RecursionError) as error:
        raise BadInput(f"'{path.name}' cannot be read ({_reason(error)}).") from None
    forms = {"name": str, "record": dict, "n": int, "version": str, "collection": dict}
    for key, form in forms.items():
        if not isinstance(content, dict) or not isinstance(content.get(key), form):
            raise BadInput(f"'{path.name}' is not of a named selection: its '{key}' is missing.")
    if not content["name"].strip() or not _VERSION.fullmatch(content["version"]):
        raise BadInput(f"'{path.name}' has no name or no version as they are written here.")
    return content


def ids_of_saved(collection: Collection, file: object, version: object) -> list[str]:
    """Identifiers of a named selection as they were when it had that version; else NotFound."""
    path = path_of(collection, file)
    content = read_named(path)
    if content["version"] != version:
        raise NotFound(f"The selection '{content['name']}' has been saved anew; load it again.")
    return ids_in(path, content)


def ids_in(path: Path, content: dict) -> list[str]:
    """Identifiers of a named selection: those in its JSON, or in the file beside it."""
    object_ids = content.get("object_ids")
    if object_ids is None:
        beside = _beside(path, content["version"])
        try:
            object_ids = pq.read_table(beside)["object_id"].to_pylist()
        except (OSError, KeyError, pa.ArrowException) as error:
            raise BadInput(f"'{beside.name}' cannot be read ({_reason(error)}).") from None
    if not isinstance(object_ids, list) or not all(isinstance(i, str) for i in object_ids):
        raise BadInput(f"The object_ids of '{path.name}' are no list of texts.")
    if version_of(object_ids) != content["version"]:
        raise BadInput(f"The object_ids of '{path.name}' are not those that were saved.")
    return object_ids


def version_of(object_ids: list[str]) -> str:
    """Twelve digits of the identifiers, in their order."""
    return hashlib.sha256("\n".join(object_ids).encode()).hexdigest()[:12]


def write_named(path: Path, content: dict, object_ids: list[str]) -> None:
    """Write a named selection and its identifiers; what was there stays until both are written."""
    version = version_of(object_ids)
    content = content | {"n": len(object_ids), "version": version}
    with writing_to(path.parent):
        if len(object_ids) <= MAX_INSIDE:
            content["object_ids"] = object_ids
        else:
            with write_whole(_beside(path, version)) as temporary:
                pq.write_table(pa.table({"object_id": object_ids}), temporary, compression="zstd")
        write_json(path, content)
        _drop_beside(path, version if len(object_ids) > MAX_INSIDE else "")


def rewrite_named(path: Path, content: dict) -> None:
    """Write a named selection whose identifiers stay as they are."""
    with writing_to(path.parent):
        write_json(path, content)


def remove_named(path: Path) -> None:
    """Remove a named selection and its identifiers."""
    with writing_to(path.parent):
        path.unlink(missing_ok=True)
        _drop_beside(path, "")


def _beside(path: Path, version: str) -> Path:
    return path.with_name(f"{path.stem}.{version}.parquet")


def _drop_beside(path: Path, kept: str) -> None:
    for other in path.parent.glob(f"{path.stem}.*.parquet"):
        is_ours = _VERSION.fullmatch(other.name[len(path.stem) + 1 : -len(".parquet")])
        if is_ours and other != _beside(path, kept):
            other.unlink(missing_ok=True)


def _reason(error: Exception) -> str:
    if isinstance(error, json.JSONDecodeError):
        return f"no JSON from line {error.lineno} on"
    if isinstance(error, OSError):
        return error.strerror or "it is damaged"
    return "it is no text" if isinstance(error, UnicodeDecodeError) else "it is damaged"

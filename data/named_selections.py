"""Named selections: kept beside the collection, with how they were made and what was found.

A polygon on a map that was built again means other galaxies. So both are kept: the record, and
the identifiers of the galaxies it meant. In the build it was made on, the record holds; in
another, the identifiers do.
"""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from data.named_files import (
    folder_of,
    ids_in,
    path_of,
    read_named,
    remove_named,
    rewrite_named,
    write_named,
)
from data.selection import resolve
from data.selection_ids import rows_of_ids
from data.selection_record import is_empty
from data.store import Collection
from models.errors import BadInput, NotFound

MAX_NAME = 80
MAX_NOTE = 2000
ALGEBRA = {"union": "add", "intersection": "intersect", "difference": "remove"}


@dataclass(frozen=True)
class Named:
    """A named selection as it was kept.

    file : name of its file, which stays when it is renamed
    record : how it was made; how : the same in words
    n : galaxies found then; version : digest of their identifiers
    digest : of the collection it was made on
    """

    file: str
    name: str
    note: str
    created: str
    record: dict
    how: str
    n: int
    version: str
    digest: str

    @classmethod
    def from_content(cls, file: str, content: dict) -> "Named":
        """From the content of its file."""
        return cls(
            file,
            content["name"],
            str(content.get("note") or ""),
            str(content.get("created") or ""),
            content["record"],
            str(content.get("how") or ""),
            content["n"],
            content["version"],
            str(content["collection"].get("digest") or ""),
        )

    def is_of(self, collection: Collection) -> bool:
        """Whether it was made on this very build, so that its outline means the same galaxies."""
        return self.digest == collection.digest

    def as_record(self, collection: Collection) -> dict:
        """The record that selects its galaxies here: its own, or by the identifiers found then."""
        if self.is_of(collection):
            return self.record
        by_ids = {"kind": "saved", "file": self.file, "version": self.version, "name": self.name}
        return {"steps": [{"op": "set", **by_ids}]}

    def as_step(self, collection: Collection, op: str) -> dict:
        """One step that combines its galaxies with what is selected before."""
        if self.is_of(collection):
            return {"op": op, "kind": "record", "record": self.record, "name": self.name}
        return {**self.as_record(collection)["steps"][0], "op": op}


def list_named(collection: Collection) -> tuple[list[Named], list[str]]:
    """Named selections by name, and sentences about files that are none."""
    found, wrong = [], []
    folder = folder_of(collection)
    for path in sorted(folder.glob("*.json")) if folder.is_dir() else []:
        if path.name.startswith("."):
            continue  # being written
        try:
            found.append(Named.from_content(path.stem, read_named(path_of(collection, path.stem))))
        except (BadInput, NotFound) as error:
            wrong.append(str(error))
    return sorted(found, key=lambda named: (named.name.casefold(), named.file)), wrong


def named_of(collection: Collection, file: object) -> Named:
    """A named selection by its file; NotFound or BadInput where there is none."""
    path = path_of(collection, file)
    return Named.from_content(path.stem, read_named(path))


def find_named(collection: Collection, name: str) -> Named | None:
    """The named selection of a name, None where the name is free."""
    wanted = checked_name(name)
    return next((named for named in list_named(collection)[0] if named.name == wanted), None)


def save_named(
    collection: Collection,
    name: str,
    record: dict,
    *,
    how: str,
    note: str = "",
    is_replacing: bool = False,
) -> Named:
    """Keep a selection under a name; raises BadInput where the name is taken, unless replacing."""
    name = checked_name(name)
    if is_empty(record):
        raise BadInput("Nothing is selected, so there is nothing to save.")
    taken = find_named(collection, name)
    if taken is not None and not is_replacing:
        raise BadInput(f"There is a selection '{name}' already.")
    rows = resolve(record, collection)
    object_ids = collection.catalog["object_id"].iloc[rows].tolist()
    path = _free_path(collection, name) if taken is None else path_of(collection, taken.file)
    content = {
        "name": name,
        "note": note.strip()[:MAX_NOTE],
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "collection": {"name": collection.name, "digest": collection.digest},
        "how": how,
        "record": record,
    }
    write_named(path, content, object_ids)
    return named_of(collection, path.stem)


def rename_named(collection: Collection, file: str, name: str) -> Named:
    """Give a named selection another name."""
    name, path = checked_name(name), path_of(collection, file)
    taken = find_named(collection, name)
    if taken is not None and taken.file != file:
        raise BadInput(f"There is a selection '{name}' already.")
    rewrite_named(path, read_named(path) | {"name": name})
    return named_of(collection, file)


def delete_named(collection: Collection, file: str) -> None:
    """Forget a named selection; records that go by its identifiers are refused from then on."""
    remove_named(path_of(collection, file))


def loaded(collection: Collection, named: Named) -> tuple[dict, str]:
    """Record that selects a named selection here, and a sentence where it is of another build."""
    record = named.as_record(collection)
    if named.is_of(collection):
        return record, ""
    path = path_of(collection, named.file)
    rows = rows_of_ids(collection, ids_in(path, read_named(path)))
    n_found = int(np.count_nonzero(rows >= 0))
    return record, (
        f"{n_found:,} of {named.n:,} galaxies of the selection are in this build; made on another "
        "build of this collection, so its outline is not used."
    )


def combined(collection: Collection, first: Named | dict, second: Named, operation: str) -> dict:
    """Record of the union, intersection or difference of two named selections.

    first : or the record of what is selected now
    """
    if operation not in ALGEBRA:
        raise BadInput(f"Selections are combined by {', '.join(ALGEBRA)}.")
    then = second.as_step(collection, ALGEBRA[operation])
    if isinstance(first, Named):
        return {"steps": [first.as_step(collection, "set"), then]}
    if first.get("cuts"):
        return {"steps": [{"op": "set", "kind": "record", "record": first}, then]}
    return {**first, "steps": [*(first.get("steps") or []), then]}


def checked_name(name: object) -> str:
    """A name as it is kept: any text of 1 to 80 characters in one line; else BadInput."""
    text = " ".join(name.split()) if isinstance(name, str) else ""
    if not text:
        raise BadInput("A named selection needs a name.")
    if len(text) > MAX_NAME:
        raise BadInput(f"A name has at most {MAX_NAME} characters, not {len(text)}.")
    if not text.isprintable():
        raise BadInput("A name has a character that cannot be shown.")
    return text


def _free_path(collection: Collection, name: str) -> Path:
    """A file that is not there yet: named after the name, so that people find it."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "selection"
    folder = folder_of(collection)
    number, path = 0, folder / f"{words}.json"
    while path.exists():
        # Another name that is written the same in plain letters has it.
        number += 1
        told = hashlib.sha256(f"{name} {number}".encode()).hexdigest()[:6]
        path = folder / f"{words}-{told}.json"
    return path

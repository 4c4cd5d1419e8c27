"""Names that users give to clusters, kept beside the collection.

    <collection>.kept/clusters/<digest>.json
        format, collection, checkpoint, clustering (its key), n_clusters, names: {"1": "spirals"}

The digest is of which galaxy is in which cluster. Another build of the same name, other weights
or another version of a method may number other galaxies the same: a name never moves to them.
"""

import hashlib
import threading
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from data.clusterings import checked_cluster, clustering_of
from data.named_files import version_of, writing_to
from data.named_selections import checked_name
from data.store import Collection
from models.errors import BadInput, NotFound
from models.files import read_json, write_json

FOLDER = "clusters"
FORMAT = 1
_PARTS = {"format": int, "checkpoint": str, "clustering": str, "names": dict}
_WRITING = threading.Lock()  # two pages that name two clusters at once: both names are kept


class ClusterNames(NamedTuple):
    """Names by the clusters' numbers, from 1, and a sentence on names that are of others."""

    names: dict[int, str]
    told: str


def cluster_names(collection: Collection, checkpoint: str, key: str) -> ClusterNames:
    """Names of the clusters of a column; BadInput where their file is damaged."""
    path = _path(collection, checkpoint, key)
    names = _names_in(path) if path.is_file() else {}
    return ClusterNames(names, _of_others(collection, checkpoint, key, path))


def name_cluster(
    collection: Collection, checkpoint: str, key: str, cluster: object, name: object
) -> dict[int, str]:
    """Give a cluster a name, "" for none; gives all names of its clustering.

    Raises NotFound where there is no such cluster, BadInput where the name is none, or the file
    of names is damaged or cannot be written: then it stays as it is.
    """
    found = clustering_of(collection, checkpoint, key)
    if checked_cluster(found, key, cluster) == 0:
        raise NotFound("The galaxies in no cluster have no name; name a cluster from 1.")
    path = _path(collection, checkpoint, key)
    with _WRITING:
        names = _names_in(path) if path.is_file() else {}
        names.pop(cluster, None)
        if name != "":
            names[cluster] = checked_name(name)
        names = dict(sorted(names.items()))
        content = {
            "format": FORMAT,
            "collection": {"name": collection.name, "digest": collection.digest},
            "checkpoint": checkpoint,
            "clustering": key,
            "n_clusters": found.n_clusters,
            "names": names,
        }
        with writing_to(path.parent):
            write_json(path, content)
    return names


def _path(collection: Collection, checkpoint: str, key: str) -> Path:
    codes = clustering_of(collection, checkpoint, key).codes
    told = hashlib.sha256(f"{checkpoint}\n{key}\n{_galaxies(collection)}\n".encode())
    told.update(np.ascontiguousarray(codes, "<i4").tobytes())
    return collection.kept / FOLDER / f"{told.hexdigest()[:12]}.json"


@lru_cache(maxsize=20)
def _galaxies(collection: Collection) -> str:
    return version_of(collection.catalog["object_id"].tolist())


def _names_in(path: Path) -> dict[int, str]:
    return {int(number): name for number, name in _read(path)["names"].items()}


def _read(path: Path) -> dict:
    """Content of a file of names, checked."""
    wrong = BadInput(
        f"'{FOLDER}/{path.name}' is damaged or no file of names of clusters; mend or remove it."
    )
    try:
        content = read_json(path)
    except (OSError, ValueError, RecursionError):
        raise wrong from None
    is_ours = isinstance(content, dict) and all(
        isinstance(content.get(part), kind) for part, kind in _PARTS.items()
    )
    if not is_ours or not all(
        number.isdecimal() and isinstance(name, str) for number, name in content["names"].items()
    ):
        raise wrong
    if content["format"] != FORMAT:
        raise BadInput(f"'{FOLDER}/{path.name}' was written by a newer version of this page.")
    return content


def _of_others(collection: Collection, checkpoint: str, key: str, own: Path) -> str:
    """A sentence on names that were given under this key when its clusters were others."""
    names = []
    for path in sorted(own.parent.glob("*.json")) if own.parent.is_dir() else []:
        if path == own or path.name.startswith("."):
            continue  # being written
        try:
            content = _read(path)
        except BadInput:
            continue  # told to who asks for the names that it would hold
        if (content["checkpoint"], content["clustering"]) == (checkpoint, key):
            names += content["names"].values()
    if not names:
        return ""
    are = "1 name was" if len(names) == 1 else f"{len(names)} names were"
    return (
        f"{are} given to other clusters of '{key}' under '{checkpoint}', before they were found "
        "anew; no name moves to other galaxies."
    )

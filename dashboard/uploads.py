"""Pictures that users brought, for a search: kept under the digest of their pixels.

In memory and in the cache, so that other workers of the server and a page that is loaded again
know them. They are never written into a collection, or beside it.
"""

import hashlib

import numpy as np
from flask_caching import Cache

from dashboard.cache import keep, recalled, remembered
from data.kept import Kept
from data.store import Collection
from data.uploaded import Uploaded, encode_upload
from models.errors import NotFound

VERSION = 1
_KEPT = Kept(2**27)  # 128 MB: some pictures of the largest size, hundreds of usual cutouts


class _Held:
    """An upload as `Kept` holds it."""

    def __init__(self, uploaded: Uploaded) -> None:
        self.uploaded = uploaded
        self.nbytes = uploaded.pixels.nbytes


def keep_upload(cache: Cache, uploaded: Uploaded) -> str:
    """Id of a picture, sixteen digits of its pixels' digest."""
    pixels = np.ascontiguousarray(uploaded.pixels)
    shape = "x".join(map(str, pixels.shape)).encode()
    name = hashlib.sha256(shape + pixels.tobytes()).hexdigest()[:16]
    if _KEPT.peek(name) is None:
        texts = "\n".join((uploaded.name.replace("\n", " "), *uploaded.notes)).encode()
        arrays = {"pixels": pixels, "texts": np.frombuffer(texts, np.uint8)}
        keep(cache, ("upload", VERSION, name), arrays)
    _KEPT.get(name, lambda: _Held(uploaded))
    return name


def upload_of(cache: Cache, name: object) -> Uploaded:
    """The picture of an id, or NotFound."""

    def recall() -> _Held:
        found = recalled(cache, ("upload", VERSION, str(name)[:40]))
        if found is None:
            raise NotFound("The picture is no longer known here; upload it again.")
        given, *notes = found["texts"].tobytes().decode().split("\n")
        return _Held(Uploaded(given, found["pixels"], tuple(notes)))

    return _KEPT.get(str(name), recall).uploaded


def upload_vector(
    collection: Collection, cache: Cache, checkpoint: str, name: object
) -> np.ndarray:
    """(d,) float32: where a picture lies under a checkpoint. Raises as `encode_upload`."""
    uploaded = upload_of(cache, name)
    key = ("upload vector", VERSION, collection.digest, checkpoint, str(name))

    def encode() -> dict[str, np.ndarray]:
        return {"vector": encode_upload(collection, checkpoint, uploaded)}

    return remembered(cache, key, encode)["vector"]

"""Slow measurements, kept: in files that workers share, in memory, or not at all.

flask-caching's file backend pickles what it keeps. This one keeps named arrays as npz, which
cannot carry code: a pickle planted in the folder is refused, and the value measured again.
"""

import io
import threading
import zipfile
from collections.abc import Callable, Mapping
from typing import BinaryIO

import numpy as np
from flask import Flask
from flask_caching import Cache
from flask_caching.backends.filesystemcache import FileSystemCache
from flask_caching.backends.simplecache import SimpleCache

from dashboard.settings import Settings

MAX_ENTRIES = 2000
TYPES = {
    "files": "dashboard.cache.ArrayFileCache",
    "memory": "dashboard.cache.ArrayMemoryCache",
    "none": "NullCache",
}

_underway: dict[tuple[int, str], threading.Event] = {}  # what is being measured, until it is kept
_lock = threading.Lock()


class ArraySerializer:
    """A dict of arrays <-> npz bytes; anything that is not such bytes reads as missing."""

    def dumps(self, value: Mapping[str, np.ndarray]) -> bytes:
        buffer = io.BytesIO()
        np.savez(buffer, **value)
        return buffer.getvalue()

    def loads(self, content: bytes) -> dict[str, np.ndarray] | None:
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                return dict(arrays)
        except (ValueError, OSError, EOFError, KeyError, TypeError, zipfile.BadZipFile):
            return None

    def dump(self, value: Mapping[str, np.ndarray], file: BinaryIO) -> None:
        file.write(self.dumps(value))

    def load(self, file: BinaryIO) -> dict[str, np.ndarray] | None:
        return self.loads(file.read())


class ArrayFileCache(FileSystemCache):
    """flask-caching's file backend, without pickle."""

    serializer = ArraySerializer()

    def _update_count(self, delta: int | None = None, value: int | None = None) -> None:
        # The parent keeps a count of its files as a cache entry, which is no dict of arrays.
        pass

    @property
    def _file_count(self) -> int:
        return len(list(self._list_dir()))


class ArrayMemoryCache(SimpleCache):
    """flask-caching's memory backend, without pickle."""

    serializer = ArraySerializer()


def create_cache(server: Flask, settings: Settings) -> Cache:
    """The cache that `settings` ask for."""
    return Cache(
        server,
        config={
            "CACHE_TYPE": TYPES[settings.cache],
            "CACHE_DIR": settings.cache_folder,
            "CACHE_THRESHOLD": MAX_ENTRIES,
            "CACHE_DEFAULT_TIMEOUT": 0,
            "CACHE_NO_NULL_WARNING": True,
        },
    )


def remembered(
    cache: Cache, key: tuple[object, ...], measure: Callable[[], dict[str, np.ndarray]]
) -> dict[str, np.ndarray]:
    """What `measure` returns, from the cache where it was measured before.

    `key` holds short texts and numbers only, never arrays: it names the collection's digest,
    the checkpoint, the digest of the selection and every parameter.

    A page may ask for the same twice at a time: the second waits for the first. Where the first
    fails, or is stopped, the second measures by itself.
    """
    value = recalled(cache, key)
    if value is not None:
        return value
    place = (id(cache), _name(key))
    with _lock:
        underway = _underway.get(place)
        if underway is None:
            ours = _underway[place] = threading.Event()
    if underway is not None:
        underway.wait()
        value = recalled(cache, key)
        if value is None:
            value = measure()
        return value
    try:
        value = recalled(cache, key)  # another may have finished since it was asked for above
        if value is None:
            value = measure()
            keep(cache, key, value)
        return value
    finally:
        with _lock:
            del _underway[place]
        ours.set()


def recalled(cache: Cache, key: tuple[object, ...]) -> dict[str, np.ndarray] | None:
    """What is kept under a key, None where nothing is."""
    return cache.get(_name(key))


def keep(cache: Cache, key: tuple[object, ...], value: dict[str, np.ndarray]) -> None:
    """Keep a value, in place of the one that was kept under the key."""
    cache.set(_name(key), value)


def _name(key: tuple[object, ...]) -> str:
    return "|".join(str(part) for part in key)

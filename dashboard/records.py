"""Records that plain routes are asked with: long ones are told once, and then named by a short id.

A lasso of a thousand corners does not fit into an address. A callback keeps the record and gives
the page its id; routes that draw the selection or its colors are asked with the id. The id is a
digest of the record, so that an address means the same for ever and can be cached.
"""

import json
import threading
from collections import OrderedDict

import numpy as np
from flask_caching import Cache

from dashboard.cache import keep, recalled
from data.selection import digest
from models.errors import NotFound

MAX_RECORDS = 5000  # in memory, the last ones asked for
_records: OrderedDict[str, str] = OrderedDict()
_lock = threading.Lock()


def keep_record(cache: Cache, record: dict) -> str:
    """Id of a record, sixteen digits. Raises BadInput where it holds more than texts and numbers.

    Also kept in the cache, for other workers of this server and for after a restart.
    """
    name = digest(record)
    text = json.dumps(record, sort_keys=True, separators=(",", ":"))
    with _lock:
        is_new = name not in _records
        _remember(name, text)
    if is_new:
        keep(cache, ("record", name), {"record": np.frombuffer(text.encode(), np.uint8)})
    return name


def record_of(cache: Cache, name: str) -> dict:
    """The record of an id, or NotFound."""
    with _lock:
        text = _records.get(name)
        if text is not None:
            _records.move_to_end(name)
    if text is None:
        kept = recalled(cache, ("record", name))
        if kept is None:
            raise NotFound(f"Nothing is known by the name '{name[:40]}'; choose it anew.")
        text = kept["record"].tobytes().decode()
        with _lock:
            _remember(name, text)
    return json.loads(text)


def _remember(name: str, text: str) -> None:
    _records[name] = text
    _records.move_to_end(name)
    while len(_records) > MAX_RECORDS:
        _records.popitem(last=False)

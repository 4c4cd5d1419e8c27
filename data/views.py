"""Links to a view: the state of a page, kept beside the collection under a short id.

    <collection>.kept/views/<id>.json

The id is a digest of the content: the same view has the same address, and a file that was changed
by hand is told from one that was written here.
"""

import hashlib
import json
import re

from data.store import Collection
from models.errors import DISK_FULL, BadInput, NotFound
from models.files import write_whole

FOLDER = "views"
FORMAT = 1
MAX_BYTES = 2**18  # of the file: a lasso of some 6,000 corners
_ID = re.compile(r"[0-9a-f]{12}")
_PARTS = {"format": int, "collection": dict, "checkpoints": dict, "held": dict, "scripts": dict}


def keep_view(collection: Collection, view: dict) -> str:
    """Write a view, and give its id of twelve digits.

    view : see `_PARTS`; plain texts, numbers, lists and records. What each part means is told
        by dashboard/view_state.py.

    Raises BadInput where it is too large, not plain, or the folder cannot be written.
    """
    text = _text(view)
    if len(text) > MAX_BYTES:
        raise BadInput(
            f"This view has {len(text) / 1000:,.0f} kB, and links hold {MAX_BYTES / 1000:,.0f} at "
            "most: save the selection under a name first, or draw a simpler outline."
        )
    name = _digest(text)
    path = collection.kept / FOLDER / f"{name}.json"
    try:
        if not path.is_file() or path.read_bytes() != text:
            with write_whole(path) as temporary:
                temporary.write_bytes(text)
    except OSError as error:
        reason = "the disk is full" if error.errno in DISK_FULL else (error.strerror or "no access")
        raise BadInput(
            f"No link can be kept: {reason} in the folder '{collection.kept.name}'."
        ) from None
    return name


def kept_view(collection: Collection, name: object) -> dict:
    """The view of an id, whole and as it was written.

    Raises NotFound where there is none, BadInput where its file is broken.
    """
    # The id comes from an address: digits only, never a path.
    if not isinstance(name, str) or not _ID.fullmatch(name):
        raise NotFound(f"'{str(name)[:40]}' is no link to a view: its id has twelve digits.")
    path = collection.kept / FOLDER / f"{name}.json"
    if not path.is_file():
        raise NotFound(
            f"There is no view '{name}' of '{collection.name}': the link is of another collection "
            "or server, or was deleted."
        )
    broken = BadInput(f"The file of view '{name}' is damaged or was changed by hand.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise broken
        text = path.read_bytes()
        view = json.loads(text)
    except (OSError, ValueError, RecursionError):
        raise broken from None
    is_ours = isinstance(view, dict) and all(
        isinstance(view.get(part), kind) for part, kind in _PARTS.items()
    )
    if not is_ours or _digest(text) != name:
        raise broken
    if view["format"] != FORMAT:
        raise BadInput(f"View '{name}' was kept by a newer version of this page.")
    return view


def _text(view: dict) -> bytes:
    try:
        text = json.dumps(view, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        raise BadInput("A view holds texts and finite numbers only.") from None
    return text.encode()


def _digest(text: bytes) -> str:
    return hashlib.sha256(text).hexdigest()[:12]

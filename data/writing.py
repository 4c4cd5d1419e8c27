"""What keeps a folder from being written to, in a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from models.errors import DISK_FULL, BadInput, OutOfSpace


@contextmanager
def writing_to(folder: Path) -> Iterator[None]:
    """Say in a sentence why nothing can be kept, and what to set."""
    try:
        yield
    except OSError as error:
        if error.errno in DISK_FULL:
            raise OutOfSpace(f"The disk of '{folder}' is full; free some space.") from error
        raise BadInput(
            f"Nothing can be kept in '{folder}' ({error.strerror}): start the server with --kept, "
            "or MORPHOSPACE_KEPT, naming a folder that can be written."
        ) from error

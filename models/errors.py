"""What can go wrong, in our own words.

MorphospaceError            anything we refuse, with one sentence that says what and what to do
+-- BadInput                what was given cannot be used (also a ValueError)
+-- BadCollection           a collection on disk cannot be served
+-- NotFound                a collection, checkpoint or galaxy that does not exist (also a KeyError)
+-- OutOfSpace              the disk is full
"""

import errno
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)  # a disk, a quota, the largest file

GOES_ON = "stopped; the same command goes on from what is finished"


class MorphospaceError(Exception):
    """Anything we refuse. Its text is one sentence, fit to be shown to a user."""

    def __str__(self) -> str:
        # KeyError would show the sentence in quotes.
        return str(self.args[0]) if self.args else ""


class BadInput(MorphospaceError, ValueError):
    """What was given cannot be used as it is."""


class BadCollection(MorphospaceError):
    """A collection on disk is of a newer format, incomplete or damaged."""


class NotFound(MorphospaceError, KeyError):
    """There is no collection, checkpoint or galaxy of that name."""


class OutOfSpace(MorphospaceError, OSError):
    """The disk is full; what was stored before is untouched."""


@contextmanager
def reported(stopped: str = GOES_ON) -> Iterator[None]:
    """Turn our errors into one line on the terminal and exit status 2.

    Errors that are not ours pass through with their trace: they are bugs. `stopped` is what
    Ctrl-C leaves behind, in words.
    """
    try:
        yield
    except MorphospaceError as error:
        _leave(str(error))
    except OSError as error:
        if error.errno in DISK_FULL:
            _leave(
                f"The disk is full while writing {error.filename or 'the output'}; free some space."
            )
        if isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError):
            _leave(f"{error.strerror}: {error.filename}; check the path.")
        raise
    except KeyboardInterrupt:
        print(f"\n{stopped}", file=sys.stderr)
        sys.exit(130)


def first_few(names: Sequence[object], most: int = 5) -> str:
    """Name the first `most` of many in a sentence, and count the rest."""
    more = len(names) - most
    return ", ".join(map(str, names[:most])) + (f" and {more:,} more" if more > 0 else "")


def _leave(sentence: str) -> None:
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(2)

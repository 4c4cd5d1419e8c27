"""What can go wrong, in our own words.

MorphospaceError            anything we refuse, with one sentence that says what and what to do
+-- BadInput                what was given cannot be used (also a ValueError)
+-- BadCollection           a collection on disk cannot be served
+-- NotFound                a collection, checkpoint or galaxy that does not exist (also a KeyError)
+-- OutOfSpace              the disk is full
"""

import errno
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
def reported() -> Iterator[None]:
    """Turn our errors into one line on the terminal and exit status 2.

    Errors that are not ours pass through with their trace: they are bugs.
    """
    try:
        yield
    except MorphospaceError as error:
        _leave(str(error))
    except OSError as error:
        if error.errno == errno.ENOSPC:
            _leave(
                f"The disk is full while writing {error.filename or 'the output'}; free some space."
            )
        if isinstance(error, FileNotFoundError | PermissionError | NotADirectoryError):
            _leave(f"{error.strerror}: {error.filename}; check the path.")
        raise
    except KeyboardInterrupt:
        print("\nstopped; the same command goes on from what is finished", file=sys.stderr)
        sys.exit(130)


def _leave(sentence: str) -> None:
    print(f"error: {sentence}", file=sys.stderr)
    sys.exit(2)

"""What a user waits for goes first: while the curve of a fresh lasso is measured, the rest waits.

The gallery's order, histograms, the legend's counts and the pictures of the map follow a selection
too. On few cores each of them takes its share of the time, and all come late; one after the other,
the curve comes as early as it can and they hardly later.
"""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps

LONGEST_S = 0.4  # that anything waits: a curve that takes longer shares what there is

_changed = threading.Condition()
_underway = 0


@contextmanager
def foremost() -> Iterator[None]:
    """What is done here goes before what is decorated with `following`."""
    global _underway
    with _changed:
        _underway += 1
    try:
        yield
    finally:
        with _changed:
            _underway -= 1
            _changed.notify_all()


def following(answer: Callable) -> Callable:
    """Let a callback or a route wait for what is foremost, no longer than LONGEST_S."""

    @wraps(answer)
    def wait_and_answer(*given: object, **named: object) -> object:
        with _changed:
            _changed.wait_for(lambda: _underway == 0, LONGEST_S)
        return answer(*given, **named)

    return wait_and_answer

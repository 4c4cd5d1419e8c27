"""Work of libraries that cannot be stopped: who waits for it may go away at any moment."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import TypeVar

N_AT_ONCE = 2  # of the whole process: what nobody waits for any more still takes memory
GLANCE_S = 0.1
_places = threading.Semaphore(N_AT_ONCE)
_Result = TypeVar("_Result")


def stoppable(work: Callable[[], _Result], tell: Callable[[], None] | None) -> _Result:
    """What `work()` gives, from a thread of its own; `tell()` is called at first and as it goes on.

    What `tell` raises is raised at once. The work then ends unheard and holds its place until it
    has: who begins and stops again and again waits for one, and can be stopped while waiting.

    tell : None where nobody would stop it; then it is done here
    """
    if tell is None:
        return work()
    tell()
    places = _places
    while not places.acquire(timeout=GLANCE_S):
        tell()
    done: Future = Future()

    def run() -> None:
        try:
            done.set_result(work())
        except BaseException as error:
            done.set_exception(error)
        finally:
            places.release()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    thread.join(GLANCE_S)
    while thread.is_alive():
        tell()
        thread.join(GLANCE_S)
    return done.result()

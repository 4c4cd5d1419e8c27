"""Arrays worked out once and kept in memory, as long as they fit, for whoever asks again."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from concurrent.futures import Future

import numpy as np


class Kept:
    """Read-only arrays by key; beyond `max_bytes`, the least recently asked for are let go.

    Or whatever else has `nbytes` and is not changed by who asks for it.

    Several threads that ask for the same at once wait for one of them to work it out: a page
    asks for its selection in several callbacks at the same time.
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._futures: OrderedDict[Hashable, Future] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], np.ndarray]) -> np.ndarray:
        """The array of a key, made by `make` where it is not kept; what it raises is not kept."""
        with self._lock:
            future = self._futures.get(key)
            is_ours = future is None
            if is_ours:
                future = self._futures[key] = Future()
            self._futures.move_to_end(key)
        if is_ours:
            self._make(key, future, make)
        return future.result()

    def peek(self, key: Hashable) -> np.ndarray | None:
        """The array of a key where it is kept and finished."""
        with self._lock:
            future = self._futures.get(key)
        is_there = future is not None and future.done() and future.exception() is None
        return future.result() if is_there else None

    def _make(self, key: Hashable, future: Future, make: Callable[[], np.ndarray]) -> None:
        try:
            value = make()
            if isinstance(value, np.ndarray):
                value.flags.writeable = False
        except BaseException as error:
            with self._lock:
                self._futures.pop(key, None)
            future.set_exception(error)
            return
        future.set_result(value)
        self._let_go()

    def _let_go(self) -> None:
        """Drop the oldest until the rest fits; what is asked for last always stays."""
        with self._lock:
            finished = [key for key, future in self._futures.items() if future.done()]
            # One that has just failed is done too, and about to be dropped by its own thread.
            sizes = {
                key: self._futures[key].result().nbytes
                for key in finished
                if self._futures[key].exception() is None
            }
            total = sum(sizes.values())
            for key in list(sizes)[:-1]:
                if total <= self._max_bytes:
                    break
                total -= sizes[key]
                del self._futures[key]

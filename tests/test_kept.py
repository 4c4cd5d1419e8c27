import threading

import numpy as np
import pytest

from data.kept import Kept


def test_an_array_is_made_once_and_is_read_only():
    kept, made = Kept(10**6), []

    def make():
        made.append(1)
        return np.arange(3)

    first, second = kept.get("a", make), kept.get("a", make)
    assert first is second and len(made) == 1
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 5


def test_threads_that_ask_at_once_wait_for_one_of_them():
    kept, made, go_on = Kept(10**6), [], threading.Event()
    found = []

    def make():
        made.append(1)
        go_on.wait(10)
        return np.arange(4)

    threads = [threading.Thread(target=lambda: found.append(kept.get("a", make))) for _ in range(4)]
    for thread in threads:
        thread.start()
    go_on.set()
    for thread in threads:
        thread.join(10)
    assert len(made) == 1 and len(found) == 4
    assert all(array is found[0] for array in found)


def test_what_fails_is_raised_to_all_and_tried_again():
    kept = Kept(10**6)

    def fail():
        raise ZeroDivisionError

    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            kept.get("a", fail)
    assert kept.peek("a") is None
    assert kept.get("a", lambda: np.ones(1))[0] == 1


def test_the_least_recently_asked_for_are_let_go():
    kept = Kept(24)
    for key in "abc":
        kept.get(key, lambda: np.zeros(1))
    kept.get("a", lambda: np.ones(1))  # asked for again: b is now the oldest
    kept.get("d", lambda: np.zeros(1))
    assert [key for key in "abcd" if kept.peek(key) is not None] == ["a", "c", "d"]
    kept.get("large", lambda: np.zeros(1000))  # what was asked for last always stays
    assert kept.peek("large") is not None and kept.peek("d") is None

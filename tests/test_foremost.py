"""What is foremost goes first; nothing waits for ever, and nothing waits where nothing is."""

import threading
import time

import pytest

from dashboard import foremost as module
from dashboard.foremost import following, foremost


@following
def now():
    return time.perf_counter()


def test_what_follows_comes_after_what_is_foremost():
    began, found = threading.Event(), []

    def answer():
        began.set()
        found.append(now())

    with foremost():
        thread = threading.Thread(target=answer)
        thread.start()
        assert began.wait(10)
        with foremost():  # a second lasso meanwhile: it is waited for, too
            pass
        ended = time.perf_counter()
    thread.join(10)
    assert found[0] >= ended


def test_nothing_waits_longer_than_it_may(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_S", 0.05)
    with foremost():
        assert now() > 0


def test_an_error_lets_the_others_go(monkeypatch):
    monkeypatch.setattr(module, "LONGEST_S", 1e6)  # a test that hangs has failed
    with pytest.raises(ValueError, match="no curve"), foremost():
        raise ValueError("no curve")
    assert now() > 0


def test_an_answer_keeps_its_name_and_arguments():
    @following
    def add(first, *, second):
        """Both."""
        return first + second

    assert add(1, second=2) == 3 and add.__name__ == "add" and add.__doc__ == "Both."

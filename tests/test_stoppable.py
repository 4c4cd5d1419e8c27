import threading

import pytest

from models.space import stoppable as module
from models.space.stoppable import stoppable


class Stopped(Exception):
    pass


def test_what_the_work_gives_is_given_and_what_it_raises_is_raised():
    assert stoppable(lambda: 7, lambda: None) == 7
    assert stoppable(lambda: threading.current_thread(), None) is threading.current_thread()
    assert (
        stoppable(lambda: threading.current_thread(), lambda: None) is not threading.main_thread()
    )
    with pytest.raises(ZeroDivisionError):
        stoppable(lambda: 1 / 0, lambda: None)


def test_it_is_told_while_the_work_goes_on_and_the_work_can_be_left():
    go_on, told = threading.Event(), []

    def tell():
        told.append(1)
        if len(told) == 3:
            raise Stopped

    try:
        with pytest.raises(Stopped):
            stoppable(go_on.wait, tell)
        assert len(told) == 3
    finally:
        go_on.set()


def test_more_than_a_few_wait_and_can_be_stopped_while_they_wait(monkeypatch):
    monkeypatch.setattr(module, "_places", threading.Semaphore(1))
    go_on, is_begun, begun = threading.Event(), threading.Event(), []

    def stop_once_begun():
        if is_begun.is_set():
            raise Stopped

    def stop():
        raise Stopped

    try:
        with pytest.raises(Stopped):
            stoppable(lambda: is_begun.set() or go_on.wait(), stop_once_begun)
        with pytest.raises(Stopped):
            stoppable(lambda: begun.append(1), stop)
        assert not begun, "its place is held by what nobody waits for"
    finally:
        go_on.set()
    assert stoppable(lambda: 7, lambda: None) == 7, "and given back"

"""BLAS keeps to one thread as long as anyone asks for it, and has its threads back afterwards."""

import threading

import pytest
from threadpoolctl import OpenBLASController, threadpool_info, threadpool_limits

from models.space.one_thread import blas_on_one_thread


def threads():
    return {
        pool["num_threads"]
        for pool in threadpool_info()
        if pool.get("threading_layer") == "pthreads"
    }


@pytest.fixture(autouse=True)
def two_threads():
    """As on a machine of two cores, whatever this one has."""
    OpenBLASController.clear_controlling_thread(force=True)
    with threadpool_limits(2, user_api="blas"):
        yield
        OpenBLASController.clear_controlling_thread(force=True)


def test_one_thread_within_and_as_before_after():
    assert threads() == {2}
    with blas_on_one_thread():
        assert threads() == {1}
        with blas_on_one_thread():
            assert threads() == {1}
        assert threads() == {1}
    assert threads() == {2}


def test_the_last_of_several_takes_the_limit_back():
    begun, may_end = threading.Event(), threading.Event()

    def hold():
        with blas_on_one_thread():
            begun.set()
            may_end.wait(30)

    other = threading.Thread(target=hold)
    with blas_on_one_thread():
        other.start()
        begun.wait(30)
    # The first has ended, and the other goes on.
    assert threads() == {1}
    may_end.set()
    other.join()
    assert threads() == {2}


def test_any_thread_may_ask():
    """Also where another one set limits before, and is alive."""
    seen = []

    def ask():
        with blas_on_one_thread():
            seen.append(threads())

    with blas_on_one_thread():
        pass
    other = threading.Thread(target=ask)
    other.start()
    other.join()
    assert seen == [{1}] and threads() == {2}


def test_an_error_takes_the_limit_back():
    with pytest.raises(ValueError, match="wrong"), blas_on_one_thread():
        raise ValueError("wrong")
    assert threads() == {2}

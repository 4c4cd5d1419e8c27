import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import numpy as np
import pytest
from flask import Flask

from dashboard.cache import ArraySerializer, create_cache, remembered
from dashboard.settings import Settings


class Planted:
    """Unpickling one of these leaves a mark."""

    opened = False

    def __reduce__(self):
        return (setattr, (Planted, "opened", True))


def cache_of(tmp_path, kind="files"):
    return create_cache(Flask("test"), Settings(cache=kind, cache_folder=str(tmp_path)))


@pytest.mark.parametrize("kind, n_measured", [("files", 1), ("memory", 1), ("none", 2)])
def test_a_value_is_measured_once_where_it_is_kept(tmp_path, kind, n_measured):
    cache, calls = cache_of(tmp_path, kind), []

    def measure():
        calls.append(1)
        return {"eps": np.arange(3.0)}

    first = remembered(cache, ("a", 1), measure)
    second = remembered(cache, ("a", 1), measure)
    assert len(calls) == n_measured
    np.testing.assert_array_equal(first["eps"], second["eps"])


def test_another_key_is_another_value(tmp_path):
    cache = cache_of(tmp_path)
    remembered(cache, ("a", 1), lambda: {"n": np.array(1)})
    assert remembered(cache, ("a", 2), lambda: {"n": np.array(2)})["n"] == 2


def test_what_two_ask_for_at_once_is_measured_once(tmp_path):
    cache, begun, may_end, n_measured = cache_of(tmp_path), Event(), Event(), []

    def measure():
        n_measured.append(1)
        begun.set()
        may_end.wait(20)
        return {"n": np.array(5)}

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered, cache, ("a",), measure)
        begun.wait(20)
        second = pool.submit(remembered, cache, ("a",), measure)
        may_end.set()
        assert first.result(20)["n"] == second.result(20)["n"] == 5
    assert len(n_measured) == 1


def test_what_another_has_kept_since_it_was_asked_for_is_not_measured_again(tmp_path):
    cache, asked = cache_of(tmp_path), []

    class JustKept:
        """A cache that another fills after the first question."""

        def get(self, name):
            asked.append(name)
            found = cache.get(name)
            cache.set(name, {"n": np.array(5)})
            return found

    found = remembered(JustKept(), ("a",), lambda: pytest.fail("measured again"))
    assert found["n"] == 5 and len(asked) == 2


def test_the_second_measures_where_the_first_fails(tmp_path):
    cache, begun, may_end = cache_of(tmp_path), Event(), Event()

    def fail():
        begun.set()
        may_end.wait(20)
        raise ValueError("stopped")

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(remembered, cache, ("a",), fail)
        begun.wait(20)
        second = pool.submit(remembered, cache, ("a",), lambda: {"n": np.array(3)})
        may_end.set()
        assert second.result(20)["n"] == 3
        with pytest.raises(ValueError, match="stopped"):
            first.result(20)


def test_another_process_finds_the_files(tmp_path):
    remembered(cache_of(tmp_path), ("a",), lambda: {"n": np.array(1)})
    assert remembered(cache_of(tmp_path), ("a",), lambda: {"n": np.array(2)})["n"] == 1


def test_a_planted_pickle_is_not_opened_and_the_value_measured_again(tmp_path):
    cache = cache_of(tmp_path)
    remembered(cache, ("a",), lambda: {"n": np.array(1)})
    (file,) = [path for path in tmp_path.iterdir() if path.is_file()]
    file.write_bytes(file.read_bytes()[:4] + pickle.dumps(Planted()))
    assert remembered(cache, ("a",), lambda: {"n": np.array(7)})["n"] == 7
    assert not Planted.opened


def test_an_array_of_objects_is_not_opened():
    import io

    buffer = io.BytesIO()
    np.savez(buffer, n=np.array([Planted()], dtype=object))
    assert ArraySerializer().loads(buffer.getvalue()) is None
    assert not Planted.opened

"""Comparing columns of many galaxies: made behind the page, and kept in the cache."""

import numpy as np
import pytest
from flask import Flask

from dashboard import slow_columns
from dashboard.cache import create_cache
from dashboard.jobs import Jobs
from dashboard.settings import Settings
from dashboard.slow_columns import know_column, start_column
from data import compared_columns as columns
from data.checkpoint_columns import checkpoint_column
from data.kept import Kept

PAGE = "0123456789abcdef"


@pytest.fixture
def many(collection, monkeypatch):
    """The collection, as if it were of many galaxies and nothing were known of it."""
    monkeypatch.setattr(slow_columns, "CHEAP", 0)
    monkeypatch.setattr(slow_columns, "INSTANT", 0)
    monkeypatch.setattr(columns, "_KEPT", Kept(2**20))
    return collection


@pytest.fixture
def cache():
    return create_cache(Flask(__name__), Settings(cache="memory"))


def test_a_column_is_made_once_and_kept_in_the_cache(many, cache, monkeypatch):
    checkpoint = many.checkpoints[-1]
    know_column(many, cache, checkpoint, columns.RECALL)
    first = checkpoint_column(many, checkpoint, columns.RECALL)
    strangers = checkpoint_column(many, checkpoint, columns.FALSE)
    monkeypatch.setattr(columns, "_KEPT", Kept(2**20))

    def never(*_given):
        raise AssertionError("made again")

    monkeypatch.setattr(slow_columns, "make_compared", never)
    for name, values in ((columns.FALSE, strangers), (columns.RECALL, first)):
        know_column(many, cache, checkpoint, name)
        np.testing.assert_array_equal(checkpoint_column(many, checkpoint, name), values)


def test_a_slow_column_is_a_job_and_a_known_one_is_not(many, cache):
    checkpoint, jobs = many.checkpoints[-1], Jobs()
    name = f"neighbors_kept:{many.checkpoints[0]}"
    job = start_column(many, cache, jobs, PAGE, checkpoint, name)
    job.wait()
    assert job.is_done
    assert columns.is_known(many, checkpoint, name)
    assert start_column(many, cache, jobs, PAGE, checkpoint, name) is None
    assert start_column(many, cache, jobs, PAGE, checkpoint, "label") is None
    assert start_column(many, cache, jobs, PAGE, checkpoint, "log_density") is None


def test_of_few_galaxies_nothing_is_a_job(collection, cache):
    checkpoint = collection.checkpoints[0]
    assert start_column(collection, cache, Jobs(), PAGE, checkpoint, columns.RECALL) is None

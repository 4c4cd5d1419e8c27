"""Trust in whole maps, measured by a job: kept, told, and stopped."""

import pytest
from flask import Flask
from sklearn.manifold import trustworthiness

from dashboard.cache import create_cache
from dashboard.jobs import Jobs
from dashboard.map_faith import known_faith, start_faith
from dashboard.panels.compare import faith_table
from dashboard.settings import Settings

PAGE = "0123456789abcdef"


@pytest.fixture
def cache():
    return create_cache(Flask(__name__), Settings(cache="memory"))


def test_every_map_is_measured_and_is_what_scikit_learn_finds(collection, cache):
    assert known_faith(collection, cache) == {}
    assert faith_table(collection, cache) == []
    job = start_faith(collection, cache, Jobs(), PAGE)
    assert job.wait(120) and job.error is None
    found = known_faith(collection, cache)
    assert tuple(found) == collection.checkpoints
    for name, faith in found.items():
        assert (faith.k, faith.n_asked, faith.n) == (15, 600, 600)
        points, positions = collection.representations(name), collection.projection(name)
        wanted = trustworthiness(points, positions, n_neighbors=15)
        assert faith.trustworthiness == pytest.approx(wanted, abs=1e-6)
        wanted = trustworthiness(positions, points, n_neighbors=15)
        assert faith.continuity == pytest.approx(wanted, abs=1e-6)
    table, told = faith_table(collection, cache)
    assert "k = 15, n = 600." in told.children
    assert len(table.children[1].children) == len(collection.checkpoints)


def test_what_was_measured_is_not_measured_again(collection, cache, monkeypatch):
    jobs = Jobs()
    start_faith(collection, cache, jobs, PAGE).wait(120)
    monkeypatch.setattr("dashboard.map_faith.map_faith", None)  # whoever calls it fails
    again = start_faith(collection, cache, jobs, "f" * 16)
    assert again.wait(120) and again.error is None
    assert again.result == len(collection.checkpoints)

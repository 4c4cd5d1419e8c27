"""The benchmark of live counts measures what the page measures."""

import json

import numpy as np
import pytest
from flask import Flask

from benchmarks import live
from dashboard.cache import create_cache
from dashboard.measure import selection_correlation
from dashboard.settings import Settings
from models.space.correlation import two_point_correlation


@pytest.fixture
def points(tmp_path, rng):
    return live.made_up_points(tmp_path, 3000, rng)


def test_a_lasso_on_its_points_is_measured_as_any_other(points):
    cache = create_cache(Flask("test"), Settings(cache="none"))
    everything = {"op": "set", "kind": "box", "x": [-50, 50], "y": [-50, 50]}
    record = {"checkpoint": live.CHECKPOINT, "steps": [everything]}
    measured = selection_correlation(points, cache, live.CHECKPOINT, record)
    stored = np.array(points.components(live.CHECKPOINT))
    expected = two_point_correlation(stored, measured.edges)
    np.testing.assert_array_equal(measured.counted, expected.counted)


def test_lassos_are_of_all_sizes(points, rng):
    positions, _ = points.map_positions(live.CHECKPOINT)
    sizes = [np.ptp(live.lasso(positions, rng)["steps"][0]["x"]) for _ in range(60)]
    assert min(sizes) < 0.1 * np.ptp(positions) and max(sizes) > np.ptp(positions)


def test_it_reports_where_the_time_goes(tmp_path, capsys):
    file = tmp_path / "live.json"
    live.main(["--n", "8000", "--lassos", "4", "--json", str(file)])
    report = json.loads(file.read_text())
    assert len(report["rows"]) == 4
    assert set(report["milliseconds"]) == {"total", "cpu", *report["rows"][0]["parts"]}
    for times in report["milliseconds"].values():
        assert 0 <= times["p50"] <= times["p95"] <= times["max"]
    assert "Target: p95 300 ms" in capsys.readouterr().out

"""The benchmark of the page measures what it says, and says what it measured."""

import os
import urllib.request
from pathlib import Path

import numpy as np
import pytest

from benchmarks import page as benchmark
from benchmarks import page_actions as actions
from benchmarks.page_browser import bytes_down, heap_bytes, opened
from benchmarks.page_plain import files_of, measure_plain
from benchmarks.page_server import cpu_seconds, private_bytes, served
from benchmarks.page_summary import (
    LARGE,
    LARGEST,
    LASSO,
    SMALL,
    as_table,
    summarized,
    targets_of,
)

ROLLUP = """55d0-7ffd ---p 00000000 00:00 0    [rollup]
Rss:              500 kB
Private_Clean:     30 kB
Private_Dirty:    100 kB
Shared_Clean:     370 kB
"""


def request(start, end, server, path="/collections/x/map/points"):
    return {"path": path, "start": start, "replied": end, "end": end, "server": server, "bytes": 10}


def of(p95, p50=10.0, **more):
    return {"server_ms": {"p50": p50, "p95": p95, "n": 9}, "bytes": {"p50": 1e5}} | {
        name: {"p50": value, "p95": value, "n": 9} for name, value in more.items()
    }


def size(curve_ms, zoom_ms, uss=5e8, heap=4e7):
    lasso = of(curve_ms, release_ms=20.0, client_ms=200.0)
    return {
        "actions": {"zoom": of(zoom_ms, client_ms=90.0), LASSO: lasso},
        "heap_bytes": heap,
        "server_uss_bytes": uss,
    }


def test_private_memory_leaves_out_what_is_shared():
    assert private_bytes(ROLLUP) == 130 * 1024
    own = private_bytes(Path(f"/proc/{os.getpid()}/smaps_rollup").read_text())
    assert 10e6 < own < 50e9


def test_processor_time_is_read_past_any_name():
    ticks = os.sysconf("SC_CLK_TCK")
    fields = ["S"] + ["0"] * 10 + [str(3 * ticks), str(ticks)] + ["0"] * 30
    assert cpu_seconds(f"7 (a) b (c)) {' '.join(fields)}") == 4.0
    assert cpu_seconds(Path("/proc/self/stat").read_text()) > 0


def test_requests_side_by_side_are_counted_once():
    together = [request(0, 100, 80), request(0, 110, 60), request(150, 200, 40)]
    # At work from 20 to 110, then from 160 to 200.
    assert actions.server_milliseconds(together, done=1000) == pytest.approx(90 + 40)


def test_only_what_the_action_waited_for_is_the_servers_part():
    asked = [request(0, 100, 50), request(0, 900, 800), request(0, 50, 30, "/jobs/a.refine")]
    asked.append(request(0, 40, None))  # a reply that says nothing of its time
    assert actions.server_milliseconds(asked, done=200) == pytest.approx(50)
    assert len(actions.counted(asked)) == 3


def test_times_are_summed_up_by_percentiles():
    rows = [{"client_ms": float(n), "bytes": 5} for n in range(1, 101)]
    found = summarized(rows)
    assert found["client_ms"]["p50"] == pytest.approx(50.5)
    assert found["client_ms"]["p95"] == pytest.approx(95.05)
    assert found["client_ms"]["n"] == 100 and found["bytes"]["p95"] == 5


def test_targets_are_told_reached_or_missed():
    sizes = {SMALL: size(100, 60), LARGE: size(250, 160, heap=6e7), LARGEST: size(390, 410)}
    plain = {SMALL: {"release_ms": [3000.0, 4000.0, 5000.0]}}
    found = {target.name: target for target in targets_of(sizes, plain)}
    verdicts = {name: target.is_reached for name, target in found.items()}
    assert verdicts[f"{LASSO} at {LARGE:,}: server, 95th percentile"]
    assert not verdicts[f"zoom at {LARGE:,}: server, 95th percentile"]
    assert verdicts[f"{LASSO} at {LARGEST:,}: server, 95th percentile"]
    assert not verdicts[f"zoom at {LARGEST:,}: server, 95th percentile"]
    assert not verdicts[f"browser heap, {LARGE:,} against {SMALL:,}"]
    assert verdicts[f"bytes of zoom, {LARGE:,} against {SMALL:,}"]
    ratio = found[f"lasso release at {LARGE:,} against a plain page at {SMALL:,}"]
    assert ratio.is_reached and ratio.measured == "200x"
    assert verdicts[f"private memory of the server at {LARGE:,}"]
    assert not any("MISSED" in t.line for t in found.values() if t.is_reached)


def test_what_was_not_measured_is_no_target():
    assert targets_of({4_000: size(1, 1)}, {}) == []
    names = [target.name for target in targets_of({LARGE: size(1, 1)}, {})]
    assert names and not any("plain" in name or "against" in name for name in names)


def test_the_table_has_a_line_for_each_action_of_each_size():
    lines = as_table({4_000: size(100, 60), LARGE: size(250, 160)}).splitlines()
    assert len(lines) == 2 + 4 and len({len(line) for line in lines}) == 1
    assert "release 20" in lines[3]


def test_missing_collections_are_made_and_kept(tmp_path, monkeypatch):
    made = []

    def simulate(n, path):
        made.append(n)
        path.mkdir()

    monkeypatch.setattr(benchmark, "simulate_collection", simulate)
    for _ in range(2):
        assert benchmark.collection_of(4_000, tmp_path) == tmp_path / "big4000"
    assert made == [4_000]


def test_repeats_end_with_the_time_but_not_before_two(monkeypatch):
    monkeypatch.setattr(benchmark.time, "monotonic", lambda: 10.0)
    asked = []

    def act(number):
        asked.append(number)
        return {"client_ms": 1.0}

    assert len(benchmark._repeated(act, 5, end=0.0)) == 2
    assert len(benchmark._repeated(act, 5, end=100.0)) == 5
    assert asked == [*range(3), *range(6)]


def test_a_stroke_goes_around_its_place():
    places = np.array(actions.circle((50, 60), 20))
    np.testing.assert_allclose(np.hypot(*(places - (50, 60)).T), 20)


def test_every_action_is_timed_on_the_page(browser, address, collection):
    rng = np.random.default_rng(0)
    with opened(browser, address) as page:
        assert benchmark._wait_for_view(page) > 0
        acts = benchmark._actions(page, collection)
        assert set(acts) >= {"zoom", "hover", "recolor", "checkpoint", LASSO}
        for name in ("recolor", LASSO, "hover", "checkpoint"):
            measured = acts[name](0)
            assert 0 < measured["server_ms"] <= measured["client_ms"], name
            assert measured["bytes"] > 0, name
        moved = actions.zoom(page, rng)
        assert moved["client_ms"] > 0
        lasso = acts[LASSO](1)
        assert lasso["release_ms"] <= lasso["map_ms"]
        assert heap_bytes(page) > 1e6 and bytes_down(page) > 1e5


def test_the_plain_page_has_every_galaxy_and_is_lassoed(browser, collection):
    files = files_of(collection)
    assert len(files["/x"][1]) == len(files["/y"][1]) == 4 * collection.n_galaxies
    measured = measure_plain(browser, collection)
    assert measured["n_galaxies"] == collection.n_galaxies
    assert all(release > 0 for release in measured["release_ms"])


def test_a_server_is_started_told_of_and_ended(collection_folder, tmp_path):
    with served(collection_folder, tmp_path) as server:
        with urllib.request.urlopen(f"{server.address}/health", timeout=30) as reply:
            assert reply.status == 200
            assert float(reply.headers["Server-Timing"].partition("dur=")[2]) >= 0
        assert server.uss_bytes() > 50e6 and server.cpu_seconds() > 0
    assert not Path(f"/proc/{server.pid}").exists()

"""The benchmark of checkpoints side by side compares what it times."""

import json

import pytest

from benchmarks import compare
from benchmarks.compare_measures import Compared, of_collection
from benchmarks.compare_view import collection_at, measure_view, summary


def test_its_smallest_form_finds_all_numbers_equal(capsys, tmp_path):
    file = tmp_path / "compare.json"
    with pytest.raises(SystemExit) as end:
        compare.main(["--sizes", "300", "--large", "0", "--repeats", "1", "--json", str(file)])
    assert end.value.code == 0
    rows = json.loads(file.read_text())["measures"]
    assert [row["what"] for row in rows] == [
        "neighbor change",
        "map recall",
        "trustworthiness",
        "continuity",
    ]
    assert all(row["difference"] <= row["allowed"] for row in rows)
    assert len(capsys.readouterr().out.splitlines()) == 2 + len(rows)


def test_a_collection_is_measured_from_its_stored_neighbors(collection_folder):
    rows = list(of_collection(collection_folder))
    assert rows[-1].our_seconds == pytest.approx(sum(row.our_seconds for row in rows[:-1]))
    assert rows[-1].limit_s == 60 and "600 galaxies asked" in rows[-1].what


def test_what_differs_or_comes_late_is_not_as_wanted():
    row = {"what": "a", "case": "b", "against": "c", "allowed": 1e-6}
    assert Compared(**row, difference=1e-7, our_seconds=2, seconds=1).is_met
    assert not Compared(**row, difference=1e-5, our_seconds=1, seconds=2).is_met
    assert not Compared(**row, difference=0, our_seconds=2, seconds=1, is_timed=True).is_met
    late = Compared(**row, difference=0, our_seconds=70, limit_s=60, is_timed=True)
    assert not late.is_met and "NO" in compare.line_of(late)


def test_every_action_of_four_maps_is_timed(tmp_path):
    collection = collection_at(tmp_path, 1_000)
    assert len(collection.checkpoints) == 4
    rows = summary(measure_view(collection, 2))
    assert {"zoom", "hover", "lasso", "recolor", "morph", "leakage"} <= {r["action"] for r in rows}
    assert all(row["n"] == 2 and 0 < row["p50_ms"] <= row["p95_ms"] for row in rows)
    assert not summary({"slow": [250.0, 260.0]})[0]["is_met"]

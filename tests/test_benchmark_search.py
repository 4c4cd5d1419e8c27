"""The benchmark of the search compares what it times."""

import json

import numpy as np
import pytest

from benchmarks import search
from models.space import search_index


def test_its_smallest_form_finds_the_same_as_its_peers(capsys, tmp_path, monkeypatch):
    monkeypatch.setattr(search_index, "MAX_EXACT", 1_000)
    file = tmp_path / "search.json"
    given = ["--n", "3000", "--dimensions", "24", "--queries", "30", "--json", str(file)]
    with pytest.raises(SystemExit) as end:
        search.main(given)
    rows = json.loads(file.read_text())["rows"]
    assert end.value.code == int(not all(row.get("is_met", True) for row in rows))
    assert [row["what"] for row in rows] == ["index", "faiss flat", "scikit-learn brute force"] * 2
    assert all(row["recall"] >= 0.9 for row in rows)
    assert all(row["recall"] == 1 for row in rows if row["what"] != "index")
    assert "as wanted" in capsys.readouterr().out


def test_what_was_not_found_is_told():
    true = np.tile(np.arange(1.0, 11), (4, 1))
    found = true.copy()
    found[:, 5:] += 100
    assert search.row_of("a", "euclidean", [1.0] * 4, found, true)["recall"] == 0.5

"""The table of all metrics: a line for each, and what the score has to do with the accuracy."""

import pytest

from benchmarks.timeline import main
from dashboard.timeline_words import METRICS


def test_every_metric_is_printed_for_every_checkpoint(collection_folder, capsys):
    main(["--collection", collection_folder.name, "--collections", str(collection_folder.parent)])
    printed = capsys.readouterr().out
    lines = printed.splitlines()
    assert lines[0] == "made_up: n = 600; 5 classes."
    rows = [line for line in lines if line.startswith("| ")][1:]
    assert len(rows) == len(METRICS) and all(row.count("|") == 6 for row in rows)
    assert sum("±" in row for row in rows) == len(METRICS) - 1 and "| undefined |" in rows[-1]
    assert "with kNN, balanced: undefined, n = 3 of at least 4" in printed


def test_an_unknown_collection_is_refused_in_a_sentence(capsys):
    with pytest.raises(SystemExit):
        main(["--collection", "none", "--collections", "/nowhere"])
    assert "There is no collection 'none'" in capsys.readouterr().err

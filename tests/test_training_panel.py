"""The view of the training over HTTP: what it starts, shows and refuses, and its files."""

import csv
import io

import numpy as np
import pytest

from dashboard import ids
from dashboard.panels.training import NOTHING
from dashboard.timeline_words import METRICS
from tests.test_layout import ask
from tests.test_wiring import text_of

PAGE = "fedcba9876543210fedcba98"
STARTED = (ids.TRAINING_JOB, "data")
SHOWN = (ids.TRAINING_MULTIPLES, "figure")


@pytest.fixture
def client(app):
    return app.server.test_client()


@pytest.fixture
def asked(collection):
    return {
        ids.ADDRESS: "/training",
        ids.TRAINING_OF: "all",
        ids.SELECTION: {"steps": []},
        ids.PAGE_ID: PAGE,
        ids.CHECKPOINT: collection.checkpoints[-1],
        ids.THEME: "dark",
    }


def selection_of(collection, rows):
    object_ids = collection.catalog["object_id"].iloc[rows].tolist()
    return {"steps": [{"op": "set", "kind": "object_ids", "object_ids": object_ids}]}


def measured(client, asked):
    """What the view shows when its job is done."""
    started = ask(client, STARTED, asked)
    name = started[ids.TRAINING_JOB]["data"]["name"]
    while not client.get(f"/jobs/{name}").json["done"]:
        pass
    job = started[ids.TRAINING_JOB]["data"]
    return started, ask(client, SHOWN, asked | {ids.TRAINING_JOB: job})


def test_nothing_is_measured_before_the_view_is_opened(client, asked):
    assert ask(client, STARTED, asked | {ids.ADDRESS: "/"}) == {}
    shown = asked | {ids.ADDRESS: "/", ids.TRAINING_JOB: {"name": "x"}}
    assert ask(client, SHOWN, shown) == {}


def test_the_view_shows_every_metric_its_galaxies_and_its_errors(client, asked, collection):
    started, shown = measured(client, asked)
    said = text_of(shown[ids.TRAINING_TEXT]["children"])
    assert "The whole collection: n = 600 galaxies" in said and "5 classes" in said
    assert "k = 15" in said and "40 bins to 2 RMS" in said and "20 groups" in said
    table = shown[ids.TRAINING_TABLE]["children"]
    head, *rows = table["props"]["children"]
    assert "score" in text_of(head) and "kNN / %" in text_of(head)
    assert text_of(rows).count("epoch") == len(collection.checkpoints)
    assert text_of(rows).count("±") > 40
    assert "named rightly" in text_of(shown[ids.TRAINING_CLASSES]["children"])
    assert "Undefined: 3 of at least 4" in text_of(shown[ids.TRAINING_RANKS]["children"])
    assert text_of(started[ids.TRAINING_FILES]["children"]).split() == ["CSV", "Ranks", "CSV"]


def test_another_checkpoint_redraws_what_follows_it(client, asked, collection):
    _, shown = measured(client, asked | {ids.CHECKPOINT: collection.checkpoints[0]})
    assert text_of(shown[ids.TRAINING_CLASSES]["children"]).startswith("epoch 0:")


def test_a_selection_is_measured_alone(client, asked, collection):
    selection = selection_of(collection, np.arange(200))
    asked |= {ids.TRAINING_OF: "selection", ids.SELECTION: selection}
    started, shown = measured(client, asked)
    said = text_of(shown[ids.TRAINING_TEXT]["children"])
    assert "The selection alone: n = 200 galaxies" in said
    address = started[ids.TRAINING_FILES]["children"][0]["props"]["href"]
    lines = client.get(address).text
    assert "# n: 200\n" in lines and '# selection: {"steps"' in lines


@pytest.mark.parametrize(
    "of, n, sentence", [("selection", 0, NOTHING), ("selection", 12, "12 galaxies are too few")]
)
def test_what_cannot_be_measured_is_told_in_its_place(client, asked, collection, of, n, sentence):
    selection = selection_of(collection, np.arange(n)) if n else {"steps": []}
    asked |= {ids.TRAINING_OF: of, ids.SELECTION: selection}
    started = ask(client, STARTED, asked)
    assert started[ids.TRAINING_FILES]["children"] is None
    job = started[ids.TRAINING_JOB]["data"]
    shown = ask(client, SHOWN, asked | {ids.TRAINING_JOB: job})
    assert sentence in text_of(shown[ids.TRAINING_TEXT]["children"])
    assert shown[ids.TRAINING_TABLE]["children"] is None


@pytest.mark.parametrize("page_id", [None, "../../etc", 5])
def test_nonsense_is_refused_in_a_sentence(client, asked, page_id):
    started = ask(client, STARTED, asked | {ids.PAGE_ID: page_id})
    assert "names no job" in started[ids.TRAINING_JOB]["data"]["said"]


def rows_of(text):
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return list(csv.DictReader(io.StringIO("\n".join(lines))))


def test_the_files_hold_every_number_with_error_and_n(client, collection):
    prefix = f"/collections/{collection.digest}/training"
    reply = client.get(f"{prefix}/timeline.csv")
    assert reply.status_code == 200 and "attachment" in reply.headers["Content-Disposition"]
    rows = rows_of(reply.text)
    assert [row["checkpoint"] for row in rows] == list(collection.checkpoints)
    assert [float(row["training_epoch"]) for row in rows] == [0, 5, 20]
    for row in rows:
        for name in METRICS:
            assert f"{name}_error" in row and f"{name}_n" in row
        assert float(row["score_error"]) > 0 and float(row["score_linear_error"]) > 0
        assert row["loss"] == "" and row["score_n"] == "600"
    for line in (
        "# column kl_error: one standard error: delete-a-group",
        "# measure: {",
        "# k: 15",
    ):
        assert line in reply.text
    ranks = rows_of(client.get(f"{prefix}/ranks.csv").text)
    assert ranks[0]["first"] == "score" and ranks[0]["rho"] == "" and ranks[0]["n"] == "3"


@pytest.mark.parametrize("asked", ["nothing.csv", "timeline.csv?selection=unknown"])
def test_a_file_of_nothing_is_not_found(client, collection, asked):
    assert client.get(f"/collections/{collection.digest}/training/{asked}").status_code == 404

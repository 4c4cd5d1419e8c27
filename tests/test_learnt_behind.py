"""Learning from scores of many galaxies goes on behind the page, and the list comes with it."""

import threading

import pytest

from dashboard import ids, learnt_behind
from dashboard.jobs import Jobs
from dashboard.learnt import FOREST, NEXT, PROCESS, is_learnt, learnt
from dashboard.learnt_behind import LEARNING, STOPPED, is_at_hand, start_learning
from data.label_ids import labels_of
from data.store import Collection
from tests.test_wiring import call, post, text_of

ADA, PAGE = {"user": "Ada", "version": ""}, "0123456789abcdef01234567"


@pytest.fixture
def here(collection_folder, tmp_path, monkeypatch):
    """A collection that counts as a large one, a few galaxies of it scored."""
    monkeypatch.setattr(learnt_behind, "INSTANT", 0)
    found = Collection.open(collection_folder, tmp_path)
    names = found.catalog["object_id"].tolist()
    labels_of(found).score(names[:10], 5, "Ada")
    labels_of(found).score(names[10:20], 0, "Ada")
    return found


def test_what_was_learned_once_is_at_hand_and_needs_no_job(here):
    last, jobs = here.checkpoints[-1], Jobs()
    assert not is_at_hand(here, last, PROCESS, ADA)
    job = start_learning(here, jobs, PAGE, last, PROCESS, ADA)
    assert start_learning(here, jobs, PAGE, last, PROCESS, ADA) in (job, None)
    assert job.wait(60) and job.error is None and job.version == 1
    assert is_at_hand(here, last, PROCESS, ADA) and is_at_hand(here, last, NEXT, ADA)
    assert start_learning(here, jobs, PAGE, last, NEXT, ADA) is None
    assert not is_at_hand(here, last, FOREST, ADA)
    labels_of(here).score(here.catalog["object_id"].iat[30], 3, "Ada")
    assert not is_at_hand(here, last, PROCESS, ADA)


def test_what_others_say_and_tags_change_nothing_of_it(here):
    last, names = here.checkpoints[-1], here.catalog["object_id"].tolist()
    found = learnt(here, last, PROCESS, ADA)
    labels_of(here).score(names[40], 3, "Bo")
    labels_of(here).tag(names[2], "ring", "Ada")
    assert learnt(here, last, PROCESS, ADA) is found and is_learnt(here, last, PROCESS, ADA)


def test_a_job_can_be_stopped_while_it_learns(here, monkeypatch):
    is_begun, go_on = threading.Event(), threading.Event()
    monkeypatch.setattr(learnt_behind, "learnt", lambda *a: is_begun.set() or go_on.wait(60))
    job = start_learning(here, Jobs(), PAGE, here.checkpoints[-1], PROCESS, ADA)
    try:
        assert is_begun.wait(60)
        job.cancel()
        assert job.wait(60) and job.is_cancelled and job.error is None and job.version == 0
    finally:
        go_on.set()


def test_too_little_to_learn_from_is_told_at_once(here, monkeypatch):
    last = here.checkpoints[-1]
    assert is_at_hand(here, last, PROCESS, {"user": "nobody"})
    labels_of(here).score(here.catalog["object_id"].tolist()[:9], 2, "Cy")
    assert is_at_hand(here, last, FOREST, {"user": "Cy"}), "all the same"
    monkeypatch.setattr(learnt_behind, "MAX_PROCESS", 19)
    assert is_at_hand(here, last, PROCESS, ADA) and not is_at_hand(here, last, FOREST, ADA)
    assert is_at_hand(here, last, "log_density", ADA)


def test_the_panel_says_that_it_is_being_learned_and_keeps_what_was_listed(app, monkeypatch):
    monkeypatch.setattr("dashboard.panels.anomalies.is_at_hand", lambda *a: False)
    values = {ids.CHECKPOINT: "epoch_20", ids.ANOMALY_RANKING: PROCESS, ids.LABELS: ADA}
    place = (ids.ANOMALIES, "children")
    assert LEARNING in text_of(call(app, place, values))
    over = values | {ids.ANOMALY_TOLD: {"done": True}}
    assert STOPPED in text_of(call(app, place, over, ids.ANOMALY_TOLD))
    reply = post(app, place, values, ids.LABELS)
    assert reply.status_code == 204 or not reply.json["response"]

import logging
import threading
import time

import pytest
from flask import Flask

from dashboard import jobs as jobs_module
from dashboard.cache import create_cache
from dashboard.jobs import Jobs
from dashboard.routes import register_routes
from dashboard.settings import Settings
from models.errors import BadInput

PAGE, OTHER_PAGE = "0123456789abcdef", "fedcba9876543210"
SOON = 10.0  # seconds; only a test that fails waits for so long


@pytest.fixture
def jobs():
    return Jobs()


def endless(progress):
    """Work that goes on until it is cancelled."""
    while True:
        progress(0.5, "counting")
        time.sleep(0.01)


def until(claim):
    limit = time.monotonic() + SOON
    while not claim():
        assert time.monotonic() < limit
        time.sleep(0.005)


def test_a_job_tells_its_progress_and_its_result(jobs):
    go_on = threading.Event()

    def work(progress):
        progress(0.25, "a quarter")
        go_on.wait(SOON)
        return "result"

    job = jobs.start(f"{PAGE}.refine", "key", work)
    until(lambda: job.fraction == 0.25)
    assert (job.message, job.result, job.is_done, job.version) == ("a quarter", None, False, 0)
    go_on.set()
    assert job.wait(SOON)
    assert (job.result, job.fraction, job.version, job.error) == ("result", 1.0, 1, None)
    assert jobs.get(f"{PAGE}.refine") is job


def test_results_are_published_before_the_last(jobs):
    go_on = threading.Event()

    def work(progress):
        progress.publish("first")
        go_on.wait(SOON)
        progress.publish("second")  # and returns nothing: the last published stays

    job = jobs.start(f"{PAGE}.refine", "key", work)
    until(lambda: job.version == 1)
    assert job.result == "first"
    go_on.set()
    assert job.wait(SOON)
    assert (job.result, job.version) == ("second", 2)


def test_a_cancelled_job_stops_and_keeps_what_it_published(jobs):
    def work(progress):
        progress.publish("so far")
        endless(progress)

    job = jobs.start(f"{PAGE}.refine", "key", work)
    until(lambda: job.version == 1)
    assert jobs.cancel(f"{PAGE}.refine") is job
    assert job.wait(SOON)
    assert (job.is_cancelled, job.error, job.result) == (True, None, "so far")


def test_a_newer_job_cancels_the_older_of_its_name(jobs):
    older = jobs.start(f"{PAGE}.refine", "one", endless)
    until(lambda: older.message == "counting")
    newer = jobs.start(f"{PAGE}.refine", "two", lambda progress: "newer")
    assert older.wait(SOON) and newer.wait(SOON)
    assert older.is_cancelled and not newer.is_cancelled
    assert jobs.get(f"{PAGE}.refine").result == "newer"


def test_what_an_older_job_publishes_late_is_not_shown(jobs):
    go_on = threading.Event()

    def work(progress):
        go_on.wait(SOON)
        progress.publish("late")

    older = jobs.start(f"{PAGE}.refine", "one", work)
    newer = jobs.start(f"{PAGE}.refine", "two", lambda progress: "newer")
    go_on.set()
    assert older.wait(SOON) and newer.wait(SOON)
    assert older.result is None and jobs.get(f"{PAGE}.refine").result == "newer"


def test_the_same_work_is_not_begun_twice(jobs):
    job = jobs.start(f"{PAGE}.refine", "key", endless)
    assert jobs.start(f"{PAGE}.refine", "key", endless) is job
    job.cancel()
    again = jobs.start(f"{PAGE}.refine", "key", lambda progress: 1)
    assert again is not job and again.wait(SOON)
    assert jobs.start(f"{PAGE}.refine", "key", endless) is again  # done, and still at hand


def test_two_pages_do_not_disturb_each_other(jobs):
    first = jobs.start(f"{PAGE}.refine", "one", endless)
    second = jobs.start(f"{OTHER_PAGE}.refine", "two", endless)
    third = jobs.start(f"{PAGE}.null", "three", endless)
    until(lambda: {first.message, second.message, third.message} == {"counting"})
    jobs.cancel(f"{PAGE}.refine")
    assert first.wait(SOON)
    assert not second.is_done and not third.is_done
    second.cancel(), third.cancel()
    assert second.wait(SOON) and third.wait(SOON)


def test_a_refusal_is_a_sentence_and_a_bug_is_logged(jobs, caplog):
    def refuse(progress):
        raise BadInput("Too few galaxies.")

    def fail(progress):
        raise ZeroDivisionError("secret detail")

    refused = jobs.start(f"{PAGE}.refine", "key", refuse)
    with caplog.at_level(logging.ERROR):
        failed = jobs.start(f"{PAGE}.null", "key", fail)
        assert refused.wait(SOON) and failed.wait(SOON)
    assert refused.error == "Too few galaxies."
    assert "secret" not in failed.error and failed.error.endswith(".")
    assert "secret detail" in caplog.text and PAGE in caplog.text
    again = jobs.start(f"{PAGE}.refine", "key", lambda progress: 1)
    assert again is not refused  # what failed may be tried again


def test_a_few_run_at_once_and_the_next_waits_and_can_be_cancelled():
    jobs = Jobs(max_running=2)
    running = [jobs.start(f"{PAGE}.{kind}", "key", endless) for kind in ("a", "b")]
    until(lambda: all(job.message == "counting" for job in running))
    waiting = jobs.start(f"{PAGE}.c", "key", endless)
    next_one = jobs.start(f"{PAGE}.d", "key", lambda progress: "ran")
    assert not waiting.wait(0.2)
    assert (waiting.message, waiting.fraction) == ("waiting", 0.0)
    waiting.cancel()
    assert waiting.wait(SOON) and not any(job.is_done for job in running)
    running[0].cancel()
    assert next_one.wait(SOON) and next_one.result == "ran"
    running[1].cancel()
    assert running[1].wait(SOON)


def test_finished_jobs_are_forgotten(jobs, monkeypatch):
    monkeypatch.setattr(jobs_module, "MAX_FINISHED", 2)
    for kind in "abcd":
        assert jobs.start(f"{PAGE}.{kind}", "key", lambda progress: 1).wait(SOON)
    assert [jobs.get(f"{PAGE}.{kind}") is not None for kind in "abcd"] == [False, False, True, True]
    monkeypatch.setattr(jobs_module, "KEPT_S", -1.0)
    assert jobs.get(f"{PAGE}.d") is None


def test_a_job_whose_page_is_closed_stops(jobs, monkeypatch):
    job = jobs.start(f"{PAGE}.exact", "key", endless)
    monkeypatch.setattr(jobs_module, "ABANDONED_S", 0.05)
    assert job.wait(SOON) and job.is_cancelled


def test_a_busy_server_says_so(jobs, monkeypatch):
    monkeypatch.setattr(jobs_module, "MAX_UNFINISHED", 1)
    job = jobs.start(f"{PAGE}.a", "key", endless)
    with pytest.raises(BadInput, match="busy"):
        jobs.start(f"{PAGE}.b", "key", endless)
    job.cancel()
    assert job.wait(SOON)


@pytest.mark.parametrize("name", ["", "refine", "xyz.refine", f"{PAGE}.", f"{PAGE}.../a", None, 3])
def test_a_name_that_is_none_is_refused(jobs, name):
    with pytest.raises(BadInput, match="names no job"):
        jobs.start(name, "key", endless)
    assert jobs.get(name) is None


@pytest.fixture
def client(jobs, collection):
    server = Flask("test")
    cache = create_cache(server, Settings(cache="memory"))
    register_routes(server, collection, cache, jobs)
    return server.test_client()


def test_the_page_asks_and_cancels_over_http(jobs, client):
    job = jobs.start(f"{PAGE}.refine", "key", endless)
    until(lambda: job.message == "counting")
    reply = client.get(f"/jobs/{PAGE}.refine")
    assert reply.headers["Cache-Control"] == "no-store"
    assert reply.json == {
        "key": "key",
        "fraction": 0.5,
        "message": "counting",
        "version": 0,
        "done": False,
        "cancelled": False,
        "error": None,
    }
    assert client.post(f"/jobs/{PAGE}.refine/cancel").json["cancelled"]
    assert job.wait(SOON)
    assert client.get(f"/jobs/{PAGE}.refine").json["done"]


@pytest.mark.parametrize("name", [f"{PAGE}.none", "x", "..%2F..%2Fetc", f"{PAGE}.refine/../x"])
def test_an_unknown_job_is_not_found(client, name):
    assert client.get(f"/jobs/{name}").status_code == 404
    assert client.post(f"/jobs/{name}/cancel").status_code == 404


def test_a_page_cannot_cancel_by_following_a_link(jobs, client):
    job = jobs.start(f"{PAGE}.refine", "key", endless)
    assert client.get(f"/jobs/{PAGE}.refine/cancel").status_code in (404, 405)
    assert not job.is_cancelled
    job.cancel()
    assert job.wait(SOON)


def test_work_that_is_done_for_good_cannot_be_stopped_any_more():
    jobs, is_done, go_on = Jobs(), threading.Event(), threading.Event()

    def work(progress):
        is_done.set()
        go_on.wait(60)
        progress.end("three were stored")

    job = jobs.start("0123456789abcdef.labels", "key", work)
    assert is_done.wait(60)
    job.cancel()
    go_on.set()
    assert job.wait(60) and not job.is_cancelled and job.status()["message"] == "three were stored"

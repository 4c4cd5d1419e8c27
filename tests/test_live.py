import time

import numpy as np
import pytest
from flask import Flask

from dashboard import live, measure, pair_rate, refining
from dashboard.cache import create_cache
from dashboard.jobs import Jobs
from dashboard.live import best_known, is_final, quiet, start_exact, start_refinement
from dashboard.measure import answer, selection_correlation
from dashboard.pair_rate import exact_limit, exact_seconds, is_quick, n_pairs, seconds_per_pair
from dashboard.question import Question
from dashboard.refining import Refinement, max_shifts, shifts_needed
from dashboard.settings import Settings
from models.errors import BadInput
from models.space.correlation import default_edges, sampled_correlation, two_point_correlation
from models.space.shift_counter import ShiftCounter

PAGE = "0123456789abcdef"
SOON = 30.0


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture(params=["memory", "none"])
def cache(request):
    return create_cache(Flask("test"), Settings(cache=request.param))


@pytest.fixture
def few_are_exact(monkeypatch):
    """Selections of a small collection are sampled, as those of a large one are."""
    monkeypatch.setattr(measure, "is_quick", lambda pairs, n_dim: pairs <= n_pairs(100))
    monkeypatch.setattr(measure, "SAMPLED_PAIRS", 6_000)
    monkeypatch.setattr(refining, "PUBLISH_S", 0.0)


@pytest.fixture
def question(collection, cache):
    rows = list(range(0, 600, 2))
    selection = {"steps": [{"op": "set", "kind": "rows", "rows": rows}]}
    return Question(collection, cache, collection.checkpoints[-1], selection)


@pytest.fixture
def clusters(rng):
    centers = 6 * rng.normal(size=(4, 3))
    return (centers[rng.integers(4, size=1500)] + rng.normal(size=(1500, 3))).astype(np.float32)


def refined(points, first_shifts=4, told=None):
    edges = default_edges(float(np.sqrt(2 * points.var(0).sum())), 20)
    first = sampled_correlation(points, edges, first_shifts)
    results = Refinement(points, edges).results(first, told or (lambda *_: None))
    return edges, first, list(results)


# ---- refining ----------------------------------------------------------------------------------


def test_refining_ends_where_sampling_matters_no_more(clusters, monkeypatch):
    monkeypatch.setattr(refining, "PUBLISH_S", 0.0)
    edges, first, results = refined(clusters)
    last = results[-1]
    assert not is_final(first) and is_final(last)
    used = last.used
    assert (last.sampling_sigma[used] <= last.sigma[used] / 3).all()
    assert last.score_sampling_sigma <= last.score_sigma / 3
    exact = two_point_correlation(clusters, edges)
    off = (last.eps - exact.eps)[used]
    assert (np.abs(off) <= 5 * last.sampling_sigma[used] + 1e-12).all()


def test_each_result_is_that_of_its_number_of_shifts(clusters, monkeypatch):
    monkeypatch.setattr(refining, "PUBLISH_S", 0.0)
    edges, first, results = refined(clusters)
    counted = [first.pairs_counted, *(result.pairs_counted for result in results)]
    assert counted == sorted(set(counted))
    for result in (results[0], results[-1]):
        n_shifts = -(-result.pairs_counted // len(clusters))
        expected = sampled_correlation(clusters, edges, n_shifts)
        np.testing.assert_array_equal(result.counted, expected.counted)
        np.testing.assert_array_equal(result.sigma, expected.sigma)


def test_progress_is_told_in_pairs_and_can_stop_it(clusters):
    told = []

    def stop_at_third(fraction, words):
        told.append((fraction, words))
        if len(told) == 3:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        refined(clusters, told=stop_at_third)
    assert all(0 < fraction <= 1 for fraction, _ in told)
    assert told[0][1].endswith("of 1.12 M pairs, refining")


def test_gaussian_points_are_refined_to_every_pair_or_the_limit(rng, monkeypatch):
    # Of a Gaussian's scatter nearly all is the pairs' own: only all of them are enough.
    monkeypatch.setattr(refining, "PUBLISH_S", 0.0)
    points = rng.normal(size=(801, 2)).astype(np.float32)
    *_, results = refined(points)
    assert results[-1].pairs_counted > 0.8 * results[-1].pairs_possible
    monkeypatch.setattr(refining, "MAX_REFINED_PAIRS", 100 * 801)
    assert max_shifts(801) == 100
    *_, results = refined(points)
    assert results[-1].pairs_counted == 100 * 801


def test_the_shifts_needed_are_foreseen(clusters):
    edges = default_edges(float(np.sqrt(2 * clusters.var(0).sum())), 20)
    for n_shifts in (8, 32):
        needed = shifts_needed(sampled_correlation(clusters, edges, n_shifts))
        assert is_final(sampled_correlation(clusters, edges, min(2 * needed, 750)))
        assert needed <= max_shifts(len(clusters))


def test_an_exact_correlation_is_final(clusters):
    edges = default_edges(float(np.sqrt(2 * clusters.var(0).sum())), 20)
    assert is_final(two_point_correlation(clusters, edges))


@pytest.mark.parametrize("n_points", [40, 41, 700])
def test_shifts_counted_in_portions_are_those_counted_at_once(rng, n_points):
    from models.space.pairs import count_shifted

    points = rng.normal(size=(n_points, 4)).astype(np.float32)
    edges = np.linspace(0, 4, 9)
    most = n_points // 2
    counter = ShiftCounter(points, edges, most)
    for portion in (1, 3, 5, most):
        counter.count(portion)
        shifts = np.arange(1, counter.n_shifts + 1)
        np.testing.assert_array_equal(counter.counts, count_shifted(points, edges, shifts))
    assert counter.n_shifts == most


# ---- jobs --------------------------------------------------------------------------------------


def test_a_selection_is_refined_behind_the_page(jobs, question, few_are_exact):
    first = answer(question)
    assert first.is_sampled and not is_final(first)
    job = start_refinement(jobs, PAGE, question)
    assert job.wait(SOON) and job.error is None
    assert job.version >= 1 and is_final(job.result)
    best = best_known(jobs, PAGE, question)
    assert best.pairs_counted == job.result.pairs_counted
    again = start_refinement(jobs, PAGE, question)
    assert again is None


def test_what_was_refined_is_there_at_once_for_another_page(jobs, collection, few_are_exact):
    cache = create_cache(Flask("kept"), Settings(cache="memory"))
    selection = {"steps": [{"op": "set", "kind": "rows", "rows": list(range(300))}]}
    question = Question(collection, cache, collection.checkpoints[-1], selection)
    job = start_refinement(jobs, PAGE, question)
    assert job.wait(SOON)
    found = selection_correlation(collection, cache, question.checkpoint, selection)
    assert found.pairs_counted == job.result.pairs_counted
    assert start_refinement(Jobs(), PAGE[::-1], question) is None


def test_a_newer_selection_stops_the_refining_of_the_older(
    jobs, collection, cache, question, few_are_exact, monkeypatch
):
    monkeypatch.setattr(refining, "is_final", lambda correlation: False)  # it never ends by itself
    monkeypatch.setattr(refining, "shifts_needed", lambda correlation: 10**9)
    older = start_refinement(jobs, PAGE, question)
    selection = {"steps": [{"op": "set", "kind": "rows", "rows": list(range(200))}]}
    newer = start_refinement(
        jobs, PAGE, Question(collection, cache, question.checkpoint, selection)
    )
    assert older.wait(SOON) and older.is_cancelled
    start = time.monotonic()
    quiet(jobs, PAGE)
    assert newer.wait(SOON) and newer.is_cancelled
    assert time.monotonic() - start < 5  # 0.2 s where nobody else is at work


def test_nothing_to_refine_stops_the_older_too(jobs, collection, cache, question, monkeypatch):
    older = jobs.start(f"{PAGE}.refine", "another question", lambda tell: _forever(tell))
    assert start_refinement(jobs, PAGE, question) is None  # exact at once: it is small
    assert older.wait(SOON) and older.is_cancelled


def _forever(tell):
    while True:
        tell(0.5)
        time.sleep(0.01)


def test_an_exact_count_is_kept_and_never_replaced_by_a_sample(
    jobs, question, few_are_exact, collection
):
    sampled = answer(question)
    job = start_exact(jobs, PAGE, question)
    assert job.wait(SOON) and job.error is None
    exact = job.result
    assert not exact.is_sampled and "pairs, exact count" in job.message
    live.keep_if_better(question, sampled)
    assert best_known(jobs, PAGE, question).pairs_counted == exact.pairs_counted
    points = question.points
    np.testing.assert_array_equal(
        exact.counted, two_point_correlation(points, question.edges(len(points))).counted
    )


def test_too_few_galaxies_are_told(jobs, collection, cache):
    few = {"steps": [{"op": "set", "kind": "rows", "rows": [1, 2, 3]}]}
    question = Question(collection, cache, collection.checkpoints[-1], few)
    assert start_refinement(jobs, PAGE, question) is None
    for ask in (start_exact, best_known):
        with pytest.raises(BadInput, match="3 galaxies are too few"):
            ask(jobs, PAGE, question)


# ---- the rate ----------------------------------------------------------------------------------


def test_exact_counts_are_foreseen_from_a_measured_rate(monkeypatch):
    assert seconds_per_pair(3) > 0
    monkeypatch.setattr(pair_rate, "seconds_per_pair", lambda n_dim: 5e-9)
    assert exact_seconds(1_000_000, 15) == pytest.approx(2500, rel=1e-3)
    assert n_pairs(exact_limit(15)) * 5e-9 == pytest.approx(pair_rate.LIVE_SECONDS, rel=0.01)
    monkeypatch.setattr(pair_rate, "seconds_per_pair", lambda n_dim: 1.0)
    assert exact_limit(15) == pair_rate.SMALLEST_LIMIT
    assert is_quick(1000, 15) and not is_quick(n_pairs(pair_rate.SMALLEST_LIMIT) + 1, 15)

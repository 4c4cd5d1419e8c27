"""Selections of more galaxies than are read while the lasso is fresh: a random sample first."""

import numpy as np
import pytest
from flask import Flask

from dashboard import live, measure, refining
from dashboard.cache import create_cache
from dashboard.curve_facts import correlation_numbers
from dashboard.export import correlation_csv
from dashboard.measure import answer, cross_with_complement
from dashboard.question import Question
from dashboard.settings import Settings
from data import points
from data.points import measured_points, stored_places
from models.space import correlation as correlation_module
from models.space.correlation import Correlation, rms_separation, two_point_correlation
from models.space.presets import Measure

MOST = 250


@pytest.fixture
def few(monkeypatch):
    """Of more than `MOST` galaxies, a fresh answer is that of a sample."""
    monkeypatch.setattr(measure, "MOST_AT_ONCE", MOST)


@pytest.fixture
def cache():
    return create_cache(Flask("test"), Settings(cache="memory"))


@pytest.fixture
def ask(collection, cache):
    def question(rows=None):
        steps = [{"op": "set", "kind": "rows", "rows": list(map(int, rows))}] if rows else None
        record = None if steps is None else {"steps": steps}
        return Question(collection, cache, collection.checkpoints[-1], record)

    return question


def test_a_sample_is_the_first_of_the_random_order(collection):
    name = collection.checkpoints[-1]
    for share in (0.1, 0.5, 0.95):  # by sorting where they are few, else by looking at the order
        selected = np.random.default_rng(1).random(collection.n_galaxies) < share
        every = measured_points(collection, name, Measure(), selected, n_points=600)
        some = measured_points(collection, name, Measure(), selected, n_points=600, most=40)
        np.testing.assert_array_equal(some, every[:40])


def test_places_are_found_the_same_way_round(collection, monkeypatch):
    monkeypatch.setattr(points, "LOOKED_AT", 16)
    for share in (0.05, 0.3, 1.0):
        selected = np.random.default_rng(2).random(collection.n_galaxies) < share
        expected = np.flatnonzero(selected[collection.order])
        for most in (None, 1, 20, 10_000):
            np.testing.assert_array_equal(
                stored_places(collection, selected, most), expected[:most]
            )


def test_rows_have_their_places_in_the_order(collection):
    np.testing.assert_array_equal(collection.order[collection.places], np.arange(600))


def test_a_fresh_answer_is_of_a_sample_and_says_so(few, ask):
    measured = answer(ask())
    assert measured.n_points == MOST and measured.n_possible == 600
    facts = {fact.name: fact.text for fact in correlation_numbers(measured)}
    assert facts["n"].startswith("250 of 600, drawn at random")


def test_its_errors_are_those_of_as_many(few, ask):
    sampled = answer(ask())
    question = ask()
    expected = two_point_correlation(question.sample(MOST), question.edges(MOST))
    np.testing.assert_allclose(sampled.eps, expected.eps)
    np.testing.assert_allclose(sampled.sigma, expected.sigma)


def test_it_is_kept_with_what_it_is_of(few, ask):
    again = Correlation.from_arrays(answer(ask()).to_arrays())
    assert again.n_possible == 600 and answer(ask()).n_possible == 600


@pytest.mark.parametrize("n", [MOST - 1, MOST])
def test_no_more_than_that_are_all_measured(few, ask, n):
    measured = answer(ask(range(n)))
    assert measured.n_points == n and measured.n_possible == 0


def test_a_sample_is_never_final(few, ask):
    assert not refining.is_final(answer(ask()))


def test_refining_goes_on_to_all_galaxies(few, ask):
    question = ask()
    first = answer(question)
    refinement = refining.Refinement(question.points, question.edges(600))
    *_, last = refinement.results(first, lambda share, text: None)
    assert last.n_points == 600 and last.n_possible == 0 and refining.is_final(last)
    live.keep_if_better(question, last)
    assert answer(question).n_points == 600


def test_a_cross_correlation_says_what_was_measured(few, collection, cache):
    rows = {"op": "set", "kind": "rows", "rows": list(range(100))}
    name = collection.checkpoints[-1]
    cross = cross_with_complement(collection, cache, name, {"steps": [rows]})
    assert (cross.n_first, cross.n_second) == (100, 500)
    assert "a random sample" in cross.text
    assert cross.correlation.n_others == MOST


def test_an_export_names_the_sample(few, ask):
    question = ask()
    text = correlation_csv(question, answer(question))
    assert "a random sample of the 600 galaxies asked about" in text


def test_the_unit_is_the_same_read_in_blocks(rng, monkeypatch):
    drawn = (rng.normal(size=(1_000, 5)) + 30).astype(np.float32)
    whole = rms_separation(drawn)
    monkeypatch.setattr(correlation_module, "RMS_BLOCK", 300)
    assert rms_separation(drawn) == pytest.approx(whole, rel=1e-12)

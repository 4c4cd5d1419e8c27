import numpy as np
import pytest
from flask import Flask

from dashboard import chance
from dashboard.cache import create_cache
from dashboard.chance import known_chance, known_null, start_chance, start_null
from dashboard.jobs import Jobs
from dashboard.measure import whole_null
from dashboard.question import Question
from dashboard.settings import Settings
from models.errors import BadInput
from models.space.null import QUESTIONS
from models.space.presets import Measure

PAGE = "0123456789abcdef"
SOON = 60.0


@pytest.fixture(autouse=True)
def few_draws(monkeypatch):
    monkeypatch.setattr(chance, "N_FIRST", 5)
    monkeypatch.setattr(chance, "N_BAND", 20)
    monkeypatch.setattr(chance, "N_CHANCE", 39)


@pytest.fixture
def jobs():
    return Jobs()


@pytest.fixture(params=["memory", "none"])
def cache(request):
    return create_cache(Flask("test"), Settings(cache=request.param))


def about(collection, cache, rows=None, measure=None):
    selection = rows and {"steps": [{"op": "set", "kind": "rows", "rows": list(rows)}]}
    return Question(collection, cache, collection.checkpoints[-1], selection, measure or Measure())


def test_the_band_of_a_small_selection_is_drawn_behind_the_page(jobs, collection, cache):
    question = about(collection, cache, range(0, 600, 3))
    assert known_null(jobs, PAGE, question) is None
    job = start_null(jobs, PAGE, question)
    assert job.wait(SOON) and job.error is None
    assert job.version == 2  # after the first draws, and after all
    null = known_null(jobs, PAGE, question)
    assert (null.n_draws, null.kind, len(null.eps)) == (20, "gaussian", 40)
    assert (null.eps_low <= null.eps_high)[np.isfinite(null.eps_low)].all()


def test_a_known_band_is_not_drawn_again(jobs, collection):
    cache = create_cache(Flask("kept"), Settings(cache="memory"))
    question = about(collection, cache, range(100))
    assert start_null(jobs, PAGE, question).wait(SOON)
    assert start_null(Jobs(), PAGE, question) is None
    assert known_null(Jobs(), None, question).n_draws == 20


def test_the_band_of_the_whole_collection_is_the_stored_one(jobs, collection, cache):
    question = about(collection, cache)
    assert start_null(jobs, PAGE, question) is None
    stored = whole_null(collection, question.checkpoint)
    assert known_null(jobs, PAGE, question).n_draws == stored.n_draws == 200
    other = about(collection, cache, measure=Measure(n_bins=10))
    assert known_null(jobs, PAGE, other) is None
    assert start_null(jobs, PAGE, other).wait(SOON)
    assert len(known_null(jobs, PAGE, other).eps) == 10


def test_many_galaxies_need_no_band(jobs, collection, cache, monkeypatch):
    monkeypatch.setattr(chance, "NULL_BELOW", 100)
    assert start_null(jobs, PAGE, about(collection, cache, range(100))) is None
    assert start_null(jobs, PAGE, about(collection, cache, range(10))) is None  # too few


@pytest.mark.parametrize("kind", QUESTIONS)
def test_each_question_is_answered_by_a_rank(jobs, collection, cache, kind):
    question = about(collection, cache, range(0, 600, 3))
    job = start_chance(jobs, PAGE, question, kind)
    assert job.wait(SOON) and job.error is None
    null = known_chance(jobs, PAGE, question, kind)
    assert (null.kind, null.n_draws) == (kind, 39)
    assert 1 / 40 <= null.p_value <= 1
    assert round(null.p_value * 40, 6) == round(null.p_value * 40)


def test_a_random_subset_is_not_other_than_the_collection(jobs, collection, cache):
    rng = np.random.default_rng(1)
    rows = [int(row) for row in rng.choice(600, 200, replace=False)]
    question = about(collection, cache, rows)
    start_chance(jobs, PAGE, question, "subset").wait(SOON)
    assert known_chance(jobs, PAGE, question, "subset").p_value > 0.05
    start_chance(jobs, PAGE, question, "gaussian").wait(SOON)
    assert known_chance(jobs, PAGE, question, "gaussian").p_value == 1 / 40  # clusters, made up


def test_what_cannot_be_asked_is_told(jobs, collection, cache):
    question = about(collection, cache, range(100))
    for kind in ("nothing", None, ["gaussian"]):
        with pytest.raises(BadInput, match="gaussian, subset, patch"):
            start_chance(jobs, PAGE, question, kind)
    job = start_chance(jobs, PAGE, about(collection, cache), "subset")  # all galaxies: no others
    assert job.wait(SOON) and "These are all 600 galaxies" in job.error
    with pytest.raises(BadInput, match="too few"):
        start_chance(jobs, PAGE, about(collection, cache, range(3)), "gaussian")


def test_cosine_points_are_compared_with_cosine_points(jobs, collection, cache):
    question = about(collection, cache, range(0, 600, 3), Measure(metric="cosine"))
    job = start_chance(jobs, PAGE, question, "subset")
    assert job.wait(SOON) and job.error is None
    assert known_chance(jobs, PAGE, question, "subset").p_value > 1 / 40

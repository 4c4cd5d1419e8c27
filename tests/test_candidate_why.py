import math

import numpy as np
import pytest

from dashboard.candidate_why import FIRST, nearest_usual, why_candidate
from dashboard.ranking import rankings_of, score_ranking
from models.space.estimators import AGREEMENT


@pytest.fixture
def last(collection):
    return collection.checkpoints[-1]


@pytest.fixture
def odd(collection, last):
    """The first candidate of all estimators together."""
    return int(score_ranking(collection, last, AGREEMENT).rows(0, 1)[0])


def test_places_are_those_of_the_rankings(collection, last, odd):
    why = why_candidate(collection, last, odd)
    assert set(why.places) == set(rankings_of(collection, last))
    assert why.places[AGREEMENT] == (1, collection.n_galaxies)
    assert AGREEMENT not in why.estimators and len(why.estimators) == 7


def test_estimators_agree_that_have_it_among_the_first(collection, last, odd):
    why = why_candidate(collection, last, odd)
    first = max(1, FIRST * collection.n_galaxies)
    assert why.agreeing == [n for n, (rank, _) in why.estimators.items() if rank <= first]
    usual = int(score_ranking(collection, last, AGREEMENT).rows(0, collection.n_galaxies)[-1])
    assert why_candidate(collection, last, usual).agreeing == []


def test_the_density_is_against_that_of_the_neighbors(collection, last, odd):
    why = why_candidate(collection, last, odd)
    value = collection.density(last)["relative_density"][odd]
    assert why.density_ratio == pytest.approx(math.exp(-value))
    low, high = why.ratio_range
    assert math.sqrt(low * high) == pytest.approx(why.density_ratio)
    assert math.log(high / low) == pytest.approx(2 / math.sqrt(10))


def test_usual_galaxies_are_the_nearest_of_the_second_half(collection, last, odd):
    ranked = score_ranking(collection, last, AGREEMENT)
    points = np.asarray(collection.representations(last), np.float64)
    usual = [r for r in range(collection.n_galaxies) if ranked.rank(r) > ranked.n / 2]
    for row in (odd, usual[3]):  # far from the usual ones, and among them
        others = [r for r in usual if r != row]
        distances = np.linalg.norm(points[others] - points[row], axis=1)
        wanted = np.array(others)[np.argsort(distances, kind="stable")[:4]]
        found = nearest_usual(collection, last, row, AGREEMENT)
        assert [r for r, _ in found] == wanted.tolist()
        assert [d for _, d in found] == pytest.approx(np.sort(distances)[:4], rel=1e-5)


def test_what_is_undefined_is_left_out(collection, last, odd, monkeypatch):
    undefined = {name: np.full_like(v, np.nan) for name, v in collection.density(last).items()}
    monkeypatch.setattr(type(collection), "density", lambda self, name: undefined)
    monkeypatch.setattr(type(collection), "digest", "undefined")
    why = why_candidate(collection, last, odd)
    assert why.places == {} and why.density_ratio is None and why.usual_by is None
    assert why.usual == [] and why.agreeing == []

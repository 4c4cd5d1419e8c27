import numpy as np
import pytest
from flask_caching import Cache

from dashboard import candidates as module
from dashboard.candidates import candidates, groups_of, stable_ranking, without_copies
from dashboard.ranking import Ranking, score_ranking
from data.compared_columns import WORST, compared_column


@pytest.fixture
def last(collection):
    return collection.checkpoints[-1]


@pytest.fixture
def copied(collection, monkeypatch):
    """Rows 3, 8 and 20 are near-copies of one another."""
    groups = np.arange(collection.n_galaxies, dtype=np.int32)
    groups[[8, 20]] = 3
    found = np.stack([groups, np.bincount(groups)[groups].astype(np.int32)])
    monkeypatch.setattr(module, "groups_of", lambda *asked: found)


def folded(values, groups, is_low_unusual=True):
    n_alike = np.bincount(groups)[groups]
    return without_copies(values, np.array(groups), n_alike, is_low_unusual=is_low_unusual)


@pytest.mark.parametrize("is_low_unusual", [True, False])
def test_of_copies_the_most_unusual_is_left(is_low_unusual):
    values = np.array([5, 1, 2, 9, 4], np.float32)
    left = folded(values, [0, 1, 1, 0, 4], is_low_unusual)
    wanted = [5, 1, np.nan, np.nan, 4] if is_low_unusual else [np.nan, np.nan, 2, 9, 4]
    assert left == pytest.approx(wanted, nan_ok=True)
    assert np.isfinite(values).all(), "the scores themselves are as they were"


def test_of_copies_of_one_score_the_first_is_left():
    values = np.array([2, 2, 2], np.float32)
    assert np.isfinite(folded(values, [0, 0, 0])).tolist() == [1, 0, 0]


def test_a_copy_without_a_score_stands_for_none():
    assert folded(np.array([np.nan, 7], np.float32), [0, 0])[1] == 7


def test_copies_are_folded_and_counted(collection, last, copied):
    values = np.arange(collection.n_galaxies, dtype=np.float32)
    found = candidates(collection, None, last, Ranking(("folded",), values, True))
    assert found.ranked.rows(0, 9).tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 9]
    assert found.n_folded == 2 and found.ranked.n == collection.n_galaxies - 2
    assert found.n_alike[3] == 3 and found.n_alike[4] == 1


def test_those_selected_are_listed_in_the_same_order(collection, last, copied, monkeypatch):
    chosen = np.array([2, 8, 20, 40, 41], np.int32)
    monkeypatch.setattr(module.Listing, "selected", chosen)
    values = -np.arange(collection.n_galaxies, dtype=np.float32)
    found = candidates(collection, Cache(), last, Ranking(("some",), values, True), "an id")
    assert found.ranked.rows(0, 9).tolist() == [41, 40, 20, 2]
    assert found.n_folded == 1


def test_a_collection_has_no_copies_of_its_own(collection, last):
    groups, n_alike = groups_of(collection, last)
    assert (groups == np.arange(collection.n_galaxies)).mean() > 0.95
    assert np.array_equal(n_alike, np.bincount(groups)[groups])


def test_who_is_stable_has_the_lowest_worst_rank(collection, last):
    ranked = stable_ranking(collection, last)
    assert ranked.rows(0, 1)[0] == np.nanargmin(compared_column(collection, last, WORST))


def test_everything_is_listed_where_nothing_is_alike(collection, last):
    ranked = score_ranking(collection, last, "log_density")
    found = candidates(collection, None, last, ranked)
    assert found.ranked.n + found.n_folded == ranked.n
    assert found.ranked.rows(0, 1) == ranked.rows(0, 1)

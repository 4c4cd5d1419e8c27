import numpy as np
import pytest

from dashboard import ranking
from dashboard.ranking import Ranking, rankings_of, score_ranking
from models.errors import NotFound
from tests.test_ranked import brute

VALUES = np.array([3, 1, np.nan, 2, 1, -np.inf, -5, 0.0, -0.0, np.inf, 1], np.float32)


@pytest.mark.parametrize("is_low_unusual", [True, False])
def test_a_rank_counts_those_that_are_more_unusual(is_low_unusual):
    ranked = Ranking(("ranks", is_low_unusual), VALUES, is_low_unusual)
    for row, value in enumerate(VALUES):
        known = VALUES[np.isfinite(VALUES)]
        more = known < value if is_low_unusual else known > value
        assert ranked.rank(row) == (int(more.sum()) + 1 if np.isfinite(value) else None)
    assert ranked.n == 8


def test_many_galaxies_are_listed_before_they_are_sorted(rng, monkeypatch):
    values = rng.integers(0, 500, 4000).astype(np.float32)
    values[::7] = np.nan
    behind = []
    monkeypatch.setattr(ranking, "SORTED_AT_ONCE", 100)
    monkeypatch.setattr(ranking._behind, "submit", behind.append)
    ranked = Ranking(("before it is sorted",), values, True)
    wanted = brute(values, True)

    def told():
        return (
            ranked.n,
            ranked.rank(5),
            ranked.rows(10, 30).tolist(),
            ranked.rows(3990, 4010).tolist(),
        )

    before = told()
    assert behind and before[2] == wanted[10:30].tolist() and before[3] == []
    behind[0]()  # what goes on behind the page
    n_asked = len(behind)
    assert told() == before and len(behind) == n_asked


def test_where_all_coincide_nobody_has_a_place():
    ranked = Ranking(("none",), np.full(5, np.nan, np.float32), True)
    assert ranked.n == 0 and ranked.rank(0) is None and not len(ranked.rows(0, 10))


def test_scores_rank_as_they_are_unusual(collection):
    checkpoint = collection.checkpoints[-1]
    scores = collection.density(checkpoint)
    low = score_ranking(collection, checkpoint, "log_density")
    far = score_ranking(collection, checkpoint, "neighbor_distance")
    assert low.rows(0, 1) == np.argmin(scores["log_density"])
    assert far.rows(0, 1) == np.argmax(scores["neighbor_distance"])


def test_a_score_that_a_collection_has_not_is_named_with_those_it_has(collection):
    checkpoint = collection.checkpoints[-1]
    with pytest.raises(NotFound, match="no ranking 'brightness'; there are log_density, "):
        score_ranking(collection, checkpoint, "brightness")
    with pytest.raises(NotFound, match="no ranking 'intrinsic_dim'"):
        score_ranking(collection, checkpoint, "intrinsic_dim")


def test_a_collection_of_old_has_the_rankings_it_was_built_with(collection, monkeypatch):
    checkpoint = collection.checkpoints[-1]
    old = {"log_density": collection.density(checkpoint)["log_density"]}
    monkeypatch.setattr(type(collection), "density", lambda self, name: old)
    assert rankings_of(collection, checkpoint) == ("log_density",)

"""Candidates over a run, against ranks that are sorted by hand."""

import numpy as np
import pytest

from dashboard import rank_changes
from dashboard.rank_changes import FADING, STABLE, ranked_over, sparkline
from data.checkpoint_columns import RANK, checkpoint_column
from models.errors import BadInput

TRAINED = ("epoch_05", "epoch_20")


@pytest.fixture
def ranks(collection):
    return np.stack([checkpoint_column(collection, name, RANK) for name in TRAINED], axis=1)


def test_stable_candidates_are_those_whose_worst_rank_is_best(collection, ranks):
    found = ranked_over(collection, "epoch_20", STABLE, None, 40)
    assert found.checkpoints == TRAINED and found.n == 600
    np.testing.assert_array_equal(found.ranks, ranks[found.rows])
    worst = ranks.max(1)
    assert (np.diff(worst[found.rows]) >= 0).all()
    assert worst[found.rows].tolist() == sorted(worst)[:40]


def test_fleeting_candidates_stand_out_once(collection, ranks):
    found = ranked_over(collection, "epoch_05", FADING, None, 40)
    decades = np.log10(np.median(ranks, axis=1) / ranks.min(1))
    np.testing.assert_allclose(decades[found.rows], np.sort(decades)[::-1][:40], rtol=1e-5)


def test_candidates_of_a_selection_are_selected(collection):
    mask = np.arange(600) % 4 == 0
    found = ranked_over(collection, "epoch_20", STABLE, mask, 40)
    assert mask[found.rows].all() and found.n == 150


def test_one_trained_checkpoint_has_nothing_to_compare(collection, monkeypatch):
    monkeypatch.setattr(rank_changes, "trained_of", lambda *_: ("epoch_20",))
    with pytest.raises(BadInput, match="two trained checkpoints of it; this one has 1"):
        ranked_over(collection, "epoch_20", STABLE, None, 10)


def test_a_line_of_ranks_is_high_where_a_galaxy_is_unusual():
    assert sparkline(np.array([1.0, 100.0]), 100) == (
        "polygon(0% 100%, 0.0% 0.0%, 100.0% 95.0%, 100% 100%)"
    )
    assert "50.0% 47.5%" in sparkline(np.array([100.0, 10.0, np.nan]), 100)

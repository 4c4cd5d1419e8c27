import warnings

import numpy as np
import pytest

from models.space.rank_stability import rank_stability


def drawn_ranks(rng, n=300, n_checkpoints=5):
    return [1.0 + rng.permutation(n) for _ in range(n_checkpoints)]


def test_best_middle_and_worst_are_those_of_numpy(rng, monkeypatch):
    ranks = drawn_ranks(rng)
    for each in ranks[1:]:
        each[rng.choice(300, 30, replace=False)] = np.nan
    monkeypatch.setattr("models.space.neighbor_change.BLOCK", 41)
    stability = rank_stability(ranks)
    shares = np.stack([each / np.isfinite(each).sum() for each in ranks])
    np.testing.assert_allclose(stability.best, np.nanmin(shares, axis=0), rtol=1e-6)
    np.testing.assert_allclose(stability.worst, np.nanmax(shares, axis=0), rtol=1e-6)
    np.testing.assert_allclose(stability.median, np.nanmedian(shares, axis=0), rtol=1e-6)
    np.testing.assert_array_equal(stability.n_ranked, np.isfinite(shares).sum(0))


def test_a_galaxy_without_ranks_is_undefined():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        stability = rank_stability([np.array([1.0, np.nan]), np.array([2.0, np.nan])])
        assert np.isnan(stability.fleeting[1])
    assert stability.n_ranked.tolist() == [2, 0]
    assert np.isnan([stability.best[1], stability.median[1], stability.worst[1]]).all()


def test_stable_and_fleeting_candidates_are_told_apart(rng):
    ranks = [10.0 + rng.permutation(1_000) for _ in range(5)]
    for each in ranks:
        each[7] = 2  # unusual always
    ranks[3][42] = 1  # unusual once, ordinary else
    for number in (0, 1, 2, 4):
        ranks[number][42] = 500
    stability = rank_stability(ranks)
    assert np.argmin(stability.worst) == 7
    assert np.argmax(stability.fleeting) == 42
    assert stability.fleeting[7] == 0
    assert stability.fleeting[42] == pytest.approx(np.log10(500), rel=1e-3)


def test_other_galaxies_are_refused(rng):
    with pytest.raises(ValueError, match="same galaxies"):
        rank_stability([np.ones(3), np.ones(4)])
    with pytest.raises(ValueError, match="one checkpoint or more"):
        rank_stability([])

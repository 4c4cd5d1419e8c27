"""Rank correlation: Spearman's, with limits that are those of permutations."""

import numpy as np
import pytest
from scipy.stats import spearmanr

from models.space.rank_correlation import rank_correlation, rank_correlations


def test_the_rank_correlation_is_spearmans_ties_included(rng):
    x, y = rng.integers(0, 6, (2, 15)).astype(float)
    ranks = rank_correlation(x, y, rng)
    assert ranks.rho == pytest.approx(spearmanr(x, y).statistic)
    assert ranks.n == 15 and ranks.low < 0 < ranks.high


def test_chance_is_what_permutations_give(rng):
    # Of n = 4 in order, 2 of the 24 permutations are as far from 0: p = 1/12.
    ranks = rank_correlation(np.arange(4.0), np.arange(4.0), rng)
    assert ranks.rho == pytest.approx(1) and ranks.p_value == pytest.approx(1 / 12)
    # For many values the coefficient is normal with variance 1 / (n - 1).
    ranks = rank_correlation(np.arange(101.0), rng.normal(size=101), rng)
    np.testing.assert_allclose([ranks.low, ranks.high], [-0.196, 0.196], atol=0.02)


def test_of_six_pairs_the_limits_are_those_of_all_permutations(rng):
    # The table of Spearman's rho: of 720 permutations 21 are at .829 or above, and 12 at .886.
    mild = np.array([2.0, 1, 4, 3, 6, 5])  # rho = 1 - 6 * 6 / 210
    ranks = rank_correlation(np.arange(6.0), mild, rng)
    assert ranks.rho == pytest.approx(29 / 35) == pytest.approx(ranks.high)
    assert ranks.p_value == pytest.approx(42 / 720) and not ranks.is_beyond_chance


def test_a_rank_correlation_without_ranks_is_undefined(rng):
    assert np.isnan(rank_correlation(np.arange(9.0), np.ones(9), rng).rho)
    holes = np.array([1, np.nan, 2, 3, np.nan])
    ranks = rank_correlation(holes, np.arange(5.0), rng)
    assert np.isnan(ranks.rho) and ranks.n == 3


def test_a_correlation_beyond_its_limits_is_told_from_one_within(rng):
    assert rank_correlation(np.arange(20.0), np.arange(20.0) ** 3, rng).is_beyond_chance
    assert not rank_correlation(np.arange(20.0), rng.normal(size=20), rng).is_beyond_chance
    assert not rank_correlation(np.arange(3.0), np.arange(3.0), rng).is_beyond_chance


def test_every_two_columns_are_correlated_once(rng):
    columns = {"a": np.arange(6.0), "b": -np.arange(6.0), "c": np.full(6, np.nan)}
    found = rank_correlations(columns, rng)
    assert list(found) == [("a", "b"), ("a", "c"), ("b", "c")]
    assert found["a", "b"].rho == pytest.approx(-1) and found["a", "b"].n == 6
    assert np.isnan(found["a", "c"].rho) and found["a", "c"].n == 0

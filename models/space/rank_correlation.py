"""Spearman's rank correlation, and what it is where there is nothing to find."""

from collections.abc import Mapping
from itertools import permutations
from math import factorial
from typing import NamedTuple

import numpy as np
from scipy.stats import rankdata

N_PERMUTATIONS = 9_999
LEAST = 4  # pairs of values; of fewer no ranks can tell anything
_ROUNDING = 1e-9


class RankCorrelation(NamedTuple):
    """Spearman's coefficient, and what it is where there is nothing to find.

    rho : NaN with fewer than four pairs, or where one side is all the same
    n : pairs of values
    low, high : limits that hold 95 % of the coefficients of permuted pairs
    p_value : share of permutations that are as far from 0, this one included
    """

    rho: float
    n: int
    low: float
    high: float
    p_value: float

    @property
    def is_beyond_chance(self) -> bool:
        """Outside of the limits; false where undefined."""
        return self.rho < self.low - _ROUNDING or self.rho > self.high + _ROUNDING


def rank_correlation(
    x: np.ndarray, y: np.ndarray, rng: np.random.Generator, n_permutations: int = N_PERMUTATIONS
) -> RankCorrelation:
    """Spearman's rank correlation with a permutation test; pairs with a NaN are left out.

    Of few pairs every permutation is tried, of more so many are drawn: with 9,999, from 8 on.
    """
    told = np.isfinite(x) & np.isfinite(y)
    n = int(told.sum())
    ranks = [rankdata(part[told]) - (n + 1) / 2 for part in (x, y)]
    size = np.prod([np.sqrt((part**2).sum()) for part in ranks])
    if n < LEAST or size == 0:
        return RankCorrelation(np.nan, n, np.nan, np.nan, np.nan)
    rho = float(ranks[0] @ ranks[1] / size)
    if is_exact := factorial(n) <= n_permutations:
        permuted = np.array(list(permutations(ranks[0]))) @ ranks[1] / size
    else:
        permuted = rng.permuted(np.tile(ranks[0], (n_permutations, 1)), axis=1) @ ranks[1] / size
    low, high = np.percentile(permuted, [2.5, 97.5])
    as_far = int((np.abs(permuted) >= abs(rho) - _ROUNDING).sum())
    p_value = as_far / len(permuted) if is_exact else (1 + as_far) / (1 + n_permutations)
    return RankCorrelation(rho, n, float(low), float(high), p_value)


def rank_correlations(
    columns: Mapping[str, np.ndarray], rng: np.random.Generator, n_permutations: int = 1_999
) -> dict[tuple[str, str], RankCorrelation]:
    """Rank correlation of every two columns, by their names in the order given.

    Parameters
    ----------
    columns : name -> (n,) array
        NaN where undefined.
    """
    names = list(columns)
    return {
        (first, second): rank_correlation(columns[first], columns[second], rng, n_permutations)
        for place, first in enumerate(names)
        for second in names[place + 1 :]
    }

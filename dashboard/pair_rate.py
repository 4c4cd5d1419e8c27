"""How fast this machine counts pairs: what an exact count would take, before it is begun."""

import time
from functools import lru_cache

import numpy as np

from models.space.pairs import count_neighbors

LIVE_SECONDS = 0.15  # for the pairs of a fresh lasso; the rest of 300 ms is for all else
SMALLEST_LIMIT, LARGEST_LIMIT = 5_000, 50_000  # also on a machine that was busy when timed
_N_TIMED, _N_BINS = 2_500, 40
_REPEATS, _ENOUGH_S = 5, 0.1


@lru_cache(maxsize=64)
def seconds_per_pair(n_dim: int) -> float:
    """Time of one pair among all pairs of some points, the best of a few short runs."""
    points = np.random.default_rng(0).standard_normal((_N_TIMED, n_dim), dtype=np.float32)
    edges = np.linspace(0, 2 * np.sqrt(2 * n_dim), _N_BINS + 1)
    count_neighbors(points[:100], edges)  # compiled, or loaded, before the clock starts
    times: list[float] = []
    while len(times) < _REPEATS and sum(times) < _ENOUGH_S:
        start = time.perf_counter()
        count_neighbors(points, edges)
        times.append(time.perf_counter() - start)
    return min(times) / n_pairs(_N_TIMED)


def exact_seconds(n_points: int, n_dim: int) -> float:
    """Estimated time of an exact count, in seconds: for the label of the button that starts it."""
    return n_pairs(n_points) * seconds_per_pair(n_dim)


def is_quick(pairs: int, n_dim: int) -> bool:
    """Whether so many pairs are all counted while the lasso is fresh."""
    # Few are counted without asking for the rate, whose measuring takes as long.
    return pairs <= n_pairs(SMALLEST_LIMIT) or pairs <= n_pairs(exact_limit(n_dim))


def exact_limit(n_dim: int) -> int:
    """Number of galaxies up to which all of their pairs are counted while the lasso is fresh."""
    limit = int(np.sqrt(2 * LIVE_SECONDS / seconds_per_pair(n_dim)))
    return min(max(limit, SMALLEST_LIMIT), LARGEST_LIMIT)


def n_pairs(n_points: int) -> int:
    """Distinct pairs of some points."""
    return n_points * (n_points - 1) // 2

"""Trustworthiness and continuity of a whole map (Venna & Kaski 2001).

Both are 1 less a sum of ranks. A galaxy that is among the k nearest on the map and not in the
space is an intruder: trustworthiness falls by how far down the list of true neighbors it is.
Continuity is the same with the spaces exchanged: a true neighbor that the map has put away.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

MAX_EXACT = 20_000  # galaxies that are all asked; of more, a random sample is
N_SAMPLED = 2_000
_QUERIES, _BASE = 512, 16_384  # galaxies at a time: 64 MB of distances
_FEW_DIMENSIONS = 3
_FEW = 0.1  # share of the distances that are worth gathering before they are counted


@dataclass(frozen=True)
class MapFaith:
    """How far a whole map can be trusted.

    trustworthiness, continuity : at most 1, 1 for a map that keeps the k nearest of each galaxy
    trustworthiness_error, continuity_error : standard errors, of the sample; 0 where all galaxies
        were asked
    k : neighbors asked about
    n_asked, n : galaxies whose neighbors were asked about, of all
    """

    trustworthiness: float
    trustworthiness_error: float
    continuity: float
    continuity_error: float
    k: int
    n_asked: int
    n: int

    @property
    def is_sampled(self) -> bool:
        """Whether not all galaxies were asked."""
        return self.n_asked < self.n


def map_faith(
    points: np.ndarray,
    positions: np.ndarray,
    neighbors: np.ndarray,
    on_map: np.ndarray,
    k: int,
    *,
    seed: int = 0,
    n_sampled: int = N_SAMPLED,
    max_exact: int = MAX_EXACT,
    progress: Callable[[float], None] | None = None,
) -> MapFaith:
    """Measure trustworthiness and continuity of a map.

    Ranks within the stored neighbors are read from their lists; others are 1 more than the
    number of galaxies that are strictly nearer, so that equally far ones share the best of their
    ranks. Beyond `max_exact` galaxies a random sample is asked, each against all galaxies.

    Parameters
    ----------
    points : (n, n_dim) float array
        The representations. May be memory-mapped: they are read in blocks.
    positions : (n, 2) array
    neighbors : (n, at least k) integer array
        Rows of the nearest in the space, nearest first.
    on_map : (n, at least k) integer array
        Rows of the nearest on the map, nearest first.
    k : int
        Less than n / 2.
    seed : int
        Of the sample.
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Raises
    ------
    ValueError
        If the arrays are not of the same galaxies, a list is shorter than k, or k is n / 2.
    """
    n = len(points)
    _check(n, (positions, neighbors, on_map), k)
    asked, dtype = np.arange(n), np.float64
    if n > max_exact:
        asked = np.sort(np.random.default_rng(seed).choice(n, min(n_sampled, n), replace=False))
        dtype = np.float32  # a rank that is wrong by one is far below the sample's error
    true, near = np.asarray(neighbors[asked]), np.asarray(on_map[asked])
    tell = progress or (lambda share: None)
    trust = 1 - _penalty(points, asked, near[:, :k], true, k, dtype, lambda s: tell(s / 2))
    keeps = 1 - _penalty(positions, asked, true[:, :k], near, k, dtype, lambda s: tell(0.5 + s / 2))
    return MapFaith(*_mean(trust, n), *_mean(keeps, n), k, len(asked), n)


def _check(n: int, others: tuple[np.ndarray, ...], k: int) -> None:
    if any(len(other) != n for other in others):
        raise ValueError(f"Not all arrays are of the same {n} galaxies.")
    stored = min(others[1].shape[1], others[2].shape[1])
    if not 1 <= k <= stored or not 2 * k < n:
        raise ValueError(f"Of {n} galaxies with {stored} neighbors, {k} cannot be asked about.")


def _penalty(
    points: np.ndarray,
    asked: np.ndarray,
    lists: np.ndarray,
    known: np.ndarray,
    k: int,
    dtype: type,
    tell: Callable[[float], None],
) -> np.ndarray:
    """(n_asked,) what each galaxy takes from 1 by those in its list that are far in a space.

    points : (n, n_dim), the space; known : (n_asked, some) the nearest in it; lists : (n_asked, k)
    """
    n = len(points)
    total = np.zeros(len(asked))
    for start in range(0, len(asked), _QUERIES):
        part = slice(start, start + _QUERIES)
        ranks = _listed_ranks(lists[part], known[part])
        is_outside = ranks == 0
        if is_outside.any():
            nearer = _n_nearer(points, asked[part], lists[part], is_outside, dtype)
            ranks[is_outside] = nearer[is_outside] + 1
        total[part] = np.maximum(ranks - k, 0).sum(1)
        tell(min(part.stop, len(asked)) / len(asked))
    return total * 2 / (k * (2 * n - 3 * k - 1))


def _listed_ranks(lists: np.ndarray, known: np.ndarray) -> np.ndarray:
    """Rank of each galaxy of a list among the known nearest, from 1; 0 where it is not there."""
    ranks = np.zeros(lists.shape, np.int64)
    for number, column in enumerate(known.T, start=1):
        ranks[lists == column[:, None]] = number
    return ranks


def _n_nearer(
    points: np.ndarray, asked: np.ndarray, lists: np.ndarray, wanted: np.ndarray, dtype: type
) -> np.ndarray:
    """How many points are nearer to each one asked than those of its list that are wanted.

    Both sides of a comparison of two listed points are the same numbers: none is nearer than
    itself by rounding.
    """
    queries = points[asked].astype(np.float64)
    center = queries.mean(0)
    limits = np.full(lists.shape, -np.inf)
    limits[wanted] = ((points[lists[wanted]] - queries[np.nonzero(wanted)[0]]) ** 2).sum(1)
    limits = limits.astype(dtype)
    queries = (queries - center).astype(dtype)
    nearer = np.zeros(lists.shape, np.int64)
    for start in range(0, len(points), _BASE):
        base = (points[start : start + _BASE] - center).astype(dtype)
        squared = _squared(queries, base)
        _put(squared, asked[:, None] - start, np.inf, np.ones((len(asked), 1), bool))
        _put(squared, lists - start, limits, wanted)
        _add_counts(nearer, squared, limits)
    return nearer


def _squared(queries: np.ndarray, base: np.ndarray) -> np.ndarray:
    """(n_queries, n_base) squared distances: by differences in few dimensions, else by products."""
    if base.shape[1] <= _FEW_DIMENSIONS:
        squared = np.zeros((len(queries), len(base)), base.dtype)
        for query, other in zip(queries.T, base.T, strict=True):
            difference = query[:, None] - other
            difference *= difference
            squared += difference
        return squared
    squared = queries @ base.T
    squared *= -2
    squared += np.einsum("ij,ij->i", base, base)
    squared += np.einsum("ij,ij->i", queries, queries)[:, None]
    return squared


def _put(squared: np.ndarray, columns: np.ndarray, values: object, wanted: np.ndarray) -> None:
    """Set the distances that are known otherwise, as far as they are in this block."""
    is_here = wanted & (columns >= 0) & (columns < squared.shape[1])
    lines, places = np.nonzero(is_here)
    taken = values[lines, places] if isinstance(values, np.ndarray) else values
    squared[lines, columns[lines, places]] = taken


def _add_counts(nearer: np.ndarray, squared: np.ndarray, limits: np.ndarray) -> None:
    """Count in each line the distances below each of its limits."""
    is_limit = limits > -np.inf
    for line in np.flatnonzero(is_limit.any(1)):
        row, below = squared[line], squared[line] < limits[line].max()
        if np.count_nonzero(below) < len(row) * _FEW:
            row = row[below]
        for place in np.flatnonzero(is_limit[line]):
            nearer[line, place] += np.count_nonzero(row < limits[line, place])


def _mean(values: np.ndarray, n: int) -> tuple[float, float]:
    """Mean, and its standard error where the values are a sample of n without replacement."""
    if len(values) == n:
        return float(values.mean()), 0.0
    error = values.std(ddof=1) / np.sqrt(len(values)) * np.sqrt(1 - len(values) / n)
    return float(values.mean()), float(error)

"""Pairs of two sets of points, some places apart in their orders: live counts of a cross pair.

Walk along both lists in step, and start either over at its end: step t pairs point t mod n of
the one with t mod m of the other. Every point is met equally often, to within one, wherever the
walk stops; in random orders it is a random sample of the pairs. After the least common multiple
of n and m steps both lists end together, and one of them is moved on by one place: so no pair
is met twice, and after n m steps all have been.
"""

import math

import numpy as np

from models.space.checks import as_float32, checked_points
from models.space.pair_bins import direct_error, make_bins
from models.space.pair_shifts import count_offsets, transposed
from models.space.pair_tiles import power_of_two_near


def walk_offsets(n_points: int, n_others: int, n_rounds: int, *, moves: int = 1) -> np.ndarray:
    """Partners that the points meet in the first rounds of the walk: (n_rounds,) int64.

    In round r point i meets the other (i + offset) mod n_others. All differ.

    Parameters
    ----------
    n_points, n_others : int
    n_rounds : int
        Each is a walk along all points; `n_others` of them meet all pairs.
    moves : 1 or -1
        How the points are moved against the others when both lists end together. The walk of
        the others along the points is the same with -1.
    """
    rounds = np.arange(n_rounds, dtype=np.int64)
    together = n_others // math.gcd(n_points, n_others)  # rounds until both lists end together
    return (rounds * n_points + moves * (rounds // together)) % n_others


def count_walked(
    points: np.ndarray, edges: np.ndarray, others: np.ndarray, offsets: np.ndarray
) -> np.ndarray:
    """Count, for each point, the others at some offsets from its place in the order.

    Exact, as `models.space.pairs.count_neighbors` is.

    Parameters
    ----------
    points, others : (n_points, n_dim) and (n_others, n_dim) arrays
    edges : (n_bins + 1,) array
    offsets : (n_rounds,) array of int
        Point i is paired with the other (i + offset) mod n_others.

    Returns
    -------
    (n_points, n_bins) array of the smallest unsigned integers that hold n_rounds
    """
    sets = [as_float32(checked_points(some)) for some in (points, others)]
    n_points, n_dim = sets[0].shape
    scale = power_of_two_near(*sets)
    bins = make_bins(edges, scale, direct_error(n_dim))
    columns = [transposed(some, np.float32(scale)) for some in sets]
    offsets = np.asarray(offsets, dtype=np.int64) % len(sets[1])
    kind = np.min_scalar_type(max(len(offsets), 1))
    counts = np.zeros((n_points, len(bins.below) + 1), kind)
    count_offsets(sets[0], columns[0], sets[1], columns[1], offsets, bins, counts)
    return counts[:, 1:-1]

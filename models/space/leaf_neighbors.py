"""Near neighbours of very many points, quickly: sought in the leaves of a few random trees.

Each tree divides the points into leaves of near ones by planes between two of them; neighbours are
the nearest of those that share a leaf in any of the trees. Not every true neighbour does, so what
share of them is found is measured, and stands beside the result. Trees are cheaper by far than
cells of k-means at ten million points, and better the fewer directions the points vary in.
"""

from collections.abc import Callable

import numba
import numpy as np

from models.space.nearest import exact_nearest
from models.space.neighbors import Neighbors

LEAF_SIZE = 640
N_TREES = 4
N_RECALL = 500  # points on which recall is measured
_N_PER_LEAF = 64  # points by which a leaf is planned


def leaf_neighbors(
    points: np.ndarray,
    n_neighbors: int,
    *,
    n_trees: int = N_TREES,
    leaf_size: int = LEAF_SIZE,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Neighbors:
    """Find most of the nearest neighbours of every point.

    Parameters
    ----------
    points : (n_points, n_dim) float32 array
    n_neighbors : int
        At most a quarter of `leaf_size`, and fewer than there are points.
    n_trees, leaf_size : int
        More and larger ones find more, at a cost of ``n_points * n_trees * leaf_size / 2`` pairs.
    seed : int
        Of the trees, and of the points on which recall is measured.
    progress : callable, optional
        Called with the share done; an exception it raises stops the search.

    Returns
    -------
    Neighbors
        Exact where all points fit into one leaf.

    Raises
    ------
    ValueError
        If there are too few points for as many neighbours, or leaves are too small for them.
    """
    points = np.ascontiguousarray(points, np.float32)
    if not 1 <= n_neighbors < len(points):
        raise ValueError(f"{len(points)} points have no {n_neighbors} neighbours each.")
    if 4 * n_neighbors > leaf_size:
        raise ValueError(f"A leaf of {leaf_size} is too small for {n_neighbors} neighbours.")
    progress = progress or (lambda share: None)
    n_levels = int(np.ceil(np.log2(max(len(points) / leaf_size, 1))))
    n_trees = n_trees if n_levels else 1
    rows = np.full((len(points), n_neighbors), -1, np.int32)
    squared = np.full((len(points), n_neighbors), np.inf, np.float32)
    for tree in range(n_trees):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(tree,)))
        order, starts = _leaves(points, n_levels, rng)
        progress((tree + 0.3) / n_trees)
        _search_leaves(points, order, starts, rows, squared)
        progress((tree + 0.9) / n_trees)
    distances = np.sqrt(squared, out=squared)
    if not n_levels:
        return Neighbors(rows, distances)
    return Neighbors(rows, distances, *_recall(points, distances, seed), is_exact=False)


def _leaves(
    points: np.ndarray, n_levels: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Points ordered by the leaf of a random tree, (n,) int32, and where each leaf starts."""
    n_leaves = 2**n_levels
    sample = rng.permutation(len(points))[: n_leaves * _N_PER_LEAF]
    draws = rng.random((n_leaves, 2))
    normals, offsets = _plant(points[sample], n_levels, draws)
    leaves = np.empty(len(points), np.int32)
    _assign(points, normals, offsets, n_levels, leaves)
    return _sorted_by_leaf(leaves, n_leaves)


def _recall(points: np.ndarray, distances: np.ndarray, seed: int) -> tuple[float, float]:
    """Share of the true neighbours found, and its standard error over the points tried."""
    rng = np.random.default_rng(seed + 1)
    tried = np.sort(rng.choice(len(points), min(N_RECALL, len(points)), replace=False))
    _, true = exact_nearest(points, tried, distances.shape[1])
    # Rounding of the two ways to a distance is no miss.
    found = (distances[tried] <= true[:, -1:] * (1 + 1e-5)).mean(1)
    error = max(found.std(ddof=1) / np.sqrt(len(found)), 1 / true.size)
    return float(found.mean()), float(error)


@numba.njit(cache=True, nogil=True)
def _plant(sample, n_levels, draws):
    """Planes of a tree's nodes, the children of node i being 2i + 1 and 2i + 2.

    Each lies between two points of its node, through the median: both sides get as many points.
    """
    n_nodes, n_dim = 2**n_levels - 1, sample.shape[1]
    normals = np.zeros((n_nodes, n_dim), np.float32)
    offsets = np.zeros(n_nodes, np.float32)
    members = np.arange(len(sample))
    for level in range(n_levels):
        for place in range(2**level):
            node = 2**level - 1 + place
            first = len(sample) * place // 2**level
            last = len(sample) * (place + 1) // 2**level
            own = members[first:last].copy()
            n = len(own)
            a = sample[own[int(draws[node, 0] * n)]]
            b = sample[own[int(draws[node, 1] * n)]]
            normals[node] = a - b
            heights = np.empty(n, np.float32)
            for i in range(n):
                heights[i] = _dot(sample[own[i]], normals[node])
            order = np.argsort(heights)
            middle = len(sample) * (2 * place + 1) // 2 ** (level + 1) - first
            offsets[node] = heights[order[middle]]
            for i in range(n):
                members[first + i] = own[order[i]]
    return normals, offsets


@numba.njit(cache=True, nogil=True, fastmath=True)
def _dot(a, b):
    total = np.float32(0)
    for k in range(len(a)):
        total += a[k] * b[k]
    return total


@numba.njit(parallel=True, cache=True, nogil=True)
def _assign(points, normals, offsets, n_levels, leaves):
    """Fill `leaves` with the leaf that each point falls into."""
    for i in numba.prange(len(points)):
        node = 0
        for _ in range(n_levels):
            height = _dot(points[i], normals[node])
            # Equal ones go either way: many points at one place must not fill one leaf.
            is_right = height > offsets[node] or (height == offsets[node] and i % 2 == 1)
            node = 2 * node + (2 if is_right else 1)
        leaves[i] = node - len(normals)


@numba.njit(cache=True, nogil=True)
def _sorted_by_leaf(leaves, n_leaves):
    """Rows by leaf, and the (n_leaves + 1,) places where each begins."""
    starts = np.zeros(n_leaves + 1, np.int64)
    for leaf in leaves:
        starts[leaf + 1] += 1
    starts = np.cumsum(starts)
    order, filled = np.empty(len(leaves), np.int32), starts.copy()
    for i in range(len(leaves)):
        order[filled[leaves[i]]] = i
        filled[leaves[i]] += 1
    return order, starts


@numba.njit(parallel=True, cache=True, nogil=True)
def _search_leaves(points, order, starts, rows, squared):
    """Better the sorted lists of neighbours by all pairs that share a leaf."""
    n_neighbors, n_dim = rows.shape[1], points.shape[1]
    for leaf in numba.prange(len(starts) - 1):
        own = order[starts[leaf] : starts[leaf + 1]]
        n = len(own)
        # Gathered: a leaf then stays in the processor's cache while its pairs are compared.
        place = np.empty((n, n_dim), np.float32)
        near, apart = np.empty((n, n_neighbors), np.int32), np.empty((n, n_neighbors), np.float32)
        for i in range(n):
            place[i], near[i], apart[i] = points[own[i]], rows[own[i]], squared[own[i]]
        line = np.empty(n, np.float32)
        for i in range(n):
            _squares_from(place, i, line)
            for j in range(i + 1, n):
                if line[j] < apart[i, -1]:
                    _insert(near[i], apart[i], own[j], line[j])
                if line[j] < apart[j, -1]:
                    _insert(near[j], apart[j], own[i], line[j])
        for i in range(n):
            rows[own[i]], squared[own[i]] = near[i], apart[i]


@numba.njit(cache=True, nogil=True, fastmath=True)
def _squares_from(place, i, line):
    for j in range(i + 1, len(place)):
        total = np.float32(0)
        for k in range(place.shape[1]):
            step = place[i, k] - place[j, k]
            total += step * step
        line[j] = total


@numba.njit(cache=True, nogil=True)
def _insert(near, apart, row, distance):
    """Put a row in its place in a sorted list, unless it is there from another tree."""
    place = len(near)
    while place > 0 and distance <= apart[place - 1]:
        place -= 1
        if near[place] == row:
            return
    for k in range(len(near) - 1, place, -1):
        near[k], apart[k] = near[k - 1], apart[k - 1]
    near[place], apart[place] = row, distance

"""The minimum spanning tree of mutual reachability, from the nearest neighbors of each point.

Two points are reachable from each other within

    max(core(a), core(b), |a - b|),

core(a) the distance to a's `min_samples`-th nearest point, itself the first (Campello, Moulavi &
Sander 2013). The minimum spanning tree of all pairs says at which height any two parts of a space
meet, which is all that HDBSCAN looks at. Nearly all of its edges join near neighbors, which are
known. The few that do not, from one dense region to another, are sought among the pairs of some
points, and from there along the neighbors to where the regions come nearest. Up to `N_JOINING`
points these are all pairs, and the tree is exact; beyond, a height may be a little too large, and
clusters that barely hold apart may come out otherwise. Against all pairs, in 15 dimensions, the
adjusted Rand index of the clusters was .999 at 20,000 points and .967 at 60,000, of which 97 % of
the neighbors were known.
"""

from collections.abc import Callable
from functools import partial
from typing import NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, minimum_spanning_tree
from sklearn.metrics import euclidean_distances

from models.space.pairs import Progress
from models.space.stoppable import stoppable

MIN_SAMPLES = 15
N_JOINING = 5_000  # points all of whose pairs are looked at: 100 MB
MAX_EDGES = 60_000_000  # of more galaxies, fewer neighbors of each are looked at
T = TypeVar("T")
_SMALLEST = 1e-9  # of the largest height: points that coincide are not infinitely dense
_STEPS = 20  # a walk along the neighbors ends after about five
_BLOCK = 500  # walks at a time: some 30 MB of points in 512 dimensions


class ReachabilityTree(NamedTuple):
    """A tree that joins all points.

    first, second : (n_points - 1,) int32 ends of each edge
    heights : (n_points - 1,) float64 mutual reachability distance, above 0, in the unit of the
        points
    n_points, min_samples : int; min_samples counts the point itself
    """

    first: np.ndarray
    second: np.ndarray
    heights: np.ndarray
    n_points: int
    min_samples: int

    @property
    def nbytes(self) -> int:
        """Bytes that are held in memory."""
        return self.first.nbytes + self.second.nbytes + self.heights.nbytes


def reachability_tree(
    points: np.ndarray,
    neighbors: np.ndarray,
    distances: np.ndarray,
    *,
    min_samples: int = MIN_SAMPLES,
    seed: int = 0,
    progress: Progress | None = None,
) -> ReachabilityTree:
    """Find the tree of a space whose nearest neighbors are known.

    Parameters
    ----------
    points : (n, n_dim) array
        The space in which the neighbors are near; may be memory-mapped, some rows are read.
    neighbors, distances : (n, k) arrays
        Rows of the nearest points, nearest first, the point itself left out, and their Euclidean
        distances. Negative rows are of none.
    min_samples : int
        At most k + 1, or fewer are counted.
    seed : int
        Of the points all of whose pairs are looked at.
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Raises
    ------
    ValueError
        If there is no point, the arrays are not of the same points, a distance is not finite, or
        the neighbors leave the space in more pieces than can be joined.
    """
    _check(points, neighbors, distances, min_samples)
    tell = progress or (lambda share: None)
    n = len(points)
    if n == 1:
        empty = np.empty(0, np.int32)
        return ReachabilityTree(empty, empty, np.empty(0), 1, 1)
    min_samples = min(min_samples, neighbors.shape[1] + 1)
    core = np.zeros(n, np.float32) if min_samples == 1 else distances[:, min_samples - 2]
    core = np.ascontiguousarray(core, np.float32)

    def step(share: float, work: Callable[[], T]) -> T:
        return stoppable(work, progress and partial(progress, share))

    edges = step(0.0, lambda: _near_edges(neighbors, distances, core))
    joining = step(0.2, lambda: _joining(edges, n, np.random.default_rng(seed)))
    ends = step(0.3, lambda: _spanning(points, joining, core))
    tell(0.5)
    far = [ends] if len(joining) == n else [ends, _nearest_by(points, neighbors, *ends)]
    for first, second in far:
        apart = np.linalg.norm(
            np.asarray(points[first], np.float32) - np.asarray(points[second], np.float32), axis=1
        )
        edges = _both(edges, _reach(first, second, apart, core))
    tree = step(0.6, lambda: minimum_spanning_tree(_as_graph(edges, n)).tocoo())
    tell(1.0)
    heights = np.maximum(tree.data, _SMALLEST * tree.data.max())
    return ReachabilityTree(
        tree.row.astype(np.int32), tree.col.astype(np.int32), heights, n, min_samples
    )


Edges = tuple[np.ndarray, np.ndarray, np.ndarray]


def _near_edges(neighbors: np.ndarray, distances: np.ndarray, core: np.ndarray) -> Edges:
    n, k = neighbors.shape
    k = max(1, min(k, MAX_EDGES // n))
    second = neighbors[:, :k].ravel()
    first = np.repeat(np.arange(n, dtype=np.int32), k)
    is_there = second >= 0
    return _reach(first[is_there], second[is_there], distances[:, :k].ravel()[is_there], core)


def _reach(first: np.ndarray, second: np.ndarray, apart: np.ndarray, core: np.ndarray) -> Edges:
    return first, second, np.maximum(np.maximum(core[first], core[second]), apart)


def _both(some: Edges, more: Edges) -> Edges:
    return tuple(np.concatenate(each) for each in zip(some, more, strict=True))


def _as_graph(edges: Edges, n: int) -> csr_array:
    """Edges as a matrix, each pair once; a height of 0 would be no edge."""
    first, second, heights = edges
    low, high = np.minimum(first, second), np.maximum(first, second)
    pairs, at = np.unique(low.astype(np.int64) * n + high, return_index=True)
    smallest = max(_SMALLEST * float(heights.max()), np.finfo(np.float64).tiny)
    weights = np.maximum(heights[at].astype(np.float64), smallest)
    return csr_array((weights, (pairs // n, pairs % n)), shape=(n, n))


def _joining(edges: Edges, n: int, rng: np.random.Generator) -> np.ndarray:
    """Points all of whose pairs are looked at: one at least of every piece that neighbors make."""
    if n <= N_JOINING:
        return np.arange(n)
    n_pieces, piece = connected_components(_as_graph(edges, n), directed=False)
    if n_pieces > N_JOINING:
        raise ValueError(
            f"The nearest neighbors leave the space in {n_pieces:,} pieces, and {N_JOINING:,} can "
            "be joined: too many galaxies coincide, so there is no density to cluster by."
        )
    order = rng.permutation(n)
    of_each = order[np.unique(piece[order], return_index=True)[1]]
    others = order[~np.isin(order, of_each)]
    return np.sort(np.concatenate([of_each, others[: N_JOINING - n_pieces]]))


def _spanning(
    points: np.ndarray, chosen: np.ndarray, core: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the tree of all pairs of some points (Prim 1957)."""
    apart = euclidean_distances(np.asarray(points[chosen], np.float32))
    apart = np.maximum(np.maximum(apart, core[chosen]), core[chosen, None])
    nearest, parent = apart[0].copy(), np.zeros(len(chosen), np.intp)
    is_out = np.ones(len(chosen), bool)
    is_out[0], nearest[0] = False, np.inf
    ends = np.empty((len(chosen) - 1, 2), np.intp)
    for number in range(len(chosen) - 1):
        new = int(nearest.argmin())
        ends[number] = parent[new], new
        is_out[new], nearest[new] = False, np.inf
        is_nearer = is_out & (apart[new] < nearest)
        nearest[is_nearer], parent[is_nearer] = apart[new, is_nearer], new
    return chosen[ends[:, 0]], chosen[ends[:, 1]]


def _nearest_by(
    points: np.ndarray, neighbors: np.ndarray, first: np.ndarray, second: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Pairs to which either end of each pair walks, from neighbor to neighbor towards the other."""
    ends = np.stack([first, second])
    for start in range(0, ends.shape[1], _BLOCK):
        pair = ends[:, start : start + _BLOCK]
        for step in range(_STEPS):
            walking, target = pair[step % 2], pair[1 - step % 2]
            before = pair.copy()
            near = np.column_stack([walking, neighbors[walking]])
            near = np.where(near < 0, walking[:, None], near)
            to = np.asarray(points[target], np.float32)[:, None]
            apart = np.linalg.norm(np.asarray(points[near], np.float32) - to, axis=2)
            apart[near == target[:, None]] = np.inf
            walking[:] = near[np.arange(len(near)), apart.argmin(1)]
            if step > 1 and np.array_equal(before, pair):
                break
    return ends[0], ends[1]


def _check(
    points: np.ndarray, neighbors: np.ndarray, distances: np.ndarray, min_samples: int
) -> None:
    if len(points) == 0 or min_samples < 1:
        raise ValueError("A tree needs 1 point or more, and min_samples of 1 or more.")
    if neighbors.shape != distances.shape or len(neighbors) != len(points):
        raise ValueError(
            f"Neighbors of shape {neighbors.shape} and distances of shape {distances.shape} are "
            f"not of {len(points):,} points."
        )
    if not np.isfinite(distances[neighbors >= 0]).all():
        raise ValueError("A distance between neighbors is not finite; build the neighbors again.")

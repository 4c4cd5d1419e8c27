"""Other pair counters, brought to our terms: distinct pairs with a separation in [lower, upper).

What they count, and what is done about it:

scikit-learn, scipy   float64. Ordered pairs, each point with itself too, cumulative (scipy: in
                      bins too, which is the faster for 30 of them), up to and including r: asked
                      for the largest number below each edge. One thread.
Corrfunc              Ordered pairs, each point with itself too where the first bin starts at 0;
                      [lower, upper). In the precision of its input: float32 may put a pair that
                      lies within rounding of an edge into the bin beside it.
TreeCorr              float64. One set: distinct pairs. Two sets: all pairs, each point with
                      itself too. `bin_slop` 0 is exact; with 1 whole cells go into one bin, so
                      that counts are approximate.

A slow peer counts the pairs of the first `n_queries` points with all points only, and its time is
scaled by n / n_queries; its tree of all points is built all the same.
"""

import importlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Count = Callable[[np.ndarray, np.ndarray, int, int], np.ndarray]


@dataclass(frozen=True)
class Peer:
    """A pair counter to compare with.

    name : as printed
    module, package : to import, and as installed
    count : (points, edges, n_queries, n_threads) -> (n_bins,) int64; `points` are float32
    share : part of the points from which it counts in a full benchmark
    is_threaded : whether it uses more than one thread
    is_3d_only : whether it counts in three dimensions only
    rounding : why its counts may differ from ours; empty if they may not
    """

    name: str
    module: str
    package: str
    count: Count
    share: float = 1.0
    is_threaded: bool = True
    is_3d_only: bool = False
    rounding: str = ""

    def n_queries(self, n_points: int) -> int:
        """Points from which it counts, of so many."""
        return max(1, round(self.share * n_points))

    def why_missing(self) -> str | None:
        """Why it cannot be used here; None if it can."""
        try:
            importlib.import_module(self.module)
        except ImportError as error:  # also a library that it is linked to and is not there
            return str(error)
        return None


def each_once(ordered: np.ndarray, edges: np.ndarray, n_points: int, n_queries: int) -> np.ndarray:
    """Pairs without those of a point and itself; each once if all points are queries."""
    pairs = np.rint(ordered).astype(np.int64)
    if edges[0] == 0:
        pairs[0] -= n_queries
    return pairs // 2 if n_queries == n_points else pairs


def just_below(edges: np.ndarray) -> np.ndarray:
    """For whoever counts up to and including r: edges but the first, which is 0."""
    if edges[0] != 0:
        raise ValueError("Peers are compared on bins that start at 0.")
    return np.nextafter(edges[1:], -np.inf)


def count_sklearn(
    points: np.ndarray, edges: np.ndarray, n_queries: int, n_threads: int
) -> np.ndarray:
    from sklearn.neighbors import KDTree

    points = points.astype(np.float64)
    # Two trees against each other: the faster of its two ways here.
    tree, queries = KDTree(points), points[:n_queries]
    below = tree.two_point_correlation(queries, just_below(edges), dualtree=True)
    return each_once(np.diff(below, prepend=0), edges, len(points), n_queries)


def count_scipy(
    points: np.ndarray, edges: np.ndarray, n_queries: int, n_threads: int
) -> np.ndarray:
    from scipy.spatial import cKDTree

    tree = cKDTree(points)
    queries = tree if n_queries == len(points) else cKDTree(points[:n_queries])
    ordered = queries.count_neighbors(tree, just_below(edges), cumulative=False)
    return each_once(ordered, edges, len(points), n_queries)


def count_corrfunc(dtype: type) -> Count:
    """Corrfunc in one precision."""

    def count(points: np.ndarray, edges: np.ndarray, n_queries: int, n_threads: int) -> np.ndarray:
        from Corrfunc.theory import DD

        if n_queries != len(points):
            raise ValueError("Corrfunc is fast enough to count from all points.")
        columns = np.ascontiguousarray(points.T, dtype=dtype)
        found = DD(1, n_threads, edges, *columns, periodic=False, isa="fastest")
        return each_once(found["npairs"], edges, len(points), n_queries)

    return count


def count_treecorr(bin_slop: float) -> Count:
    """TreeCorr with a tolerance of this many bins."""

    def count(points: np.ndarray, edges: np.ndarray, n_queries: int, n_threads: int) -> np.ndarray:
        import treecorr

        def catalog(part: np.ndarray) -> treecorr.Catalog:
            return treecorr.Catalog(**dict(zip("xyz", part.T.astype(np.float64), strict=True)))

        pairs = treecorr.NNCorrelation(
            bin_type="Linear",
            metric="Euclidean",
            min_sep=edges[0],
            max_sep=edges[-1],
            nbins=len(edges) - 1,
            bin_slop=bin_slop,
            num_threads=n_threads,
            verbose=0,  # it warns of what bin_slop=1 means, each time
        )
        if n_queries == len(points):
            pairs.process(catalog(points), num_threads=n_threads)
            return np.rint(pairs.npairs).astype(np.int64)
        pairs.process(catalog(points[:n_queries]), catalog(points), num_threads=n_threads)
        return each_once(pairs.npairs, edges, len(points), n_queries)

    return count


SKLEARN = Peer(
    "scikit-learn KDTree", "sklearn.neighbors", "scikit-learn", count_sklearn, 0.04, False
)
SCIPY = Peer("scipy cKDTree", "scipy.spatial", "scipy", count_scipy, 0.1, False)
CORRFUNC_32 = Peer(
    "Corrfunc float32",
    "Corrfunc.theory",
    "Corrfunc",
    count_corrfunc(np.float32),
    is_3d_only=True,
    rounding="float32",
)
CORRFUNC_64 = Peer(
    "Corrfunc float64",
    "Corrfunc.theory",
    "Corrfunc",
    count_corrfunc(np.float64),
    is_3d_only=True,
)
TREECORR_EXACT = Peer(
    "TreeCorr bin_slop=0", "treecorr", "TreeCorr", count_treecorr(0), 0.1, is_3d_only=True
)
TREECORR_LOOSE = Peer(
    "TreeCorr bin_slop=1",
    "treecorr",
    "TreeCorr",
    count_treecorr(1),
    is_3d_only=True,
    rounding="cells whole",
)
PEERS = (CORRFUNC_32, CORRFUNC_64, TREECORR_EXACT, TREECORR_LOOSE, SCIPY, SKLEARN)

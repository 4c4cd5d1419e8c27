"""Ours against what bounds it, and against what it replaces.

In many dimensions separations come from matrix products, which nothing can do faster than BLAS:
ours is held against the bare products. The exact RR is held against a random catalog.
"""

import numba
import numpy as np

from benchmarks.counting import N_BINS
from benchmarks.points import even_edges, ten_blobs
from benchmarks.rows import Row
from benchmarks.timing import take_turns
from models.space import pair_products
from models.space.gaussian import separation_probability
from models.space.pairs import count_pairs

N_RANDOMS = 10  # for each point, as the deck's more careful random catalog has
RANDOMS_COUNTED = 0.1  # of the random catalog: a hundredth of its pairs
ENOUGH = 100  # pairs in a bin, to compare it


def compare_with_products(
    n_points: int, n_dim: int, n_threads: int, repeats: int, *, target: float, is_judged: bool
) -> Row:
    """Pair counts against the matrix products that they need, and nothing but them."""
    points = ten_blobs(n_points, n_dim)
    edges = even_edges(points, 1.0, N_BINS)
    size = pair_products.SIZE
    multiply_tiles(points[: 2 * size], size)
    count_pairs(points, edges)
    seconds = take_turns(
        {
            "theirs": lambda: multiply_tiles(points, size),
            "ours": lambda: count_pairs(points, edges),
        },
        repeats,
    )
    return Row(
        case=f"{n_points:,} x {n_dim}, full range",
        against=f"bare BLAS, tiles of {size}",
        seconds=seconds["theirs"],
        our_seconds=seconds["ours"],
        threads=n_threads,
        our_threads=n_threads,
        target=target,
        is_limit=True,
        is_judged=is_judged,
    )


def multiply_tiles(points: np.ndarray, size: int) -> int:
    """float32 products of every tile of points with itself and those after it, kept nowhere.

    As our counter does it: each core calls BLAS, on one thread, for tiles of its own. Returns
    the number of products of two points.
    """
    with pair_products.one_thread_each():
        return int(_multiply(points, size).sum())


@numba.njit(parallel=True, cache=True, nogil=True)
def _multiply(points: np.ndarray, size: int) -> np.ndarray:
    n_tiles = (len(points) + size - 1) // size
    n_products = np.zeros(n_tiles, np.int64)
    for task in numba.prange(n_tiles):
        # Long and short rows of tiles in turn: each core gets the same share of the triangle.
        turn = np.int64(task) // 2
        tile = turn if task % 2 == 0 else n_tiles - 1 - turn
        product = np.empty(size * size, np.float32)
        rows = points[tile * size : (tile + 1) * size]
        for other in range(tile, n_tiles):
            columns = points[other * size : (other + 1) * size]
            n = len(rows) * len(columns)
            np.dot(rows, columns.T, product[:n].reshape(len(rows), len(columns)))
            n_products[task] += n
    return n_products


def compare_with_randoms(
    n_points: int, n_dim: int, n_threads: int, repeats: int, *, target: float, is_judged: bool
) -> Row:
    """RR of 99 bins: the exact probabilities against a random catalog.

    The randoms are counted by our own counter, so that the ratio is not that of two counters.
    All are drawn, and of a tenth of them the pairs are counted, whose time is scaled up.
    """
    variances = 1 / np.arange(1, n_dim + 1)
    edges = np.linspace(0, 2 * np.sqrt(2 * variances.sum()), 100)
    n_randoms = N_RANDOMS * n_points
    n_counted = max(2, round(RANDOMS_COUNTED * n_randoms))
    randoms = draw(n_randoms, variances)
    found = count_pairs(randoms[:n_counted], edges)
    probability = separation_probability(edges, variances)
    seconds = take_turns(
        {
            "draw": lambda: draw(n_randoms, variances),
            "count": lambda: count_pairs(randoms[:n_counted], edges),
            "ours": lambda: separation_probability(edges, variances),
        },
        repeats,
    )
    n_pairs, n_timed = (m * (m - 1) // 2 for m in (n_randoms, n_counted))
    expected = n_timed * probability
    told = expected >= ENOUGH
    off = np.abs(found[told] / expected[told] - 1)
    return Row(
        case=f"RR, d = {n_dim}, 100 edges",
        against=f"Monte-Carlo, {n_randoms:,} randoms",
        seconds=seconds["draw"] + seconds["count"] * (n_pairs / n_timed),
        our_seconds=seconds["ours"],
        threads=n_threads,
        our_threads=1,
        timed=f"the pairs of {n_counted:,} randoms, by our counter, x {n_pairs / n_timed:.1f}",
        difference=f"median {np.median(off):.1e}, at most {off.max():.1e} off in {told.sum()} bins",
        target=target,
        is_judged=is_judged,
    )


def draw(n_randoms: int, variances: np.ndarray) -> np.ndarray:
    """A random catalog, (n_randoms, n_dim) float32."""
    rng = np.random.default_rng(0)
    randoms = rng.standard_normal((n_randoms, len(variances)), dtype=np.float32)
    return randoms * np.sqrt(variances).astype(np.float32)

"""An index of very many points: the candidates that it gives are ordered by their true distance.

Above MAX_EXACT points: k-means cells of the leading principal components, eight bits a number
(faiss: PCA, IVF, SQ8), for one metric. In a file it is memory-mapped. Cells and not a graph
(HNSW): 74 bytes a point against 336, and a fiftieth of the time to add points once cells are found
(100,000 in 64 dimensions), at a speed that is enough.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import faiss
import numpy as np

from models.errors import BadCollection
from models.files import write_whole
from models.space.neighbors import recall_of
from models.space.search_exact import (
    BLOCK,
    Nearest,
    checked_vectors,
    exact_order,
    search_exact,
)
from models.space.search_query import as_metric

MAX_EXACT = 200_000  # points, or points of a selection, of which the search reads every one
N_AXES = 64  # principal components in the index
N_TRAINING = 128_000  # points from which axes and cells are found
N_CANDIDATES, FEWEST = 16, 160  # ordered exactly for each one asked for; and at least
N_PROBED = (4, 8, 16, 32, 64, 128, 256)  # cells searched: the first that are enough
RECALL_WANTED = 0.98
N_RECALL, K_RECALL = 1_000, 10  # points on which recall is measured, and neighbors of each


@dataclass(frozen=True)
class IndexFacts:
    """What is known of an index.

    metric : "euclidean" or "cosine"
    kind : in words
    n_probed : cells searched for each query, the first of N_PROBED whose recall, less two
        of its errors, is RECALL_WANTED
    recall, recall_error : share of the `n_neighbors` nearest that it finds, and its standard
        error over the `n_queries` points it was measured on, drawn at random
    seconds : that it took to build, the measure of its recall included
    size : bytes
    """

    metric: str
    kind: str
    n_probed: int
    recall: float
    recall_error: float
    n_queries: int
    n_neighbors: int
    seconds: float
    size: int


@dataclass(frozen=True, eq=False)
class SearchIndex:
    """An index, open for any number of threads at once: nothing of it changes in a search."""

    index: faiss.Index
    n_probed: int
    metric: str
    facts: IndexFacts | None = None

    def search(
        self,
        points: np.ndarray,
        vectors: np.ndarray,
        n_nearest: int,
        rows: np.ndarray | None = None,
    ) -> list[tuple[np.ndarray, np.ndarray]]:
        """Rows and true distances of the points found near each vector, nearest first.

        points : (n, d) the points that it was built of, of which only candidates are read
        vectors : (n_vectors, d)
        rows : search among these alone, in more cells the fewer they are
        """
        sought = checked_vectors(vectors, points.shape[1], self.metric)
        n_candidates = min(max(N_CANDIDATES * n_nearest, FEWEST), len(points))
        candidates = self._candidates(sought.astype(np.float32), n_candidates, len(points), rows)
        return [
            exact_order(points, vector, of[of >= 0], n_nearest, self.metric)
            for vector, of in zip(sought, candidates, strict=True)
        ]

    def _candidates(
        self, sought: np.ndarray, n_candidates: int, n_points: int, rows: np.ndarray | None
    ) -> np.ndarray:
        among, n_probed = {}, self.n_probed
        if rows is not None:
            allowed = np.zeros(n_points, bool)
            allowed[rows] = True
            bits = np.packbits(allowed, bitorder="little")
            among["sel"] = faiss.IDSelectorBitmap(bits)
            n_probed = int(np.ceil(n_probed * n_points / max(len(rows), 1)))
        # Given with each call and never set on the index, which other threads search as well.
        cells = faiss.SearchParametersIVF(nprobe=n_probed, **among)
        how = faiss.SearchParametersPreTransform(index_params=cells)
        return self.index.search(sought, n_candidates, params=how)[1]


def build_index(
    points: np.ndarray,
    path: Path,
    *,
    metric: str = "euclidean",
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> IndexFacts:
    """Build the index of one metric and write it, and measure what it finds.

    Parameters
    ----------
    points : (n, d) float16 or float32 array
        May be memory-mapped; it is read block by block.
    path : Path
        Of the file, which appears when it is whole.
    metric : {"euclidean", "cosine"}
        With the cosine, points that are 0 are not in the index.
    seed : int
        Of the points that axes and cells are found from, and of those tried.
    progress : callable, optional
        Called with the share done; an exception it raises stops the build.
    """
    begin, tell = time.perf_counter(), progress or (lambda share: None)
    index = _trained(points, metric, seed)
    for start in range(0, len(points), BLOCK):
        base = as_metric(points[start : start + BLOCK], metric)
        is_defined = np.isfinite(base).all(1)
        ids = start + np.flatnonzero(is_defined)
        index.add_with_ids(base[is_defined].astype(np.float32), ids)
        tell(0.8 * min(start + BLOCK, len(points)) / len(points))
    with write_whole(path) as temporary:
        faiss.write_index(index, str(temporary))
    del index
    n_probed, recall, error, n_tried = _enough(points, SearchIndex(_mapped(path), 1, metric), seed)
    tell(1.0)
    return IndexFacts(
        metric=metric,
        kind=f"IVF, SQ8, {min(N_AXES, points.shape[1])} principal components",
        n_probed=n_probed,
        recall=recall,
        recall_error=error,
        n_queries=n_tried,
        n_neighbors=K_RECALL,
        seconds=time.perf_counter() - begin,
        size=path.stat().st_size,
    )


def open_index(path: Path, facts: IndexFacts) -> SearchIndex:
    """An index in a file, memory-mapped: cells are read when they are searched.

    Raises BadCollection where the file is not such an index.
    """
    try:
        index = _mapped(path)
    except RuntimeError:
        raise BadCollection(f"{path.name} is damaged; build the collection again.") from None
    return SearchIndex(index, facts.n_probed, facts.metric, facts)


def _mapped(path: Path) -> faiss.Index:
    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)


def search_points(
    points: np.ndarray,
    vector: np.ndarray,
    n_nearest: int,
    *,
    metric: str = "euclidean",
    index: SearchIndex | None = None,
    rows: np.ndarray | None = None,
) -> tuple[Nearest, bool]:
    """The points nearest to one vector, and whether the search was exact.

    Exact where at most MAX_EXACT are searched or there is no index; else by the index.
    The rest as `models.space.search_exact.search_exact`.
    """
    n_searched = len(points) if rows is None else len(rows)
    if index is None or n_searched <= MAX_EXACT:
        return search_exact(points, vector, n_nearest, metric=metric, rows=rows), True
    vectors = np.atleast_2d(vector)
    found, distances = index.search(points, vectors, n_nearest, rows)[0]
    return Nearest(found[None], distances[None], n_searched), False


def facts_of(stored: dict) -> IndexFacts:
    """Facts as JSON has them; keys that are not known are passed over."""
    return IndexFacts(**{name: stored[name] for name in IndexFacts.__dataclass_fields__})


def _trained(points: np.ndarray, metric: str, seed: int) -> faiss.Index:
    n, n_dim = points.shape
    rng = np.random.default_rng(seed)
    sample = np.sort(rng.choice(n, min(n, N_TRAINING), replace=False))
    training = np.concatenate(
        [as_metric(points[sample[i : i + BLOCK]], metric) for i in range(0, len(sample), BLOCK)],
        dtype=np.float32,
        casting="same_kind",
    )
    training = training[np.isfinite(training).all(1)]
    n_axes = min(N_AXES, n_dim)
    n_cells = max(1, min(int(2 * np.sqrt(n)), len(training) // 40))
    cells = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatL2(n_axes), n_axes, n_cells, faiss.ScalarQuantizer.QT_8bit
    )
    cells.cp.seed, cells.cp.niter = seed, 10
    axes = faiss.PCAMatrix(n_dim, n_axes)
    index = faiss.IndexPreTransform(axes, cells)
    index.train(training)
    return index


def _enough(points: np.ndarray, index: SearchIndex, seed: int) -> tuple[int, float, float, int]:
    """Cells that are enough, the recall they give, its error, and the points it is measured on."""
    rng = np.random.default_rng(seed + 1)
    tried = points[np.sort(rng.choice(len(points), min(N_RECALL, len(points)), replace=False))]
    tried = tried[np.isfinite(as_metric(tried, index.metric)).all(1)]
    # Each finds itself first: that says nothing of the others.
    true = search_exact(points, tried, K_RECALL + 1, metric=index.metric).distances[:, 1:]
    n_cells = faiss.extract_index_ivf(index.index).nlist
    for n_probed in N_PROBED:
        wider = SearchIndex(index.index, min(n_probed, n_cells), index.metric)
        distances = np.full(true.shape, np.inf)
        for i, (_, found) in enumerate(wider.search(points, tried, K_RECALL + 1)):
            distances[i, : len(found) - 1] = found[1:]
        recall, error = recall_of(distances, true)
        # Less two standard errors: chosen for being high, it is lower for other queries.
        if recall - 2 * error >= RECALL_WANTED or n_probed >= n_cells:
            break
    return wider.n_probed, recall, error, len(tried)

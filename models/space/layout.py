"""UMAP's layout of points in two dimensions, from stored neighbours and a given start."""

import warnings
from collections.abc import Callable
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_matrix

if TYPE_CHECKING:
    from models.space.neighbors import Neighbors

N_LAYOUT_NEIGHBORS = 15  # the point itself included, as UMAP counts
MIN_DIST = 0.1


def umap_layout(
    neighbors: "Neighbors",
    start: np.ndarray,
    n_epochs: int,
    *,
    seed: int = 0,
    is_parallel: bool = False,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """Move points from where they start until neighbours lie together.

    UMAP's own graph and gradient steps (McInnes, Healy & Melville 2018). Its estimator would
    search the neighbours again for small collections, and would stretch the start to a square.

    Parameters
    ----------
    neighbors : Neighbors
    start : (n_points, 2) array
    n_epochs : int
    seed : int
        Of the points that repel each other.
    is_parallel : bool
        Threads race for the points: faster, but no two runs agree to the bit.
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Returns
    -------
    (n_points, 2) float32 array
    """
    umap = _umap()
    rng = np.random.default_rng(seed)
    graph = _fuzzy_graph(neighbors, n_epochs)
    a, b = umap.find_ab_params(spread=1.0, min_dist=MIN_DIST)
    # Points at the same place would never part: the gradient between them is 0.
    moving = start + rng.normal(scale=1e-3, size=start.shape)
    moving = moving.astype(np.float32, order="C")
    return umap.optimize_layout_euclidean(
        moving,
        moving,
        graph.row,
        graph.col,
        n_epochs,
        len(moving),
        umap.make_epochs_per_sample(graph.data, n_epochs),
        a,
        b,
        rng.integers(-(2**31), 2**31, 3),
        parallel=is_parallel,
        tqdm_kwds=_epochs_told_to(progress, n_epochs),
        move_other=True,
    )


def _fuzzy_graph(neighbors: "Neighbors", n_epochs: int) -> coo_matrix:
    """UMAP's weighted graph, without edges too weak to be drawn once in `n_epochs`."""
    n_points = len(neighbors.rows)
    others = slice(0, N_LAYOUT_NEIGHBORS - 1)
    rows = np.column_stack([np.arange(n_points), neighbors.rows[:, others]])
    distances = np.column_stack([np.zeros(n_points), neighbors.distances[:, others]])
    graph, _, _ = _umap().fuzzy_simplicial_set(
        neighbors.rows,  # only its length is looked at
        rows.shape[1],
        None,
        "euclidean",
        knn_indices=rows.astype(np.int32),
        knn_dists=distances.astype(np.float32),
    )
    graph = graph.tocoo()
    graph.data[graph.data < graph.data.max() / n_epochs] = 0
    graph.eliminate_zeros()
    return graph


def _umap() -> ModuleType:
    """UMAP's steps. Slow to import, and only a build maps anything."""
    with warnings.catch_warnings():
        # It warns everyone that its variant on tensorflow is not there.
        warnings.simplefilter("ignore", ImportWarning)
        from umap import umap_
    return umap_


def _epochs_told_to(progress: Callable[[float], None] | None, n_epochs: int) -> dict:
    """Options that make UMAP's progress bar call `progress` instead of being printed."""
    if progress is None:
        return {"disable": True}
    return {
        "disable": False,
        "file": _BarReader(lambda n_done: progress(n_done / n_epochs)),
        "bar_format": "{n}",
        "mininterval": 0.5,
    }


class _BarReader:
    """A file for the progress bar to write the bare number of finished epochs to."""

    def __init__(self, tell: Callable[[int], None]) -> None:
        self.tell = tell

    def write(self, text: str) -> None:
        if text.strip().isdecimal():
            self.tell(int(text))

    def flush(self) -> None:
        """Nothing is kept back."""

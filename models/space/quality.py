"""What the two-point correlation's score is compared with, for one checkpoint."""

from collections.abc import Callable, Sequence

import numpy as np

from models.space.class_accuracy import knn_accuracy, linear_probe
from models.space.cluster_quality import cluster_accuracy, kmeans_codes, separation_quality
from models.space.dimension import effective_rank, top_component_share, two_nn_dimension
from models.space.neighbors import Neighbors
from models.space.projection import PrincipalAxes
from models.space.splits import label_codes, stratified_sample

N_MOST = 20_000
N_COMPONENTS = 15
MIN_MEMBERS = 5
N_CLUSTERS = 10  # of k-means where no classes say how many
NO_ERROR = {"error": None, "error_is": "none"}


def measure_quality(
    representations: np.ndarray,
    axes: PrincipalAxes,
    neighbors: Neighbors,
    labels: Sequence | np.ndarray | None = None,
    *,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> dict:
    """Measure how well a representation space is ordered.

    Parameters
    ----------
    representations : (n_galaxies, n_dim) array
        May be memory-mapped and float16.
    axes : PrincipalAxes
        Of these representations, with at least 15 axes kept.
    neighbors : Neighbors
        In these representations.
    labels : (n_galaxies,) sequence, optional
        Class names; None, NaN or "" where missing.
    seed : int
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Returns
    -------
    dict
        Fit for JSON. Each measurement is a dict of "value", "error" (None: there is none),
        "error_is" and "n". Those that need classes are absent where fewer than two are left.
    """
    progress = progress or (lambda share: None)
    sample = draw_sample(labels, len(representations), seed=seed)
    rows, codes = sample.pop("rows"), sample.pop("codes")
    chosen = np.asarray(representations[rows], np.float32)
    components = axes.project(chosen, N_COMPONENTS)
    progress(0.1)
    result = sample | _structure(axes.variances, neighbors, len(representations))
    clusters = kmeans_codes(components, sample["n_classes"] or N_CLUSTERS, seed=seed)
    for name, value in separation_quality(components, clusters).items():
        result[f"kmeans_{name}"] = value
    progress(0.4)
    if sample["n_classes"]:
        result |= separation_quality(components, codes)
        result |= cluster_accuracy(codes, clusters)
        progress(0.6)
        result |= knn_accuracy(chosen, codes, seed=seed)
        progress(0.8)
        result["linear_probe_balanced_accuracy"] = linear_probe(chosen, codes, seed=seed)
    progress(1.0)
    return result


def draw_sample(labels: Sequence | np.ndarray | None, n_galaxies: int, *, seed: int = 0) -> dict:
    """Choose the galaxies to measure on: those of usable classes, at most 20,000, stratified.

    Returns
    -------
    dict
        "rows" and "codes" (class of each, numbered from 0), and what to say about them. With
        fewer than two usable classes "n_classes" is 0 and any galaxy may be drawn.
    """
    codes, names = label_codes(labels)
    if labels is not None and len(codes) != n_galaxies:
        raise ValueError(f"There are {len(codes)} labels for {n_galaxies} galaxies; give one each.")
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    usable = np.flatnonzero(counts >= MIN_MEMBERS)
    if len(usable) < 2:
        usable = usable[:0]
    renumbered = np.full(len(names) + 1, -1)  # the last for -1, a missing label
    renumbered[usable] = np.arange(len(usable))
    codes = renumbered[codes] if len(usable) else np.zeros(n_galaxies, np.int64)
    eligible = np.flatnonzero(codes >= 0)
    rng = np.random.default_rng(seed)
    rows = eligible[stratified_sample(codes[eligible], N_MOST, rng)]
    result = {
        "rows": rows,
        "codes": codes[rows],
        "n_galaxies": n_galaxies,
        "n_used": len(rows),
        "n_labelled": int(counts.sum()),
        "n_missing_labels": n_galaxies - int(counts.sum()),
        "n_classes": len(usable),
        "class_names": [names[code] for code in usable],
        "left_out_classes": {
            names[code]: int(counts[code]) for code in range(len(names)) if code not in usable
        },
    }
    if len(usable):
        majority = float(np.bincount(codes[rows]).max() / len(rows))
        result["majority_rate"] = {"value": majority, **NO_ERROR, "n": len(rows)}
        result["chance_balanced"] = 1 / len(usable)
    return result


def _structure(variances: np.ndarray, neighbors: Neighbors, n: int) -> dict:
    share = top_component_share(variances)
    return {
        "two_nn_dimension": two_nn_dimension(neighbors.distances),
        "effective_rank": {"value": effective_rank(variances), **NO_ERROR, "n": n},
        "top_component_share": {"value": share, **NO_ERROR, "n": n},
    }

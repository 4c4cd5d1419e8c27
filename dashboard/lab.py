"""What the structure lab measures of a made-up space: its curve, and what that is compared with."""

from dataclasses import dataclass
from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import linear_sum_assignment
from sklearn.cluster import KMeans
from sklearn.metrics import davies_bouldin_score
from threadpoolctl import ThreadpoolController

from dashboard.lab_controls import SIMULATION_A, SIMULATION_B
from models.space.bumps import Bump, find_bumps
from models.space.class_accuracy import knn_accuracy
from models.space.cluster_quality import cluster_accuracy, separation_quality
from models.space.correlation import Correlation, two_point_correlation
from models.space.gaussian import fit_gaussian
from models.space.presets import PRESETS, Measure, edges_for, prepared
from models.space.published import simulation_a, simulation_b
from models.space.score import kl_divergence, tpcf_score
from models.space.simulations import Scene, draw

N_COMPARED = 1_200  # points that the metrics are measured on at most, to follow a slider
N_SPLITS = 5  # of the k nearest neighbors' accuracy
N_STARTS = 3  # of k-means: one may end in a bad place
UNDEFINED = float("nan")


class Number(NamedTuple):
    """One number with what it was measured on.

    value, error : NaN where undefined, or where no error is estimated
    n : points
    chance : what guessing gives, NaN where guessing makes no sense
    """

    value: float
    error: float
    n: int
    chance: float = UNDEFINED


class Metric(NamedTuple):
    """What a number is called, and what it is."""

    name: str
    explanation: str
    is_percent: bool = False
    is_log: bool = False  # drawn on a logarithmic axis


SCORE = Metric(
    "Score Σε",
    "Sum of ε(r) over the bins with 10 expected pairs or more; its standard error includes that "
    "bins share points. What Gaussian points of this number have by chance is not taken off.",
)
DIVERGENCE = Metric(
    "KL / nats",
    "Kullback-Leibler divergence of the separations from the Gaussian's. No error is estimated.",
)
# What the score is compared with, in the order of the page.
METRICS = {
    "davies_bouldin": Metric(
        "Davies-Bouldin",
        "Of the true clusters: their widths over the distances of their centers, the worst pair "
        "of each. Lower is better. No error is estimated.",
        is_log=True,
    ),
    "kmeans_davies_bouldin": Metric(
        "D-B of K-Means",
        "The Davies-Bouldin index of the clusters that K-Means finds, as in the published "
        "simulations. Lower is better. No error is estimated.",
        is_log=True,
    ),
    "silhouette": Metric(
        "Silhouette",
        "Of the true clusters: -1 to 1, higher is better; ± is the standard error over points.",
    ),
    "kmeans_accuracy": Metric(
        "K-Means",
        "Points in the right cluster, each of K-Means' clusters matched with one true cluster in "
        "the best way; ± is binomial.",
        is_percent=True,
    ),
    "knn_accuracy": Metric(
        "kNN",
        f"Points of held-out fifths that the majority of their 5 nearest neighbors names rightly; "
        f"± is the standard error over {N_SPLITS} random splits.",
        is_percent=True,
    ),
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Space:
    """A made-up space as it is shown.

    picture : (n, 2) of the points: as they are in two dimensions, of more the first two principal
        components, of one the coordinate and the place in the draw
    axes : what the two are called
    n_dim : dimensions of the space
    shown_share : share of its variance that the picture shows
    labels, clusters : (n,) true clusters, and those that K-Means finds
    bumps : of the curve
    """

    picture: np.ndarray
    axes: tuple[str, str]
    n_dim: int
    shown_share: float
    labels: np.ndarray
    clusters: np.ndarray
    correlation: Correlation
    bumps: list[Bump]
    score: Number
    divergence: Number
    metrics: dict[str, Number]


def scene_space(scene: Scene, seed: int | tuple[int, ...]) -> Space:
    """Draw a scene and measure it, in as many principal components as it has dimensions."""
    points, labels = draw(scene, np.random.default_rng(seed))
    return measured_space(points, labels, Measure(n_components=scene.n_dim))


def simulation_space(source: str, setting: float, seed: int) -> Space:
    """The points of a published simulation, measured on the author's bins.

    source : "A" or "B"; setting : the variance, or the s
    seed : of the order of the points alone; they are always the same
    """
    make = {SIMULATION_A: simulation_a, SIMULATION_B: simulation_b}[source]
    points, labels, _ = make(setting)
    order = np.random.default_rng(seed).permutation(len(points))
    return measured_space(points[order], labels[order], PRESETS["author"])


def measured_space(points: np.ndarray, labels: np.ndarray, measure: Measure) -> Space:
    """Measure points in random order, whose clusters are known."""
    # Of so few points each thread of scikit-learn and faiss waits longer than it works. The limit
    # is that of this thread alone.
    with _threads().limit(limits=1, user_api="openmp"):
        mean, variances, axes = fit_gaussian(points)
        components = (points - mean) @ _oriented(axes)
        kept = prepared(components, measure)
        correlation = two_point_correlation(kept, edges_for(kept, measure))
        clusters = kmeans_clusters(components, labels)
        metrics = compare(components, labels, clusters)
    picture, names = _picture(points, components)
    return Space(
        picture=picture,
        axes=names,
        n_dim=points.shape[1],
        shown_share=float(variances[:2].sum() / variances.sum()),
        labels=labels,
        clusters=clusters,
        correlation=correlation,
        bumps=find_bumps(correlation),
        score=_score(correlation),
        divergence=Number(kl_divergence(correlation), UNDEFINED, correlation.n_points),
        metrics=metrics,
    )


@cache
def _threads() -> ThreadpoolController:
    return ThreadpoolController()


def _score(correlation: Correlation) -> Number:
    score = tpcf_score(correlation)
    return Number(score.value, score.sigma, correlation.n_points)


def kmeans_clusters(points: np.ndarray, labels: np.ndarray, *, seed: int = 0) -> np.ndarray:
    """(n,) clusters by k-means, as many as there are labels, each numbered as the label it fits."""
    n_clusters = int(labels.max()) + 1
    found = KMeans(n_clusters, n_init=N_STARTS, random_state=seed).fit_predict(points)
    table = np.zeros((n_clusters, n_clusters), int)
    np.add.at(table, (found, labels), 1)
    return linear_sum_assignment(table, maximize=True)[1][found]


def compare(points: np.ndarray, labels: np.ndarray, clusters: np.ndarray) -> dict[str, Number]:
    """What the score is compared with: a Number for each of METRICS.

    Points come in random order, so that of many the first are a fair sample. All is undefined
    where there is but one cluster.
    """
    points, labels, clusters = (part[:N_COMPARED] for part in (points, labels, clusters))
    n = len(points)
    if len(np.unique(labels)) < 2 or len(np.unique(clusters)) < 2:
        return {name: Number(UNDEFINED, UNDEFINED, n) for name in METRICS}
    codes = np.unique(labels, return_inverse=True)[1]
    majority = float(np.bincount(codes).max() / n)
    quality = separation_quality(points, codes)
    accuracy = cluster_accuracy(codes, clusters) | knn_accuracy(points, codes, n_repeats=N_SPLITS)
    return {
        "davies_bouldin": _number(quality["davies_bouldin"]),
        "kmeans_davies_bouldin": Number(
            float(davies_bouldin_score(points, clusters)), UNDEFINED, n
        ),
        "silhouette": _number(quality["silhouette"]),
        "kmeans_accuracy": _number(accuracy["kmeans_accuracy"], majority),
        "knn_accuracy": _number(accuracy["knn_accuracy"], majority),
    }


def _number(measured: dict, chance: float = UNDEFINED) -> Number:
    error = measured["error"]
    return Number(measured["value"], UNDEFINED if error is None else error, measured["n"], chance)


def _oriented(axes: np.ndarray) -> np.ndarray:
    """Principal axes, each with its largest part positive: no mirroring while a slider moves."""
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])]
    return axes * np.sign(largest)


def _picture(points: np.ndarray, components: np.ndarray) -> tuple[np.ndarray, tuple[str, str]]:
    n_dim = points.shape[1]
    if n_dim == 1:
        spread = np.linspace(-1, 1, len(points)) * points.std() / 2
        return np.column_stack([points[:, 0], spread]), ("x", "")
    if n_dim == 2:
        return points, ("x", "y")
    return components[:, :2], ("first principal component", "second principal component")

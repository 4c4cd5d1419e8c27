"""The two published simulations of the score, rebuilt with their quirks.

Two Gaussian clouds of 2,000 points in two dimensions. Simulation A changes how compact they
are, simulation B how far apart. As in the original, the generator is seeded with 42 before each
cloud, so that the second is an exact copy of the first elsewhere; RR is counted among as many
randoms as there are points; and the score is that of random subsets of 80 % of the points.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from sklearn.metrics import davies_bouldin_score

from models.space.cluster_quality import kmeans_codes
from models.space.correlation import author_edges, monte_carlo_expected, two_point_correlation
from models.space.score import tpcf_score

_N_POINTS = 2000  # of each cloud
_SEED = 42
_VARIANCE_B = 2000.0
_SHARE = 0.8  # of the points, in each subset
_SUBSETS_A, _SUBSETS_B = 5, 1


class PublishedRun(NamedTuple):
    """A run of simulation A as published, but for the index.

    variance : of both clouds, in one dimension
    r_max : the last edge of the bins
    score : mean over 5 subsets; no error was given
    davies_bouldin : our index of the clusters that K-Means finds; none was published
    """

    variance: float
    r_max: float
    score: float
    davies_bouldin: float


PUBLISHED_A = (
    PublishedRun(80, 0.67127, 30.82, 0.232),
    PublishedRun(240, 0.56610, 19.15, 0.402),
    PublishedRun(400, 0.52006, 12.81, 0.516),
    PublishedRun(640, 0.48132, 6.51, 0.639),
    PublishedRun(1000, 0.45024, 3.43, 0.764),
    PublishedRun(2000, 0.41386, 0.74, 0.947),
)

# Of simulation B only the shape is known. The score stays near 0 up to an s of 6 to 8 and then
# rises steadily, while the Davies-Bouldin index falls from the first of these to the second.
SEPARATION_INDICES = (1, 25)
DAVIES_BOULDIN_B = (1.24, 0.09)


@dataclass(frozen=True)
class SimulationRun:
    """What one setting of a published simulation gives.

    setting : the variance (A) or the separation index s (B)
    r_max : the last of the `edges`
    score : mean over the subsets
    score_error : standard error of that mean, from the scatter of the subsets and of their
        randoms; NaN for a single subset. All share most of their points, so that another draw
        of the clouds would differ by more.
    davies_bouldin : index of the two clusters that K-Means finds among all points
    edges : (100,) separations
    eps : (99,) mean over the subsets; NaN where any had no pair of randoms
    n_points, n_subsets : points of each subset, and how many there were
    """

    setting: float
    r_max: float
    score: float
    score_error: float
    davies_bouldin: float
    edges: np.ndarray
    eps: np.ndarray
    n_points: int
    n_subsets: int


def simulation_a(variance: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (4000, 2), labels (4000,) and edges (100,) of simulation A: changing cohesion.

    The points are divided by twice the largest distance from their mean.
    """
    places = np.random.RandomState(_SEED).uniform(-150, 150, (2, 2)) * [[0.5], [1]]
    points, labels = _clouds(places, variance)
    points /= 2 * np.linalg.norm(points, axis=1).max()
    return points, labels, author_edges(points)


def simulation_b(s: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Points (4000, 2), labels (4000,) and edges (100,) of simulation B: changing separation.

    The centers are at (-s^2, 0) and (s^2, 0). The points are divided by twice the 95th
    percentile of the distance from their mean.
    """
    points, labels = _clouds(np.array([[-(s**2), 0.0], [s**2, 0.0]]), _VARIANCE_B)
    points /= 2 * np.percentile(np.linalg.norm(points, axis=1), 95)
    return points, labels, author_edges(points)


def run_simulation_a(
    variance: float,
    rng: np.random.Generator,
    progress: Callable[[float], None] | None = None,
) -> SimulationRun:
    """Score and Davies-Bouldin index of simulation A, as published: the mean of 5 subsets.

    Parameters
    ----------
    variance : float
        Of both clouds, in one dimension; published from 80 to 2,000.
    rng : Generator
        Draws the subsets and the randoms, not the points.
    progress : function of the fraction done, optional
        Called after every step; may raise to stop the run.
    """
    points, _, edges = simulation_a(variance)
    return _run(variance, points, edges, _SUBSETS_A, rng, progress)


def run_simulation_b(
    s: float,
    rng: np.random.Generator,
    progress: Callable[[float], None] | None = None,
) -> SimulationRun:
    """Score and Davies-Bouldin index of simulation B, as published: of one subset.

    Parameters are those of `run_simulation_a`, with the separation index s, 1 to 25.
    """
    points, _, edges = simulation_b(s)
    return _run(s, points, edges, _SUBSETS_B, rng, progress)


def _clouds(places: np.ndarray, variance: float) -> tuple[np.ndarray, np.ndarray]:
    """Two clouds around the places, the second a copy of the first; centered together."""
    if not 0 < variance < np.inf:
        raise ValueError(f"The variance of the clouds must be positive, not {variance:g}.")
    clouds = [
        np.random.RandomState(_SEED).multivariate_normal(place, variance * np.eye(2), _N_POINTS)
        for place in places
    ]
    points = np.concatenate(clouds)
    return points - points.mean(axis=0), np.repeat([0, 1], _N_POINTS)


def _run(
    setting: float,
    points: np.ndarray,
    edges: np.ndarray,
    n_subsets: int,
    rng: np.random.Generator,
    progress: Callable[[float], None] | None,
) -> SimulationRun:
    n_points = int(_SHARE * len(points))
    scores, curves = [], []
    for k in range(n_subsets):
        subset = points[rng.permutation(len(points))[:n_points]]
        expected = monte_carlo_expected(subset, edges, n_points, rng)
        measured = two_point_correlation(subset, edges, expected=expected)
        scores.append(tpcf_score(measured).value)
        curves.append(measured.eps)
        if progress is not None:
            progress((k + 1) / (n_subsets + 1))
    clusters = kmeans_codes(points, 2)
    if progress is not None:
        progress(1.0)
    many = n_subsets > 1
    return SimulationRun(
        setting=setting,
        r_max=float(edges[-1]),
        score=float(np.mean(scores)),
        score_error=float(np.std(scores, ddof=1) / np.sqrt(n_subsets)) if many else np.nan,
        davies_bouldin=float(davies_bouldin_score(points, clusters)),
        edges=edges,
        eps=np.mean(curves, axis=0),
        n_points=n_points,
        n_subsets=n_subsets,
    )

"""How unusual each galaxy is, by several estimators, and where they agree.

Some are of the nearest neighbors, which are stored; others are of the points themselves, best of
their leading principal components. No estimator is best everywhere: Campos et al. (2016).
"""

import warnings
from collections.abc import Callable, Mapping

import numpy as np
from scipy.sparse import csr_array
from scipy.stats import rankdata
from sklearn.cluster import MiniBatchKMeans
from sklearn.ensemble import IsolationForest
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import GaussianMixture
from sklearn.neighbors import LocalOutlierFactor
from threadpoolctl import threadpool_limits

from models.space.density import density_columns
from models.space.estimators import (
    AGREEMENT,
    CENTER,
    FACTOR,
    IS_LOW_UNUSUAL,
    ISOLATION,
    K_FACTOR,
    MIXTURE,
    N_CENTERS,
)
from models.space.neighbors import Neighbors
from models.space.one_thread import blas_on_one_thread

N_TREES = 200
N_FITTED = 20_000  # random galaxies to which mixtures and centers are fitted
MIXTURES = (1, 2, 4, 8, 16, 32)  # numbers of Gaussians tried, until more are not worth it
LIGHTEST = 0.01  # share of galaxies below which a Gaussian is left out
TOLERANCE = 0.01  # nats a galaxy by which a fit must still get better to go on
_CHUNK = 50_000

Progress = Callable[[float], None]


def anomaly_scores(
    neighbors: Neighbors,
    points: np.ndarray,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> dict[str, np.ndarray]:
    """Score every galaxy by every estimator, and by their agreement.

    Parameters
    ----------
    neighbors : Neighbors
        In the representation space, of all n galaxies.
    points : (n, k) array
        Representations by row, or their leading principal components; may be memory-mapped.
    seed : int
        Of the random galaxies fitted to, the trees and the starts.
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Returns
    -------
    dict of (n,) float32 arrays
        What `density_columns` gives; "outlier_factor", the local outlier factor of Breunig et
        al. (2000), about 1 inside any group; "isolation", the score of an isolation forest (Liu et
        al. 2008), from 0 to 1, high where few cuts set a galaxy apart; "mixture_density", log
        likelihood under a mixture of Gaussians with as many of them as the Bayesian information
        criterion wants, each of 1 % of the galaxies or more; "center_distance", to the nearest of
        20 centers of k-means, in the unit of the representations; "agreement", see `agreement`.
        NaN where undefined.
    """
    tell = progress or (lambda share: None)
    rng = np.random.default_rng(seed)
    fitted = points[np.sort(rng.choice(len(points), min(N_FITTED, len(points)), replace=False))]
    fitted = fitted.astype(np.float64)
    scores = density_columns(neighbors)
    tell(0.1)
    scores[FACTOR] = outlier_factor(neighbors)
    tell(0.25)
    trees = IsolationForest(n_estimators=N_TREES, random_state=seed).fit(fitted)
    scores[ISOLATION] = _of_all(lambda part: -trees.score_samples(part), points, tell, (0.25, 0.7))
    # Fewer points may differ than there are centers; and threads wait longer for one another than
    # such small steps take.
    one_thread = threadpool_limits(1, user_api="openmp")
    with warnings.catch_warnings(), blas_on_one_thread(), one_thread:
        warnings.simplefilter("ignore", ConvergenceWarning)
        mixture, centers = _mixture(fitted, seed), _centers(fitted, seed)
    with blas_on_one_thread():
        scores[MIXTURE] = _of_all(mixture.score_samples, points, tell, (0.85, 0.95))
    scores[CENTER] = _of_all(lambda part: centers.transform(part).min(1), points, tell, (0.95, 1))
    scores[AGREEMENT] = agreement({name: scores[name] for name in IS_LOW_UNUSUAL if name in scores})
    return scores


def outlier_factor(neighbors: Neighbors, n_neighbors: int = K_FACTOR) -> np.ndarray:
    """Local outlier factor of Breunig et al. (2000) from stored neighbors, (n,) float32."""
    n, n_stored = neighbors.rows.shape
    k = min(n_neighbors, n_stored)
    distances = np.asarray(neighbors.distances[:, :k], np.float64)
    positive = distances[distances > 0]
    if not len(positive):
        return np.full(n, np.nan, np.float32)
    # Among copies of a galaxy the density is without bound: they are as far as the nearest others.
    distances = np.maximum(distances, positive.min())
    # The library wants every point to be its own first neighbor.
    own = np.arange(n, dtype=np.int32)[:, None]
    rows = np.hstack([own, neighbors.rows[:, :k]]).ravel()
    near = np.hstack([np.zeros((n, 1)), distances]).ravel()
    graph = csr_array((near, rows, np.arange(0, n * (k + 1) + 1, k + 1)), shape=(n, n))
    found = LocalOutlierFactor(n_neighbors=k, metric="precomputed").fit(graph)
    return (-found.negative_outlier_factor_).astype(np.float32)


def agreement(scores: Mapping[str, np.ndarray]) -> np.ndarray:
    """Geometric mean of the places that estimators give each galaxy, as shares of all.

    Low is unusual: 1 / n for a galaxy that all of n place first. Of the logarithms of places the
    mean is taken, since the first of a list matter: places 1 and 1,000 are as good as 30 and 30.

    Parameters
    ----------
    scores : dict of (n,) arrays
        By names of IS_LOW_UNUSUAL; a galaxy without a score is left out by that estimator.

    Returns
    -------
    (n,) float32 array
        NaN where no estimator has a score. Galaxies of one score share their middle place.
    """
    total = n_known = 0
    for name, values in scores.items():
        share = place_shares(values, is_low_unusual=IS_LOW_UNUSUAL[name])
        total = total + np.log(np.where(np.isfinite(share), share, 1))
        n_known = n_known + np.isfinite(share)
    with np.errstate(invalid="ignore"):
        return np.exp(total / np.where(n_known, n_known, np.nan)).astype(np.float32)


def place_shares(values: np.ndarray, *, is_low_unusual: bool) -> np.ndarray:
    """(n,) float64 place of each galaxy over how many have one, 1 / n the first; NaN without."""
    is_known = np.isfinite(values)
    shares = np.full(len(values), np.nan)
    ordered = values[is_known] if is_low_unusual else -values[is_known]
    shares[is_known] = rankdata(ordered) / max(1, len(ordered))
    return shares


def _mixture(points: np.ndarray, seed: int) -> GaussianMixture:
    """The mixture of the lowest Bayesian information criterion."""
    # A covariance has 1e-6 of the variance added, whatever the unit.
    floor = 1e-6 * float(points.var(0, dtype=np.float64).mean()) or 1e-12
    best, lowest = None, np.inf
    for number in MIXTURES:
        if best is not None and number * 10 * points.shape[1] > len(points):
            break  # fewer than ten points for each axis of each Gaussian
        mixture = GaussianMixture(number, reg_covar=floor, tol=TOLERANCE, random_state=seed)
        criterion = mixture.fit(points).bic(points)
        if criterion >= lowest:
            break
        best, lowest = mixture, criterion
    return _without_light(best)


def _without_light(mixture: GaussianMixture) -> GaussianMixture:
    """A mixture less its lightest Gaussians.

    A few odd galaxies that have one of their own would be the likeliest of all.
    """
    is_heavy = mixture.weights_ >= min(LIGHTEST, mixture.weights_.max())
    for name in ("weights_", "means_", "covariances_", "precisions_", "precisions_cholesky_"):
        setattr(mixture, name, getattr(mixture, name)[is_heavy])
    mixture.weights_ = mixture.weights_ / mixture.weights_.sum()
    return mixture


def _centers(points: np.ndarray, seed: int) -> MiniBatchKMeans:
    n_centers = min(N_CENTERS, len(points))
    return MiniBatchKMeans(n_centers, n_init=3, random_state=seed).fit(points)


def _of_all(
    score: Callable[[np.ndarray], np.ndarray],
    points: np.ndarray,
    tell: Progress,
    between: tuple[float, float],
) -> np.ndarray:
    """(n,) float32 scores of all points, a chunk at a time."""
    start, stop = between
    found = np.empty(len(points), np.float32)
    for first in range(0, len(points), _CHUNK):
        part = np.asarray(points[first : first + _CHUNK], np.float32)
        found[first : first + _CHUNK] = score(part)
        tell(start + (stop - start) * min(1, (first + _CHUNK) / len(points)))
    return found

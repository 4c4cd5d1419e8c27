"""Clusters as Gaussians of any shape, as many of them as are needed: a Bayesian mixture."""

import warnings
from functools import partial

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.mixture import BayesianGaussianMixture

from models.space.checks import are_all_same, checked_points
from models.space.clustering import Clustering, largest_first
from models.space.one_thread import blas_on_one_thread
from models.space.pairs import Progress
from models.space.stoppable import stoppable

N_FITTED = 20_000
PER_AXIS = 2  # points that a Gaussian holds at least, for each of its axes and one more
STEPS, N_ROUNDS = 10, 100  # iterations from one look at the cancel flag to the next; at most
_CHUNK = 50_000


def mixture_clusters(
    points: np.ndarray,
    n_components: int,
    *,
    concentration: float | None = None,
    seed: int = 0,
    progress: Progress | None = None,
) -> Clustering:
    """Cluster by a variational Bayesian mixture of Gaussians with full covariances.

    The weights have a Dirichlet process prior (Blei & Jordan 2006), under which Gaussians that
    are not needed end up empty, or with the outliers of others. A Gaussian that holds fewer than
    twice as many of the fitted points as it has axes, and one, is dropped: its covariance is the
    prior's, or that of a few points, and it would hold no others.

    Parameters
    ----------
    points : (n, n_dim) array
        In random order: the mixture is fitted to the first 20,000.
    n_components : int
        Gaussians at most.
    concentration : float, optional
        Of the prior, above 0: the larger, the more Gaussians are filled; 1 / `n_components`
        where it is not given.
    seed : int
        Equal seeds give equal clusters.
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Returns
    -------
    Clustering
        Each point is of the Gaussian that it comes from most probably, and `strength` is that
        probability.

    Raises
    ------
    ValueError
        If there is no point, a value is not finite, no Gaussian is asked for, or `concentration`
        is not above 0.
    """
    points = checked_points(points)
    if n_components < 1:
        raise ValueError(f"At least one Gaussian is needed, not {n_components}.")
    concentration = 1 / n_components if concentration is None else concentration
    if not 0 < concentration < np.inf:
        raise ValueError(f"The concentration must be above 0, not {concentration:g}.")
    told = {
        "n_components": n_components,
        "concentration": concentration,
        "n_dim": points.shape[1],
        "n_fitted": min(len(points), N_FITTED),
        "seed": seed,
    }
    if are_all_same(points):
        n = len(points)
        return largest_first(np.zeros(n, np.int32), "mixture", told, np.ones(n, np.float32))
    center = points.mean(axis=0, dtype=np.float64)
    width = np.sqrt(np.square(points[:N_FITTED] - center).sum(axis=1).mean()) or 1.0

    def in_widths(part: np.ndarray) -> np.ndarray:
        # The smallest variance that scikit-learn allows is an absolute number.
        return (part - center) / width

    tell = progress or (lambda share: None)
    mixture, told_of_fit = _fitted(
        in_widths(points[:N_FITTED]), n_components, concentration, seed, progress
    )
    is_kept = mixture.weights_ * told["n_fitted"] >= PER_AXIS * (points.shape[1] + 1)
    is_kept[np.argmax(mixture.weights_)] = True
    codes, strength = np.empty(len(points), np.int32), np.empty(len(points), np.float32)
    for start in range(0, len(points), _CHUNK):
        tell(0.8 + 0.2 * start / len(points))
        part = slice(start, start + _CHUNK)
        codes[part], strength[part] = _most_probable(mixture, in_widths(points[part]), is_kept)
    told |= {**told_of_fit, "n_dropped": int((~is_kept).sum())}
    return largest_first(codes, "mixture", told, strength)


def _fitted(
    points: np.ndarray, n_components: int, concentration: float, seed: int, tell: Progress | None
) -> tuple[BayesianGaussianMixture, dict]:
    mixture = BayesianGaussianMixture(
        n_components=min(n_components, len(points)),
        weight_concentration_prior=concentration,
        max_iter=STEPS,
        warm_start=True,  # goes on where the last round ended
        random_state=seed,
    )

    def fit() -> None:
        with warnings.catch_warnings(), blas_on_one_thread():
            warnings.simplefilter("ignore", ConvergenceWarning)
            mixture.fit(points)

    n_steps = 0
    for number in range(N_ROUNDS):
        stoppable(fit, tell and partial(tell, 0.8 * number / N_ROUNDS))
        n_steps += mixture.n_iter_
        if mixture.converged_:
            break
    return mixture, {"n_iterations": n_steps, "is_converged": bool(mixture.converged_)}


def _most_probable(
    mixture: BayesianGaussianMixture, points: np.ndarray, is_kept: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Gaussian of each point, and its probability, among those that are kept."""
    with blas_on_one_thread():
        probability = mixture.predict_proba(points)[:, is_kept]
    total = probability.sum(axis=1)
    codes = probability.argmax(axis=1)
    best = probability[np.arange(len(codes)), codes]
    return codes, np.where(total > 0, best / np.where(total > 0, total, 1), 0)

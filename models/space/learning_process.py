"""A Gaussian process through the scores given so far: expected interest, and how sure it is."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import minimize
from scipy.special import ndtr
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from models.space.one_thread import blas_on_one_thread

BLOCK = 1_024  # galaxies at a time: their covariances with 200 labels stay in a core's cache
N_THREADS = 2
# What is believed before any label, and the factor by which it may well be off. A handful of labels
# leaves them open, and a length fitted too short makes every galaxy that is not scored unknown.
LENGTH = (1.0, 1.6)  # in root-mean-square separations of the space
SPREAD = (2.0, 1.4)  # standard deviation of interest from place to place, in units of score
NOISE = (0.5, 1.4)  # scatter of the scores of galaxies that look the same
_FARTHEST = np.log(100)  # from what is believed, of each of the three
_SQRT3 = np.sqrt(3.0)

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]


class Process(NamedTuple):
    """A Gaussian process fitted to the labels.

    length : within which interest is alike, in the unit of the features
    spread : standard deviation of interest over the space, in units of score
    noise : standard deviation of a score about the interest, in units of score
    weights : (m,) of the labels in the mean, K^-1 (y - prior)
    factor : (m, m) lower triangle L, K = L L^T the covariance of the scores, noise included
    """

    length: float
    spread: float
    noise: float
    weights: np.ndarray
    factor: np.ndarray


def fit_process(labeled: np.ndarray, beyond: np.ndarray, scale: float) -> Process:
    """Fit the three numbers of a process, and condition it on the labels.

    The covariance is Matern's of order 3/2 and the scores have a normal error, as in Protege
    (Lochner & Rudnick 2025, AJ 169). The numbers maximize the likelihood times log-normal priors
    (`LENGTH`, `SPREAD`, `NOISE`), which Protege has not.

    Parameters
    ----------
    labeled : (m, d) array
        Features of the labeled galaxies.
    beyond : (m,) array
        Their scores, less the prior mean.
    scale : float
        Root-mean-square separation of the space, in the unit of the features.
    """
    squared = np.array([2, 1, 2])  # of spread, length and noise; the kernels hold variances
    believed = np.array([SPREAD[0], LENGTH[0], NOISE[0]]) ** squared
    log_factor = np.log([SPREAD[1], LENGTH[1], NOISE[1]]) * squared
    low, high = (believed * np.exp(side * _FARTHEST * squared) for side in (-1, 1))
    spread, length, noise = zip(believed, zip(low, high, strict=True), strict=True)
    kernel = ConstantKernel(*spread) * Matern(*length, nu=1.5) + WhiteKernel(*noise)

    def most_probable(objective: Objective, start: np.ndarray, bounds: np.ndarray) -> tuple:
        def penalized(theta: np.ndarray) -> tuple[float, np.ndarray]:
            value, slope = objective(theta)
            off = (theta - np.log(believed)) / log_factor
            return value + (off**2).sum() / 2, slope + off / log_factor

        found = minimize(
            penalized, start, jac=True, bounds=bounds, method="L-BFGS-B", options={"ftol": 1e-6}
        )
        return found.x, found.fun

    regressor = GaussianProcessRegressor(kernel, optimizer=most_probable)
    with blas_on_one_thread():
        regressor.fit(np.asarray(labeled, np.float64) / scale, beyond)
    found = np.exp(regressor.kernel_.theta / squared)
    return Process(
        length=float(found[1] * scale),
        spread=float(found[0]),
        noise=float(found[2]),
        weights=regressor.alpha_,
        factor=regressor.L_,
    )


def predict(
    process: Process, features: np.ndarray, labeled: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Mean above the prior, and standard deviation of the interest itself, without the noise.

    In float32 and in blocks: of the two, the mean is right to about 1e-4 of a score.

    Parameters
    ----------
    process : Process
    features : (n, d) array
    labeled : (m, d) array
        Features of the labeled galaxies.

    Returns
    -------
    mean, error : (n,) float32 arrays
        In units of score.
    """
    n, m = len(features), len(labeled)
    mean, error = np.empty(n, np.float32), np.empty(n, np.float32)
    weights = (process.spread**2 * process.weights).astype(np.float32)
    whitener = solve_triangular(process.factor, np.eye(m), lower=True).T
    whitener = np.ascontiguousarray(process.spread * whitener, np.float32)

    def work(share: slice) -> None:
        for part, kernel in _kernels(process, features[share], labeled):
            np.matmul(kernel, weights, out=mean[share][part])
            known = kernel @ whitener
            np.einsum("ij,ij->i", known, known, out=error[share][part])

    with blas_on_one_thread(), ThreadPoolExecutor(N_THREADS) as pool:
        list(pool.map(work, _shares(n)))
    np.subtract(1, error, out=error)
    np.sqrt(np.maximum(error, 0, out=error), out=error)
    error *= np.float32(process.spread)
    return mean, error


def _shares(n: int) -> list[slice]:
    ends = np.linspace(0, n, N_THREADS + 1).astype(int)
    return [slice(*pair) for pair in zip(ends[:-1], ends[1:], strict=True)]


def _kernels(
    process: Process, features: np.ndarray, labeled: np.ndarray
) -> Iterator[tuple[slice, np.ndarray]]:
    """Correlations (1 + r) exp(-r) of blocks of galaxies with the labels, r = sqrt(3) |x - y| / l.

    Each block is overwritten by the next.
    """
    center = labeled.mean(axis=0, dtype=np.float64)
    per_length = _SQRT3 / process.length
    labels = ((labeled - center) * per_length).astype(np.float32)
    center, per_length = center.astype(np.float32), np.float32(per_length)
    turned = np.ascontiguousarray(-2 * labels.T)
    label_norms = np.einsum("ij,ij->i", labels, labels)
    n, m = len(features), len(labels)
    room = np.empty((2, min(BLOCK, n), m), np.float32)
    for start in range(0, n, BLOCK):
        part = slice(start, min(start + BLOCK, n))
        block = (np.asarray(features[part], np.float32) - center) * per_length
        separation, kernel = room[:, : len(block)]
        np.matmul(block, turned, out=separation)
        separation += np.einsum("ij,ij->i", block, block)[:, None]
        separation += label_norms
        np.sqrt(np.maximum(separation, 0, out=separation), out=separation)
        np.exp(np.negative(separation, out=kernel), out=kernel)
        separation += 1
        kernel *= separation
        yield part, kernel


def held_out_mean(process: Process, beyond: np.ndarray) -> np.ndarray:
    """Mean of each label above its prior, had that label not been given, (m,).

    Rasmussen & Williams (2006), eq. 5.12: y_i - [K^-1 y]_i / [K^-1]_ii, with the numbers of the
    process held at what all of the labels gave.
    """
    inverse = solve_triangular(process.factor, np.eye(len(beyond)), lower=True)
    return beyond - process.weights / np.einsum("ij,ij->j", inverse, inverse)


def expected_improvement(mean: np.ndarray, error: np.ndarray, best: float) -> np.ndarray:
    """By how much a galaxy is expected to exceed the `best` score, (n,), in units of score.

    The integral of max(f - best, 0) over f ~ N(mean, error^2) (Jones, Schonlau & Welch 1998).
    """
    gain = np.asarray(mean, np.float64) - best  # in float32 most would be 0, and tied
    deviations = gain / np.maximum(error, 1e-6)
    heights = np.exp(deviations**2 / -2) / np.sqrt(2 * np.pi)
    return gain * ndtr(deviations) + error * heights

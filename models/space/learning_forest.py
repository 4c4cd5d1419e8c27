"""A random forest through the scores given so far, trusted near the galaxies that were scored."""

from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import faiss
import numpy as np
from sklearn.ensemble import RandomForestRegressor
from threadpoolctl import threadpool_limits

from models.space.one_thread import blas_on_one_thread

BLOCK = 16_384  # galaxies at a time
N_TREES = 50  # Astronomaly has 100; planted kinds are found as soon, in half the time
N_THREADS = 2
LEAST, WEIGHT = 0.1, 0.85  # Astronomaly's epsilon_1 and epsilon_2
FARTHEST = 30.0  # d / d0 from which a galaxy is no farther
TRUST = 0.5  # alpha: how fast trust falls with distance; Astronomaly's is 1


class Forest(NamedTuple):
    """What a forest tells of each galaxy, and of each label without that label.

    expected, error : (n,) float32, mean and standard deviation over the trees
    held_out : (m,) mean over the trees that were grown without the label
    """

    expected: np.ndarray
    error: np.ndarray
    held_out: np.ndarray


def grow_forest(features: np.ndarray, rows: np.ndarray, scores: np.ndarray, seed: int) -> Forest:
    """Fit `N_TREES` trees to the labels and ask them about every galaxy.

    The spread of the trees is no error of the mean: it says where the labels contradict.

    Parameters
    ----------
    features : (n, d) array
    rows : (m,) array of int
        The labeled galaxies.
    scores : (m,) array
    seed : int
    """
    labeled = np.asarray(features[rows], np.float32)
    forest = RandomForestRegressor(N_TREES, oob_score=True, random_state=seed).fit(labeled, scores)
    n = len(features)
    expected, error = np.empty(n, np.float32), np.empty(n, np.float32)

    def ask(start: int) -> None:
        block = np.ascontiguousarray(features[start : start + BLOCK], np.float32)
        total, squares = np.zeros(len(block)), np.zeros(len(block))
        for tree in forest.estimators_:
            told = tree.predict(block, check_input=False)
            total += told
            squares += told**2
        mean = total / N_TREES
        expected[start : start + BLOCK] = mean
        error[start : start + BLOCK] = np.sqrt(np.maximum(squares / N_TREES - mean**2, 0))

    # Threads of our own: the walk down a tree leaves the interpreter free for others.
    with ThreadPoolExecutor(N_THREADS) as pool:
        list(pool.map(ask, range(0, n, BLOCK)))
    return Forest(expected, error, forest.oob_prediction_)


def nearest_labeled(features: np.ndarray, labeled: np.ndarray) -> np.ndarray:
    """Distance of each galaxy to the nearest of the labeled ones, (n,) float32."""
    labeled = np.ascontiguousarray(labeled, np.float32)
    squared = np.empty(len(features), np.float32)
    # Blocks are small: beside other work, threads would wait for one another six times as long.
    with blas_on_one_thread(), threadpool_limits(1, user_api="openmp"):
        for start in range(0, len(features), BLOCK):
            block = np.ascontiguousarray(features[start : start + BLOCK], np.float32)
            squared[start : start + BLOCK] = faiss.knn(block, labeled, 1)[0][:, 0]
    return np.sqrt(np.maximum(squared, 0))


def nearest_other(labeled: np.ndarray) -> np.ndarray:
    """Distance of each labeled galaxy to the nearest other one, (m,) float64."""
    apart = np.linalg.norm(labeled[:, None].astype(np.float64) - labeled[None], axis=2)
    np.fill_diagonal(apart, np.inf)
    return apart.min(axis=1)


def trusted_value(unusual: np.ndarray, interest: np.ndarray, distance: np.ndarray) -> np.ndarray:
    """Combine how unusual a galaxy is with the interest expected of it, as far as that is known.

    Astronomaly (Lochner & Bassett 2021, Astronomy and Computing 36, 100481) ranks by

        S tanh(delta - 1 + arctanh(0.1 + 0.85 U)),    delta = exp(alpha d / d0)

    This is S far from every label, and S times what the label says beside one: what is boring
    sinks, but nothing rises. So there is added to it, as a departure,

        U (1 - tanh(delta - 1))

    with which a galaxy just like an interesting one comes first however common it is. The other
    departure is alpha = 0.5, not 1: in many dimensions most galaxies are about d0 away from the
    nearest label, and with 1 trust has fallen to 6 % there.

    Parameters
    ----------
    unusual, interest : (n,) arrays
        S and U, from 0 to 1.
    distance : (n,) array
        d / d0: to the nearest labeled galaxy, in units of the mean over all galaxies.
    """
    # Where nearly all are labeled, d0 is tiny and d / d0 without bound; trust is long gone by 30.
    beyond = np.exp(TRUST * np.minimum(distance, FARTHEST)) - 1
    damped = unusual * np.tanh(beyond + np.arctanh(LEAST + WEIGHT * interest))
    return damped + interest * (1 - np.tanh(beyond))

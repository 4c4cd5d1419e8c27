"""How well classes can be told apart in a representation space: by neighbours, by planes."""

import warnings
from collections.abc import Iterator

import numpy as np
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from models.space.neighbors import find_neighbors
from models.space.splits import held_out_fifth

N_VOTING = 5
N_LISTED = 40  # four fifths of them are in the training part: always more than vote


def knn_accuracy(
    representations: np.ndarray,
    codes: np.ndarray,
    *,
    n_repeats: int = 10,
    seed: int = 0,
    listed: np.ndarray | None = None,
) -> dict[str, dict]:
    """Classify held-out fifths by the majority of their 5 nearest training neighbours.

    Parameters
    ----------
    representations : (n, n_dim) array
        All dimensions, Euclidean distances.
    codes : (n,) array of classes numbered from 0
    n_repeats : int
        Stratified 80/20 splits.
    seed : int
    listed : (n, 40) array of int, optional
        The nearest neighbours of each point, itself left out, if at hand.

    Returns
    -------
    dict
        "knn_accuracy" and "knn_balanced_accuracy" (mean over classes of the share found).
    """
    if listed is None:
        listed = find_neighbors(representations, N_LISTED, max_exact=len(codes)).rows
    plain, balanced = [], []
    for held_out, predicted in split_votes(listed, codes, n_repeats=n_repeats, seed=seed):
        plain.append(np.mean(predicted == codes[held_out]))
        balanced.append(balanced_accuracy(codes[held_out], predicted))
    return {
        "knn_accuracy": _over_repeats(plain, len(codes)),
        "knn_balanced_accuracy": _over_repeats(balanced, len(codes)),
    }


def split_votes(
    listed: np.ndarray, codes: np.ndarray, *, n_repeats: int = 10, seed: int = 0
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Which galaxies each split holds out, (n,) bool, and the class their neighbours vote for."""
    rng = np.random.default_rng(seed)
    for _ in range(n_repeats):
        held_out = held_out_fifth(codes, rng)
        yield held_out, _majority(listed[held_out], ~held_out, codes)


def linear_probe(
    representations: np.ndarray, codes: np.ndarray, *, n_repeats: int = 3, seed: int = 0
) -> dict:
    """Classify held-out fifths by logistic regression on standardised representations.

    Classes weigh alike in the fit, as they do in the balanced accuracy that is returned.

    Parameters
    ----------
    representations : (n, n_dim) array
    codes : (n,) array of classes numbered from 0
    n_repeats : int
        Stratified 80/20 splits.
    seed : int
    """
    rng = np.random.default_rng(seed)
    balanced = []
    for _ in range(n_repeats):
        held_out = held_out_fifth(codes, rng)
        scaler = StandardScaler().fit(representations[~held_out])
        probe = LogisticRegression(class_weight="balanced", max_iter=100)
        with warnings.catch_warnings():
            # A hundred steps are the definition of this probe, converged or not.
            warnings.simplefilter("ignore", ConvergenceWarning)
            probe.fit(scaler.transform(representations[~held_out]), codes[~held_out])
        predicted = probe.predict(scaler.transform(representations[held_out]))
        balanced.append(balanced_accuracy(codes[held_out], predicted))
    return _over_repeats(balanced, len(codes))


def balanced_accuracy(codes: np.ndarray, predicted: np.ndarray) -> float:
    """Mean over the classes that occur of the share of their members predicted rightly."""
    return float(np.mean([np.mean(predicted[codes == code] == code) for code in np.unique(codes)]))


def _majority(listed: np.ndarray, is_training: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Class of most of the nearest training neighbours; the lowest code where classes tie."""
    usable = is_training[listed]
    votes = usable & (usable.cumsum(1) <= N_VOTING)
    counts = np.stack([(votes & (codes[listed] == c)).sum(1) for c in range(codes.max() + 1)])
    return counts.argmax(0)


def _over_repeats(values: list[float], n: int) -> dict:
    error = np.std(values, ddof=1) / np.sqrt(len(values))
    return {
        "value": float(np.mean(values)),
        "error": float(error),
        "error_is": f"standard error over {len(values)} random 80/20 splits of the same galaxies",
        "n": n,
        "evaluated_on": "held-out fifths",
    }

"""Which galaxies a measurement learns from and which it is tried on."""

from collections.abc import Sequence

import numpy as np

HELD_OUT = 0.2


def label_codes(labels: Sequence | np.ndarray | None) -> tuple[np.ndarray, tuple[str, ...]]:
    """Give each class a number, -1 where a label is missing (None, NaN or empty).

    Returns
    -------
    codes : (n,) int64 array
    class_names : tuple of str
        Sorted; code i is the i-th.
    """
    if labels is None:
        return np.zeros(0, np.int64), ()
    # NaN is the one value that differs from itself; pandas' NA refuses to say.
    known = np.array([_is_label(label) for label in labels], bool)
    codes = np.full(len(known), -1, np.int64)
    names = np.array(
        [str(label) for label, is_known in zip(labels, known, strict=True) if is_known]
    )
    class_names, codes[known] = np.unique(names, return_inverse=True)
    return codes, tuple(class_names.tolist())


def _is_label(label: object) -> bool:
    if label is None or type(label).__name__ == "NAType" or label == "":
        return False
    return bool(label == label)


def make_split(n: int, labels: Sequence | np.ndarray | None = None, seed: int = 0) -> np.ndarray:
    """Hold out a fifth of the galaxies, and of each class where there are labels.

    Parameters
    ----------
    n : int
    labels : (n,) sequence, optional
        Unlabelled galaxies are split as a class of their own.
    seed : int

    Returns
    -------
    (n,) array of str
        "train" or "held-out".
    """
    codes = np.zeros(n, np.int64) if labels is None else label_codes(labels)[0]
    if len(codes) != n:
        raise ValueError(f"There are {len(codes)} labels for {n} galaxies; give one for each.")
    held_out = held_out_fifth(codes, np.random.default_rng(seed))
    return np.where(held_out, "held-out", "train")


def held_out_fifth(codes: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Draw a fifth of every class at random, (n,) bool."""
    # In a random order, every fifth of each class in turn: sizes are right to within one galaxy
    # for each class, and for all classes together.
    order = rng.permutation(len(codes))
    by_class = order[np.argsort(codes[order], kind="stable")]
    held_out = np.zeros(len(codes), bool)
    offset = rng.integers(round(1 / HELD_OUT))
    held_out[by_class[offset :: round(1 / HELD_OUT)]] = True
    return held_out


def stratified_sample(codes: np.ndarray, n_wanted: int, rng: np.random.Generator) -> np.ndarray:
    """Draw rows so that classes keep their shares, ascending; all rows if they are no more."""
    if len(codes) <= n_wanted:
        return np.arange(len(codes))
    order = rng.permutation(len(codes))
    by_class = order[np.argsort(codes[order], kind="stable")]
    evenly = (np.arange(n_wanted) * len(codes) + rng.integers(len(codes))) // n_wanted
    return np.sort(by_class[np.minimum(evenly, len(codes) - 1)])

"""The classes in each cluster, and how pure it is; of all together: `class_agreement`."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, entropy

LEVEL = 0.95


@dataclass(frozen=True)
class ClusterClasses:
    """The classes in one cluster.

    majority : code of its most frequent class, the first of equals; -1 where none is labelled
    n_majority, n_labelled : members of that class, and members that have one
    purity : n_majority / n_labelled; NaN where none is labelled
    lower, upper : of the purity at `LEVEL` (Wilson 1927), as of galaxies drawn at random; that
        the class was chosen as the most frequent makes a purity of few galaxies too high
    entropy : of the classes, in nats; 0 where there is one
    counts : (n_classes,) int64
    """

    majority: int
    n_majority: int
    n_labelled: int
    purity: float
    lower: float
    upper: float
    entropy: float
    counts: np.ndarray


def classes_of_clusters(
    codes: np.ndarray, classes: np.ndarray, n_classes: int | None = None
) -> tuple[ClusterClasses, ...]:
    """Count the classes of each cluster.

    Parameters
    ----------
    codes : (n,) integers
        Cluster of each galaxy from 0, negative in none.
    classes : (n,) integers
        Class of each galaxy from 0, negative without a label.
    n_classes : int, optional
        One more than the largest class where it is not given.
    """
    check_lengths(codes, classes)
    n_classes = int(classes.max(initial=-1)) + 1 if n_classes is None else n_classes
    table = np.zeros((int(codes.max(initial=-1)) + 1, n_classes), np.int64)
    is_both = (codes >= 0) & (classes >= 0)
    np.add.at(table, (codes[is_both], classes[is_both]), 1)
    return tuple(_classes(counts) for counts in table)


def _classes(counts: np.ndarray) -> ClusterClasses:
    n = int(counts.sum())
    if n == 0:
        return ClusterClasses(-1, 0, 0, np.nan, np.nan, np.nan, np.nan, counts)
    majority = int(counts.argmax())
    most = int(counts[majority])
    limits = binomtest(most, n).proportion_ci(LEVEL, method="wilson")
    spread = float(entropy(counts))
    return ClusterClasses(
        majority, most, n, most / n, float(limits.low), float(limits.high), spread, counts
    )


def check_lengths(codes: np.ndarray, classes: np.ndarray) -> None:
    """Raise ValueError where clusters and classes are not of the same galaxies."""
    if len(codes) != len(classes):
        raise ValueError(f"{len(classes)} classes given for {len(codes)} galaxies.")

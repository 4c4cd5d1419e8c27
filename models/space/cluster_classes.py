"""How clusters and classes agree: the purity of each cluster, and of all of them together."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binomtest, entropy
from sklearn.metrics import (
    adjusted_rand_score,
    homogeneity_completeness_v_measure,
    mutual_info_score,
)
from sklearn.metrics.cluster import contingency_matrix

from models.space.expected_information import expected_information
from models.space.measured import Measured, undefined

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
    _check(codes, classes)
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


def agreement_with_classes(codes: np.ndarray, classes: np.ndarray) -> dict[str, Measured]:
    """How well all clusters together agree with the classes.

    Of the galaxies that have a class and are in a cluster: how many those are is told, since a
    method that leaves the doubtful ones out agrees the better. "homogeneity" (1: every cluster is
    of one class), "completeness" (1: every class is in one cluster; Rosenberg & Hirschberg 2007),
    "adjusted_rand" (Hubert & Arabie 1985) and "adjusted_mutual_information" (Vinh et al. 2010),
    the last two 0 on average for chance. "in_a_cluster" is the share of the galaxies with a class
    that are in a cluster. No errors are estimated, but its own.

    Parameters
    ----------
    codes, classes : as for `classes_of_clusters`
    """
    _check(codes, classes)
    is_labelled = classes >= 0
    is_both = is_labelled & (codes >= 0)
    n, n_labelled = int(is_both.sum()), int(is_labelled.sum())
    if n_labelled == 0:
        share = undefined(0, "no galaxy has a class")
    else:
        part = n / n_labelled
        share = Measured(part, float(np.sqrt(part * (1 - part) / n_labelled)), n_labelled)
    names = ("homogeneity", "completeness", "adjusted_rand", "adjusted_mutual_information")
    one, other = classes[is_both], codes[is_both]
    if n == 0 or one.min() == one.max():
        why = "fewer than 2 classes have galaxies in a cluster"
        return {**dict.fromkeys(names, undefined(n, why)), "in_a_cluster": share}
    values = (
        *homogeneity_completeness_v_measure(one, other)[:2],
        adjusted_rand_score(one, other),
        adjusted_information(contingency_matrix(one, other)),
    )
    measured = {
        name: Measured(float(value), np.nan, n) for name, value in zip(names, values, strict=True)
    }
    return {**measured, "in_a_cluster": share}


def adjusted_information(table: np.ndarray) -> float:
    """Adjusted mutual information of two partitions (Vinh et al. 2010): 1 alike, 0 for chance.

    Parameters
    ----------
    table : (n_parts, n_other) integers
        Points in both of two parts.
    """
    expected = expected_information(table)
    mean = (entropy(table.sum(axis=0)) + entropy(table.sum(axis=1))) / 2
    most = max(mean - expected, np.finfo(float).eps)
    return (mutual_info_score(None, None, contingency=table) - expected) / most


def _check(codes: np.ndarray, classes: np.ndarray) -> None:
    if len(codes) != len(classes):
        raise ValueError(f"{len(classes)} classes given for {len(codes)} galaxies.")

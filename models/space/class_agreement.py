"""How all clusters together agree with classes, with errors."""

import numpy as np
from scipy.stats import entropy
from sklearn.metrics import mutual_info_score

from models.space.cluster_classes import check_lengths
from models.space.expected_information import expected_information
from models.space.jackknife import N_GROUPS, groups_in_turn, jackknife_error
from models.space.measured import Measured, undefined

NAMES = ("homogeneity", "completeness", "adjusted_rand", "adjusted_mutual_information")


def agreement_with_classes(codes: np.ndarray, classes: np.ndarray) -> dict[str, Measured]:
    """How well all clusters together agree with the classes.

    Of the galaxies that have a class and are in a cluster: how many those are is told, since a
    method that leaves the doubtful ones out agrees the better. "homogeneity" (1: every cluster is
    of one class), "completeness" (1: every class is in one cluster; Rosenberg & Hirschberg 2007),
    "adjusted_rand" (Hubert & Arabie 1985) and "adjusted_mutual_information" (Vinh et al. 2010),
    the last two 0 on average for chance. "in_a_cluster" is the share of the galaxies with a class
    that are in a cluster.

    Errors are of a jackknife over 20 groups of galaxies, the clusters being as they are: that
    other galaxies would have made other clusters is not in them.

    Parameters
    ----------
    codes, classes : as for `cluster_classes.classes_of_clusters`
    """
    check_lengths(codes, classes)
    is_labelled = classes >= 0
    is_both = is_labelled & (codes >= 0)
    n, n_labelled = int(is_both.sum()), int(is_labelled.sum())
    if n_labelled == 0:
        share = undefined(0, "no galaxy has a class")
    else:
        part = n / n_labelled
        share = Measured(part, float(np.sqrt(part * (1 - part) / n_labelled)), n_labelled)
    one, other = classes[is_both], codes[is_both]
    if n == 0 or one.min() == one.max():
        why = "fewer than 2 classes have galaxies in a cluster"
        return {**dict.fromkeys(NAMES, undefined(n, why)), "in_a_cluster": share}
    tables = np.zeros((N_GROUPS, other.max() + 1, one.max() + 1), np.int64)
    np.add.at(tables, (groups_in_turn(n, N_GROUPS), other, one), 1)
    whole = tables.sum(axis=0)
    by_chance = expected_information(whole)
    values = _agreement(whole, by_chance)
    # Information by chance falls as 1 / n; to sum it again for each group would take 20 times as
    # long, and change the errors by a hundredth.
    without = [whole - table for table in tables[:n]]
    replicates = np.array([_agreement(table, by_chance * n / table.sum()) for table in without])
    errors = [jackknife_error(replicates[:, place]) for place in range(len(NAMES))]
    measured = {
        name: Measured(float(value), error, n)
        for name, value, error in zip(NAMES, values, errors, strict=True)
    }
    return {**measured, "in_a_cluster": share}


def _agreement(table: np.ndarray, by_chance: float) -> tuple[float, float, float, float]:
    """The four measures of `NAMES`.

    table : (n_clusters, n_classes) integers, galaxies in both
    by_chance : information, in nats, that partitions of these sizes share on average
    """
    information = mutual_info_score(None, None, contingency=table)
    of_clusters, of_classes = entropy(table.sum(axis=1)), entropy(table.sum(axis=0))
    most = max((of_clusters + of_classes) / 2 - by_chance, np.finfo(float).eps)
    return (
        information / of_classes if of_classes else 1.0,
        information / of_clusters if of_clusters else 1.0,
        _adjusted_rand(table),
        (information - by_chance) / most,
    )


def _adjusted_rand(table: np.ndarray) -> float:
    in_both, clusters, classes, every = (
        (counts * (counts - 1.0)).sum() / 2
        for counts in (table, table.sum(axis=1), table.sum(axis=0), table.sum())
    )
    by_chance = clusters * classes / every if every else 0.0
    most = (clusters + classes) / 2
    return float((in_both - by_chance) / (most - by_chance)) if most > by_chance else 1.0

"""What is said of clusters: what they are called, their sizes, their classes, what a scan found."""

import numpy as np

from dashboard.facts import number_text, with_error
from data.cluster_columns import HDBSCAN, KMEANS, MIXTURE, asked_clustering
from models.space.cluster_classes import LEVEL, ClusterClasses
from models.space.cluster_scan import ClusterScan
from models.space.clustering import Clustering
from models.space.measured import Measured

METHODS = {KMEANS: "K-Means", HDBSCAN: "HDBSCAN", MIXTURE: "Gaussian mixture"}
TITLES = {
    KMEANS: "K-Means, k = {}",
    HDBSCAN: "HDBSCAN, n ≥ {}",
    MIXTURE: "Gaussians, k ≤ {}",
}
MEASURES = {KMEANS: "silhouette", HDBSCAN: "contrast"}
_AGREEMENT = {
    "adjusted_rand": ("ARI", "adjusted Rand index, 0 for chance"),
    "adjusted_mutual_information": ("AMI", "adjusted mutual information, 0 for chance"),
    "homogeneity": ("homogeneity", "1 where every cluster is of one class"),
    "completeness": ("completeness", "1 where every class is in one cluster"),
}


def clustering_title(key: str) -> str:
    """What the clusters of a key are called; raises as `asked_clustering`."""
    asked = asked_clustering(key)
    return TITLES[asked.method].format(f"{asked.number:,}")


def cluster_title(number: int, name: str = "") -> str:
    """What a cluster is called: its number from 1, and its name where it has one."""
    if number == 0:
        return "in no cluster"
    return f"{number} {name}" if name else f"{number}"


def share_text(n: int, n_galaxies: int) -> str:
    """How many of all galaxies: "n = 412, 10.3 %"."""
    return f"n = {n:,}, {100 * n / n_galaxies:.3g} %"


def found_text(found: Clustering) -> str:
    """How many clusters there are of how many galaxies, and what the method says of itself."""
    n, n_none = len(found.codes), found.n_in_none
    told = f"{found.n_clusters:,} clusters of {n:,} galaxies"
    told += f", {n_none:,} ({n_none / n:.1%}) in none" if n_none else ""
    told += f"; found in {_space(found)}"
    more = found.parameters
    if more.get("n_fitted", n) < n:
        told += f", fitted to {more['n_fitted']:,} random ones"
    if more.get("n_dropped"):
        told += f"; {more['n_dropped']:,} Gaussians were emptied"
    if more.get("is_converged") is False:
        told += f"; not converged after {more['n_iterations']:,} iterations"
    return told


def _space(found: Clustering) -> str:
    n_dim = found.parameters.get("n_dim")
    return f"{n_dim} principal components" if n_dim else "the whole representation space"


def purity_text(classes: ClusterClasses, names: np.ndarray) -> str:
    """The share of a cluster's most frequent class, with its 95 % interval."""
    if classes.n_labelled == 0:
        return "no galaxy of it has a class"
    low, high = round(100 * classes.lower), round(100 * classes.upper)
    return f"{100 * classes.purity:.0f} % ({low}–{high} %) {names[classes.majority]}"


def purity_why(classes: ClusterClasses, names: np.ndarray) -> str:
    """All classes of a cluster, the most frequent first; on hover."""
    ranked = np.argsort(-classes.counts, kind="stable")
    each = [f"{names[one]} {classes.counts[one]:,}" for one in ranked if classes.counts[one]]
    told = ", ".join(each[:8]) + (f" and {len(each) - 8} more" if len(each) > 8 else "")
    return (
        f"{told}; {classes.n_labelled:,} with a class. Interval: {LEVEL:.0%}, as of galaxies "
        "drawn at random; of few galaxies, a purity is too high."
    )


def agreement_text(agreement: dict[str, Measured]) -> str:
    """How all clusters together agree with the classes, of how many galaxies."""
    share = agreement["in_a_cluster"]
    first = agreement["adjusted_rand"]
    if not np.isfinite(first.value):
        return f"Agreement with the classes is undefined: {first.reason}."
    values = ", ".join(
        f"{name} {_with_error(agreement[part])}" for part, (name, _) in _AGREEMENT.items()
    )
    told = f"n = {first.n:,}"
    if share.value < 1:
        percent = with_error(100 * share.value, 100 * share.error)
        told += f", {percent} % of those with a class"
    return f"With the classes: {values} ({told})"


def _with_error(measured: Measured) -> str:
    if not np.isfinite(measured.error):
        return f"{number_text(measured.value, '.2f')}, its error undefined"
    return with_error(measured.value, measured.error)


def agreement_why() -> str:
    """What the measures of agreement are, and their errors; on hover."""
    told = "; ".join(f"{name}: {told}" for name, told in _AGREEMENT.values())
    return f"{told}. ± one standard error (jackknife of 20 groups), the clusters being as they are."


def scan_text(method: str, scan: ClusterScan) -> str:
    """Which number a scan chooses, why, and of how many galaxies."""
    measure, values = MEASURES[method], next(iter(scan.measures.values()))
    sampled = f"n = {scan.n_points:,}"
    if scan.n_measured < scan.n_points:
        sampled += f", {measure} of {scan.n_measured:,}"
    if scan.chosen is None:
        return f"No number gives two clusters ({sampled})."
    best = int(np.flatnonzero(scan.asked == scan.chosen)[0])
    told = f"{scan.criterion}, {with_error(values[best], scan.error[best])}, at {scan.chosen:,}"
    others = [f"{number:,}" for number in scan.as_good if number != scan.chosen]
    if others:
        within = "within its error as good" if np.isfinite(scan.error[best]) else "as good"
        told += f"; {within}: {', '.join(others)}"
    if not np.isfinite(scan.error[best]):
        told += "; no error is estimated"
    return f"{told[0].upper()}{told[1:]} ({sampled})."

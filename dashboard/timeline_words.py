"""The metrics of the training timeline in words: what each is, which way is better, its error."""

from typing import NamedTuple

HIGHER, LOWER, NEITHER = 1, -1, 0
JACKKNIFE = "delete-a-group jackknife, 20 groups"
OF_CLASSES = "needs classes"


class Metric(NamedTuple):
    """A metric as it is shown.

    name, short : as a title, and as the head of a column
    unit : "%", or a word after the value, or ""
    better : HIGHER, LOWER or NEITHER
    explanation : what it is, in a sentence or two
    error_is : what its error is
    """

    name: str
    short: str
    unit: str
    better: int
    explanation: str
    error_is: str = JACKKNIFE

    @property
    def factor(self) -> float:
        """What a value is multiplied by to be shown."""
        return 100.0 if self.unit == "%" else 1.0

    @property
    def title(self) -> str:
        """Name and unit."""
        return f"{self.name} / {self.unit}" if self.unit else self.name

    @property
    def better_is(self) -> str:
        """Which way is better, in words."""
        return {HIGHER: "higher is better", LOWER: "lower is better"}.get(
            self.better, "no way is better"
        )


METRICS = {
    "score": Metric(
        "Score",
        "score",
        "",
        HIGHER,
        "Sum of ε(r) over the bins with 10 expected pairs. That higher is better is the deck's "
        "claim, and what is examined here.",
        "influence of each galaxy, with the covariance of the bins; the faint bars are the deck's, "
        "the sum of the errors of the bins",
    ),
    "kl": Metric(
        "KL divergence",
        "KL",
        "nats",
        NEITHER,
        "Kullback-Leibler divergence of the separations from those of the Gaussian.",
    ),
    "knn_balanced_accuracy": Metric(
        "kNN, balanced",
        "kNN bal.",
        "%",
        HIGHER,
        "Mean over classes of the share that the 5 nearest neighbors name rightly; 10 times on a "
        "held-out fifth.",
        f"{JACKKNIFE}, of the galaxies that are judged",
    ),
    "knn_accuracy": Metric(
        "kNN accuracy",
        "kNN",
        "%",
        HIGHER,
        "Share of galaxies whose class the 5 nearest neighbors name; 10 times on a held-out fifth.",
        f"{JACKKNIFE}, of the galaxies that are judged",
    ),
    "davies_bouldin": Metric(
        "Davies-Bouldin, classes",
        "DB",
        "",
        LOWER,
        "Width of the classes over the distance to the most similar other one, on the components.",
    ),
    "silhouette": Metric(
        "Silhouette, classes",
        "silh.",
        "",
        HIGHER,
        "How much nearer the galaxies of the own class are than those of the next one, -1 to 1.",
    ),
    "kmeans_purity": Metric(
        "K-Means purity",
        "purity",
        "%",
        HIGHER,
        "Share of galaxies in the most frequent class of their cluster; as many clusters as "
        "classes.",
    ),
    "kmeans_accuracy": Metric(
        "K-Means, one to one",
        "1 : 1",
        "%",
        HIGHER,
        "The same with each class given to one cluster at most, in the best way (Hungarian).",
    ),
    "kmeans_davies_bouldin": Metric(
        "Davies-Bouldin, K-Means",
        "DB km",
        "",
        LOWER,
        "Davies-Bouldin index of the clusters that K-Means finds, without any label.",
    ),
    "kmeans_silhouette": Metric(
        "Silhouette, K-Means",
        "silh. km",
        "",
        HIGHER,
        "Silhouette of the clusters that K-Means finds, without any label.",
    ),
    "two_nn_dimension": Metric(
        "TwoNN dimension",
        "TwoNN",
        "",
        NEITHER,
        "Intrinsic dimension from the distances to the two nearest neighbors.",
        f"{JACKKNIFE}, of the ratios of distances",
    ),
    "effective_rank": Metric(
        "Effective rank",
        "rank",
        "",
        NEITHER,
        "Exponential of the entropy of the variances: how many directions are in use.",
    ),
    "top_component_share": Metric(
        "Top component",
        "top",
        "%",
        NEITHER,
        "Share of the variance along the first principal axis.",
    ),
    "spread": Metric(
        "Spread",
        "spread",
        "",
        NEITHER,
        "Root mean square separation of two galaxies, in the representation's own unit, which "
        "differs between checkpoints.",
    ),
    "uniformity": Metric(
        "Uniformity",
        "unif.",
        "",
        LOWER,
        "ln of the mean of exp(-2 d²) over pairs of representations of length 1 (Wang & Isola "
        "2020): the lower, the more evenly they fill the sphere.",
    ),
    "loss": Metric(
        "Training loss",
        "loss",
        "",
        LOWER,
        "As logged in training; losses of different methods cannot be compared.",
        "none: it is as logged",
    ),
}

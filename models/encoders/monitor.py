"""What is watched during training, on galaxies that are never trained on."""

from dataclasses import dataclass

import numpy as np
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from models.space.correlation import (
    default_edges,
    n_components_for,
    rms_separation,
    two_point_correlation,
)
from models.space.dimension import effective_rank, top_component_share
from models.space.score import kl_divergence, tpcf_score

N_FOLDS = 5
N_NEIGHBORS = 5
SMALLEST_CLASS = 2 * N_FOLDS  # fewer say nothing about a class
COLLAPSED = 5.0  # effective rank below which galaxies hardly differ any more


@dataclass(frozen=True)
class LabelMetrics:
    """How well classes are told apart by representations of galaxies not trained on.

    Every galaxy is predicted once, by a fit on the other four fifths of a fixed partition.
    Accuracies are balanced: the mean over the classes of the share found. `chance` is what
    guessing scores; NaN everywhere if fewer than two classes have enough galaxies.
    """

    knn_accuracy: float
    linear_accuracy: float
    chance: float
    n_classes: int
    n: int


def watch(representations: np.ndarray, labels: np.ndarray | None, seed: int) -> dict:
    """Every number of the monitor, by name.

    Parameters
    ----------
    representations : (n, n_dim) array
    labels : (n,) int array or None
        Classes, -1 where unknown; only used to judge, never to train.
    """
    rank, top_share = spectrum_shape(representations)
    measured = {"n": len(representations), "effective_rank": rank, "top_share": top_share}
    measured |= structure(representations)
    if labels is not None:
        judged = label_metrics(representations, labels, seed)
        measured |= {
            "knn_accuracy": judged.knn_accuracy,
            "linear_accuracy": judged.linear_accuracy,
            "chance": judged.chance,
            "n_classes": judged.n_classes,
            "n_labelled": judged.n,
        }
    return measured


def spectrum_shape(representations: np.ndarray) -> tuple[float, float]:
    """Effective rank and share of the top component; NaN where all representations are equal."""
    variances = np.linalg.eigvalsh(np.atleast_2d(np.cov(representations, rowvar=False)))
    variances = np.clip(variances, 0, None)
    return effective_rank(variances), top_component_share(variances)


def structure(representations: np.ndarray) -> dict:
    """Two-point correlation score and divergence of the first principal components."""
    n_components = min(n_components_for(len(representations)), representations.shape[1])
    points = PCA(n_components, svd_solver="full").fit_transform(representations.astype(np.float64))
    rms = rms_separation(points)
    if not rms > 0:
        return {"score": np.nan, "score_sigma": np.nan, "kl_divergence": np.nan}
    correlation = two_point_correlation(points, default_edges(rms))
    score = tpcf_score(correlation)
    return {
        "score": score.value,
        "score_sigma": score.sigma,
        "kl_divergence": kl_divergence(correlation),
    }


def label_metrics(representations: np.ndarray, labels: np.ndarray, seed: int) -> LabelMetrics:
    """Balanced accuracy of the 5 nearest neighbors and of a linear probe.

    Classes with fewer than ten galaxies are left out.
    """
    counts = np.bincount(labels[labels >= 0], minlength=1)
    kept = (labels >= 0) & (counts[labels] >= SMALLEST_CLASS)
    n_classes = int(np.sum(counts >= SMALLEST_CLASS))
    if n_classes < 2:
        return LabelMetrics(np.nan, np.nan, np.nan, n_classes, int(kept.sum()))
    x, y = representations[kept], labels[kept]
    folds = StratifiedKFold(N_FOLDS, shuffle=True, random_state=seed)
    # A stronger penalty than the default: there are hardly more galaxies than dimensions.
    linear = LogisticRegression(C=0.01, class_weight="balanced", max_iter=1000, tol=1e-3)
    probes = KNeighborsClassifier(N_NEIGHBORS), make_pipeline(StandardScaler(), linear)
    knn, probe = (
        float(balanced_accuracy_score(y, cross_val_predict(classifier, x, y, cv=folds)))
        for classifier in probes
    )
    return LabelMetrics(knn, probe, 1 / n_classes, n_classes, int(kept.sum()))


def pixel_components(train: np.ndarray, held_out: np.ndarray, n_components: int) -> np.ndarray:
    """Principal components of pixels, the baseline that learns nothing about shape.

    train, held_out : (n, n_pixels) normalised as the encoder sees them; axes come from `train`
    """
    n_components = min(n_components, *train.shape)
    return PCA(n_components, svd_solver="randomized", random_state=0).fit(train).transform(held_out)


def warning(measured: dict) -> str | None:
    """One sentence if the representations have all but collapsed."""
    rank = measured["effective_rank"]
    if rank >= COLLAPSED:  # false for NaN too: equal representations have no rank
        return None
    return f"effective rank {rank:.1f} is below {COLLAPSED:g}: the representations are collapsing"

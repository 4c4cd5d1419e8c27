"""What can be said of a representation space without a label, one number each.

The sign with which each is expected to follow the accuracy was written down before any was
computed: a number is of use without labels only if it is known which way it points.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq

from models.space.bumps import find_bumps
from models.space.cluster_quality import kmeans_codes, separation_quality
from models.space.correlation import Correlation, two_point_correlation
from models.space.dimension import effective_rank, top_component_share, two_nn_dimension
from models.space.gaussian import separation_probability
from models.space.neighbors import find_neighbors
from models.space.null import Null, refitted_null
from models.space.pairs import count_pairs
from models.space.presets import PRESETS, Measure, edges_for, prepared
from models.space.projection import principal_axes
from models.space.score import kl_divergence, tpcf_score

NULL_BELOW = 5_000  # galaxies: of fewer, what Gaussian points give is taken off
N_NULL = 50
CLOSE = 1e-4, 1e-3, 1e-2  # probabilities that a Gaussian's pair is as close
N_CLUSTERS = 10
N_UNIFORMITY = 2_000  # galaxies whose pairs give the uniformity: its error is then below 1 %


class Words(NamedTuple):
    """What a statistic is, and the sign it should have: +1 if higher should be better."""

    sign: int
    words: str


MEASURES = PRESETS | {
    "coarse": Measure(n_bins=10),
    "all components": Measure(n_components=2048),
}
STATISTICS = {
    "epoch": Words(+1, "training epoch: no statistic, but what each has to beat"),
    "loss": Words(-1, "training loss of the epoch"),
    **{
        f"score, {name}": Words(+1, f"sum of eps, preset or change of it: {name}")
        for name in MEASURES
    },
    **{f"KL, {name}": Words(+1, f"divergence of the separations: {name}") for name in MEASURES},
    "total variation": Words(+1, "half the sum of p |eps|, rest bin included"),
    "log integral": Words(+1, "integral of ln(1 + eps) over r / RMS"),
    "top bin's share": Words(-1, "part of the sum of |eps| in the largest bin"),
    "significance": Words(+1, "score in units of its error"),
    "bumps": Words(+1, "maxima of eps that stand out by 3 sigma and more"),
    "top bump": Words(+1, "significance in sigma of the most significant maximum, 0 without one"),
    "close pairs, 1e-3": Words(+1, "ln of the excess of pairs closer than a Gaussian's 1e-3"),
    "close pairs, 1e-2": Words(+1, "the same at 1e-2"),
    "slope": Words(-1, "slope of ln DD(< r) from a Gaussian's 1e-4 to 1e-2, over its own"),
    "effective rank": Words(+1, "exponential of the entropy of the variances"),
    "RankMe": Words(+1, "the same of the standard deviations (Garrido et al. 2023)"),
    "spectrum near 1": Words(+1, "-|alpha - 1|, variances ~ rank^-alpha (Agrawal et al. 2022)"),
    "top component share": Words(-1, "variance in the first principal component"),
    "TwoNN dimension": Words(-1, "intrinsic dimension from the two nearest neighbours"),
    "local over global": Words(-1, "ln of median distance to the 10th neighbour over the RMS"),
    "K-Means silhouette": Words(+1, "of 10 clusters in 15 components"),
    "K-Means Davies-Bouldin": Words(-1, "of the same"),
    "uniformity": Words(-1, "ln mean exp(-2 d^2), directions only (Wang & Isola 2020)"),
}


def label_free(representations: np.ndarray, *, seed: int = 0) -> dict[str, float]:
    """Every statistic of STATISTICS that representations alone give, NaN where undefined."""
    axes = principal_axes(representations)
    components = axes.project(representations)
    found = spectrum(axes.variances)
    for name, measure in MEASURES.items():
        found |= curve(components, measure, name, seed)
    points = components[:, : PRESETS["default"].n_components]
    found |= close_pairs(points, axes.variances[: points.shape[1]])
    found |= neighborhoods(representations, axes.variances)
    clusters = separation_quality(points, kmeans_codes(points, N_CLUSTERS, seed=seed))
    found["K-Means silhouette"] = clusters["silhouette"]["value"]
    found["K-Means Davies-Bouldin"] = clusters["davies_bouldin"]["value"]
    found["uniformity"] = uniformity(representations, np.random.default_rng(seed))
    return found


def spectrum(variances: np.ndarray) -> dict[str, float]:
    """What the variances along the principal axes say."""
    positive = variances[variances > 0]
    ranks = np.arange(1, len(positive) + 1)
    slope = np.polyfit(np.log(ranks), np.log(positive), 1)[0] if len(positive) > 1 else np.nan
    return {
        "effective rank": effective_rank(variances),
        "RankMe": effective_rank(np.sqrt(positive)),
        "spectrum near 1": -abs(-float(slope) - 1),
        "top component share": top_component_share(variances),
    }


def curve(components: np.ndarray, measure: Measure, name: str, seed: int) -> dict[str, float]:
    """Score and divergence of one curve, and what more is asked of the default one."""
    points = prepared(components, measure)
    correlation = two_point_correlation(points, edges_for(points, measure))
    null = _null(correlation, seed) if len(points) < NULL_BELOW else None
    score = tpcf_score(correlation, null.score_mean if null else 0.0)
    found = {
        f"score, {name}": score.value,
        f"KL, {name}": kl_divergence(correlation, null.kl_mean if null else 0.0),
    }
    if name == "default":
        found["total variation"] = total_variation(correlation)
        found["log integral"] = log_integral(correlation)
        found["top bin's share"] = score.top_bin_share
        found["significance"] = score.value / score.sigma
        bumps = find_bumps(correlation, null)
        found["bumps"] = float(len(bumps))
        found["top bump"] = max((bump.significance for bump in bumps), default=0.0)
    return found


def total_variation(correlation: Correlation) -> float:
    """Share of the pairs that would have to change their separation; all unused bins are one."""
    used = correlation.used
    moved = (correlation.counted - correlation.expected)[used] / correlation.pairs_possible
    return float((np.abs(moved).sum() + abs(moved.sum())) / 2)


def log_integral(correlation: Correlation) -> float:
    """Integral of ln(1 + eps) over r in units of the RMS separation, over the bins used."""
    used = correlation.used & (correlation.counted > 0)
    widths = np.diff(correlation.edges)[used] / correlation.rms
    return float((np.log1p(correlation.eps[used]) * widths).sum())


def close_pairs(points: np.ndarray, variances: np.ndarray) -> dict[str, float]:
    """Excess of the closest pairs, and how fast they grow in number with the separation."""
    separations = np.array([quantile(probability, variances) for probability in CLOSE])
    edges = np.concatenate([[0.0], separations])
    n_pairs = len(points) * (len(points) - 1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        excess = np.log(count_pairs(points, edges).cumsum() / (n_pairs * np.array(CLOSE)))
        own = np.log(CLOSE[-1] / CLOSE[0])
        slope = (excess[-1] - excess[0] + own) / own
    values = {"close pairs, 1e-3": excess[1], "close pairs, 1e-2": excess[2], "slope": slope}
    return {name: float(v) if np.isfinite(v) else np.nan for name, v in values.items()}


def quantile(probability: float, variances: np.ndarray) -> float:
    """Separation below which a pair of a Gaussian with these variances is so probable."""
    rms = np.sqrt(2 * variances.sum())

    def excess(log_separation: float) -> float:
        edges = np.array([0.0, np.exp(log_separation)])
        return np.log(separation_probability(edges, variances)[0]) - np.log(probability)

    return float(np.exp(brentq(excess, np.log(rms * 1e-4), np.log(rms * 10), xtol=1e-10)))


def neighborhoods(representations: np.ndarray, variances: np.ndarray) -> dict[str, float]:
    """What the nearest neighbours in the full representation say."""
    distances = find_neighbors(representations, 10).distances
    rms = np.sqrt(2 * variances.sum())
    return {
        "TwoNN dimension": two_nn_dimension(distances)["value"],
        "local over global": float(np.log(np.median(distances[:, -1]) / rms)),
    }


def uniformity(representations: np.ndarray, rng: np.random.Generator) -> float:
    """Log of the mean Gaussian potential of pairs of directions."""
    rows = rng.permutation(len(representations))[:N_UNIFORMITY]
    directions = representations[rows].astype(np.float64)
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    cosines = (directions @ directions.T)[np.triu_indices(len(directions), 1)]
    return float(np.log(np.mean(np.exp(-4 * (1 - cosines)))))  # |x - y|^2 = 2 (1 - cos)


def _null(correlation: Correlation, seed: int) -> Null:
    rng = np.random.default_rng(seed)
    n, variances = correlation.n_points, correlation.variances
    return refitted_null(n, variances, correlation.edges, N_NULL, rng)

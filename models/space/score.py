"""One number for a whole correlation: the deck's score, and a divergence less ruled by the bins."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from models.space.correlation import n_components_for, two_point_correlation
from models.space.curve import Correlation
from models.space.pairs import Progress
from models.space.presets import Measure, edges_for, prepared

MAX_POINTS = 5_000  # whose pairs are all counted; of more, a random sample of so many is taken


@dataclass(frozen=True)
class Score:
    """Sum of eps over the bins used. All is NaN where no bin is.

    The sum is unweighted, so that it depends on the bins: compare scores only at equal
    numbers of points and dimensions, and on equal edges in units of the RMS separation.

    value : the sum
    sigma_linear : sum of sigma over the same bins, as the deck has it: 3 to 4 times the true error
    sigma : error of the sum, with the covariance of the bins
    sampling_sigma : further error from counting only some of the pairs; 0 if all were counted
    n_bins_used, n_bins : bins with at least 10 expected pairs and resolved, and all bins
    top_bin_share : part of the sum of |eps| that the largest bin has
    """

    value: float
    sigma_linear: float
    sigma: float
    sampling_sigma: float
    n_bins_used: int
    n_bins: int
    top_bin_share: float


@dataclass(frozen=True)
class ScoreByComponents:
    """Score and divergence against the number of components, on bins scaled to each.

    n_components : (n_ks,) int, increasing: those asked for, but one per 20 points at most
    score, sigma : (n_ks,) sum of eps over the bins used, and its error
    kl : (n_ks,) divergence, in nats
    n_bins_used : (n_ks,) int
    n_bins : int
    n_points, n_possible : points measured, and those given, of which they are a random sample
    """

    n_components: np.ndarray
    score: np.ndarray
    sigma: np.ndarray
    kl: np.ndarray
    n_bins_used: np.ndarray
    n_bins: int
    n_points: int
    n_possible: int


def tpcf_score(correlation: Correlation, null_mean: float = 0.0) -> Score:
    """Sum eps over the bins that hold enough pairs.

    Parameters
    ----------
    correlation : Correlation
    null_mean : float
        Taken off the value: the score that Gaussian points of this number have on average, from
        `models.space.null`. It matters below some 5,000 points.
    """
    used = correlation.used
    n_bins = len(used)
    if not used.any():
        return Score(np.nan, np.nan, np.nan, np.nan, 0, n_bins, np.nan)
    eps = correlation.eps[used]
    size = np.abs(eps).sum()
    return Score(
        value=float(eps.sum() - null_mean),
        sigma_linear=float(correlation.sigma[used].sum()),
        sigma=correlation.score_sigma,
        sampling_sigma=correlation.score_sampling_sigma,
        n_bins_used=int(used.sum()),
        n_bins=n_bins,
        top_bin_share=float(np.abs(eps).max() / size) if size > 0 else np.nan,
    )


def kl_divergence(correlation: Correlation, null_mean: float = 0.0) -> float:
    """Kullback-Leibler divergence of the separations from the Gaussian's, in nats.

    sum_i q_i ln(q_i / p_i), q the observed and p the predicted share of the pairs in bin i,
    with one more bin for the rest: the bins not used, and separations outside of all bins. Both
    sides then sum to 1, so that it is never negative; 0 ln 0 is 0. Infinite if pairs lie where
    the Gaussian has no probability at all, NaN if no bin is used.

    Parameters
    ----------
    correlation : Correlation
    null_mean : float
        Taken off, which may leave a negative number: the divergence that Gaussian points of
        this number have on average, from `models.space.null`.
    """
    if not correlation.used.any():
        return np.nan
    observed = correlation.counted / correlation.pairs_counted
    predicted = correlation.expected / correlation.pairs_possible
    return divergence(observed, predicted, correlation.outside, correlation.used) - null_mean


def score_by_components(
    components: np.ndarray,
    ks: Sequence[int],
    measure: Measure,
    rng: np.random.Generator,
    *,
    whole: np.ndarray | None = None,
    progress: Progress | None = None,
) -> ScoreByComponents:
    """Score the first k components for several k: the curse of dimensionality, seen.

    The more dimensions, the narrower the separations are distributed: fewer bins hold pairs, and
    those at small separations have so few expected that they rule the sum. The bins are those
    of `measure` for each k: with its default unit, multiples of the RMS separation in k
    dimensions, of these points or of the `whole`. So the scores have equal bins, in that sense,
    and equal numbers of points.

    Parameters
    ----------
    components : (n, n_columns) array
        Principal components, the strongest first. Of more than 5,000, a random sample is used.
    ks : sequence of int
        Those above one per 20 points, or above n_columns, become that; equal ones are one.
    measure : Measure
        Its own `n_components` is not used.
    rng : Generator
        Draws the sample.
    whole : (n_whole, n_columns) array, optional
        Components that set the bins, those of the collection that these are a part of.
    progress : callable, optional
        Told the fraction done; may raise to stop.

    Raises
    ------
    ValueError
        If no k is given or one is below 1, or the points have no correlation.
    """
    if len(ks) == 0 or min(ks) < 1:
        raise ValueError(f"Numbers of components are 1 or more, and at least one: not {ks}.")
    rows = slice(None)
    if len(components) > MAX_POINTS:
        rows = np.sort(rng.choice(len(components), MAX_POINTS, replace=False))
    chosen = np.asarray(components[rows])
    if whole is not None and whole.shape[1] != chosen.shape[1]:
        raise ValueError(
            f"The whole must have as many components as its part, {chosen.shape[1]}, not "
            f"{whole.shape[1]}."
        )
    used = sorted({n_components_for(len(chosen), k, chosen.shape[1]) for k in ks})
    scores, kls = [], []
    for done, k in enumerate(used, 1):
        of_k = replace(measure, n_components=k)
        points = prepared(chosen, of_k)
        binned = points if whole is None else prepared(whole, of_k, n_points=len(chosen))
        edges = edges_for(binned, measure)
        correlation = two_point_correlation(points, edges, errors=measure.errors)
        scores.append(tpcf_score(correlation))
        kls.append(kl_divergence(correlation))
        if progress is not None:
            progress(done / len(used))
    return ScoreByComponents(
        n_components=np.array(used),
        score=np.array([score.value for score in scores]),
        sigma=np.array([score.sigma for score in scores]),
        kl=np.array(kls),
        n_bins_used=np.array([score.n_bins_used for score in scores]),
        n_bins=measure.n_bins,
        n_points=len(chosen),
        n_possible=len(components),
    )


def divergence(
    observed: np.ndarray, predicted: np.ndarray, outside: float, used: np.ndarray
) -> float:
    """Divergence of `observed` from `predicted` shares, all bins not `used` as one.

    Parameters
    ----------
    observed, predicted : (n_bins,) arrays
    outside : float
        Predicted share outside of all bins. It cannot be had from 1 - sum(predicted) when small.
    used : (n_bins,) bool array
    """
    q = np.append(observed[used], max(1 - observed[used].sum(), 0.0))
    p = np.append(predicted[used], predicted[~used].sum() + outside)
    q[-1] = 0.0 if q[-1] < 1e-14 else q[-1]  # what is left of a sum that should be 1
    if (p[q > 0] == 0).any():
        return np.inf
    q, p = q[q > 0], p[q > 0]
    return max(float((q * np.log(q / p)).sum()), 0.0)

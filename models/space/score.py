"""One number for a whole correlation: the deck's score, and a divergence less ruled by the bins."""

from dataclasses import dataclass

import numpy as np

from models.space.correlation import Correlation


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

"""A cluster is a bump: the maxima of eps(r) that are more than noise.

Two clusters make an excess of pairs at their distance, and the cohesion of each an excess at the
smallest separations. Between them is a dip that is forced: mean and covariance of the Gaussian
are those of the points, so an excess somewhere is a lack elsewhere. A maximum is therefore
judged by its height above the dips beside it, not above 0.

The height is taken of y = sqrt(1 + eps), as the root of a count scatters about equally whatever
its mean (Anscombe 1948): of eps itself, bins without a pair would seem certain, and of log(1 +
eps) they would be worth nothing. In many dimensions eps spans decades, and y half of them. Few
points lack close and far pairs although they are Gaussian, as the Gaussian is fitted to them;
this makes a bump of what lies between, so it is divided out, exactly.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.signal import find_peaks
from scipy.special import log_ndtr, ndtri_exp

from models.space.curve import Correlation
from models.space.null_mean import refitted_mean
from models.space.null_summary import Null, NullSummary

MIN_SIGNIFICANCE = 3.0  # in sigma, after the look elsewhere


@dataclass(frozen=True)
class Bump:
    """A maximum of the correlation, in the unit of its edges.

    lower, upper : the bins [lower, upper) on which the curve is above half of its rise, measured
        from the shallower of the dips beside it
    peak : middle of the highest bin; of a bump that rises up to the first bin used, where there
        may be hardly a pair, middle of the bin that stands out most
    eps : excess in that bin
    significance : in sigma, the height above either of the dips, allowing for every pair of
        bins that could have stood out as much
    local_significance : the same without that allowance
    """

    lower: float
    upper: float
    peak: float
    eps: float
    significance: float
    local_significance: float


class _Found(NamedTuple):
    """A maximum among the bins used: where it stands out most, the dip beside, and how much.

    top : the highest place; the same as `place` for the first maximum
    """

    place: int
    dip: int
    local: float
    top: int


def find_bumps(
    correlation: Correlation,
    null: Null | NullSummary | None = None,
    *,
    min_significance: float = MIN_SIGNIFICANCE,
) -> list[Bump]:
    """Find the maxima of a correlation that stand out from the dips beside them.

    The first bin used may be one, with a dip on its other side alone; the last may not, as
    nobody knows whether the curve rises beyond.

    Parameters
    ----------
    correlation : Correlation
        With its `covariance` where that is known; its bins count as independent otherwise.
    null : Null or NullSummary, optional
        Of Gaussians of the same number of points: their scatter is used where it exceeds the
        error.
    min_significance : float
        In sigma.

    Returns
    -------
    list of Bump
        By separation.

    Raises
    ------
    ValueError
        If the null is of another kind, or on other bins.
    """
    used = np.flatnonzero(correlation.used)
    if len(used) < 3:
        return []
    height, errors = _curve(correlation, used, _spread_of(null, correlation))
    in_sigma = (height[:, None] - height) / errors
    places = _maxima(height)
    found: list[_Found] = []
    while places:
        found = _judge(height, in_sigma, places)
        least = min(range(len(found)), key=lambda i: found[i].local)
        if _after_look_elsewhere(found[least].local, len(used)) >= min_significance:
            break
        del places[least], found[least]  # its neighbors now have one dip between them
    return [_bump(correlation, used, height, peak) for peak in found]


def _bump(correlation: Correlation, used: np.ndarray, height: np.ndarray, found: _Found) -> Bump:
    first, last = used[_above_half(height, found.place, found.dip)]
    row = used[found.top]
    return Bump(
        lower=float(correlation.edges[first]),
        upper=float(correlation.edges[last + 1]),
        peak=float(correlation.edges[row : row + 2].mean()),
        eps=float(correlation.eps[row]),
        significance=_after_look_elsewhere(found.local, len(used)),
        local_significance=found.local,
    )


def _mean_of_gaussians(correlation: Correlation) -> np.ndarray:
    """1 + eps that Gaussian points have on average: 1 but for their fitted Gaussian."""
    if correlation.n_others or correlation.n_points < correlation.n_dim + 2:
        return np.ones(len(correlation.eps))
    return 1 + refitted_mean(correlation.n_points, correlation.variances, correlation.edges)


def _spread_of(null: Null | NullSummary | None, correlation: Correlation) -> np.ndarray:
    """Scatter of eps in a null; 0 without one."""
    n_bins = len(correlation.eps)
    if null is None:
        return np.zeros(n_bins)
    is_summary = isinstance(null, NullSummary)
    low, high = (null.eps_low, null.eps_high) if is_summary else null.eps_band
    if null.kind != "gaussian" or len(low) != n_bins:
        raise ValueError(
            f"Bumps are told from Gaussians on the same {n_bins} bins, not from a null of kind "
            f"'{null.kind}' on {len(low)}."
        )
    return (high - low) / 2


def _curve(
    correlation: Correlation, used: np.ndarray, spread: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """sqrt(1 + eps) of the bins used and the error of its difference between any two of them.

    Both are in units of what Gaussian points have on average, and no difference is better known
    than the numbers of pairs in its two bins.
    """
    sigma = np.fmax(correlation.sigma, spread)[used]
    covariance = np.zeros((len(used), len(used)))
    if correlation.covariance is not None:
        stretch = sigma / correlation.sigma[used]
        covariance = correlation.covariance[np.ix_(used, used)] * np.outer(stretch, stretch)
    # The diagonal is that of sigma, which is not 0 where no pair was counted.
    np.fill_diagonal(covariance, sigma**2 + correlation.sampling_sigma[used] ** 2)
    ratio, mean = 1 + correlation.eps[used], _mean_of_gaussians(correlation)[used]
    one_pair = correlation.pairs_possible / correlation.pairs_counted / correlation.expected[used]
    # A root has no slope to go by at 0: that of one pair, where there is none.
    slope = 0.5 / np.sqrt(np.maximum(ratio, one_pair) * mean)
    covariance = covariance * np.outer(slope, slope)
    variance, least = np.diag(covariance), one_pair / mean / 4
    errors = np.add.outer(variance, variance) - 2 * covariance
    return np.sqrt(ratio / mean), np.sqrt(np.maximum(errors, np.add.outer(least, least)))


def _maxima(height: np.ndarray) -> list[int]:
    """Each local maximum, the first place among them but not the last."""
    return [int(place) - 1 for place in find_peaks(np.append(-np.inf, height))[0]]


def _judge(height: np.ndarray, in_sigma: np.ndarray, places: list[int]) -> list[_Found]:
    """How much each of the maxima stands out from the bins as far as the next ones.

    Its highest bin may be the least certain, as at the smallest separations. So the bin of it
    counts that stands out most, on both sides: it lies between the dips. Nothing is known on
    the left of the first one, and nothing asked.
    """
    stops = [-1, *places, len(height)]
    found = []
    for before, place, after in zip(stops[:-2], places, stops[2:], strict=True):
        left = before + 1 + int(np.argmin(height[before + 1 : place + 1]))
        right = place + int(np.argmin(height[place:after]))
        if before < 0:
            left = 0
        rise = in_sigma[left : right + 1, place + 1 : after].max(axis=1)
        dip = right
        if before >= 0:
            rise = np.minimum(rise, in_sigma[left : right + 1, before + 1 : place].max(axis=1))
            dip = max(left, right, key=lambda row: height[row])
        best = int(np.argmax(rise))
        most = left + best
        found.append(_Found(most, dip, float(rise[best]), most if before < 0 else place))
    return found


def _above_half(height: np.ndarray, place: int, dip: int) -> list[int]:
    """First and last place of the stretch around a maximum above half of its rise from the dip."""
    is_low = height < (height[place] + height[dip]) / 2
    before, after = np.flatnonzero(is_low[:place]), np.flatnonzero(is_low[place:])
    first = before[-1] + 1 if len(before) else 0
    last = place + after[0] - 1 if len(after) else len(height) - 1
    return [int(first), int(last)]


def _after_look_elsewhere(local: float, n_bins: int) -> float:
    """Significance in sigma when any of the ordered pairs of bins could have differed as much.

    A bound of Bonferroni's, so it holds however the bins are correlated.
    """
    log_p = log_ndtr(-local) + np.log(n_bins * (n_bins - 1))
    return float(-ndtri_exp(log_p)) if log_p < np.log(0.5) else 0.0

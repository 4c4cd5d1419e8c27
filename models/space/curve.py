"""What a two-point correlation consists of: eps(r), its errors, and all that they rest on."""

from collections.abc import Mapping
from dataclasses import MISSING, dataclass, fields

import numpy as np

from models.space.error_modes import Errors, Pairs
from models.space.influence import pair_noise
from models.space.intervals import excess_limits, normal_quantile, sum_limits

MIN_EXPECTED = 10  # pairs; emptier bins decide an unweighted sum, so the score leaves them out
MIN_RESOLVED = 100  # expected pairs among those sampled; fewer say nothing yet


@dataclass(frozen=True)
class Correlation:
    """Excess of pairs in separation bins; bin i is [edges[i], edges[i + 1]).

    NaN where the Gaussian predicts no pair at all.

    edges : (n_bins + 1,) separations, in the unit of the points
    eps : (n_bins,) excess over a Gaussian of the same mean and covariance
    sigma : (n_bins,) its 1-sigma error from the finite number of points; where no pair was
        counted, the reach of `upper` above eps
    sampling_sigma : (n_bins,) its further error from counting only some of the pairs; 0 if all
    lower, upper : (n_bins,) 1-sigma limits of eps, both errors together: see `interval`
    expected : (n_bins,) pairs that the Gaussian predicts, of all pairs
    dd : (n_bins,) pairs observed; where only some were counted, scaled up to all pairs
    counted : (n_bins,) int, the pairs counted as they are
    resolved : (n_bins,) bool, false where fewer than 100 of the sampled pairs are expected
    pairs_counted, pairs_possible : pairs looked at, and n (n - 1) / 2
    score_sigma : error of the sum of eps over the bins `used`, the covariance of bins included
    score_sampling_sigma : its further error from counting only some of the pairs
    outside : probability, for the Gaussian, of a separation outside of all bins
    variances : (n_dim,) eigenvalues of the covariance, decreasing
    covariance : (n_bins, n_bins) of eps over bins, from the finite number of points and with the
        noise of the pairs; its diagonal is sigma^2, except where no pair was counted or where
        it is less than the noise. None if stored before this was kept
    score_freedom : degrees of freedom that the error of the score has
    errors : how the errors were found, one of "fitted", "fixed", "poisson" and "subsample"
    n_others : points of the second set of a cross-correlation, whose pairs have a point of
        either; 0 if both are of the same set
    n_possible : points asked about, of which those measured are a random sample; 0 if they are all
    """

    edges: np.ndarray
    eps: np.ndarray
    sigma: np.ndarray
    sampling_sigma: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    expected: np.ndarray
    dd: np.ndarray
    counted: np.ndarray
    resolved: np.ndarray
    n_points: int
    n_dim: int
    pairs_counted: int
    pairs_possible: int
    score_sigma: float
    score_sampling_sigma: float
    outside: float
    variances: np.ndarray
    covariance: np.ndarray | None = None
    score_freedom: float = np.inf
    errors: str = "fitted"
    n_others: int = 0
    n_possible: int = 0

    @property
    def is_sampled(self) -> bool:
        """Only some of the pairs were counted."""
        return self.pairs_counted < self.pairs_possible

    @property
    def used(self) -> np.ndarray:
        """(n_bins,) bool, the bins that count for the score and the divergence."""
        return (self.expected >= MIN_EXPECTED) & self.resolved

    @property
    def rms(self) -> float:
        """Root mean square separation, in the unit of `edges`."""
        return float(np.sqrt(2 * self.variances.sum()))

    def interval(self, level: float) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of eps, (n_bins,) each, that hold its mean in `level` of cases.

        Of points and sampling together. Lopsided where few pairs were counted: see
        `models.space.intervals`. `lower` and `upper` are those of one sigma, .683.
        """
        expected = np.where(self.expected > 0, self.expected, np.nan)
        expected = expected * (self.pairs_counted / self.pairs_possible)
        return excess_limits(
            self.counted, expected, np.hypot(self.sigma, self.sampling_sigma), level
        )

    def sum_sigma(self, bins: np.ndarray) -> float:
        """Error of the sum of eps over some bins, from the finite number of points.

        With the covariance of the bins, and at least the noise of their pairs. NaN for no bin,
        or where the covariance was not kept.

        Parameters
        ----------
        bins : (n_bins,) bool array
        """
        if self.covariance is None or not np.any(bins):
            return np.nan
        noise = pair_noise(self.dd[bins], self.expected[bins], self.pairs_possible)
        return float(np.sqrt(max(self.covariance[np.ix_(bins, bins)].sum(), noise.sum(), 0.0)))

    def score_interval(self, level: float) -> tuple[float, float]:
        """Limits of the sum of eps over the bins `used`, as `interval` has them of each bin.

        Their reach is Student's, by the degrees of freedom of the error. NaN where no bin is
        used. Somewhat narrow where a few outlying points make nearly empty bins that rule the sum,
        as of 3,000 points of an isotropic Gaussian in 15 dimensions: .64 and .93 of 1,400 draws
        for .68 and .95.
        """
        used, quantile = self.used, normal_quantile(level, self.score_freedom)
        if not used.any():
            return np.nan, np.nan
        if self.covariance is None:
            reach = quantile * np.hypot(self.score_sigma, self.score_sampling_sigma)
            return float(self.eps[used].sum() - reach), float(self.eps[used].sum() + reach)
        share = self.pairs_counted / self.pairs_possible
        excess, expected = 1 + self.eps[used], self.expected[used] * share

        def noise_of(x: np.ndarray) -> np.ndarray:
            return pair_noise(x * expected, expected, self.pairs_counted)

        points = self.covariance[np.ix_(used, used)] - share * noise_of(excess)
        if not np.isfinite(points).all():
            return np.nan, np.nan
        with np.errstate(divide="ignore", invalid="ignore"):
            relative = np.nan_to_num(points / np.outer(excess, excess), posinf=0, neginf=0)
        return sum_limits(excess, noise_of, relative, quantile)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Every field as an array, for `numpy.savez`; what is None is left out."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: np.asarray(value) for name, value in values.items() if value is not None}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Correlation":
        """Rebuild from what `to_arrays` gave; further names are ignored.

        What was stored before a field existed lacks it, and gets its default.
        """
        needed = [field.name for field in fields(cls) if field.default is MISSING]
        missing = [name for name in needed if name not in arrays]
        if missing:
            raise ValueError(f"A stored correlation lacks {', '.join(missing)}.")
        values = {f.name: np.asarray(arrays[f.name]) for f in fields(cls) if f.name in arrays}
        return cls(
            **{name: value if value.ndim else value.item() for name, value in values.items()}
        )


def pairs_of(counted: np.ndarray, p: np.ndarray, looked_at: int, possible: int) -> Pairs:
    """Pairs as the errors want them, and which bins a `Correlation` of them uses.

    Parameters
    ----------
    counted : (n_bins,) int array
        Pairs in each bin.
    p : (n_bins,) array
        Probability of each bin for the Gaussian.
    looked_at, possible : int
        Pairs that were looked at, and that there are.
    """
    resolved = (looked_at == possible) | (looked_at * p >= MIN_RESOLVED)
    used = (possible * p >= MIN_EXPECTED) & resolved
    return Pairs(counted, looked_at * np.where(p > 0, p, np.nan), looked_at, possible, used)


def correlation_of(
    pairs: Pairs, found: Errors, edges: np.ndarray, **measured: object
) -> Correlation:
    """Correlation of pairs and their errors; `measured` are its fields that are neither."""
    expected = np.nan_to_num(pairs.expected / pairs.share)
    is_all = pairs.looked_at == pairs.possible
    return Correlation(
        edges=edges,
        eps=pairs.excess - 1,
        expected=expected,
        dd=pairs.counted / pairs.share,
        counted=pairs.counted,
        resolved=is_all | (np.nan_to_num(pairs.expected) >= MIN_RESOLVED),
        pairs_counted=pairs.looked_at,
        pairs_possible=pairs.possible,
        **found._asdict(),
        **measured,
    )

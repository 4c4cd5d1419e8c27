"""What the draws of a null say: their means and bands, and the rank of the data among them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields

import numpy as np

from models.space.curve import Correlation

_PREFIX = "null_"
_BAND = 15.865525393145707, 84.13447460685429  # percentiles one sigma off, as of a normal
_MOST = 0.9  # of the draws must tell something of a bin, or it is not compared


@dataclass(frozen=True)
class Null:
    """What draws without the structure in question give, by chance.

    eps : (n_draws, n_bins) excess of each draw; NaN where a subset or a patch is expected to
        hold fewer than 10 pairs, or its pairs sampled are too few
    score : (n_draws,) its sum over the bins that the correlation uses, and the draw itself too
    kl : (n_draws,) divergence on the same bins, in nats
    kind : "gaussian", "subset" or "patch"
    pairs_counted : of each draw; 0 where it is not known
    """

    eps: np.ndarray
    score: np.ndarray
    kl: np.ndarray
    kind: str = "gaussian"
    pairs_counted: int = 0

    @property
    def eps_mean(self) -> np.ndarray:
        """(n_bins,) mean excess: for Gaussians, the bias of a small number of points."""
        return _over_draws(np.nanmean, self.eps)

    @property
    def eps_band(self) -> np.ndarray:
        """(2, n_bins) limits that hold 68 % of the draws."""
        return np.array([_over_draws(np.nanpercentile, self.eps, limit) for limit in _BAND])

    @property
    def score_mean(self) -> float:
        """Mean score."""
        return float(_over_draws(np.nanmean, self.score))

    @property
    def score_band(self) -> tuple[float, float]:
        """Limits that hold 68 % of the scores."""
        low, high = (_over_draws(np.nanpercentile, self.score, limit) for limit in _BAND)
        return float(low), float(high)

    @property
    def kl_mean(self) -> float:
        """Mean divergence, in nats."""
        return float(_over_draws(np.nanmean, self.kl))


@dataclass(frozen=True)
class NullSummary:
    """What is kept of a null beside a correlation: means, and limits of 68 % of the draws.

    eps, eps_low, eps_high : (n_bins,) arrays
    score, score_low, score_high, kl : numbers
    p_value : rank of the correlation's largest deviation among those of the draws
    n_draws : int
    kind : "gaussian", "subset" or "patch"
    """

    eps: np.ndarray
    eps_low: np.ndarray
    eps_high: np.ndarray
    score: float
    score_low: float
    score_high: float
    kl: float
    p_value: float
    n_draws: int
    kind: str = "gaussian"

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Every field as an array, by its name after "null_"."""
        return {_PREFIX + f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "NullSummary | None":
        """Rebuild from what `to_arrays` gave, among other names; None where it is not there."""
        if _PREFIX + "eps" not in arrays:
            return None
        # Nulls stored before there were several do not say which they are: Gaussian.
        stored = {_PREFIX + "kind": "gaussian"} | dict(arrays)
        values = {f.name: np.asarray(stored[_PREFIX + f.name]) for f in fields(cls)}
        return cls(
            **{name: value if value.ndim else value.item() for name, value in values.items()}
        )


def summarized(null: Null, correlation: Correlation) -> NullSummary:
    """Summary of a null, and how the correlation that it belongs to compares."""
    eps_low, eps_high = null.eps_band
    score_low, score_high = null.score_band
    return NullSummary(
        eps=null.eps_mean,
        eps_low=eps_low,
        eps_high=eps_high,
        score=null.score_mean,
        score_low=score_low,
        score_high=score_high,
        kl=null.kl_mean,
        p_value=chance_p_value(correlation, null),
        n_draws=len(null.score),
        kind=null.kind,
    )


def chance_p_value(correlation: Correlation, null: Null) -> float:
    """Rank p-value of the largest deviation of a correlation among those of a null's draws.

    The statistic is max_j |eps_j - mean_j| / sd_j over the bins used, with mean and sd those of
    the draws and the correlation together. So every one of them is treated alike, and under the
    null each rank is equally likely: p = (1 + draws at or above it) / (1 + draws) is at most
    alpha in at most alpha of all cases, however few the draws. Bins that fewer than 90 % of them
    can tell are not compared. Where the points were chosen by looking at them it describes, and
    does not test. NaN where no bin can tell.

    Raises
    ------
    ValueError
        If the draws counted another number of pairs.
    """
    if null.pairs_counted not in (0, correlation.pairs_counted):
        raise ValueError(
            f"The draws counted {null.pairs_counted} pairs and the correlation "
            f"{correlation.pairs_counted}: measure both with as many shifts."
        )
    pool = np.vstack([correlation.eps, null.eps])[:, correlation.used]
    pool = pool[:, np.isfinite(pool).mean(axis=0) >= _MOST]
    spread = np.nanstd(pool, axis=0, ddof=1)
    pool, spread = pool[:, spread > 0], spread[spread > 0]
    if pool.shape[1] == 0:
        return np.nan
    # A draw without a bin that tells deviates nowhere.
    deviation = np.nan_to_num(np.abs(pool - np.nanmean(pool, axis=0)) / spread).max(axis=1)
    return float((deviation >= deviation[0]).mean())


def _over_draws(reduce: Callable, values: np.ndarray, *arguments: float) -> np.ndarray:
    """Reduce over the draws that are defined; NaN where none is, without a warning."""
    columns = values.reshape(len(values), -1)
    is_told = np.isfinite(columns).any(axis=0)
    reduced = np.full(columns.shape[1], np.nan)
    if is_told.any():
        reduced[is_told] = reduce(columns[:, is_told], *arguments, axis=0)
    return reduced.reshape(values.shape[1:])

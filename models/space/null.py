"""Is it more than chance? Gaussian points of the same number, each time fitted anew."""

from collections.abc import Mapping
from dataclasses import dataclass, fields

import numpy as np

from models.space.checks import checked_edges
from models.space.correlation import MIN_EXPECTED, Correlation
from models.space.gaussian import fit_gaussian, separation_probability, with_open_ends
from models.space.pairs import count_pairs
from models.space.score import divergence

_PREFIX = "null_"
_BAND = 15.865525393145707, 84.13447460685429  # percentiles one sigma off, as of a normal


@dataclass(frozen=True)
class Null:
    """What truly Gaussian points give, by chance and because the Gaussian is fitted to them.

    eps : (n_draws, n_bins) excess of each draw
    score : (n_draws,) its sum over the bins that are expected to hold 10 pairs or more
    kl : (n_draws,) divergence on the same bins, in nats
    """

    eps: np.ndarray
    score: np.ndarray
    kl: np.ndarray

    @property
    def eps_mean(self) -> np.ndarray:
        """(n_bins,) mean excess: the bias of a small number of points."""
        return self.eps.mean(axis=0)

    @property
    def eps_band(self) -> np.ndarray:
        """(2, n_bins) limits that hold 68 % of the draws."""
        return np.percentile(self.eps, _BAND, axis=0)

    @property
    def score_mean(self) -> float:
        """Mean score."""
        return float(self.score.mean())

    @property
    def score_band(self) -> tuple[float, float]:
        """Limits that hold 68 % of the scores."""
        low, high = np.percentile(self.score, _BAND)
        return float(low), float(high)

    @property
    def kl_mean(self) -> float:
        """Mean divergence, in nats."""
        return float(self.kl.mean())


@dataclass(frozen=True)
class NullSummary:
    """What is kept of a null beside a correlation: means, and limits of 68 % of the draws.

    eps, eps_low, eps_high : (n_bins,) arrays
    score, score_low, score_high, kl : numbers
    p_value : rank of the correlation's largest deviation among those of the draws
    n_draws : int
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

    def to_arrays(self) -> dict[str, np.ndarray]:
        """Every field as an array, by its name after "null_"."""
        return {_PREFIX + f.name: np.asarray(getattr(self, f.name)) for f in fields(self)}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "NullSummary | None":
        """Rebuild from what `to_arrays` gave, among other names; None where it is not there."""
        if _PREFIX + "eps" not in arrays:
            return None
        values = {f.name: np.asarray(arrays[_PREFIX + f.name]) for f in fields(cls)}
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
    )


def refitted_null(
    n_points: int,
    variances: np.ndarray,
    edges: np.ndarray,
    n_draws: int,
    rng: np.random.Generator,
) -> Null:
    """Measure Gaussian points of the same number and variances, the Gaussian fitted each time.

    Every pair is counted. A sample of them would add to the band: the pairs' own noise is
    nearly all of a Gaussian's scatter.

    Parameters
    ----------
    n_points : int
    variances : (n_dim,) array
        Of the Gaussian drawn from, as of `Correlation.variances`.
    edges : (n_bins + 1,) array
    n_draws : int
        200 for a band, 999 for a p-value.
    """
    edges = checked_edges(edges)
    n_pairs = n_points * (n_points - 1) / 2
    used = n_pairs * separation_probability(edges, variances) >= MIN_EXPECTED
    draws = [draw_null(n_points, variances, edges, used, rng) for _ in range(n_draws)]
    eps, kl = (np.array(values) for values in zip(*draws, strict=True))
    score = eps[:, used].sum(axis=1) if used.any() else np.full(n_draws, np.nan)
    return Null(eps, score, kl)


def draw_null(
    n_points: int,
    variances: np.ndarray,
    edges: np.ndarray,
    used: np.ndarray,
    rng: np.random.Generator,
) -> tuple[np.ndarray, float]:
    """One draw of `refitted_null`: its eps, and its divergence on the bins `used`."""
    points = rng.standard_normal((n_points, len(variances)), dtype=np.float32)
    points *= np.sqrt(variances).astype(np.float32)
    _, fitted, _ = fit_gaussian(points)
    all_edges, inside = with_open_ends(edges)
    p = separation_probability(all_edges, fitted)
    p, outside = p[inside], np.delete(p, np.r_[inside]).sum()
    observed = count_pairs(points, edges) / (n_points * (n_points - 1) / 2)
    with np.errstate(divide="ignore", invalid="ignore"):
        eps = np.where(p > 0, observed / p - 1, np.nan)
    return eps, divergence(observed, p, outside, used)


def chance_p_value(correlation: Correlation, null: Null) -> float:
    """Rank p-value of the largest deviation from the null, in its standard deviations.

    The statistic is max_j |eps_j - mean_j| / sd_j over the bins used, mean and sd those of the
    null's draws; p = (1 + draws at or above it) / (1 + draws). Where the points were chosen by
    looking at them it describes, and does not test. NaN where no bin can tell.
    """
    spread = null.eps.std(axis=0, ddof=1)
    told = correlation.used & (spread > 0)
    if not told.any():
        return np.nan
    mean, spread = null.eps_mean[told], spread[told]
    observed = np.abs((correlation.eps[told] - mean) / spread).max()
    drawn = np.abs((null.eps[:, told] - mean) / spread).max(axis=1)
    return float((1 + (drawn >= observed).sum()) / (1 + len(drawn)))

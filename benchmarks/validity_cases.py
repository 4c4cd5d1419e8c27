"""Do intervals hold what they should? Draws of known distributions, measured one by one.

Coverage is to be within 3 points of nominal. Its own standard error is beside it: for the score
1.5 points at 68 % and 1,000 draws, so that of a dozen perfect intervals one misses now and then.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.claims import Claim
from models.space.correlation import Correlation, default_edges, two_point_correlation

LEVELS = (0.68, 0.95)
TOLERANCE = 0.03  # of a coverage
FEWEST_PAIRS = 10  # expected; emptier bins are not counted, as in the score
_TRUTH_POINTS = 20_000
_TRUTH_SEED, _EDGES_SEED = 2**32, 2**32 + 1  # beyond those of the draws


@dataclass(frozen=True)
class Case:
    """A distribution, and how many points of it are measured at a time."""

    name: str
    n_dim: int
    n_points: int

    def __str__(self) -> str:
        return f"{self.name}, d = {self.n_dim}, n = {self.n_points:,}"

    def draw(self, seed: int, n_points: int | None = None) -> np.ndarray:
        """Points of one draw, (n_points, n_dim)."""
        rng = np.random.default_rng([self.n_dim, self.n_points, seed])
        return _DRAW[self.name](rng, n_points or self.n_points, self.n_dim)

    def edges(self) -> np.ndarray:
        """The same for all draws: 40 bins to twice the RMS separation of the distribution."""
        sample = self.draw(_EDGES_SEED, 100_000)
        return default_edges(float(np.sqrt(2 * sample.var(axis=0, ddof=1).sum())))

    def truth(self) -> Correlation:
        """Correlation of so many points that nothing of it is owed to their number."""
        return two_point_correlation(self.draw(_TRUTH_SEED, _TRUTH_POINTS), self.edges())


def _gaussian(rng: np.random.Generator, n_points: int, n_dim: int) -> np.ndarray:
    """Variances as 1 / k, as principal components have them, which are never equal."""
    return rng.normal(size=(n_points, n_dim)) / np.sqrt(np.arange(1, n_dim + 1))


def _isotropic(rng: np.random.Generator, n_points: int, n_dim: int) -> np.ndarray:
    return rng.normal(size=(n_points, n_dim))


def _two_blobs(rng: np.random.Generator, n_points: int, n_dim: int) -> np.ndarray:
    """Two equal isotropic Gaussians, five standard deviations apart."""
    points = rng.normal(size=(n_points, n_dim))
    points[:, 0] += np.where(rng.random(n_points) < 0.5, 2.5, -2.5)
    return points


def _filament(rng: np.random.Generator, n_points: int, n_dim: int) -> np.ndarray:
    """A parabola twelve standard deviations long, with isotropic Gaussian scatter."""
    points, along = rng.normal(size=(n_points, n_dim)), rng.uniform(-1, 1, n_points)
    points[:, 0] += 6 * along
    points[:, 1] += 6 * (along**2 - 1 / 3)
    return points


_DRAW: dict[str, Callable[[np.random.Generator, int, int], np.ndarray]] = {
    "Gaussian": _gaussian,
    "two blobs": _two_blobs,
    "filament": _filament,
    "isotropic Gaussian": _isotropic,
}
CASES = tuple(
    Case(name, n_dim, n_points)
    for n_points in (300, 3000)
    for n_dim in (2, 15)
    for name in ("Gaussian", "two blobs", "filament")
) + (Case("isotropic Gaussian", 15, 3000),)


def measure_draws(case: Case, seeds: range) -> dict[str, np.ndarray]:
    """Correlation of some draws: what `coverage_claims` needs, the draws along the first axis."""
    edges, rows = case.edges(), []
    for seed in seeds:
        measured = two_point_correlation(case.draw(seed), edges)
        row = {
            "eps": measured.eps,
            "expected": measured.expected,
            "sigma": measured.sigma,
            "score": measured.eps[measured.used].sum(),
            "score_sigma": measured.score_sigma,
        }
        for level in LEVELS:
            row[f"limits_{level}"] = np.array(measured.interval(level))
            row[f"score_limits_{level}"] = np.array(measured.score_interval(level))
        rows.append(row)
    return {name: np.array([row[name] for row in rows]) for name in rows[0]}


def coverage_claims(case: Case, draws: dict[str, np.ndarray], truth: Correlation) -> list[Claim]:
    """How often the limits hold the mean over the draws; and how far that is off the truth."""
    used = draws["expected"].mean(axis=0) >= FEWEST_PAIRS
    claims = []
    for level in LEVELS:
        held = _holds(draws[f"limits_{level}"][:, :, used], draws["eps"][:, used])
        claims.append(_coverage(case, "eps(r)", level, held.mean(axis=1)))
    for level in LEVELS:
        held = _holds(draws[f"score_limits_{level}"], draws["score"])
        claims.append(_coverage(case, "score", level, held.astype(float)))
    return [*claims, *_bias(case, draws, truth, used)]


def _holds(limits: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Whether the limits of each draw hold the mean of all."""
    mean = values.mean(axis=0)
    return (limits[:, 0] <= mean) & (mean <= limits[:, 1])


def _coverage(case: Case, of: str, level: float, held: np.ndarray) -> Claim:
    return Claim(
        claim=f"{level:.0%} interval of {of}",
        case=str(case),
        value=float(held.mean()),
        error=float(held.std(ddof=1) / np.sqrt(len(held))),
        lowest=level - TOLERANCE,
        highest=level + TOLERANCE,
        n=len(held),
        what="draws",
    )


def _bias(
    case: Case, draws: dict[str, np.ndarray], truth: Correlation, used: np.ndarray
) -> list[Claim]:
    """Mean over the draws less the truth; wanted is nothing, the null of few points is for it."""
    off = (draws["eps"].mean(axis=0) - truth.eps)[used]
    worst = int(np.argmax(np.abs(off)))
    at = (truth.edges[1:] + truth.edges[:-1])[used][worst] / 2 / truth.rms
    errors = np.hypot(draws["eps"].std(axis=0, ddof=1) / np.sqrt(len(draws["eps"])), truth.sigma)
    n_draws = len(draws["score"])
    same_bins = truth.eps[used].sum()  # the truth has pairs in bins that the draws lack
    return [
        Claim(
            f"largest bias of eps, at {at:.2f} RMS",
            str(case),
            float(off[worst]),
            float(errors[used][worst]),
            n=n_draws,
            what="draws",
        ),
        Claim(
            "bias of the score",
            str(case),
            float(draws["score"].mean() - same_bins),
            float(np.hypot(draws["score"].std(ddof=1) / np.sqrt(n_draws), truth.score_sigma)),
            n=n_draws,
            what="draws",
        ),
    ]

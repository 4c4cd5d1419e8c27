"""Do counts of some of the pairs approach those of all within the error they state?"""

import numpy as np

from benchmarks.claims import Claim
from benchmarks.validity_cases import Case
from models.space.correlation import Correlation, sampled_correlation, two_point_correlation
from models.space.cross import cross_correlation

SHIFTS = (8, 32, 128, 512)
KINDS = ("within", "across")  # pairs of one set, and of two
N_POINTS = 4000
LOWEST, HIGHEST = 0.9, 1.1  # wanted of the rms of (sampled - exact) / its error


def measure_pulls(kind: str, name: str, n_dim: int, seeds: range) -> list[np.ndarray]:
    """Pulls of the resolved bins, for each number of shifts, of the points in random orders."""
    case = Case(name, n_dim, N_POINTS)
    points, edges = case.draw(0).astype(np.float32), case.edges()
    exact = _exact(kind, points, edges)
    pulls = [[] for _ in SHIFTS]
    for seed in seeds:
        order = np.random.default_rng([9, seed])
        for n_shifts, found in zip(SHIFTS, pulls, strict=True):
            sampled = _sampled(kind, points, edges, n_shifts, order)
            told = sampled.resolved & (sampled.sampling_sigma > 0)
            found.append((sampled.eps - exact.eps)[told] / sampled.sampling_sigma[told])
    return [np.concatenate(found) for found in pulls]


def pull_claims(kind: str, name: str, n_dim: int, pulls: list[np.ndarray]) -> list[Claim]:
    """Root mean square of the pulls, for each number of shifts."""
    pairs = "pairs within" if kind == "within" else "pairs across halves of"
    return [
        Claim(
            claim=f"pull of {n_shifts} shifts, rms",
            case=f"{pairs} {Case(name, n_dim, N_POINTS)}",
            value=float(np.sqrt(np.mean(found**2))),
            error=float(np.std(found**2) / np.sqrt(len(found)) / 2),
            lowest=LOWEST,
            highest=HIGHEST,
            n=len(found),
            what="bins",
        )
        for n_shifts, found in zip(SHIFTS, pulls, strict=True)
    ]


def _exact(kind: str, points: np.ndarray, edges: np.ndarray) -> Correlation:
    if kind == "within":
        return two_point_correlation(points, edges)
    return cross_correlation(*_halves(points), edges)


def _sampled(
    kind: str, points: np.ndarray, edges: np.ndarray, n_shifts: int, rng: np.random.Generator
) -> Correlation:
    if kind == "within":
        return sampled_correlation(points, edges, n_shifts, rng=rng)
    first, second = (rng.permutation(half) for half in _halves(points))
    return cross_correlation(first, second, edges, n_shifts=n_shifts)


def _halves(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Unequal ones, so that points of one set are used more often than those of the other."""
    return points[: 2 * len(points) // 5], points[2 * len(points) // 5 :]

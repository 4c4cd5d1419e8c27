"""How often does the p-value cry wolf? Trials in which there is nothing to find."""

from collections.abc import Callable

import numpy as np

from benchmarks.claims import Claim
from models.space.correlation import (
    Correlation,
    default_edges,
    rms_separation,
    two_point_correlation,
)
from models.space.null import chance_p_value, gaussian_null, patch_null, subset_null

ALPHA = 0.05
TOLERANCE = 0.03  # of the rate of false alarms
_N_POINTS, _N_DIM, _N_BINS, _N_DRAWS = 200, 3, 20, 99
_N_GALAXIES = 2000  # of a collection that a selection is of


def _gaussian_trial(rng: np.random.Generator) -> float:
    """Any structure? Gaussian points against Gaussian points."""
    points = rng.normal(size=(_N_POINTS, _N_DIM)) / np.sqrt(np.arange(1, _N_DIM + 1))
    measured = _measured(points, points)
    return chance_p_value(measured, gaussian_null(measured, _N_DRAWS, rng))


def _subset_trial(rng: np.random.Generator) -> float:
    """Other than the collection? A random subset of it against random subsets."""
    galaxies = _galaxies(rng)
    measured = _measured(rng.permutation(galaxies)[:_N_POINTS], galaxies)
    return chance_p_value(measured, subset_null(galaxies, measured, _N_DRAWS, rng))


def _patch_trial(rng: np.random.Generator) -> float:
    """More than another patch? The neighborhood of a random galaxy against those of others."""
    galaxies = _galaxies(rng)
    positions = galaxies[:, :2] + 0.3 * rng.normal(size=(_N_GALAXIES, 2))
    center = positions[rng.integers(_N_GALAXIES)]
    nearest = np.argsort(((positions - center) ** 2).sum(axis=1))[:_N_POINTS]
    measured = _measured(galaxies[nearest], galaxies)
    return chance_p_value(measured, patch_null(galaxies, positions, measured, _N_DRAWS, rng))


def _galaxies(rng: np.random.Generator) -> np.ndarray:
    galaxies = rng.normal(size=(_N_GALAXIES, _N_DIM))
    galaxies[:, 0] += np.where(rng.random(_N_GALAXIES) < 0.5, 2.5, -2.5)
    return galaxies


def _measured(points: np.ndarray, scale_of: np.ndarray) -> Correlation:
    return two_point_correlation(points, default_edges(rms_separation(scale_of), _N_BINS))


TRIALS: dict[str, Callable[[np.random.Generator], float]] = {
    "Gaussian points, refitted null": _gaussian_trial,
    "random subset, subset null": _subset_trial,
    "patch of the map, patch null": _patch_trial,
}


def measure_trials(name: str, seeds: range) -> np.ndarray:
    """p-values of some trials."""
    return np.array([TRIALS[name](np.random.default_rng([7, seed])) for seed in seeds])


def false_alarm_claim(name: str, p_values: np.ndarray) -> Claim:
    """Rate of p-values of at most 5 %, with its binomial error."""
    rate = float((p_values <= ALPHA).mean())
    return Claim(
        claim=f"false alarms at p <= {ALPHA:.0%}",
        case=f"{name}, n = {_N_POINTS}, d = {_N_DIM}, {_N_DRAWS} draws",
        value=rate,
        error=float(np.sqrt(ALPHA * (1 - ALPHA) / len(p_values))),
        lowest=ALPHA - TOLERANCE,
        highest=ALPHA + TOLERANCE,
        n=len(p_values),
        what="trials",
    )

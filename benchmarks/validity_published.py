"""The published simulations, run as they were, against the published numbers."""

import numpy as np
from scipy.stats import spearmanr

from benchmarks.claims import Claim
from models.space.published import (
    PUBLISHED_A,
    SEPARATION_INDICES,
    PublishedRun,
    SimulationRun,
    run_simulation_a,
    run_simulation_b,
)

_CLOSE, _CLOSER, _CLOSER_FROM = 1.0, 0.6, 400  # of the score, and the variance from which
SETTINGS = {
    "A": tuple(sorted({run.variance for run in PUBLISHED_A} | set(range(80, 2001, 160)))),
    "B": tuple(range(SEPARATION_INDICES[0], SEPARATION_INDICES[1] + 1)),
}
_RUN = {"A": run_simulation_a, "B": run_simulation_b}


def run_settings(simulation: str, settings: tuple[float, ...]) -> list[SimulationRun]:
    """Some runs of a simulation."""
    return [_RUN[simulation](s, np.random.default_rng([11, int(s)])) for s in settings]


def published_claims(runs: list[SimulationRun]) -> list[Claim]:
    """Range and score of each published run of simulation A."""
    by_variance = {run.setting: run for run in runs}
    return [
        claim
        for published in PUBLISHED_A
        if published.variance in by_variance
        for claim in _against(published, by_variance[published.variance])
    ]


def _against(published: PublishedRun, run: SimulationRun) -> list[Claim]:
    case = f"simulation A, variance {published.variance:g}"
    close = _CLOSER if published.variance >= _CLOSER_FROM else _CLOSE
    return [
        Claim(
            "range, to 5 digits",
            case,
            round(run.r_max, 5),
            np.nan,
            published.r_max,
            published.r_max,
        ),
        Claim(
            "published score",
            case,
            run.score,
            run.score_error,
            round(published.score - close, 2),
            round(published.score + close, 2),
            run.n_subsets,
            "subsets",
        ),
    ]


def rank_claim(simulation: str, runs: list[SimulationRun]) -> Claim:
    """Spearman's correlation of the score with the Davies-Bouldin index; reported, not judged."""
    rank = spearmanr([run.score for run in runs], [run.davies_bouldin for run in runs])
    low, high = (f"{run.setting:g}" for run in (runs[0], runs[-1]))
    return Claim(
        claim="rank correlation of score and Davies-Bouldin",
        case=f"simulation {simulation}, {low} to {high}",
        value=float(rank.statistic),
        error=float((1 - rank.statistic**2) / np.sqrt(len(runs) - 2)),
        n=len(runs),
        what="runs",
    )

"""The published simulations of the structure lab: run again as they were, beside what was found."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from dashboard.lab_controls import SIMULATION_A, SIMULATION_B
from models.space.published import (
    PUBLISHED_A,
    SEPARATION_INDICES,
    SimulationRun,
    run_simulation_a,
    run_simulation_b,
)

_FIRST, _LAST = SEPARATION_INDICES
SETTINGS = {
    SIMULATION_A: tuple(float(published.variance) for published in PUBLISHED_A),
    SIMULATION_B: tuple(float(s) for s in range(_FIRST, _LAST + 1)),
}
_RUN = {SIMULATION_A: run_simulation_a, SIMULATION_B: run_simulation_b}


@dataclass(frozen=True, eq=False)
class Rerun:
    """Runs of a published simulation so far.

    source : "A" or "B"
    runs : one for each of the first of SETTINGS[source]
    """

    source: str
    runs: tuple[SimulationRun, ...]

    def column(self, name: str) -> np.ndarray:
        """A field of every run."""
        return np.array([getattr(run, name) for run in self.runs], dtype=float)

    @property
    def published_scores(self) -> np.ndarray:
        """Score published for each run; NaN where there is none, as in simulation B."""
        known = {p.variance: p.score for p in PUBLISHED_A} if self.source == SIMULATION_A else {}
        return np.array([known.get(run.setting, np.nan) for run in self.runs], dtype=float)


def rerun(source: str, seed: int, progress: Callable[[float], None]) -> Iterator[Rerun]:
    """Run a published simulation at all its settings; what there is after each.

    seed : of the subsets and the randoms; the points are always the same
    progress : called with the share done; what it raises stops the work
    """
    settings = SETTINGS[source]
    rng = np.random.default_rng(seed)
    runs: list[SimulationRun] = []

    def tell(share: float) -> None:
        progress((len(runs) + share) / len(settings))

    for setting in settings:
        runs.append(_RUN[source](setting, rng, tell))
        yield Rerun(source, tuple(runs))


def agreement(found: Rerun) -> str:
    """How our scores and ranges compare with the published ones, in a sentence."""
    difference = np.abs(found.column("score") - found.published_scores)
    r_max = {p.variance: p.r_max for p in PUBLISHED_A}
    n_equal = sum(round(run.r_max, 5) == r_max[run.setting] for run in found.runs)
    return (
        f"The range of the bins agrees to five digits in {n_equal} of {len(found.runs)}, the score "
        f"within {difference.max():.2f}."
    )

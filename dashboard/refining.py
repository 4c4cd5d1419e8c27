"""Counting on behind the page: more and more shifts, until sampling pairs matters no more."""

import time
from collections.abc import Callable, Iterator

import numpy as np

from dashboard.facts import count_text
from dashboard.pair_rate import n_pairs
from data.points import refused
from models.space.correlation import Correlation, correlation_from_counts
from models.space.shift_counter import ShiftCounter

FINE = 1 / 3  # sampling error over the error of the points: less is not seen in their sum
MAX_REFINED_PAIRS = 4_000_000_000  # further on, only the exact count is worth waiting for
LEAST_MAX_SHIFTS = 64  # of however many galaxies
PUBLISH_S, LATER = 0.7, 0.1  # a calm rate for a curve that moves, and how it slows with time
BATCH_S = 0.05  # between two looks at whether to stop


class Refinement:
    """Correlation of points in random order from a growing number of shifts."""

    def __init__(self, points: np.ndarray, edges: np.ndarray, errors: str = "fitted") -> None:
        self.points, self.edges, self.errors = points, edges, errors
        self._counter = ShiftCounter(points, edges, max_shifts(len(points)))
        self._batch = 1

    def results(
        self, first: Correlation, tell: Callable[[float, str], None]
    ) -> Iterator[Correlation]:
        """Better and better correlations than the `first`, the last of them final.

        tell : told the part done and in words, every 50 ms or so; may raise to stop
        """
        correlation, spent, begun = first, 0.0, time.monotonic()
        # As many as those of a sample of the points say nothing of how many were counted of all.
        least = 0 if first.n_possible else _n_shifts(first)
        while not is_final(correlation):
            # Errors of results on the way take no more time than counting, and results come
            # more rarely the less they still change.
            seconds = max(PUBLISH_S, spent, (time.monotonic() - begun) * LATER)
            until = max_shifts(len(self.points))
            if not correlation.n_possible:
                until = min(shifts_needed(correlation), until)
            self._count(least, until, seconds, tell)
            start = time.monotonic()
            correlation = self.correlation()
            spent = time.monotonic() - start
            yield correlation

    def correlation(self) -> Correlation:
        """Correlation from the shifts counted so far."""
        n_shifts = self._counter.n_shifts
        with refused():
            return correlation_from_counts(
                self.points, self.edges, self._counter.counts, n_shifts=n_shifts, errors=self.errors
            )

    def _count(
        self, least: int, until: int, seconds: float, tell: Callable[[float, str], None]
    ) -> None:
        """Count up to `until` shifts, for as long as there is time, but more than `least`."""
        n, counter, stop_at = len(self.points), self._counter, time.monotonic() + seconds
        while counter.n_shifts < until:
            if counter.n_shifts > least and time.monotonic() > stop_at:
                break
            start = time.monotonic()
            counter.count(min(self._batch, until - counter.n_shifts))
            rate = self._batch / max(time.monotonic() - start, 1e-6)
            self._batch = int(np.clip(rate * BATCH_S, 1, 4 * self._batch))
            counted = count_text(min(n * counter.n_shifts, n_pairs(n)))
            tell(counter.n_shifts / until, f"{counted} of {count_text(n_pairs(n))} pairs, refining")


def max_shifts(n_points: int) -> int:
    """Shifts at which refining ends, whatever is left."""
    return min(max(MAX_REFINED_PAIRS // n_points, LEAST_MAX_SHIFTS), n_points // 2)


def is_final(correlation: Correlation) -> bool:
    """Whether to go on sampling would change nothing that matters, or take too long."""
    if correlation.n_possible:  # of a sample of the galaxies: that of all of them is wanted
        return False
    if not correlation.is_sampled or _n_shifts(correlation) >= max_shifts(correlation.n_points):
        return True
    return _sampling(correlation) <= FINE


def shifts_needed(correlation: Correlation) -> int:
    """Shifts, counted from the first, after which the correlation is likely to be final.

    The variance from sampling goes with 1 / S - 1 / S_all.
    """
    n_shifts, n_all = _n_shifts(correlation), correlation.n_points // 2
    missing = (1 / n_shifts - 1 / n_all) * (FINE / _sampling(correlation)) ** 2
    needed = int(np.ceil(1.05 / (missing + 1 / n_all)))  # the errors are estimates too
    return min(max(needed, n_shifts + 1), max_shifts(correlation.n_points))


def _sampling(correlation: Correlation) -> float:
    """Sampling error over the error of the points, where it is largest: in a bin, or the score.

    Infinite as long as no bin is resolved.
    """
    used = correlation.used
    parts = correlation.sampling_sigma[used], correlation.score_sampling_sigma
    wholes = correlation.sigma[used], correlation.score_sigma
    with np.errstate(divide="ignore", invalid="ignore"):
        ratios = np.append(*parts) / np.append(*wholes)
    ratios = ratios[np.isfinite(ratios)]
    return float(ratios.max()) if used.any() and len(ratios) else np.inf


def _n_shifts(correlation: Correlation) -> int:
    return max(correlation.pairs_counted // correlation.n_points, 1)

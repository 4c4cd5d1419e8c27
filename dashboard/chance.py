"""What chance would give: the band of Gaussian points, and answers to "is it more than chance?".

Both are drawn behind the page, as jobs, and kept.
"""

from collections.abc import Callable

import numpy as np

from dashboard.cache import keep, recalled
from dashboard.jobs import Job, Jobs, Progress
from dashboard.live import job_key, job_of, stop_others
from dashboard.measure import MIN_GALAXIES, answer, require_enough, whole_null
from dashboard.question import Question, is_empty
from data.points import measured_points, refused
from models.errors import BadInput
from models.space.correlation import Correlation, sampled_correlation, two_point_correlation
from models.space.null import (
    QUESTIONS,
    Null,
    NullSummary,
    gaussian_null,
    n_shifts_for,
    patch_null,
    subset_null,
    summarized,
)
from models.space.presets import Measure

BAND, CHANCE = "null", "chance"  # kinds of jobs
NULL_BELOW = 5_000  # galaxies: the curve of more is hardly biased, and its band narrow
N_FIRST, N_BAND, N_CHANCE = 50, 200, 999  # draws
SEED = 0  # of the draws: the same question has the same answer


def start_null(jobs: Jobs, page_id: str, question: Question) -> Job | None:
    """Draw the band that Gaussian points of the same number give, the Gaussian fitted each time.

    A NullSummary is published after a quarter of the draws, and the final one. None where it is
    known, see `known_null`, or where there are too few galaxies, or so many that it is not
    needed.
    """
    is_needed = MIN_GALAXIES <= question.n_galaxies < NULL_BELOW
    if not is_needed or _kept(question, BAND, N_BAND) or _stored(question):
        stop_others(jobs, page_id, BAND, question)
        return None

    def work(tell: Progress) -> NullSummary:
        correlation, rng = answer(question), np.random.default_rng(SEED)

        def draw(first: int, last: int) -> Null:
            def progress(fraction: float) -> None:
                drawn = first + fraction * (last - first)
                tell(drawn / N_BAND, f"{drawn:.0f} of {N_BAND} draws, chance band")

            return gaussian_null(correlation, last - first, rng, progress=progress)

        early = draw(0, N_FIRST)
        tell.publish(summarized(early, correlation))
        summary = summarized(_together(early, draw(N_FIRST, N_BAND)), correlation)
        keep(question.cache, question.key(BAND, N_BAND), summary.to_arrays())
        return summary

    return jobs.start(f"{page_id}.{BAND}", job_key(question), work)


def known_null(jobs: Jobs, page_id: str | None, question: Question) -> NullSummary | None:
    """The chance band of a curve as far as it is known; None where it is not yet."""
    job = job_of(jobs, page_id, BAND, question)
    if job and isinstance(job.result, NullSummary):
        return job.result
    return _stored(question) or _kept(question, BAND, N_BAND)


def start_chance(jobs: Jobs, page_id: str, question: Question, kind: str) -> Job | None:
    """Ask one of `QUESTIONS` with 999 draws: is it more than chance? None where it is answered.

    The result is a NullSummary, whose `p_value` tells.
    """
    if not isinstance(kind, str) or kind not in QUESTIONS:
        raise BadInput(f"What chance is meant is one of {', '.join(QUESTIONS)}.")
    require_enough(question)
    if _kept(question, CHANCE, kind, N_CHANCE):
        return None

    def work(tell: Progress) -> NullSummary:
        def progress(fraction: float) -> None:
            tell(fraction, f"{fraction * N_CHANCE:.0f} of {N_CHANCE} draws, more than chance?")

        with refused():
            correlation = _measured_alike(question)
            summary = summarized(_drawn(question, kind, correlation, progress), correlation)
        keep(question.cache, question.key(CHANCE, kind, N_CHANCE), summary.to_arrays())
        return summary

    return jobs.start(f"{page_id}.{CHANCE}", job_key(question, kind), work)


def known_chance(
    jobs: Jobs, page_id: str | None, question: Question, kind: str
) -> NullSummary | None:
    """The answer to one of `QUESTIONS`; None where it is not known."""
    job = job_of(jobs, page_id, CHANCE, question, kind)
    if job and isinstance(job.result, NullSummary):
        return job.result
    return _kept(question, CHANCE, kind, N_CHANCE)


def _measured_alike(question: Question) -> Correlation:
    """The correlation from as many pairs as each draw: noise of sampling is then in both."""
    points, errors = question.points, question.measure.errors
    edges, n_shifts = question.edges(len(points)), n_shifts_for(len(points))
    if n_shifts is None:
        return two_point_correlation(points, edges, errors=errors)
    return sampled_correlation(points, edges, n_shifts, errors=errors)


def _drawn(
    question: Question, kind: str, correlation: Correlation, progress: Callable[[float], None]
) -> Null:
    rng = np.random.default_rng(SEED)
    if kind == "gaussian":
        return gaussian_null(correlation, N_CHANCE, rng, progress=progress)
    everything = measured_points(
        question.collection, question.checkpoint, question.measure, n_points=correlation.n_points
    )
    if kind == "subset":
        return subset_null(everything, correlation, N_CHANCE, rng, progress=progress)
    positions, _ = question.collection.map_positions(question.checkpoint)
    positions = positions[question.collection.order]
    return patch_null(everything, positions, correlation, N_CHANCE, rng, progress=progress)


def _together(first: Null, second: Null) -> Null:
    """Two batches of draws as one."""
    parts = [
        np.concatenate([getattr(first, name), getattr(second, name)])
        for name in ("eps", "score", "kl")
    ]
    return Null(*parts, first.kind, first.pairs_counted)


def _stored(question: Question) -> NullSummary | None:
    """The band of the whole collection, which is drawn when it is built."""
    if is_empty(question.selection) and question.measure.key == Measure().key:
        return whole_null(question.collection, question.checkpoint)
    return None


def _kept(question: Question, *kind: object) -> NullSummary | None:
    arrays = recalled(question.cache, question.key(*kind))
    return None if arrays is None else NullSummary.from_arrays(arrays)

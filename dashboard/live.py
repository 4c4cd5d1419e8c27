"""What goes on behind the page for a curve: refining it, and counting it exactly.

Each `start_...` begins a job (dashboard/jobs.py) for a page, or says that there is nothing to do.
Results are kept under the keys that dashboard/measure.py looks up, so that they are there at once
the next time; where nothing is kept they stay with the job, and `best_known` finds them.
"""

from dashboard.cache import keep, recalled
from dashboard.facts import count_text
from dashboard.jobs import Job, Jobs, Progress
from dashboard.measure import MIN_GALAXIES, answer, require_enough
from dashboard.pair_rate import exact_seconds, n_pairs
from dashboard.question import Question
from dashboard.refining import Refinement, is_final
from data.points import refused
from models.space.correlation import Correlation, two_point_correlation

__all__ = ["exact_seconds", "is_final"]  # for the label of the exact button, and whether it is one

REFINE, EXACT = "refine", "exact"


def best_known(jobs: Jobs, page_id: str | None, question: Question) -> Correlation:
    """The correlation that is asked for, as far as this page's jobs have brought it.

    Raises BadInput where there are too few galaxies.
    """
    require_enough(question)
    for kind in (EXACT, REFINE):
        job = job_of(jobs, page_id, kind, question)
        if job and isinstance(job.result, Correlation):
            return job.result
    return answer(question)


def start_refinement(jobs: Jobs, page_id: str, question: Question) -> Job | None:
    """Count on behind the page until sampling matters no more; None where it does not.

    A better Correlation is published at a calm rate. A newer question of the page stops the
    older one, also where there is nothing to refine.
    """
    if question.n_galaxies < MIN_GALAXIES or is_final(best_known(jobs, page_id, question)):
        stop_others(jobs, page_id, REFINE, question)
        return None

    def work(tell: Progress) -> None:
        points = question.points
        edges = question.edges(len(points))
        refinement = Refinement(points, edges, question.measure.errors)
        for correlation in refinement.results(answer(question), tell):
            tell.publish(correlation)
        keep_if_better(question, correlation)

    return jobs.start(f"{page_id}.{REFINE}", job_key(question), work)


def start_exact(jobs: Jobs, page_id: str, question: Question) -> Job:
    """Count every pair, however long that takes; see `exact_seconds`."""
    require_enough(question)

    def work(tell: Progress) -> Correlation:
        points = question.points
        possible = n_pairs(len(points))

        def progress(fraction: float) -> None:
            counted = f"{count_text(fraction * possible)} of {count_text(possible)}"
            tell(fraction, f"{counted} pairs, exact count")

        edges = question.edges(len(points))
        with refused():
            exact = two_point_correlation(
                points, edges, errors=question.measure.errors, progress=progress
            )
        keep_if_better(question, exact)
        return exact

    return jobs.start(f"{page_id}.{EXACT}", job_key(question), work)


def quiet(jobs: Jobs, page_id: str | None) -> None:
    """Stop what refines the last question of a page: a newer one is about to be measured.

    The cores are then free for it. An exact count goes on: it was asked for.
    """
    jobs.cancel(f"{page_id}.{REFINE}")


def keep_if_better(question: Question, correlation: Correlation) -> None:
    """Keep a correlation as the answer, unless one of more pairs has been kept meanwhile."""
    key = question.key("correlation")
    kept = recalled(question.cache, key)
    if kept is None or kept["pairs_counted"] < correlation.pairs_counted:
        keep(question.cache, key, correlation.to_arrays())


def job_key(question: Question, *further: str) -> str:
    """What the jobs about a question are told apart by."""
    return "|".join(map(str, question.key("", *further)))


def job_of(
    jobs: Jobs, page_id: str | None, kind: str, question: Question, *further: str
) -> Job | None:
    """The page's job of a kind, where it is about this very question."""
    job = jobs.get(f"{page_id}.{kind}")
    return job if job and job.key == job_key(question, *further) else None


def stop_others(jobs: Jobs, page_id: str, kind: str, question: Question) -> None:
    """Cancel the page's job of a kind where it is about another question."""
    if not job_of(jobs, page_id, kind, question):
        jobs.cancel(f"{page_id}.{kind}")

"""Score against the number of components, measured behind the page."""

from dataclasses import replace

import numpy as np

from dashboard.jobs import Job, Jobs, Progress
from dashboard.live import job_key, job_of
from dashboard.measure import require_enough
from dashboard.question import Question
from data.points import components_for, refused, stored_places
from models.space.score import ScoreByComponents, score_by_components

SWEEP = "sweep"
KS = (1, 2, 3, 4, 5, 7, 10, 15, 20, 30, 50)
SEED = 0  # of the sample of many galaxies: the same question has the same answer


def start_sweep(jobs: Jobs, page_id: str, question: Question) -> Job:
    """Measure the score for each number of components; the measure's own does not matter."""
    require_enough(question)
    n_dim = question.collection.representations(question.checkpoint).shape[1]
    ks = [k for k in KS if k <= n_dim]

    def work(tell: Progress) -> ScoreByComponents:
        def progress(fraction: float) -> None:
            tell(fraction, f"{fraction * len(ks):.0f} of {len(ks)} numbers of components")

        widest = replace(question.measure, n_components=ks[-1])
        whole = components_for(question.collection, question.checkpoint, widest)
        mask, chosen = question.mask, whole
        if mask is not None:
            chosen = whole[stored_places(question.collection, mask)]
        rng = np.random.default_rng(SEED)
        with refused():
            return score_by_components(
                chosen, ks, question.measure, rng, whole=whole, progress=progress
            )

    return jobs.start(f"{page_id}.{SWEEP}", job_key(_of_any_k(question)), work)


def known_sweep(jobs: Jobs, page_id: str | None, question: Question) -> ScoreByComponents | None:
    """What the page's sweep of this very question came to; None where it has not yet."""
    job = job_of(jobs, page_id, SWEEP, _of_any_k(question))
    return job.result if job and isinstance(job.result, ScoreByComponents) else None


def _of_any_k(question: Question) -> Question:
    return replace(question, measure=replace(question.measure, n_components=1))

"""Learning from scores behind the page, where that takes long: with a bar, to be stopped."""

import numpy as np

from dashboard.jobs import Job, Jobs, Progress
from dashboard.learnt import FOREST, MAX_PROCESS, NAMES, is_learnt, learnt, own_scores
from data.store import Collection
from models.space.learning import LEAST
from models.space.stoppable import stoppable

KIND = "learning"
INSTANT = 500_000  # galaxies: of as many, it is learned in a second, before a bar would be there
LEARNING = "What your scores teach is being worked out; the bar says how far it is."
STOPPED = "Stopped: nothing was learned. Choose the ranking again, or give another score."


def is_at_hand(collection: Collection, checkpoint: str, ranking: str, labels: object) -> bool:
    """Whether a ranking can be listed at once, or be refused at once.

    Raises NotFound where there is no such checkpoint.
    """
    if ranking not in NAMES or collection.n_galaxies <= INSTANT:
        return True
    scores = own_scores(collection, labels)
    scores = np.zeros(0) if scores is None else scores[np.isfinite(scores)]
    is_little = len(scores) < LEAST or np.ptp(scores) == 0
    if is_little or (ranking != FOREST and len(scores) > MAX_PROCESS):
        return True  # which is told at once
    return is_learnt(collection, checkpoint, ranking, labels)


def start_learning(
    collection: Collection,
    jobs: Jobs,
    page_id: str,
    checkpoint: str,
    ranking: str,
    labels: object,
) -> Job | None:
    """Learn from the scores that a page's store names; None where there is nothing to wait for."""
    name = f"{page_id}.{KIND}"
    if is_at_hand(collection, checkpoint, ranking, labels):
        jobs.cancel(name)
        return None

    def work(progress: Progress) -> bool:
        told = f"learning from your scores, of {collection.n_galaxies:,} galaxies"
        progress(0.1, told)
        stoppable(lambda: learnt(collection, checkpoint, ranking, labels), progress.check)
        return True

    user = labels.get("user") if isinstance(labels, dict) else None
    scored = own_scores(collection, labels)
    key = f"{collection.digest} {checkpoint} {ranking} {user} {hash(scored.tobytes())}"
    return jobs.start(name, key, work)

"""What the benchmark of discovery is to show, and whether it does."""

import numpy as np

from benchmarks.claims import Claim
from benchmarks.discovery_draws import ELLIPSES, PIXELS, SEEN
from benchmarks.discovery_labels import DRAWN_IN, OURS, Loop, Taught, recall_over_draws
from benchmarks.discovery_rankings import RANDOM, Found, chosen_elsewhere
from models.space.estimators import ISOLATION
from models.space.learning_recall import FIRST
from models.space.learning_rehearsal import AFTER, LISTED

AT = FIRST.index(100)
AFTER_50 = AFTER.index(50)
TWICE, WANTED = 2.0, 0.8
PEERS = (PIXELS, SEEN, ELLIPSES, RANDOM)


def target_claims(draws: list[list[Found]], lessons: list[list[Taught]]) -> list[Claim]:
    """What the benchmark is to show, and whether it does."""
    spaces = list(dict.fromkeys(f.space for f in draws[0] if f.space not in PEERS))
    best, (space, estimator) = chosen_elsewhere(draws, AT, spaces)
    trees = [_isolation(draws, name) for name in (PIXELS, SEEN)]
    peer = max(trees, key=np.mean)  # the better of two, for the peer
    claims = [
        Claim(
            f"recall@{FIRST[AT]}, best ranking over isolation forest on pixels",
            f"{space}, {estimator}",
            *_ratio(best, peer),
            lowest=TWICE,
            n=len(draws),
            what="draws",
        )
    ]
    learned = [lesson.loop for lesson in lessons[0] if lesson.loop.method in OURS]
    paged = [loop.space for loop in learned if loop.features == DRAWN_IN]
    last = [space for space in paged if space not in PEERS][-1]
    kinds = list(dict.fromkeys(lesson.kind for lesson in lessons[0]))
    for loop in dict.fromkeys(loop for loop in learned if loop.space == last):
        # Each kind by the way that the page begins with; by the others, all of them together.
        for kind in (None, *(kinds if loop == Loop(last, OURS[0]) else ())):
            claims.append(_lesson(lessons, loop, kind))
    return claims


def _lesson(lessons: list[list[Taught]], loop: Loop, kind: str | None) -> Claim:
    told = recall_over_draws(lessons, AFTER_50, loop, kind)
    return Claim(
        f"recall@{LISTED} of the kind sought, {AFTER[AFTER_50]} labels, {loop}",
        kind or "mean of all kinds",
        told.mean,
        told.half,
        lowest=WANTED,
        n=told.n,
        what="draws",
    )


def _isolation(draws: list[list[Found]], space: str) -> np.ndarray:
    return np.array(
        [
            f.recall[AT]
            for draw in draws
            for f in draw
            if (f.space, f.estimator) == (space, ISOLATION)
        ]
    )


def _ratio(ours: np.ndarray, theirs: np.ndarray) -> tuple[float, float]:
    """Ratio of two means, and its error by leaving out a draw at a time."""
    n, total = len(ours), theirs.sum()
    if total == 0:
        return np.inf, np.nan
    without = (ours.sum() - ours) / np.maximum(total - theirs, 1e-12)
    error = np.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum()) if n > 1 else np.nan
    return float(ours.sum() / total), float(error)

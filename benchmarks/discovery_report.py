"""Tables, targets and JSON of the benchmark of discovery."""

from collections.abc import Iterable

import numpy as np

from benchmarks.claims import Claim
from benchmarks.discovery_draws import ELLIPSES, PIXELS, SEEN
from benchmarks.discovery_labels import OURS, Loop, Taught
from benchmarks.discovery_rankings import (
    RANDOM,
    Estimate,
    Found,
    chosen_elsewhere,
    mean_over_draws,
    over_draws,
)
from benchmarks.discovery_real import FIRST as FIRST_REAL
from benchmarks.discovery_real import Retrieval, Share
from models.space.estimators import ISOLATION
from models.space.learning_recall import FIRST
from models.space.learning_rehearsal import AFTER, LISTED

AT = FIRST.index(100)
AFTER_50 = AFTER.index(50)
TWICE, WANTED = 2.0, 0.8
PEERS = (PIXELS, SEEN, ELLIPSES, RANDOM)


def ranking_tables(draws: list[list[Found]]) -> list[str]:
    """Recall of all that was planted among the first of every ranking: a table for each number."""
    n = f"mean and 95 % interval over {len(draws)} draws"
    tables = []
    for i, first in enumerate(FIRST):
        told = over_draws(draws, lambda found, i=i: found.recall[i])
        spaces = list(dict.fromkeys(space for space, _ in told if space != RANDOM))
        names = list(dict.fromkeys(name for space, name in told if space != RANDOM))
        rows = [[s, *(str(told[s, name]) for name in names)] for s in spaces]
        rows.append([RANDOM, *(str(told[key]) for key in told if key[0] == RANDOM)])
        head = f"Recall of what was planted among the first {first} ({n}):"
        tables.append(_table(head, ["space", *names], rows))
    return tables


def label_tables(draws: list[list[Taught]]) -> list[str]:
    """Recall of the kind sought by labels given; and, after 50, of each kind."""
    loops = list(dict.fromkeys(lesson.loop for lesson in draws[0]))
    kinds = list(dict.fromkeys(lesson.kind for lesson in draws[0]))
    n = f"{len(kinds)} kinds, {len(draws)} draws"
    by_labels = [
        [str(loop), *(str(_recall(draws, i, loop)) for i in range(len(AFTER)))] for loop in loops
    ]
    by_kind = [
        [str(loop), *(str(_recall(draws, AFTER_50, loop, k)) for k in kinds)] for loop in loops
    ]
    seen = f"the first {LISTED} of the list"
    return [
        _table(
            f"Recall of the kind sought in {seen}, by labels given ({n}):",
            ["learning", *map(str, AFTER)],
            by_labels,
        ),
        _table(f"The same after {AFTER[AFTER_50]} labels, by kind:", ["learning", *kinds], by_kind),
    ]


def _recall(draws: list[list[Taught]], i: int, loop: Loop, kind: str | None = None) -> Estimate:
    """Mean over kinds of each draw, then over draws."""
    return mean_over_draws(
        [
            np.mean([t.recall[i] for t in draw if t.loop == loop and kind in (None, t.kind)])
            for draw in draws
        ]
    )


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
    last = [lesson.loop.space for lesson in lessons[0] if lesson.loop.method in OURS]
    last = [name for name in dict.fromkeys(last) if name not in PEERS][-1]
    for method in OURS:
        for kind in (None, *dict.fromkeys(lesson.kind for lesson in lessons[0])):
            loop = Loop(last, method)
            told = _recall(lessons, AFTER_50, loop, kind)
            claims.append(
                Claim(
                    f"recall@{LISTED} of the kind sought, {AFTER[AFTER_50]} labels, {loop}",
                    kind or "mean of all kinds",
                    told.mean,
                    told.half,
                    lowest=WANTED,
                    n=told.n,
                    what="draws",
                )
            )
    return claims


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


def class_tables(classes: dict[str, dict[tuple[str, str], Share]], head: str) -> list[str]:
    """Recall of each sought class: rows are spaces, columns estimators."""
    tables = []
    for kind, told in classes.items():
        spaces = list(dict.fromkeys(space for space, _ in told if space != RANDOM))
        names = list(dict.fromkeys(name for space, name in told if space != RANDOM))
        rows = [[s, *(str(told[s, name]) for name in names)] for s in spaces]
        rows.append([RANDOM, *(str(told[key]) for key in told if key[0] == RANDOM)])
        n = next(iter(told.values())).n
        title = f"{head}: recall of {n} of class {kind} among the first {FIRST_REAL} (95 %):"
        tables.append(_table(title, ["space", *names], rows))
    return tables


def retrieval_table(lines: list[Retrieval], head: str) -> str:
    """Precision and nDCG at 10 of every space."""
    rows = [[line.space, str(line.precision), str(line.ndcg)] for line in lines]
    title = f"{head}: the ten nearest, classes weighing alike (95 %, galaxies resampled):"
    return _table(title, ["space", "precision@10", "nDCG@10"], rows)


def _table(head: str, columns: Iterable[str], rows: Iterable[list[str]]) -> str:
    columns = list(columns)
    padded = [row + [""] * (len(columns) - len(row)) for row in rows]
    lines = [f"| {' | '.join(cells)} |" for cells in (columns, *padded)]
    return "\n".join([head, "", lines[0], "|---" * len(columns) + "|", *lines[1:]])


def as_json(draws: list[list[Found]], lessons: list[list[Taught]], real: dict) -> dict:
    """Everything that was measured, draw by draw."""
    return {
        "first": FIRST,
        "after": AFTER,
        "rankings": [
            [found._asdict() | {"recall": found.recall.tolist()} for found in d] for d in draws
        ],
        "labels": [
            [
                lesson._asdict()
                | {"loop": str(lesson.loop), "recall": lesson.recall.tolist()}
                | {"n_labeled": lesson.n_labeled.tolist()}
                for lesson in draw
            ]
            for draw in lessons
        ],
        "sdss": {name: _plain(part) for name, part in real.items()},
    }


def _plain(part: dict) -> dict:
    classes = {
        kind: {f"{space}, {name}": share._asdict() for (space, name), share in told.items()}
        for kind, told in part["classes"].items()
    }
    nearest = {
        line.space: {"precision": line.precision._asdict(), "ndcg": line.ndcg._asdict()}
        for line in part["retrieval"]
    }
    return part | {"classes": classes, "retrieval": nearest}

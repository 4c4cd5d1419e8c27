"""Tables and JSON of the benchmark of discovery."""

from collections.abc import Iterable

import numpy as np

from benchmarks.discovery_labels import Taught, recall_over_draws
from benchmarks.discovery_rankings import RANDOM, Found, mean_over_draws, over_draws
from benchmarks.discovery_real import FIRST as FIRST_REAL
from benchmarks.discovery_real import Retrieval, Share
from models.space.learning_recall import FIRST
from models.space.learning_rehearsal import AFTER, LISTED

AFTER_50 = AFTER.index(50)


def ranking_tables(draws: list[list[Found]], n_galaxies: int) -> list[str]:
    """Recall of all that was planted among the first of every ranking: a table for each number."""
    n = "one draw" if len(draws) == 1 else f"mean and 95 % interval over {len(draws)} draws"
    tables = []
    for i, first in enumerate(FIRST):
        told = over_draws(draws, lambda found, i=i: found.recall[i])
        spaces = list(dict.fromkeys(space for space, _ in told if space != RANDOM))
        names = list(dict.fromkeys(name for space, name in told if space != RANDOM))
        rows = [[s, *(str(told[s, name]) for name in names)] for s in spaces]
        rows.append([RANDOM, *(str(told[key]) for key in told if key[0] == RANDOM)])
        rows.append([f"{RANDOM}, expected", f"{min(1, first / n_galaxies):.3f}"])
        head = f"Recall of what was planted among the first {first} ({n}):"
        tables.append(_table(head, ["space", *names], rows))
    return tables


def label_tables(draws: list[list[Taught]]) -> list[str]:
    """Recall of the kind sought by labels given; and, after 50, of each kind."""
    loops = list(dict.fromkeys(lesson.loop for lesson in draws[0]))
    kinds = list(dict.fromkeys(lesson.kind for lesson in draws[0]))
    n = f"{len(kinds)} kinds, {'one draw' if len(draws) == 1 else f'{len(draws)} draws'}"
    by_labels = [
        [str(loop), *(str(recall_over_draws(draws, i, loop)) for i in range(len(AFTER)))]
        for loop in loops
    ]
    by_kind = [
        [str(loop), *(str(recall_over_draws(draws, AFTER_50, loop, k)) for k in kinds)]
        for loop in loops
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


def discriminant_table(draws: list[dict[str, dict[str, float]]]) -> str:
    """What a linear discriminant finds of each kind that was told nearly every galaxy's."""
    kinds = list(next(iter(draws[0].values())))
    rows = []
    for space in draws[0]:
        by_kind = [mean_over_draws([draw[space][kind] for draw in draws]) for kind in kinds]
        mean = mean_over_draws([np.mean(list(draw[space].values())) for draw in draws])
        rows.append([space, *map(str, (*by_kind, mean))])
    head = f"Recall of each kind in the first {LISTED} of a discriminant that was told the others:"
    return _table(head, ["space", *kinds, "mean"], rows)


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


def as_json(
    draws: list[list[Found]], lessons: list[list[Taught]], limits: list[dict], real: dict
) -> dict:
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
        "discriminants": limits,
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

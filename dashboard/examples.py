"""Example galaxies of each class: typical, random or odd ones, found the same way at any size."""

from dataclasses import dataclass

import numpy as np

from dashboard.colors import Coloring
from data.store import Collection
from models.errors import BadInput

KINDS = ("typical", "random", "odd")
MAX_CANDIDATES = 5_000  # of a class: typical ones are sought among as many random members
MAX_EACH = 24


@dataclass(frozen=True)
class ClassExamples:
    """Examples of one class.

    name : of the class; `group` is its group in the coloring
    n, n_chosen : its galaxies, and those of the selection; None where there is none
    rows : of the examples, the best first
    """

    name: str
    group: int
    n: int
    n_chosen: int | None
    rows: np.ndarray


def find_examples(
    collection: Collection,
    checkpoint: str,
    coloring: Coloring,
    kind: str,
    n_each: int,
    *,
    chosen: np.ndarray | None = None,
    draw: int = 0,
) -> list[ClassExamples]:
    """Up to `n_each` examples of every class that has a color of its own, the classes in order.

    "typical" are nearest to the mean of the class in the components of the checkpoint, both taken
    from up to MAX_CANDIDATES random members; "odd" those of the lowest density in the class;
    "random" a draw of it, another one for another `draw`.

    chosen : (n_galaxies,) bool, the galaxies that may be shown; None for all
    """
    if kind not in KINDS:
        raise BadInput(f"Examples are {', '.join(KINDS[:-1])} or {KINDS[-1]}, not '{kind}'.")
    n_each = min(max(int(n_each), 1), MAX_EACH)
    totals = coloring.counts()
    counts = None if chosen is None else coloring.counts(chosen)
    n_classes = coloring.n_groups - coloring.has_other - coloring.has_missing
    found = []
    for group, places in zip(
        range(n_classes), _members(collection, coloring, n_classes, chosen, kind), strict=True
    ):
        rows = _best(collection, checkpoint, places, kind, n_each, draw + group)
        n_chosen = None if counts is None else int(counts[group])
        found.append(
            ClassExamples(coloring.names[group], group, int(totals[group]), n_chosen, rows)
        )
    return found


def _members(
    collection: Collection,
    coloring: Coloring,
    n_classes: int,
    chosen: np.ndarray | None,
    kind: str,
) -> list[np.ndarray]:
    """Members of each class, as places in the collection's random order; increasing.

    The first MAX_CANDIDATES; for "odd" all of them.
    """
    groups = coloring.groups[collection.order]
    if chosen is not None:
        groups = np.where(chosen[collection.order], groups, np.uint8(255))
    most = None if kind == "odd" else MAX_CANDIDATES
    return [np.flatnonzero(groups == group)[:most] for group in range(n_classes)]


def _best(
    collection: Collection,
    checkpoint: str,
    places: np.ndarray,
    kind: str,
    n_each: int,
    draw: int,
) -> np.ndarray:
    """Rows of the examples among the galaxies at some places of the random order."""
    order = collection.order
    if kind == "random":
        taken = np.random.default_rng(draw).permutation(len(places))[:n_each]
        return order[places[taken]]
    if kind == "odd":
        values = collection.density(checkpoint)["log_density"][order[places]]
    else:
        points = np.asarray(collection.components(checkpoint)[places], np.float64)
        values = ((points - points.mean(axis=0)) ** 2).sum(axis=1) if len(points) else points[:, 0]
    ranked = np.argsort(values, kind="stable")
    return order[places[ranked[np.isfinite(values[ranked])][:n_each]]]

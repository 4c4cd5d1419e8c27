"""Why a galaxy is a candidate: its place by every estimator, its surroundings, what is usual."""

import math
from dataclasses import dataclass

import numpy as np

from dashboard.ranking import rankings_of, score_ranking
from data.store import Collection
from models.space.density import K_TH
from models.space.estimators import AGREEMENT

FIRST = 0.01  # share of the galaxies that an estimator places first of which it is said to agree
N_NORMAL = 4


@dataclass(frozen=True)
class Why:
    """What speaks for a galaxy as a candidate under a checkpoint.

    places : estimator -> its rank and how many are ranked; left out where it is undefined
    density_ratio : density around its neighbors over its own; None where undefined
    ratio_range : the same one standard error of its own density lower and higher
    normal : rows of the nearest galaxies in the more usual half, and their distances
    n_looked : neighbors among which they were looked for
    usual_by : the score that says what is usual
    """

    places: dict[str, tuple[int, int]]
    density_ratio: float | None
    ratio_range: tuple[float, float] | None
    normal: list[tuple[int, float]]
    n_looked: int
    usual_by: str | None

    @property
    def agreeing(self) -> list[str]:
        """Estimators that have it among their first 1 %, their agreement left out."""
        return [name for name, (rank, n) in self.estimators.items() if rank <= max(1, FIRST * n)]

    @property
    def estimators(self) -> dict[str, tuple[int, int]]:
        """Places by single estimators."""
        return {name: place for name, place in self.places.items() if name != AGREEMENT}


def why_candidate(collection: Collection, checkpoint: str, row: int) -> Why:
    """What speaks for a galaxy as a candidate."""
    places = {}
    for name in rankings_of(collection, checkpoint):
        ranked = score_ranking(collection, checkpoint, name)
        rank = ranked.rank(row)
        if rank is not None:
            places[name] = (rank, ranked.n)
    usual_by = next((name for name in (AGREEMENT, *places) if name in places), None)
    normal = [] if usual_by is None else nearest_usual(collection, checkpoint, row, usual_by)
    n_looked = collection.neighbors(checkpoint).shape[1]
    return Why(places, *_density_ratio(collection, checkpoint, row), normal, n_looked, usual_by)


def nearest_usual(
    collection: Collection, checkpoint: str, row: int, by: str, n: int = N_NORMAL
) -> list[tuple[int, float]]:
    """Rows and distances of the nearest galaxies that a score has in its second half.

    Among the stored neighbors only, so there may be fewer, or none.
    """
    ranked = score_ranking(collection, checkpoint, by)
    found = []
    near = zip(
        collection.neighbors(checkpoint)[row].tolist(),
        collection.distances(checkpoint)[row].tolist(),
        strict=True,
    )
    for other, distance in near:
        if len(found) == n:
            break
        if (ranked.rank(other) or 0) > ranked.n / 2:
            found.append((other, distance))
    return found


def _density_ratio(
    collection: Collection, checkpoint: str, row: int
) -> tuple[float | None, tuple[float, float] | None]:
    """Density around the neighbors over the galaxy's own, and one standard error to both sides."""
    column = collection.density(checkpoint).get("relative_density")
    value = np.nan if column is None else float(column[row])
    if not math.isfinite(value):
        return None, None
    # Of a density from the k-th neighbor; what its surroundings are wrong by is less.
    error = 1 / math.sqrt(min(K_TH, collection.neighbors(checkpoint).shape[1]))
    return math.exp(-value), (math.exp(-value - error), math.exp(-value + error))

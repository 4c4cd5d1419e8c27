"""Why a galaxy is a candidate: its place by every estimator, its surroundings, what is usual."""

import math
from dataclasses import dataclass
from operator import itemgetter

import numpy as np

from dashboard.ranking import Ranking, rankings_of, score_ranking
from data.store import Collection
from models.space.density import K_TH
from models.space.estimators import AGREEMENT
from models.space.search_exact import search_exact

FIRST = 0.01  # share of the galaxies that an estimator places first of which it is said to agree
N_USUAL = 4
N_SOUGHT = 50_000  # random galaxies among which usual ones are sought where no neighbor is one


@dataclass(frozen=True)
class Why:
    """What speaks for a galaxy as a candidate under a checkpoint.

    places : estimator -> its rank and how many are ranked; left out where it is undefined
    density_ratio : density around its neighbors over its own; None where undefined
    ratio_range : the same one standard error of its own density lower and higher
    usual : rows of the nearest galaxies in the more usual half, and their distances
    usual_by : the score that says what is usual; None where none is defined
    """

    places: dict[str, tuple[int, int]]
    density_ratio: float | None
    ratio_range: tuple[float, float] | None
    usual: list[tuple[int, float]]
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
    usual = [] if usual_by is None else nearest_usual(collection, checkpoint, row, usual_by)
    return Why(places, *_density_ratio(collection, checkpoint, row), usual, usual_by)


def nearest_usual(
    collection: Collection, checkpoint: str, row: int, by: str, n: int = N_USUAL
) -> list[tuple[int, float]]:
    """Rows and distances of the nearest galaxies that a score has in its more usual half.

    Of the stored neighbors; where too few of them are usual, also of N_SOUGHT random galaxies.
    """
    ranked = score_ranking(collection, checkpoint, by)
    near = zip(
        collection.neighbors(checkpoint)[row].tolist(),
        collection.distances(checkpoint)[row].tolist(),
        strict=True,
    )
    found = [pair for pair in near if (ranked.rank(pair[0]) or 0) > ranked.n / 2][:n]
    if len(found) < n:
        both = dict(_sought(collection, checkpoint, row, ranked, n)) | dict(found)
        found = sorted(both.items(), key=itemgetter(1))
    return found[:n]


def _sought(
    collection: Collection, checkpoint: str, row: int, ranked: Ranking, n: int
) -> list[tuple[int, float]]:
    """The nearest usual ones of some random galaxies, searched from the galaxy itself."""
    tried = np.sort(collection.order[:N_SOUGHT])
    values = np.asarray(ranked.values[tried], np.float64)
    middle = np.nanmedian(np.where(np.isfinite(values), values, np.nan))
    usual = tried[values > middle if ranked.is_low_unusual else values < middle]
    points = collection.representations(checkpoint)
    nearest = search_exact(points, points[row], n, rows=usual[usual != row])
    return list(zip(nearest.rows[0].tolist(), nearest.distances[0].tolist(), strict=True))


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

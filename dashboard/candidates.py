"""Anomaly candidates: galaxies in the order of a ranking, those selected or all, copies folded."""

from dataclasses import dataclass

import numpy as np
from flask_caching import Cache

from dashboard.listing import Listing
from dashboard.ranking import Ranking
from data.compared_columns import WORST, compared_column, compared_columns
from data.kept import Kept
from data.store import Collection
from models.errors import NotFound
from models.space.duplicates import near_duplicates
from models.space.neighbors import Neighbors

STABLE = "stable"  # by the worst rank over the checkpoints of the run
_GROUPS = Kept(2**27)  # 128 MB: groups of ten million galaxies, under one checkpoint


@dataclass(frozen=True, eq=False)
class Candidates:
    """What is listed of a ranking.

    ranked : the galaxies that are listed
    n_alike : (n_galaxies,) how many galaxies are near-duplicates of each, itself counted
    n_folded : galaxies that are left out, since a near-duplicate of theirs is listed
    """

    ranked: Ranking
    n_alike: np.ndarray
    n_folded: int


def candidates(
    collection: Collection, cache: Cache, checkpoint: str, ranked: Ranking, selection: str = ""
) -> Candidates:
    """What is listed of a ranking: of the near-duplicates only the most unusual.

    selection : id of the record of what is selected; "" for all galaxies
    """
    groups, n_alike = groups_of(collection, checkpoint)
    values = ranked.values
    if selection:
        rows = Listing(collection, cache, checkpoint, selection).selected
        values = np.full(len(values), np.nan, np.float32)
        values[rows] = ranked.values[rows]
    left = without_copies(values, groups, n_alike, is_low_unusual=ranked.is_low_unusual)
    n_folded = int(np.isfinite(values).sum() - np.isfinite(left).sum())
    key = ("candidates", *ranked.key, checkpoint, selection)
    return Candidates(Ranking(key, left, ranked.is_low_unusual), n_alike, n_folded)


def without_copies(
    values: np.ndarray, groups: np.ndarray, n_alike: np.ndarray, *, is_low_unusual: bool
) -> np.ndarray:
    """Scores with NaN for every galaxy that has a more unusual near-duplicate, ties by row."""
    shared = np.flatnonzero((n_alike > 1) & np.isfinite(values))
    if not len(shared):
        return values
    scores = values[shared] if is_low_unusual else -values[shared]
    shared = shared[np.lexsort((shared, scores))]
    _, first = np.unique(groups[shared], return_index=True)
    left = np.array(values)
    left[np.delete(shared, first)] = np.nan
    return left


def groups_of(collection: Collection, checkpoint: str) -> np.ndarray:
    """(2, n_galaxies) int32: first row of the near-duplicates of each galaxy, and their number."""

    def make() -> np.ndarray:
        near = Neighbors(collection.neighbors(checkpoint), collection.distances(checkpoint))
        dim = collection.density(checkpoint).get("intrinsic_dim")
        dim = np.ones(len(near.rows)) if dim is None else np.asarray(dim)
        groups = near_duplicates(near, dim)
        return np.stack([groups, np.bincount(groups)[groups].astype(np.int32)])

    return _GROUPS.get((collection.digest, checkpoint), make)


def stable_ranking(collection: Collection, checkpoint: str) -> Ranking:
    """Galaxies by the worst of their ranks by density over the run; NotFound where it has none."""
    if WORST not in compared_columns(collection, checkpoint):
        raise NotFound("No checkpoint of the run has a density, so none ranks its galaxies.")
    worst = compared_column(collection, checkpoint, WORST)
    return Ranking((collection.digest, checkpoint, STABLE), worst, is_low_unusual=True)

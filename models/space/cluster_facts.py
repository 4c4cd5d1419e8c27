"""What can be said of each cluster: its size, its typical and its outermost members."""

from dataclasses import dataclass

import numpy as np
from scipy.spatial.distance import cdist

from models.space.checks import checked_points
from models.space.clustering import Clustering
from models.space.pairs import Progress

N_EDGES = 12
N_REFERENCE = 500  # members of a cluster from which the distances of all are summed
_CHUNK = 20_000


@dataclass(frozen=True)
class ClusterFacts:
    """One cluster.

    code : its number, 0 the largest
    n : members; share : of all points, those in no cluster counted
    medoid : row of the member whose summed distance to others is smallest: to up to 500 others,
        drawn at random where there are more
    n_reference : how many others that was
    edges : (at most `N_EDGES`,) rows of the members that belong to it least, the least first: by
        `strength` where it is known, else, and where it is equal, by the distance to the medoid
    radius : median distance of the members to the medoid, in the unit of the points
    mean_strength : NaN where the method does not say
    """

    code: int
    n: int
    share: float
    medoid: int
    n_reference: int
    edges: np.ndarray
    radius: float
    mean_strength: float


def cluster_facts(
    points: np.ndarray,
    clustering: Clustering,
    *,
    n_edges: int = N_EDGES,
    seed: int = 0,
    progress: Progress | None = None,
) -> tuple[ClusterFacts, ...]:
    """Describe every cluster, the largest first.

    Parameters
    ----------
    points : (n, n_dim) array
        Rows are those of `clustering`; distances are Euclidean.
    clustering : Clustering
    n_edges : int
        Fewer are given of a cluster that has not as many members beside its medoid.
    seed : int
        Of the members that distances are summed over.
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Raises
    ------
    ValueError
        If the points are not those that were clustered, or a value is not finite.
    """
    points = checked_points(points)
    if len(points) != len(clustering.codes):
        raise ValueError(f"{len(clustering.codes)} points were clustered, not {len(points)}.")
    rng = np.random.default_rng(seed)
    order = np.argsort(clustering.codes, kind="stable")
    start, facts = clustering.n_in_none, []
    for code, size in enumerate(clustering.sizes):
        if progress is not None:
            progress(start / len(points))
        members = order[start : start + size]
        start += size
        facts.append(_facts_of(points, clustering, code, members, n_edges, rng))
    return tuple(facts)


def _facts_of(
    points: np.ndarray,
    clustering: Clustering,
    code: int,
    members: np.ndarray,
    n_edges: int,
    rng: np.random.Generator,
) -> ClusterFacts:
    own = points[members]
    n_reference = min(N_REFERENCE, len(own))
    place = _medoid(own, own[rng.choice(len(own), n_reference, replace=False)])
    from_medoid = np.linalg.norm(own - own[place], axis=1)
    others = np.flatnonzero(np.arange(len(own)) != place)
    if clustering.strength is None:
        outermost, strength = np.argsort(-from_medoid[others], kind="stable"), np.nan
    else:
        own_strength = clustering.strength[members]
        outermost = np.lexsort((-from_medoid[others], own_strength[others]))
        strength = float(own_strength.mean(dtype=np.float64))
    return ClusterFacts(
        code=code,
        n=len(own),
        share=len(own) / len(points),
        medoid=int(members[place]),
        n_reference=n_reference,
        edges=members[others[outermost[:n_edges]]],
        radius=float(np.median(from_medoid)),
        mean_strength=strength,
    )


def _medoid(members: np.ndarray, reference: np.ndarray) -> int:
    """Place of the member whose summed distance to the reference is smallest, the first of equals.

    The sums of millions of members are taken in portions.
    """
    sums = [
        cdist(members[start : start + _CHUNK], reference).sum(axis=1)
        for start in range(0, len(members), _CHUNK)
    ]
    return int(np.argmin(np.concatenate(sums)))

"""Galaxies that are nearly one: pictures of the same object, or copies of a picture."""

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from models.space.neighbors import Neighbors

CHANCE = 0.05  # pairs that would be taken for duplicates in a whole collection that has none
_CHUNK = 65_536


def near_duplicates(
    neighbors: Neighbors, intrinsic_dim: np.ndarray, *, k_th: int = 10
) -> np.ndarray:
    """Group galaxies that are nearer to one another than chance brings them.

    Within the distance r_k of its k-th neighbor, m dimensions have k (r / r_k)^m galaxies inside r.
    Two are near-duplicates where, around both of them, r is so small that less than one pair in 20
    collections of n galaxies would be; and those that are near-duplicates of one are of one group.

    Parameters
    ----------
    neighbors : Neighbors
        Of all n galaxies.
    intrinsic_dim : (n,) array
        Local dimension m around each, as `models.space.density.local_dimension` gives it.
    k_th : int
        Which neighbor's distance to compare with; the last if there are fewer.

    Returns
    -------
    (n,) int32 array
        The first row of each galaxy's group: its own, where it has no near-duplicate.
    """
    n, n_stored = neighbors.rows.shape
    scale = np.asarray(neighbors.distances[:, min(k_th, n_stored) - 1], np.float64)
    dim = np.where(np.isfinite(intrinsic_dim), np.maximum(intrinsic_dim, 1), 1).astype(np.float64)
    # Among copies the k-th neighbor is a copy as well: then only those at no distance are.
    reach = scale * (CHANCE / (min(k_th, n_stored) * max(n, 1))) ** (1 / dim)
    ones, others = [], []
    # Where the nearest is too far, all are: of few galaxies more than that one is looked at.
    with_some = np.flatnonzero(neighbors.distances[:, 0] <= reach)
    for start in range(0, len(with_some), _CHUNK):
        own = with_some[start : start + _CHUNK]
        rows = neighbors.rows[own]
        limit = np.minimum(reach[own, None], reach[rows])
        which, place = np.nonzero(neighbors.distances[own] <= limit)
        ones.append(own[which])
        others.append(rows[which, place])
    if not ones:
        return np.arange(n, dtype=np.int32)
    ones, others = np.concatenate(ones), np.concatenate(others)
    pairs = coo_array((np.ones(len(ones), bool), (ones, others)), shape=(n, n))
    _, group = connected_components(pairs, directed=False)
    first = np.full(group.max(initial=-1) + 1, n, np.int32)
    np.minimum.at(first, group, np.arange(n, dtype=np.int32))
    return first[group]

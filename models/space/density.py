"""How empty the space around each galaxy is: the emptier, the more unusual it may be."""

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from models.space.neighbors import Neighbors

K_TH = 10
BLOCK = 65_536  # points whose neighbours are in memory in float64


class LocalDensity(NamedTuple):
    """Log of points per unit volume up to a constant, and the dimension it was measured in.

    Both (n_points,) float32.
    """

    log_density: np.ndarray
    intrinsic_dim: np.ndarray


def density_columns(neighbors: Neighbors, *, k_th: int = K_TH) -> dict[str, np.ndarray]:
    """Return every column of a collection's density, each (n_points,) float32.

    "log_density" and "intrinsic_dim" as `local_density` gives them; "relative_density", the log
    of a galaxy's density over its neighbours'; "neighbor_distance", the distance to the `k_th`
    neighbour, in the unit of the representations. Low densities and large distances are
    candidates for anomalies.

    Where groups differ in scale or dimension, only "relative_density" ranks planted outliers first:
    the other two list the whole of the widest group before the outliers of a narrow one.
    """
    density = local_density(neighbors.distances, neighbors.rows, k_th=k_th)
    return {
        "log_density": density.log_density,
        "relative_density": relative_density(neighbors, density.intrinsic_dim, k_th=k_th),
        "neighbor_distance": _kth_distance(neighbors.distances, k_th).astype(np.float32),
        "intrinsic_dim": density.intrinsic_dim,
    }


def local_density(
    distances: np.ndarray, rows: np.ndarray | None = None, *, k_th: int = K_TH
) -> LocalDensity:
    """Estimate the density at each point from the distance to its k-th neighbour.

        log_density = log k - log V(d) - d log(r_k / R)

    with V(d) the volume of the unit ball in d dimensions, d the local intrinsic dimension and R
    the median r_k of all points. Densities in different dimensions have different units; R makes
    them comparable, in the sense that doubling every distance changes nothing.

    Parameters
    ----------
    distances : (n_points, n_neighbors) array
        To the nearest neighbours, itself excluded, ascending.
    rows : (n_points, n_neighbors) array, optional
        Which points the neighbours are. With them the dimension is averaged over neighbours.
    k_th : int
        Which neighbour's distance to use; the last if there are fewer.

    Returns
    -------
    LocalDensity
        A point with k or more duplicates, r_k = 0, is given the smallest positive r_k of all.
        NaN where no r_k is positive. There is no error: what is known is the scatter of
        `log_density` for a k-th neighbour, 1 / sqrt(k), and that errors of d come on top.
    """
    log_radius = _log_radius(distances, k_th)
    intrinsic_dim = local_dimension(distances, rows)
    dim = intrinsic_dim.astype(np.float64)
    log_volume = dim / 2 * np.log(np.pi) - gammaln(dim / 2 + 1)
    log_density = np.log(min(k_th, distances.shape[1])) - log_volume - dim * log_radius
    return LocalDensity(log_density.astype(np.float32), intrinsic_dim)


def relative_density(
    neighbors: Neighbors, intrinsic_dim: np.ndarray, *, k_th: int = K_TH
) -> np.ndarray:
    """Compare each point's density with its neighbours', (n_points,) float32.

        d (mean of log r_k over the neighbours - log r_k)

    The log of the ratio of the densities in the point's own local dimension d, as the local
    outlier factor of Breunig et al. (2000) is of reachabilities. About 0 inside a group of any
    density, and free of units.
    """
    log_radius = _log_radius(neighbors.distances, k_th)
    around = np.zeros(len(log_radius))
    for column in neighbors.rows.T:  # of ten million points, never more than a column at a time
        around += log_radius[column]
    around /= neighbors.rows.shape[1]
    return (intrinsic_dim * (around - log_radius)).astype(np.float32)


def _kth_distance(distances: np.ndarray, k_th: int) -> np.ndarray:
    return np.array(distances[:, min(k_th, distances.shape[1]) - 1], np.float64)


def _log_radius(distances: np.ndarray, k_th: int) -> np.ndarray:
    """Log of r_k over its median; NaN if none is positive, the smallest positive one for 0."""
    radius = _kth_distance(distances, k_th)
    positive = radius[radius > 0]
    if not len(positive):
        return np.full(len(radius), np.nan)
    return np.log(np.maximum(radius, positive.min()) / np.median(positive))


def local_dimension(distances: np.ndarray, rows: np.ndarray | None = None) -> np.ndarray:
    """Estimate the intrinsic dimension around each point.

    The maximum-likelihood estimate of Levina & Bickel (2004), averaged over the point and its
    neighbours as MacKay & Ghahramani (2005) say to, inverses first:

        1 / d_i = mean over i and its neighbours j of  mean over l < k of  log(r_jk / r_jl)

    Parameters
    ----------
    distances, rows : (n_points, n_neighbors) arrays
        As for `local_density`.

    Returns
    -------
    (n_points,) float32 array
        At least 2 neighbours are needed. Neighbours at distance 0 are left out; where that
        leaves nothing, the median of the others is given, and NaN if there are none.
    """
    inverse = _inverse_dimension(distances)
    if rows is not None:
        inverse = _mean_over_neighbors(inverse, rows)
    known = np.isfinite(inverse) & (inverse > 0)
    if not known.any():
        return np.full(len(inverse), np.nan, np.float32)
    return (1 / np.where(known, inverse, np.median(inverse[known]))).astype(np.float32)


def _inverse_dimension(distances: np.ndarray) -> np.ndarray:
    """Mean of log(r_k / r_l) over nearer neighbours l; NaN where undefined.

    A distance of 0, or one equal to r_k, is a duplicate's doing and says nothing of dimension.
    """
    inverse = np.empty(len(distances))
    for start in range(0, len(distances), BLOCK):
        block = np.asarray(distances[start : start + BLOCK], np.float64)
        nearer, last = block[:, :-1], block[:, -1:]
        counted = (nearer > 0) & (nearer < last)
        with np.errstate(divide="ignore", invalid="ignore"):
            logs = np.where(counted, np.log(last / nearer), 0)
            inverse[start : start + BLOCK] = logs.sum(1) / counted.sum(1)
    return inverse


def _mean_over_neighbors(values: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Mean of each point's value and its neighbours', NaN left out."""
    known = np.isfinite(values)
    filled = np.where(known, values, 0)
    total, count = filled.copy(), known.astype(np.float64)
    for column in rows.T:
        total += filled[column]
        count += known[column]
    with np.errstate(invalid="ignore"):
        return total / count

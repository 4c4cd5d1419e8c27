"""Mean and covariance of many points in one pass over them, without a float64 copy."""

import numba
import numpy as np

_ROWS = 128  # points of a block: its columns stay in the innermost cache
_SAMPLED = 256  # points whose mean is subtracted first
_FAR = 100  # variances: a mean further off than that costs more than two digits


def mean_and_covariance(points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean (n_dim,) and covariance (n_dim, n_dim; ddof = 1) of float32 or float64 points.

    Sums are those of float64 differences from a point near the mean: exact to some 1e-15 of the
    largest variance, however far the points are from 0. Not finite if a value is not.
    """
    shift = points[:: max(1, len(points) // _SAMPLED)].mean(axis=0, dtype=np.float64)
    for _ in range(2):
        sums, products = _sums_and_products(points, shift)
        offset = sums / len(points)
        covariance = (products - np.outer(sums, offset)) / (len(points) - 1)
        if not (offset**2 > _FAR * np.diag(covariance)).any():
            break
        shift = shift + offset  # a few points far away had drawn it off
    return shift + offset, covariance


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def _sums_and_products(points: np.ndarray, shift: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum of the points less the shift, and of the products of each two of their coordinates."""
    n_points, n_dim = points.shape
    columns = np.zeros((n_dim + 1, _ROWS))  # two columns are taken at once
    sums, products = np.zeros(n_dim), np.zeros((n_dim, n_dim + 1))
    for first in range(0, n_points, _ROWS):
        n_rows = min(_ROWS, n_points - first)
        columns[:, n_rows:] = 0
        for row in range(n_rows):
            for k in range(n_dim):
                columns[k, row] = points[first + row, k] - shift[k]
        for k in range(n_dim):
            sums[k] += columns[k].sum()
            for j in range(0, k + 1, 2):
                one, other = _products(columns[k], columns[j], columns[j + 1])
                products[k, j] += one
                products[k, j + 1] += other
    for k in range(n_dim):
        for j in range(k):
            products[j, k] = products[k, j]
    return sums, products[:, :n_dim]


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})
def _products(column: np.ndarray, one: np.ndarray, other: np.ndarray) -> tuple[float, float]:
    with_one = with_other = 0.0
    for row in range(_ROWS):
        with_one += column[row] * one[row]
        with_other += column[row] * other[row]
    return with_one, with_other

"""What Gaussian points give on average when the Gaussian is fitted to them, without a draw.

Fitted mean and covariance of n Gaussian points are independent of the points' shape beside them
(Basu 1955): whatever was fitted, the difference of two of the points, in units of the fitted
covariance, has every direction alike and the length of a part of a sphere. On the axes of the
fitted Gaussian, of variances l_k,

    Q = |x - y|^2 = 2 (n - 1) sum_k l_k v_k^2,

with v_1 to v_d the first of the n - 1 coordinates of a random point of the unit sphere, where two
fresh draws from the fitted Gaussian have normal coordinates instead. Points are never so far apart
as those, nor so close in many dimensions: that is the bias of eps(r) at small n. With g normal,

    P(Q < q) = P(Y < 0),    Y = sum_k (l_k - c) g_k^2 - c chi^2_(n-1-d),    c = q / (2 (n - 1)),

and Y has the transform M(t) = prod_k (1 - 2 (l_k - c) t)^(-1/2) (1 + 2 c t)^(-(n-1-d)/2). Of the
inversion integrals, P(Y < 0) left of 0 and P(Y >= 0) right of it, the larger is never needed.
"""

import numpy as np

from models.space.checks import checked_edges
from models.space.gaussian import separation_probability

# Of the path through the saddle point, a hyperbola along x: it bends to the right, where the last
# factor of M, for many points exp(-c (n - 1 - d) t), falls.
_NODES, _REACH, _BEND = 160, 15.0, 0.5  # 1e-11 at worst
_HALVINGS = 60
_BLOCK = 4_000_000  # complex numbers at a time, which bounds the memory


def refitted_mean(n_points: int, variances: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Mean eps of Gaussian points to which a Gaussian with these variances was fitted.

    Parameters
    ----------
    n_points : int
    variances : (n_dim,) array
        Eigenvalues of the covariance, as of `Correlation.variances`.
    edges : (n_bins + 1,) array

    Returns
    -------
    (n_bins,) array
        Exact for Gaussian points, on condition of the fit. NaN where the fitted Gaussian has no
        probability at all.

    Raises
    ------
    ValueError
        If there are fewer points than dimensions and 2, no variance is positive, or `edges` do
        not increase.
    """
    p = separation_probability(edges, variances)
    fitted = fitted_probability(n_points, variances, edges)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(p > 0, fitted / p - 1, np.nan)


def fitted_probability(n_points: int, variances: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Probability (n_bins,) that two of the points fitted to are in each bin of separation."""
    edges, variances = checked_edges(edges), np.asarray(variances, dtype=np.float64)
    variances = variances[variances > 1e-14 * variances.max()]
    if n_points < len(variances) + 2:
        raise ValueError(
            f"In {len(variances)} dimensions at least {len(variances) + 2} points are needed, "
            f"not {n_points}."
        )
    c = edges**2 / (2 * (n_points - 1)) / variances.sum()
    variances = variances / variances.sum()
    is_upper = c * (n_points - 1) > 1  # above the mean of Q
    tails = np.zeros(len(edges))
    inner = (c > 0) & (c < variances.max())
    size = max(1, _BLOCK // (_NODES * len(variances)))
    rows = np.flatnonzero(inner)
    for first in range(0, len(rows), size):
        chosen = rows[first : first + size]
        tails[chosen] = _tails(c[chosen], variances, n_points - 1, is_upper[chosen])
    lower, upper = tails[:-1], tails[1:]
    same_side = np.where(is_upper[:-1], lower - upper, upper - lower)
    p = np.where(is_upper[:-1] == is_upper[1:], same_side, 1 - lower - upper)
    return np.maximum(p, 0)


def _tails(c: np.ndarray, variances: np.ndarray, n_sphere: int, is_upper: np.ndarray) -> np.ndarray:
    """P(Y >= 0) where `is_upper`, P(Y < 0) elsewhere, for each c (n,)."""
    slopes = variances - c[:, None]  # (n, n_dim)
    n_rest = n_sphere - len(variances)
    saddle = _saddle_points(c, slopes, n_rest, is_upper)
    # As wide as the integrand's bell, with the decay of a power beyond.
    pulls = slopes / (1 - 2 * slopes * saddle[:, None])
    curvature = 2 * (pulls**2).sum(1) + 2 * n_rest * (c / (1 + 2 * c * saddle)) ** 2
    width = 1 / np.sqrt(curvature + 1 / saddle**2)
    x = (np.arange(_NODES) + 0.5) * (_REACH / _NODES)
    t = saddle[:, None] + width[:, None] * (_BEND * (np.cosh(x) - 1) + 1j * np.sinh(x))
    steps = width[:, None] * (_BEND * np.sinh(x) + 1j * np.cosh(x)) * (_REACH / _NODES)
    log_m = -0.5 * np.log(1 - 2 * slopes[:, None, :] * t[:, :, None]).sum(2)
    log_m -= 0.5 * n_rest * np.log(1 + 2 * c[:, None] * t)
    values = np.exp(log_m) / np.where(is_upper[:, None], t, -t) * steps
    return values.imag.sum(1) / np.pi


def _saddle_points(
    c: np.ndarray, slopes: np.ndarray, n_rest: int, is_upper: np.ndarray
) -> np.ndarray:
    """Where log M(t) - log|t|, which is convex, is least on either side of 0."""
    low = np.where(is_upper, 0.0, -0.5 / c)
    high = np.where(is_upper, 0.5 / slopes.max(axis=1), 0.0)
    for _ in range(_HALVINGS):
        t = (low + high) / 2
        slope = (slopes / (1 - 2 * slopes * t[:, None])).sum(1)
        slope -= n_rest * c / (1 + 2 * c * t) + 1 / t
        low, high = np.where(slope < 0, t, low), np.where(slope < 0, high, t)
    return (low + high) / 2

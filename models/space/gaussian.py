"""How far apart two draws from one Gaussian are: the exact reference of the correlation.

For x, y ~ N(mean, C) independent, with lambda_k the eigenvalues of C, the squared separation

    Q = |x - y|^2 = sum_k w_k chi^2_1,      w_k = 2 lambda_k,

is a weighted sum of chi-squared variables. Its Laplace transform is M(s) = prod_k
(1 + 2 w_k s)^(-1/2), so that with h(s) = s q - 1/2 sum_k log(1 + 2 w_k s) - log|s|

    P(Q <  q) =   1 / (2 pi i) * integral of exp(s q) M(s) / s ds,  on a contour right of 0,
    P(Q >= q) = - 1 / (2 pi i) * the same,                          on a contour left of 0.

Each contour is the path of steepest descent from the saddle point of h on its side of 0
(Daniels 1954; Rice 1980), followed exactly: see `models.space.contour`. The result is accurate
relative to its own size in either tail. A parabola in place of the path is not enough: it fails
for equal variances just above the mean, and for one large variance among many small ones, where
it runs into the branch points of the small ones.
"""

import numpy as np

from models.space.checks import checked_edges, checked_points
from models.space.contour import integrate_tails
from models.space.covariance import mean_and_covariance

_NEGLIGIBLE = 1e-14  # smaller variances, relative to the largest, are rounding errors
_ROUNDING = 1e-6  # and so are negative ones that are less than this below 0, of float32 points


def fit_gaussian(points: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean and principal axes of the Gaussian with the mean and covariance of the points.

    Parameters
    ----------
    points : (n_points, n_dim) array, at least two points

    Returns
    -------
    mean : (n_dim,) array
    variances : (n_dim,) array
        Eigenvalues of the covariance (ddof = 1), decreasing; at most n_points - 1 are not 0.
    axes : (n_dim, n_dim) array
        Their eigenvectors, as columns: (points - mean) @ axes has these variances.

    Raises
    ------
    ValueError
        If there are fewer than two points, or a value is not finite.
    """
    points = checked_points(points, at_least=2)
    mean, covariance = mean_and_covariance(points)
    variances, axes = np.linalg.eigh(covariance)
    variances, axes = np.maximum(variances[::-1], 0), axes[:, ::-1]
    variances[len(points) - 1 :] = 0  # what is there is rounding error
    return mean, variances, axes


def separation_probability(edges: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Probability that two draws from a Gaussian are separated by edges[i] to edges[i + 1].

    Parameters
    ----------
    edges : (n_bins + 1,) array
        Increasing separations; the last may be infinite.
    variances : (n_dim,) array
        Eigenvalues of the Gaussian's covariance. Those below 1e-14 of the largest are left out.

    Returns
    -------
    (n_bins,) array
        Each is the difference of two tail probabilities with a relative error of some 1e-12
        (1e-11 in 2048 dimensions): in the tails as good as that, and less for bins so narrow
        that the difference cancels. Values below 1e-307 are 0.

    Raises
    ------
    ValueError
        If `edges` do not increase from 0 or more, or no variance is positive.
    """
    edges, weights, scale = _checked(edges, variances)
    squared = (edges / np.sqrt(scale)) ** 2
    tails, _ = integrate_tails(squared, weights, np.empty(0))
    return _difference(tails, squared > 1)


def separation_probability_gradient(
    edges: np.ndarray, variances: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Probability of each bin and its derivative with respect to each variance.

    dP(Q < q) / dlambda_k is -2 times the density at q of Q + w_k chi^2_2, whose transform is
    M(s) / (1 + 2 w_k s): the nodes that give the probability give the derivatives.

    Parameters
    ----------
    edges, variances : as for `separation_probability`

    Returns
    -------
    p : (n_bins,) array
    dp : (n_bins, n_dim) array
        dp[i, k] = d p[i] / d variances[k], also for variances left out of p.
    """
    edges, weights, scale = _checked(edges, variances)
    squared = (edges / np.sqrt(scale)) ** 2
    all_weights = 2 * (np.asarray(variances, dtype=np.float64) / scale)
    # A variance that is a rounding error below 0 is one of 0.
    tails, densities = integrate_tails(squared, weights, np.maximum(all_weights, 0))
    return _difference(tails, squared > 1), np.diff(-2 / scale * densities, axis=0)


def with_open_ends(edges: np.ndarray) -> tuple[np.ndarray, slice]:
    """Edges from 0 to infinity, and which of the bins between them are those of `edges`.

    With the outer bins every separation is in one, and their small probabilities are exact.
    """
    before = [0.0] if edges[0] > 0 else []
    after = [np.inf] if edges[-1] < np.inf else []
    inside = slice(len(before), len(before) + len(edges) - 1)
    return np.concatenate([before, edges, after]), inside


def _checked(edges: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray, float]:
    """Edges, the weights w_k that matter in units of E[Q], and E[Q] itself."""
    edges = checked_edges(edges)
    variances = np.asarray(variances, dtype=np.float64)
    if variances.ndim != 1 or not np.isfinite(variances).all():
        raise ValueError("Variances must be a list of finite numbers.")
    if not (variances > 0).any():
        raise ValueError("At least one variance must be positive: all points are the same.")
    largest = variances.max()
    if variances.min() < -_ROUNDING * largest:
        raise ValueError(f"Variances cannot be negative, as {variances.min():g} is.")
    weights = variances[variances > _NEGLIGIBLE * largest] / largest
    scale = 2 * weights.sum() * largest
    if not scale < np.inf:
        raise ValueError("Variances are too large: measure in a larger unit.")
    return edges, weights / weights.sum(), scale


def _difference(tails: np.ndarray, is_upper: np.ndarray) -> np.ndarray:
    """Probability of the bins, never as the difference of two numbers near 1."""
    lower, upper = tails[:-1], tails[1:]
    across = 1 - lower - upper
    same_side = np.where(is_upper[:-1], lower - upper, upper - lower)
    return np.maximum(np.where(is_upper[:-1] == is_upper[1:], same_side, across), 0)

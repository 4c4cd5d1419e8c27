"""How far apart two draws from one Gaussian are: the exact reference of the correlation.

For x, y ~ N(mean, C) independent, with lambda_k the eigenvalues of C, the squared separation

    Q = |x - y|^2 = sum_k w_k chi^2_1,      w_k = 2 lambda_k,

is a weighted sum of chi-squared variables. Its Laplace transform is M(s) = prod_k
(1 + 2 w_k s)^(-1/2), so that with h(s) = s q - 1/2 sum_k log(1 + 2 w_k s) - log|s|

    P(Q <  q) =   1 / (2 pi i) * integral of exp(s q) M(s) / s ds,  on a contour right of 0,
    P(Q >= q) = - 1 / (2 pi i) * the same,                          on a contour left of 0.

Each contour is the path of steepest descent from the saddle point of h on its side of 0
(Daniels 1954; Rice 1980), followed exactly: h is real on it and falls as u^2 / 2, so that with
h_0 the value at the saddle

    P = exp(h_0) / pi * integral over u > 0 of exp(-u^2 / 2) Im(ds / du) du.

The midpoint rule converges geometrically on this bell, and the result is accurate relative to
its own size in either tail. A parabola in place of the path is not enough: it fails for equal
variances just above the mean, and for one large variance among many small ones, where it runs
into the branch points of the small ones.
"""

import numba
import numpy as np

from models.space.checks import checked_edges, checked_points

_NODES = 80  # on the half of the contour above the real axis
_REACH = 8.8  # of u: exp(-u^2 / 2) is 1e-17 there
_NEGLIGIBLE = 1e-14  # smaller variances, relative to the largest, are rounding errors


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
    mean = points.mean(axis=0, dtype=np.float64)
    variances, axes = np.linalg.eigh(np.atleast_2d(np.cov(points - mean, rowvar=False)))
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
        Each is the difference of two tail probabilities with a relative error of some 1e-12: in
        the tails as good as that, and less for bins so narrow that the difference cancels.
        Values below 1e-307 are 0.

    Raises
    ------
    ValueError
        If `edges` do not increase from 0 or more, or no variance is positive.
    """
    edges, weights, scale = _checked(edges, variances)
    tails, is_upper, _ = _tails(edges**2 / scale, weights)
    return _difference(tails, is_upper)


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
    tails, is_upper, contours = _tails(edges**2 / scale, weights)
    all_weights = 2 * np.asarray(variances, dtype=np.float64) / scale
    below = np.zeros((len(edges), len(all_weights)))  # derivative of P(Q < q) at each edge
    for chosen, nodes, values in contours:
        below[chosen] = _densities(nodes, values, all_weights)
    return _difference(tails, is_upper), np.diff(-2 / scale * below, axis=0)


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
    weights = 2 * variances[variances > _NEGLIGIBLE * variances.max()]
    return edges, weights / weights.sum(), weights.sum()


def _tails(squared: np.ndarray, weights: np.ndarray) -> tuple[np.ndarray, np.ndarray, list]:
    """P(Q < q) for each q up to the mean of Q (which is 1), P(Q >= q) above it.

    Also which of the two each is, and the contours they came from, for the derivatives.
    """
    is_upper = squared > 1
    tails = np.zeros(len(squared))  # 0 is right for q = 0 below and for q = infinity above
    contours = []
    for side in (False, True):
        chosen = np.flatnonzero((is_upper == side) & (squared > 0) & (squared < np.inf))
        if len(chosen) == 0:
            continue
        nodes, values = _contour(squared[chosen], weights, side)
        tails[chosen] = (-1 if side else 1) * (values / nodes).imag.sum(1)
        contours.append((chosen, nodes, values))
    return tails, is_upper, contours


def _difference(tails: np.ndarray, is_upper: np.ndarray) -> np.ndarray:
    """Probability of the bins, never as the difference of two numbers near 1."""
    lower, upper = tails[:-1], tails[1:]
    across = 1 - lower - upper
    same_side = np.where(is_upper[:-1], lower - upper, upper - lower)
    return np.maximum(np.where(is_upper[:-1] == is_upper[1:], same_side, across), 0)


def _contour(
    squared: np.ndarray, weights: np.ndarray, is_upper: bool
) -> tuple[np.ndarray, np.ndarray]:
    """Nodes s (n, _NODES) of the contour for each q, and exp(s q) M(s) ds / pi at each.

    The imaginary part of sum(values / nodes) is a probability, of sum(values) the density.
    """
    saddle = _saddle_points(squared, weights, is_upper)
    width = _REACH / _NODES
    u = width * (np.arange(_NODES) + 0.5)
    steps, derivatives = _descend(squared, saddle, weights, u)
    log_peak = saddle * squared - 0.5 * np.log1p(2 * np.outer(saddle, weights)).sum(1)
    nodes = saddle[:, None] + steps
    bell = np.exp(log_peak[:, None] - u**2 / 2) * width / np.pi
    return nodes, bell * derivatives * nodes / saddle[:, None]


def _saddle_points(squared: np.ndarray, weights: np.ndarray, is_upper: bool) -> np.ndarray:
    """Solve h'(s) = 0 for each q: the positive root, or the negative one for `is_upper`.

    s h'(s) = s q - sum_k w_k s / (1 + 2 w_k s) - 1 is convex and -1 at 0, so it has one root on
    either side, and Newton's method started outside of a root approaches it without turning.
    """
    if is_upper:
        # At the root no term of the sum exceeds the whole, q |s| + 1, and |s| < 1 / (2 w_max).
        bound = squared / (2 * weights.max()) + 1
        s = -bound / (1 + 2 * bound) / weights.max()
    else:
        s = (len(weights) / 2 + 1) / squared  # every term of the sum is below 1/2
    for _ in range(100):
        pulls = weights / (1 + 2 * np.outer(s, weights))
        value = s * squared - s * pulls.sum(1) - 1
        slope = squared - (pulls**2 / weights).sum(1)
        previous, s = s, s - value / slope
        if (np.abs(s - previous) <= 1e-10 * np.abs(s)).all():
            break
    return s


@numba.njit(cache=True, nogil=True)
def _descend(
    squared: np.ndarray, saddle: np.ndarray, weights: np.ndarray, u: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Follow the path of steepest descent of each q: s - saddle and ds / du at the nodes.

    Newton's method solves h(s) = h_0 - u^2 / 2 from one node to the next. h' has real zeros
    only, so nothing stands in the way once the path has left the real axis.
    """
    steps = np.empty((len(squared), len(u)), np.complex128)
    derivatives = np.empty((len(squared), len(u)), np.complex128)
    width = u[1] - u[0]
    for i in range(len(squared)):
        pulls = weights / (1 + 2 * weights * saddle[i])
        derivative = 1j / np.sqrt(2 * (pulls**2).sum() + 1 / saddle[i] ** 2)
        previous, step = derivative, -0.5 * width * derivative
        for j in range(len(u)):
            step += width * (1.5 * derivative - 0.5 * previous)
            for _ in range(50):
                pull, log_product = _sums(step, pulls)
                fall = step * squared[i] - 0.5 * log_product - np.log(1 + step / saddle[i])
                slope = squared[i] - pull - 1 / (saddle[i] + step)
                correction = (fall + 0.5 * u[j] ** 2) / slope
                step -= correction
                if abs(correction) < 1e-12 * abs(step):
                    break
            previous, derivative = derivative, -u[j] / slope
            steps[i, j], derivatives[i, j] = step, derivative
    return steps, derivatives


@numba.njit(cache=True, nogil=True)
def _sums(step: complex, pulls: np.ndarray) -> tuple[complex, complex]:
    """Sum over k of a_k / f_k and of log(f_k), with a_k the pulls and f_k = 1 + 2 a_k step.

    The logarithm is taken once, of the product. Each f_k lies in the upper half plane, so the
    product has passed the negative axis whenever its imaginary part turns from positive to
    negative: those turns are counted.
    """
    pull, product = 0j, 1 + 0j
    log_size, turns = 0.0, 0
    for k in range(len(pulls)):
        factor = 1 + 2 * pulls[k] * step
        pull += pulls[k] / factor
        before = product.imag
        product *= factor
        if before >= 0 and product.imag < 0:
            turns += 1
        if k % 8 == 7:  # before it overflows
            size = abs(product)
            product /= size
            log_size += np.log(size)
    return pull, np.log(product) + log_size + 2j * np.pi * turns


@numba.njit(cache=True, nogil=True)
def _densities(nodes: np.ndarray, values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Density of Q + w_k chi^2_2 at each q: (n, n_dim)."""
    densities = np.zeros((len(nodes), len(weights)))
    for i in range(len(nodes)):
        for j in range(nodes.shape[1]):
            for k in range(len(weights)):
                densities[i, k] += (values[i, j] / (1 + 2 * weights[k] * nodes[i, j])).imag
    return densities

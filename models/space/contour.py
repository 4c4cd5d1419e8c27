"""Invert the Laplace transform of Q = sum_k w_k chi^2_1 along the path of steepest descent.

With h(s) = s q - 1/2 sum_k log(1 + 2 w_k s) - log|s| and s_0 its saddle point on the positive
(lower tail) or negative (upper tail) real axis, everything here is relative to s_0: s = s_0 x,
and the path x(u) leaves 1 upwards, solving h = h_0 - u^2 / 2. Then for either tail

    P = exp(h_0) / pi * integral over u > 0 of exp(-u^2 / 2) Im(dx / du) du.

The midpoint rule of width v converges geometrically on this bell, as far as dx / du is smooth:
it is singular where the path would meet another saddle, of h lower by D and on another branch of
the logarithms, at u = sqrt(2 D + 2 pi i b). The error, about exp(-D - 2 pi Im(u) / v), is worst
for exp(-3/2 (2 pi^2 b / v)^(2/3)): b = 1/2 across the branch point of one weight, above the
mean; b = 1 across the pole at 0, below it. Hence the numbers of nodes.
"""

import numba
import numpy as np

_NODES_BELOW, _NODES_ABOVE = 40, 72  # of the mean of Q: 3e-14 and 3e-13 at worst
_REACH = 8.4  # of u: exp(-u^2 / 2) is 5e-16 there
_SURELY_NORMAL = 2.3e-308  # smaller numbers lose digits, and are taken as 0
_SURE_ZERO = 4000.0  # exp(-s q) M(-s) < 1e-400 beyond, for s = 1 / (4 w_max) and sum_k w_k = 1
_SMALLEST_LOG = -708.0  # exp of less is no normal number
_CLOSE = 1e-4  # relative; the correction below is of fourth order

# Sums may be taken in any order, so that they are vectorised; the rest is as written.
_ANY_ORDER = {"reassoc", "contract", "nsz"}


@numba.njit(cache=True, nogil=True, error_model="numpy")
def integrate_tails(
    squared: np.ndarray, weights: np.ndarray, all_weights: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Tail probability of Q at each q, and the density of Q + w chi^2_2 for each of more weights.

    Parameters
    ----------
    squared : (n,) array
        q, from 0 to infinity.
    weights : (n_dim,) array
        Positive, of sum 1, which is so the mean of Q.
    all_weights : (n_weights,) array
        w, not negative; none if no density is wanted.

    Returns
    -------
    tails : (n,) array
        P(Q < q) for q up to 1, P(Q >= q) for q above.
    densities : (n, n_weights) array
    """
    tails, densities = np.zeros(len(squared)), np.zeros((len(squared), len(all_weights)))
    for i in range(len(squared)):
        q = squared[i]
        if not _SURELY_NORMAL < q < _SURE_ZERO:
            continue
        saddle = _saddle_point(q, weights)
        log_peak = saddle * q - 0.5 * _sum_of_logs(saddle, weights)
        if log_peak < _SMALLEST_LOG:
            continue
        width = _REACH / (_NODES_BELOW if q <= 1 else _NODES_ABOVE)
        pulls = saddle * weights / (1 + 2 * saddle * weights)
        nodes, slopes = _descend(saddle * q, pulls, width)
        u = width * (np.arange(len(nodes)) + 0.5)
        slopes *= np.exp(log_peak - 0.5 * u**2) * width / np.pi
        tails[i] = slopes.imag.sum()
        _add_densities(nodes * saddle, slopes * nodes * abs(saddle), all_weights, densities[i])
    return tails, densities


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=_ANY_ORDER)
def _saddle_point(q: float, weights: np.ndarray) -> float:
    """Solve h'(s) = 0: the positive root for q below the mean of Q, the negative one above.

    s h'(s) = s q - sum_k w_k s / (1 + 2 w_k s) - 1 is convex and -1 at 0, so it has one root on
    either side, and Newton's method started outside of a root approaches it without turning.
    """
    if q > 1:
        # At the root no term of the sum exceeds the whole, q |s| + 1, and |s| < 1 / (2 w_max).
        bound = q / (2 * weights.max()) + 1
        s = -bound / (1 + 2 * bound) / weights.max()
    else:
        s = (len(weights) / 2 + 1) / q  # every term of the sum is below 1/2
    for _ in range(100):
        first = second = 0.0
        for k in range(len(weights)):
            shrunk = 1 / (1 + 2 * s * weights[k])
            first += weights[k] * shrunk
            second += weights[k] * shrunk * shrunk
        correction = (s * q - s * first - 1) / (q - second)
        s -= correction
        if abs(correction) <= 1e-9 * abs(s):  # the next would be of its square
            break
    return s


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=_ANY_ORDER)
def _sum_of_logs(s: float, weights: np.ndarray) -> float:
    total = 0.0
    for k in range(len(weights)):
        total += np.log1p(2 * s * weights[k])
    return total


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _descend(q: float, pulls: np.ndarray, width: float) -> tuple[np.ndarray, np.ndarray]:
    """Follow the path of steepest descent: x and dx / du at the nodes width / 2, 3 width / 2 ...

    Each node is extrapolated from the two before it, all derivatives to the third included
    (before the first lies its mirror image), and then corrected. h' has real zeros only, so
    nothing stands in the way once the path has left the real axis.
    """
    n_nodes = int(np.round(_REACH / width))
    nodes, slopes = np.empty(n_nodes, np.complex128), np.empty(n_nodes, np.complex128)
    workspace = np.empty((2, len(pulls)))
    second, third = 2 * (pulls**2).sum() + 1, -8 * (pulls**3).sum() - 2
    step = width / 2 * (1j / np.sqrt(second)) + width**2 * third / (24 * second**2)
    before = d1 = d2 = d3 = 0j
    for j in range(n_nodes):
        u = width * (j + 0.5)
        step, h1, h2, h3 = _corrected(step, u, q, pulls, workspace)
        b1, b2, b3 = d1, d2, d3
        # Derivatives of h = h_0 - u^2 / 2, for u in units of the width.
        per_slope = -width / h1
        d1 = u * per_slope
        d2 = (width + h2 * d1 * d1 / width) * per_slope
        d3 = (h3 * d1 * d1 + 3 * h2 * d2) * d1 * per_slope / width
        nodes[j], slopes[j] = 1 + step, d1 / width
        if j == 0:
            before, b1, b2, b3 = np.conj(step), -np.conj(d1), np.conj(d2), -np.conj(d3)
        ahead = 209 * before + 98 * b1 + 18 * b2 + 4 * b3 / 3
        ahead += -208 * step + 112 * d1 - 24 * d2 + 8 * d3 / 3
        before, step = step, ahead
    return nodes, slopes


@numba.njit(cache=True, nogil=True, error_model="numpy")
def _corrected(
    step: complex, u: float, q: float, pulls: np.ndarray, workspace: np.ndarray
) -> tuple[complex, complex, complex, complex]:
    """Solve h(1 + step) = h_0 - u^2 / 2 near `step`: the root, and h', h'', h''' there.

    One look is enough from an extrapolated node: the inverse series of h, to third order.
    """
    for _ in range(50):
        product, pull, pull_2, pull_3 = _look(step, pulls, workspace)
        inverse = 1 / (1 + step)
        fall = step * q - 0.5 * np.log(product * (1 + step) ** 2)
        fall -= 1j * np.pi * np.round(fall.imag / np.pi)  # the branch: on the path it is real
        h1 = q - pull - inverse
        h2 = 2 * pull_2 + inverse * inverse
        h3 = -8 * pull_3 - 2 * inverse * inverse * inverse
        reach = 1 / h1
        newton = -(fall + 0.5 * u * u) * reach
        bend, twist = 0.5 * h2 * reach, h3 * reach / 6
        move = newton * (1 - bend * newton + (2 * bend * bend - twist) * newton * newton)
        step += move
        if abs(move) <= _CLOSE * abs(step):
            break
    return step, h1 + move * (h2 + move * h3 / 2), h2 + move * h3, h3


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=_ANY_ORDER)
def _look(
    step: complex, pulls: np.ndarray, workspace: np.ndarray
) -> tuple[complex, complex, complex, complex]:
    """Product of f_k = 1 + 2 a_k step, with a_k the pulls, and the sums of a_k / f_k, to power 1-3.

    Real and imaginary parts apart, and the product by halves: so that they are vectorised.
    """
    real, imag = workspace[0], workspace[1]
    r1 = i1 = r2 = i2 = r3 = i3 = 0.0
    for k in range(len(pulls)):
        re, im = 1 + 2 * pulls[k] * step.real, 2 * pulls[k] * step.imag
        shrink = pulls[k] / (re * re + im * im)
        gr, gi = re * shrink, -im * shrink
        sr, si = gr * gr - gi * gi, 2 * gr * gi
        r1 += gr
        i1 += gi
        r2 += sr
        i2 += si
        r3 += sr * gr - si * gi
        i3 += sr * gi + si * gr
        real[k], imag[k] = re, im
    n = len(pulls)
    while n > 1:
        half = (n + 1) // 2
        for k in range(n - half):
            re = real[k] * real[k + half] - imag[k] * imag[k + half]
            imag[k] = real[k] * imag[k + half] + imag[k] * real[k + half]
            real[k] = re
        n = half
    return complex(real[0], imag[0]), complex(r1, i1), complex(r2, i2), complex(r3, i3)


@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath=_ANY_ORDER)
def _add_densities(
    nodes: np.ndarray, values: np.ndarray, weights: np.ndarray, densities: np.ndarray
) -> None:
    """Add to the density for each weight w the imaginary part of sum(values / (1 + 2 w s))."""
    for j in range(len(nodes)):
        x, y = 2 * nodes[j].real, 2 * nodes[j].imag
        vr, vi = values[j].real, values[j].imag
        for k in range(len(weights)):
            re, im = 1 + weights[k] * x, weights[k] * y
            densities[k] += (vi * re - vr * im) / (re * re + im * im)

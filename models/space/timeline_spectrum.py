"""How large a representation space is and how many directions it uses, with errors."""

import numpy as np

from models.space.dimension import effective_rank, top_component_share, two_nn_dimension
from models.space.jackknife import jackknife_error
from models.space.measured import Measured, undefined


def measure_spectrum(representations: np.ndarray, groups: np.ndarray) -> dict[str, Measured]:
    """Spread, effective rank and share of the top component.

    Without a group, variances are taken along the axes of all points. That is exact for the
    spread, and for the others to first order.

    Parameters
    ----------
    representations : (n, n_dim) array, not all the same
    groups : (n,) array of ints from 0

    Returns
    -------
    dict
        "spread", the root mean square separation in the unit of the representations,
        "effective_rank" and "top_component_share".
    """
    n = len(representations)
    sizes = np.bincount(groups)
    coordinates = _along_axes(representations)
    sums = np.zeros((len(sizes), coordinates.shape[1]))
    squares = np.zeros_like(sums)
    np.add.at(sums, groups, coordinates)
    np.add.at(squares, groups, coordinates**2)
    rest = (n - sizes)[:, None]
    left = squares.sum(axis=0) - squares - (sums.sum(axis=0) - sums) ** 2 / rest
    variances = left / (rest - 1)
    whole = squares.sum(axis=0) / (n - 1)
    measures = {
        "spread": rms_of,
        "effective_rank": effective_rank,
        "top_component_share": top_component_share,
    }
    return {
        name: Measured(
            measure(whole), jackknife_error(np.array([measure(one) for one in variances])), n
        )
        for name, measure in measures.items()
    }


def rms_of(variances: np.ndarray) -> float:
    """Root mean square separation of two points with these variances along the axes."""
    return float(np.sqrt(2 * np.sum(variances)))


def _along_axes(representations: np.ndarray) -> np.ndarray:
    """(n, n_axes) coordinates on the principal axes, float64; at most n axes have any variance."""
    centered = representations.astype(np.float64)
    centered -= centered.mean(axis=0)
    if centered.shape[1] > len(centered):
        left, values, _ = np.linalg.svd(centered, full_matrices=False)
        return left * values
    return centered @ np.linalg.eigh(centered.T @ centered)[1]


def measure_dimension(distances: np.ndarray, groups: np.ndarray) -> Measured:
    """TwoNN intrinsic dimension; the error leaves out the ratios of each group.

    The galaxies of the group remain neighbors of the others: to take them away, too, would count
    their noise twice, an error of 2.0 times the scatter over independent draws.

    Parameters
    ----------
    distances : (n, 2 or more) array
        To the nearest neighbors of each point, itself left out, ascending.
    groups : (n,) array of ints from 0
    """
    found = two_nn_dimension(distances)
    if not np.isfinite(found["value"]):
        reason = "too few galaxies have two neighbors at different distances"
        return undefined(len(distances), reason)
    rest = [distances[groups != group] for group in range(groups.max() + 1)]
    replicates = np.array([two_nn_dimension(one)["value"] for one in rest])
    return Measured(float(found["value"]), jackknife_error(replicates), len(distances))

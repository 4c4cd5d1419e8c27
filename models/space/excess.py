"""Which points make a bump: the neighbors of each at the separations in question."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import binom, norm

from models.space.checks import checked_edges, checked_points
from models.space.gaussian import fit_gaussian, separation_probability
from models.space.pairs import Progress, count_neighbors

MAX_PAIRS = 200_000_000  # of all points with all; beyond, `choose_partners` samples
MIN_PARTNERS = 400
MIN_RANDOMS = 1_000  # of the Gaussian, to know what it gives at each place
MIN_SIGMA = 3.0  # above what the Gaussian gives at the same place


@dataclass(frozen=True)
class Excess:
    """Neighbors of each point in a range of separations, over those of a Gaussian, minus 1.

    values : (n_points,) array; their mean is eps of that range. NaN where the Gaussian has
        no probability there at all
    sampling_sigma : (n_points,) error of each from counting only some of the partners; 0 if all
    counted : (n_points,) int, neighbors counted
    n_partners : points among which they were counted
    """

    values: np.ndarray
    sampling_sigma: np.ndarray
    counted: np.ndarray
    n_partners: int


def choose_partners(n_points: int, rng: np.random.Generator) -> np.ndarray | None:
    """Rows to count neighbors among: None, for all, or a random sample if they are many.

    Of 15,000 points or more, so many that some 2e8 pairs are counted, and at least 400.
    """
    n_partners = max(MAX_PAIRS // n_points, MIN_PARTNERS)
    return None if n_partners >= n_points else rng.choice(n_points, n_partners, replace=False)


def neighbor_excess(
    points: np.ndarray,
    lower: float,
    upper: float,
    *,
    others: np.ndarray | None = None,
    partners: np.ndarray | None = None,
    progress: Progress | None = None,
) -> Excess:
    """Measure how many more neighbors each point has in [lower, upper) than a Gaussian's would.

    What is expected is the same for all points: the Gaussian's probability of the range times
    the number of partners. So the values add up to the correlation, and say which points make
    it; but a point far out has few neighbors close by in a Gaussian too. `makes_bump` compares
    with what the Gaussian gives at the same place.

    Parameters
    ----------
    points : (n_points, n_dim) array
    lower, upper : float
        Range of separations, in the unit of the points.
    others : (n_others, n_dim) array, optional
        Count the neighbors among these, and compare with their Gaussian. None of them should be
        one of `points`.
    partners : (n_partners,) array of rows, optional
        Count the neighbors only among these of the points, or of the others: a random sample,
        as from `choose_partners`.
    progress : callable, optional
        Told the fraction done; may raise to stop.

    Raises
    ------
    ValueError
        If there are fewer than 2 points to compare with, all are the same, a value is not
        finite, or `upper` is not above `lower` and `lower` not from 0 up.
    """
    points, compared = _float32(points, others)
    _, variances, _ = fit_gaussian(compared)
    p = separation_probability([lower, upper], variances)[0]
    if others is None:
        counted, trials = _counted_among_themselves(points, lower, upper, partners, progress)
        possible = len(points) - 1
    else:
        chosen = compared if partners is None else compared[partners]
        counted = count_neighbors(points, [lower, upper], chosen, progress=progress)[:, 0]
        trials, possible = np.full(len(points), len(chosen)), len(compared)
    expected = trials * p if p > 0 else np.full(len(points), np.nan)
    missed = np.maximum(1 - trials / possible, 0)
    share = (counted + 0.5) / (trials + 1)  # never 0: some partners do not prove it of all
    return Excess(
        counted / expected - 1,
        np.sqrt(trials * share * (1 - share) * missed) / expected,
        counted,
        len(compared) if partners is None else len(partners),
    )


def makes_bump(
    points: np.ndarray,
    lower: float,
    upper: float,
    rng: np.random.Generator,
    *,
    partners: np.ndarray | None = None,
    progress: Progress | None = None,
) -> np.ndarray:
    """Tell which points make an excess of pairs in [lower, upper), as a bump of the correlation.

    A point does if it has more neighbors in the range, by 3 sigma, than the Gaussian of all
    points gives at the same place. The place matters: a point in the middle has close neighbors
    in a Gaussian too, and a point far out has none. Of Gaussian points it takes one in 740.

    What the Gaussian gives there is counted among random points drawn from it, and the two
    counts are compared exactly: given their sum, the first is binomial.

    Parameters
    ----------
    points, lower, upper, partners, progress, raises : as for `neighbor_excess`
    rng : Generator
        Draws the random points, at least 1,000 and as many as there are partners.

    Returns
    -------
    (n_points,) bool array
    """
    points, _ = _float32(points)
    mean, variances, axes = fit_gaussian(points)

    def tell(fraction: float, first: float) -> None:
        if progress is not None:
            progress(first + fraction / 2)

    counted, trials = _counted_among_themselves(
        points, lower, upper, partners, lambda fraction: tell(fraction, 0.0)
    )
    n_randoms = max(MIN_RANDOMS, len(points) if partners is None else len(partners))
    randoms = rng.standard_normal((n_randoms, len(variances))) * np.sqrt(variances)
    given = count_neighbors(
        points,
        [lower, upper],
        (mean + randoms @ axes.T).astype(np.float32),
        progress=lambda fraction: tell(fraction, 0.5),
    )[:, 0]
    share = trials / (trials + n_randoms)
    return binom.sf(counted - 1, counted + given, share) < norm.sf(MIN_SIGMA)


def _counted_among_themselves(
    points: np.ndarray,
    lower: float,
    upper: float,
    partners: np.ndarray | None,
    progress: Progress | None,
) -> tuple[np.ndarray, np.ndarray]:
    """Neighbors of each point among all, or among `partners`, and how many could have been."""
    edges = checked_edges([lower, upper])
    if partners is None:
        counted = count_neighbors(points, edges, progress=progress)[:, 0]
        return counted, np.full(len(points), len(points) - 1)
    counted = count_neighbors(points, edges, points[partners], progress=progress)[:, 0]
    is_partner = np.zeros(len(points), bool)
    is_partner[partners] = True
    if lower == 0:
        counted = counted - is_partner  # each of them is at separation 0 from itself
    return counted, len(partners) - is_partner.astype(np.int64)


def _float32(points: np.ndarray, others: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Points, and those they are compared with, as float32, of which the pairs are counted."""
    points = checked_points(points)
    compared = points if others is None else checked_points(others)
    if compared.shape[1] != points.shape[1]:
        raise ValueError(
            f"Both sets must have the same dimension, not {points.shape[1]} and "
            f"{compared.shape[1]}."
        )
    if len(compared) < 2 or (compared == compared[0]).all():
        raise ValueError(
            f"The {len(compared)} points to compare with do not differ: a Gaussian needs two."
        )
    if points.dtype == compared.dtype == np.float32:
        return points, compared
    mean = compared.mean(axis=0)  # taken off before the rounding, which is then the smaller
    return (points - mean).astype(np.float32), (compared - mean).astype(np.float32)

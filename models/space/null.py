"""Is it more than chance? Three nulls, and the rank of a correlation among their draws.

Each null answers a question of its own:

    gaussian   any structure? Gaussian points of the same number, the Gaussian fitted each time
    subset     other than the collection? Random galaxies of it, as many
    patch      more than other patches of the map? The neighbors of a random galaxy on the map

Every draw has the number of points, the components, the bins and the number of pairs of the
correlation it is compared with. Where pairs are sampled they add noise to each bin, so data and
draws must be sampled alike: `n_shifts_for` says how many shifts to measure both with. Of a
Gaussian's scatter the pairs' own noise is nearly all.
"""

from collections.abc import Callable

import numpy as np
from scipy.spatial import cKDTree

from models.space.checks import checked_edges, checked_points
from models.space.curve import MIN_EXPECTED, Correlation
from models.space.gaussian import separation_probability
from models.space.null_draws import Design, measure_draws, pairs_looked_at
from models.space.null_summary import Null, NullSummary, chance_p_value, summarized
from models.space.pairs import Progress

__all__ = [
    "Null",
    "NullSummary",
    "chance_p_value",
    "gaussian_null",
    "n_shifts_for",
    "patch_null",
    "refitted_null",
    "subset_null",
    "summarized",
]

MAX_EXACT = 5_000  # points up to which draws count every pair
SAMPLED_PAIRS, MIN_SHIFTS = 5_000_000, 16  # of more points: so many pairs, and shifts, at least
QUESTIONS = {
    "gaussian": "Any structure? Compared with Gaussian points of the same number and variances.",
    "subset": "Other than the collection? Compared with as many of its galaxies at random.",
    "patch": "More than elsewhere? Compared with patches of as many galaxies around random ones.",
}


def n_shifts_for(n_points: int) -> int | None:
    """Shifts to measure the data with, and so every draw; None for all pairs, of 5,000 at most.

    999 draws cost 999 times as many pairs: here 5 million, or 16 a point, whichever is more.
    """
    if n_points <= MAX_EXACT:
        return None
    return max(MIN_SHIFTS, SAMPLED_PAIRS // n_points)


def refitted_null(
    n_points: int,
    variances: np.ndarray,
    edges: np.ndarray,
    n_draws: int,
    rng: np.random.Generator,
    progress: Progress | None = None,
) -> Null:
    """Measure Gaussian points of the same number and variances, the Gaussian fitted each time.

    Every pair is counted, whatever their number: `gaussian_null` counts as many as the data do.

    Parameters
    ----------
    n_points : int
    variances : (n_dim,) array
        Of the Gaussian drawn from, as of `Correlation.variances`.
    edges : (n_bins + 1,) array
    n_draws : int
        200 for a band, 999 for a p-value.
    progress : callable, optional
        Told the fraction done, every some 50 ms; may raise to stop.
    """
    edges = checked_edges(edges)
    n_pairs = n_points * (n_points - 1) / 2
    used = n_pairs * separation_probability(edges, variances) >= MIN_EXPECTED
    draw = _gaussian_points(n_points, variances, rng)
    draws = measure_draws(draw, Design(edges, used), n_draws, progress)
    return Null(*draws, "gaussian", pairs_looked_at(n_points, None))


def gaussian_null(
    correlation: Correlation,
    n_draws: int,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
) -> Null:
    """Gaussian points with the number, variances, bins and pairs of a correlation."""
    draw = _gaussian_points(correlation.n_points, correlation.variances, rng)
    draws = measure_draws(draw, _design(correlation), n_draws, progress)
    return Null(*draws, "gaussian", correlation.pairs_counted)


def subset_null(
    components: np.ndarray,
    correlation: Correlation,
    n_draws: int,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
) -> Null:
    """Random galaxies of the collection, as many as the correlation is of.

    Parameters
    ----------
    components : (n_galaxies, k) array
        Points of the whole collection, prepared as those of the correlation were.
    correlation : Correlation
        That of the selection, on bins that its draws share.
    n_draws, rng, progress : as for `refitted_null`

    Raises
    ------
    ValueError
        If the components are fewer than those of the correlation, or the collection holds no
        more galaxies than it.
    """
    components = _of_collection(components, correlation)

    def draw() -> np.ndarray:
        return components[rng.choice(len(components), correlation.n_points, replace=False)]

    draws = measure_draws(draw, _design(correlation, own_bins=True), n_draws, progress)
    return Null(*draws, "subset", correlation.pairs_counted)


def patch_null(
    components: np.ndarray,
    map_positions: np.ndarray,
    correlation: Correlation,
    n_draws: int,
    rng: np.random.Generator,
    *,
    progress: Progress | None = None,
) -> Null:
    """Random galaxies of the collection, each with its nearest on the map, as many as selected.

    Parameters
    ----------
    components, correlation, n_draws, rng, progress : as for `subset_null`
    map_positions : (n_galaxies, 2) array
        Projection of the same galaxies, in the same order.

    Raises
    ------
    ValueError
        As for `subset_null`, and if the positions are not finite or not as many.
    """
    components = _of_collection(components, correlation)
    map_positions = checked_points(map_positions)
    if len(map_positions) != len(components):
        raise ValueError(
            f"There are {len(map_positions)} positions on the map for {len(components)} galaxies."
        )
    tree = cKDTree(map_positions)

    def draw() -> np.ndarray:
        center = map_positions[rng.integers(len(map_positions))]
        rows = tree.query(center, correlation.n_points)[1]
        return components[rng.permutation(rows)]  # shifts want a random order

    draws = measure_draws(draw, _design(correlation, own_bins=True), n_draws, progress)
    return Null(*draws, "patch", correlation.pairs_counted)


def _gaussian_points(
    n_points: int, variances: np.ndarray, rng: np.random.Generator
) -> Callable[[], np.ndarray]:
    scales = np.sqrt(variances).astype(np.float32)

    def draw() -> np.ndarray:
        return rng.standard_normal((n_points, len(scales)), dtype=np.float32) * scales

    return draw


def _design(correlation: Correlation, *, own_bins: bool = False) -> Design:
    """What draws share with a correlation, also as to how many of the pairs are counted."""
    n_shifts = correlation.pairs_counted // correlation.n_points
    return Design(
        correlation.edges,
        correlation.used,
        n_shifts if correlation.is_sampled else None,
        own_bins,
    )


def _of_collection(components: np.ndarray, correlation: Correlation) -> np.ndarray:
    components = checked_points(components)
    if components.shape[1] < correlation.n_dim:
        raise ValueError(
            f"The correlation is of {correlation.n_dim} components, and the collection's points "
            f"have {components.shape[1]}."
        )
    if len(components) <= correlation.n_points:
        raise ValueError(
            f"These are all {len(components):,} galaxies: select some of them, to compare them "
            "with others."
        )
    return components[:, : correlation.n_dim]

"""Errors from subsamples: the delete-a-group jackknife of the correlation."""

import numpy as np

from models.space.gaussian import fit_gaussian, separation_probability

N_GROUPS = 40  # the error then has itself an error of some 11 %


def subsample_products(
    sets: list[tuple[np.ndarray, np.ndarray]], edges: np.ndarray, seed: int = 0
) -> np.ndarray:
    """Covariance of 1 + eps between bins, from subsamples that each lack one of 40 groups.

    The points are dealt into random groups, and never drawn with replacement: a point drawn
    twice would be a pair at separation 0. For each group, eps is that of all points but these,
    the Gaussian fitted to the rest. Subsamples of a fraction f scatter by sqrt((1 - f) / f) of
    the error of the whole, here by 1 / sqrt(39) (Shao & Wu 1989). No pair is counted again:
    those that are lost with a group are the neighbors counted of its points, less the pairs
    within it, which are taken to be the part of all that they should be.

    Parameters
    ----------
    sets : list of (points, counts)
        One set, all of whose pairs were counted or some; or two, for pairs of a point of either.
        points (n_points, n_dim), at least three in all; counts (n_points, n_bins), the
        neighbors counted of each.
    edges : (n_bins + 1,) array
    seed : int
        Of the groups.

    Returns
    -------
    (n_bins, n_bins) array
        In units of 1 + eps of either bin, with the noise of the pairs about twice in it.
    """
    n_groups = min(N_GROUPS, *(len(points) for points, _ in sets))
    if n_groups < 3:
        raise ValueError(f"Subsamples need at least 3 points in each set, and one has {n_groups}.")
    rng = np.random.default_rng(seed)
    group_of = [rng.permutation(len(points)) % n_groups for points, _ in sets]
    sums = [counts.sum(axis=0, dtype=np.int64) for _, counts in sets]
    total = sums[0] * (0.5 if len(sets) == 1 else 1.0)
    ratios = np.full((n_groups, len(total)), np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        for group in range(n_groups):
            inside = [groups == group for groups in group_of]
            left = total * (1 + _n_pairs(inside) / _n_pairs([np.ones_like(i) for i in inside]))
            for i, (_, counts), found in zip(inside, sets, sums, strict=True):
                left = left - counts[i].sum(axis=0, dtype=np.int64) * (sums[0] / found)
            rest = np.concatenate([points[~i] for i, (points, _) in zip(inside, sets, strict=True)])
            _, variances, _ = fit_gaussian(rest)
            p = separation_probability(edges, variances)
            ratios[group] = left / p / _n_pairs([~i for i in inside])
        changes = np.where(total > 0, ratios / ratios.mean(axis=0) - 1, 0.0)
    return (n_groups - 1) / n_groups * changes.T @ changes


def _n_pairs(inside: list[np.ndarray]) -> float:
    """Pairs of the points that are inside: of one set, or of one of each of two."""
    n = [float(i.sum()) for i in inside]
    return n[0] * n[1] if len(n) == 2 else n[0] * (n[0] - 1) / 2

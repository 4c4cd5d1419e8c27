"""What a linear discriminant finds of a kind that was told what nearly every galaxy is.

Where it finds nothing of a kind, a few labels will hardly do: the representation does not tell the
kind apart along any direction. It is no bound: a kind that is unlike all others in many ways, as
saturated stars are in their pixels, is found by distances and not by a direction.
"""

import numpy as np

from benchmarks.discovery_draws import Draw
from models.space.learning_recall import places
from models.space.learning_rehearsal import LISTED

N_FOLDS = 3
FLOOR = 1e-3  # of the largest variance, added to each: directions of rounding tell nothing


def discriminants(draw: Draw, space: str) -> dict[str, float]:
    """Share of each planted kind among the first 200 of Fisher's (1936) discriminant.

    Each galaxy is judged by a discriminant of the galaxies in the other two of three parts.
    """
    points = draw.spaces[space].points.astype(np.float64)
    part = np.random.default_rng([draw.seed, 3]).permutation(len(points)) % N_FOLDS
    kinds = np.unique(draw.kinds[draw.kinds != ""])
    values = np.zeros((len(kinds), len(points)))
    for fold in range(N_FOLDS):
        known, own = points[part != fold], draw.kinds[part != fold]
        means = np.stack([_mean(known[own == kind], known) for kind in ("", *kinds)])
        covariance = np.cov(known, rowvar=False)
        largest = np.linalg.eigvalsh(covariance)[-1]
        covariance += FLOOR * (largest or 1) * np.eye(len(covariance))
        directions = np.linalg.solve(covariance, (means[1:] - means[0]).T)
        # Of the same unit in every fold: standard deviations of all galaxies.
        directions /= np.sqrt(np.einsum("ij,ik,kj->j", directions, covariance, directions)) + 1e-12
        values[:, part == fold] = ((points[part == fold] - means[0]) @ directions).T
    return {
        str(kind): float(np.mean(places(value)[draw.kinds == kind] < LISTED))
        for kind, value in zip(kinds, values, strict=True)
    }


def _mean(own: np.ndarray, all_known: np.ndarray) -> np.ndarray:
    return (own if len(own) else all_known).mean(axis=0)

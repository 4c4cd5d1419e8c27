"""Turning one map onto another, so that the eye follows points and not the turn."""

import numpy as np


def aligned(points: np.ndarray, onto: np.ndarray) -> np.ndarray:
    """Turn, mirror and shift points to lie as near as they can to others, row by row.

    Orthogonal Procrustes (Schonemann 1966) after centring both; never scaled.

    Parameters
    ----------
    points, onto : (n_points, n_dim) arrays

    Returns
    -------
    (n_points, n_dim) float32 array
    """
    points, onto = points.astype(np.float64), onto.astype(np.float64)
    center = points.mean(0)
    left, _, right = np.linalg.svd((points - center).T @ (onto - onto.mean(0)))
    return ((points - center) @ (left @ right) + onto.mean(0)).astype(np.float32)


def residual(points: np.ndarray, onto: np.ndarray) -> float:
    """How far points remain from others when they are aligned, as a share of the others' radius.

    Root mean square distance, row by row, over the root mean square distance of `onto` from its
    mean: 0 where one is the other turned, mirrored and shifted, about sqrt(2) where they have
    nothing in common and are equally wide.

    Parameters
    ----------
    points, onto : (n_points, n_dim) arrays

    Returns
    -------
    float
        NaN where all of `onto` is in one place.
    """
    onto = onto.astype(np.float64)
    radius = np.sqrt(((onto - onto.mean(0)) ** 2).sum(axis=1).mean())
    if not radius > 0:
        return float("nan")
    apart = aligned(points, onto) - onto
    return float(np.sqrt((apart**2).sum(axis=1).mean()) / radius)

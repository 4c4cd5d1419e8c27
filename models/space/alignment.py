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

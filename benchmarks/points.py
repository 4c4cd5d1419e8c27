"""Points to count the pairs of, and the range of their separations."""

import numpy as np
from sklearn.datasets import make_blobs

N_BLOBS = 10
MARGIN = 1 + 1e-6  # of the last edge, so that the farthest pair is inside of [lower, upper)


def ten_blobs(n_points: int, n_dim: int, seed: int = 0) -> np.ndarray:
    """(n_points, n_dim) float32: unit Gaussians around ten centres uniform in [-10, 10)."""
    points, _ = make_blobs(n_points, n_dim, centers=N_BLOBS, random_state=seed)
    return points.astype(np.float32)


def even_edges(points: np.ndarray, part: float, n_bins: int) -> np.ndarray:
    """Edges from 0 to a part of the largest separation there is, evenly spaced."""
    return np.linspace(0, part * largest_separation(points) * MARGIN, n_bins + 1)


def largest_separation(points: np.ndarray) -> float:
    """Exactly, from the few points that are far enough out to be one of that pair."""
    centered = points.astype(np.float64) - points.mean(axis=0, dtype=np.float64)
    radius = np.linalg.norm(centered, axis=1)
    far = centered[radius.argmax()]
    known = np.linalg.norm(centered - far, axis=1).max()  # of one pair
    # Two points are no farther apart than their distances from the mean together.
    outer = centered[radius + radius.max() >= known]
    squares = (outer**2).sum(axis=1)
    largest = known**2
    for start in range(0, len(outer), 1024):
        block = slice(start, start + 1024)
        products = outer[block] @ outer.T
        largest = max(largest, (squares[block, None] + squares - 2 * products).max())
    return float(np.sqrt(largest))

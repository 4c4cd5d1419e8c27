"""What tests of clusters share: points around far centers, others between them, neighbors."""

import numpy as np

from models.space.neighbors import find_neighbors
from models.space.reachability import reachability_tree

SIZES = (500, 300, 200)


def planted(rng, sizes=SIZES, n_dim=5, n_between=0):
    """Points around as many far centers, in random order, and which each is of, -1 between."""
    centers = 8 * np.eye(len(sizes), n_dim)
    codes = np.repeat(np.arange(len(sizes)), sizes)
    around = centers[codes] + 0.3 * rng.normal(size=(len(codes), n_dim))
    between = rng.uniform(-6, 14, size=(n_between, n_dim))
    points = np.concatenate([around, between]).astype(np.float32)
    codes = np.concatenate([codes, np.full(n_between, -1)])
    order = rng.permutation(len(points))
    return points[order], codes[order]


def tree_of(points, **more):
    """The tree of points, from their thirty nearest."""
    near = find_neighbors(points, 30)
    return reachability_tree(points, near.rows, near.distances, **more)

"""Maps of several seeds: alike where the neighbors say where everything is, unlike where not."""

import numpy as np
import pytest

from models.space.neighbors import find_neighbors
from models.space.projection import map_checkpoint, starting_map
from models.space.reseeding import reseeded


def test_clusters_stay_where_they_are_and_noise_does_not(rng):
    centers = rng.normal(scale=30, size=(5, 8))
    grouped = (centers[rng.integers(0, 5, 400)] + rng.normal(size=(400, 8))).astype(np.float32)
    found = reseeded(find_neighbors(grouped, 15), starting_map(grouped), n_epochs=60)
    assert found.n_points == 400 and found.n_seeds == 3
    assert found.moved.shape == (400,) and (found.moved >= 0).all()
    assert 0 < found.mean < 0.5 and found.error >= 0

    shares = []
    reseeded(
        find_neighbors(grouped, 15), starting_map(grouped), n_seeds=2, n_epochs=20,
        progress=shares.append,
    )  # fmt: skip
    assert shares == sorted(shares) and shares[-1] == 1


def test_it_is_what_two_seeds_of_the_map_differ_by(rng):
    points = rng.normal(size=(200, 6)).astype(np.float32)
    neighbors, start = find_neighbors(points, 15), starting_map(points)
    maps = [map_checkpoint(neighbors, start, n_epochs=30, seed=seed) for seed in (1, 2)]
    apart = np.sqrt(((maps[0] - maps[1]) ** 2).sum(axis=1).mean())
    radius = np.sqrt(((maps[1] - maps[1].mean(0)) ** 2).sum(axis=1).mean())
    found = reseeded(neighbors, start, n_seeds=2, n_epochs=30)
    assert 0 < found.mean <= apart / radius + 1e-6  # aligned to each other, they are no farther
    assert np.isnan(found.error)


def test_one_seed_says_nothing(rng):
    points = rng.normal(size=(60, 3)).astype(np.float32)
    with pytest.raises(ValueError, match="2 seeds"):
        reseeded(find_neighbors(points, 15), starting_map(points), n_seeds=1)

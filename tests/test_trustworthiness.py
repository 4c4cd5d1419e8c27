import numpy as np
import pytest
from sklearn.manifold import trustworthiness

from models.space.map_trust import map_neighbors
from models.space.neighbors import find_neighbors
from models.space.trustworthiness import map_faith


def drawn(rng, n, n_dim=20, noise=0.5):
    points = (rng.normal(size=(n, n_dim)) * np.linspace(2, 0.2, n_dim)).astype(np.float32)
    positions = points[:, :2] + noise * rng.normal(size=(n, 2))
    return points, positions, find_neighbors(points, 30).rows


@pytest.mark.parametrize("k", [5, 15])
def test_both_are_those_of_scikit_learn(rng, k):
    points, positions, near = drawn(rng, 800)
    faith = map_faith(points, positions, near, map_neighbors(positions, k), k)
    spaces = points.astype(np.float64), positions
    there = trustworthiness(*spaces, n_neighbors=k)
    back = trustworthiness(*spaces[::-1], n_neighbors=k)
    assert faith.trustworthiness == pytest.approx(there, abs=1e-6)
    assert faith.continuity == pytest.approx(back, abs=1e-6)
    assert not faith.is_sampled and faith.trustworthiness_error == faith.continuity_error == 0


def test_half_precision_and_blocks_do_not_show(rng, monkeypatch):
    points, positions, near = drawn(rng, 600)
    points = points.astype(np.float16)
    near = find_neighbors(points.astype(np.float32), 30).rows
    monkeypatch.setattr("models.space.trustworthiness._QUERIES", 70)
    monkeypatch.setattr("models.space.trustworthiness._BASE", 110)
    faith = map_faith(points, positions, near, map_neighbors(positions, 10), 10)
    there = trustworthiness(points.astype(np.float64), positions, n_neighbors=10)
    assert faith.trustworthiness == pytest.approx(there, abs=1e-6)


def test_a_sample_is_within_its_error(rng):
    points, positions, near = drawn(rng, 3_000)
    on_map = map_neighbors(positions, 15)
    whole = map_faith(points, positions, near, on_map, 15)
    told = []
    part = map_faith(
        points, positions, near, on_map, 15, max_exact=0, n_sampled=400, progress=told.append
    )
    assert part.is_sampled and part.n_asked == 400 and part.n == 3_000
    for name in ("trustworthiness", "continuity"):
        error = getattr(part, f"{name}_error")
        assert 0 < error < 0.02
        assert abs(getattr(part, name) - getattr(whole, name)) < 4 * error
    assert told == sorted(told) and told[-1] == 1


def test_single_precision_gives_the_same_ranks_but_for_near_ties(rng):
    points, positions, near = drawn(rng, 1_000)
    on_map = map_neighbors(positions, 15)
    whole = map_faith(points, positions, near, on_map, 15)
    single = map_faith(points, positions, near, on_map, 15, max_exact=0, n_sampled=1_000)
    assert single.trustworthiness == pytest.approx(whole.trustworthiness, abs=1e-4)


def test_a_map_that_is_the_space_is_perfect(rng):
    points = rng.normal(size=(300, 2)).astype(np.float32)
    near = find_neighbors(points, 30).rows
    faith = map_faith(points, points, near, map_neighbors(points, 15), 15)
    assert faith.trustworthiness == faith.continuity == 1


def test_what_cannot_be_asked_is_refused(rng):
    points, positions, near = drawn(rng, 40)
    with pytest.raises(ValueError, match="20 cannot be asked about"):
        map_faith(points, positions, near, near, 20)
    with pytest.raises(ValueError, match="same 40 galaxies"):
        map_faith(points, positions[1:], near, near, 5)

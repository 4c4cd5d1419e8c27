"""Scenes of the structure lab: their shapes, and that they move continuously."""

from dataclasses import replace

import numpy as np
import pytest

from models.space.simulations import KINDS, RANGES, Scene, draw


def drawn(**parameters):
    return draw(Scene(**parameters), np.random.default_rng(5))


def centers(points, labels):
    return np.array([points[labels == k].mean(axis=0) for k in range(labels.max() + 1)])


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n_dim", [1, 2, 15, 64])
def test_all_kinds_have_the_same_size(kind, n_dim):
    points, labels = drawn(kind=kind, n_clusters=1, n_dim=n_dim, n_points=5000, cohesion=2)
    assert points.shape == (5000, n_dim) and points.dtype == np.float64
    assert labels.shape == (5000,) and (labels == 0).all()
    np.testing.assert_allclose(np.mean(np.sum(points**2, axis=1)), n_dim / 4, rtol=0.05)
    np.testing.assert_allclose(points.mean(axis=0), 0, atol=0.15 * np.sqrt(n_dim))


def test_each_kind_has_its_shape():
    points, _ = drawn(kind="uniform", n_clusters=1, n_dim=2, n_points=5000)
    assert np.linalg.norm(points, axis=1).max() < 1.01 * np.sqrt(6)
    points, _ = drawn(kind="shell", n_clusters=1, n_dim=3)
    assert np.std(np.linalg.norm(points, axis=1)) < 0.1
    points, _ = drawn(kind="filament", n_clusters=1, n_dim=5)
    variances = np.linalg.eigvalsh(np.cov(points, rowvar=False))[::-1]
    assert variances[:2].sum() > 50 * variances[2:].sum()
    points, _ = drawn(kind="clusters", n_clusters=1, n_dim=5)
    np.testing.assert_allclose(np.mean(points**4), 3, rtol=0.1)


@pytest.mark.parametrize("n_dim", [1, 2, 15])
@pytest.mark.parametrize("kind", KINDS)
def test_the_closest_centers_are_apart_as_said_and_no_piece_is_empty(kind, n_dim):
    for n_clusters in (2, 3, 10):
        points, labels = drawn(
            kind=kind, n_clusters=n_clusters, n_dim=n_dim, separation=12, n_points=20_000
        )
        assert set(labels) == set(range(n_clusters))
        found = centers(points, labels)
        gaps = np.linalg.norm(found[:, None] - found, axis=2)[~np.eye(n_clusters, dtype=bool)]
        assert abs(gaps.min() - 12) < 0.3


def test_ratios_are_those_of_the_pieces():
    points, labels = drawn(n_clusters=3, n_points=20_000, size_ratio=4, variance_ratio=9)
    sizes = np.bincount(labels)
    np.testing.assert_allclose(sizes[:-1] / sizes[1:], 2, rtol=0.1)
    variances = np.array([points[labels == k].var(axis=0).mean() for k in range(3)])
    np.testing.assert_allclose(variances, [1 / 3, 1, 3], rtol=0.1)
    points, _ = drawn(n_clusters=1, n_points=20_000, n_dim=4, axis_ratio=5)
    lengths = np.sqrt(np.linalg.eigvalsh(np.cov(points, rowvar=False)))
    np.testing.assert_allclose(lengths[-1] / lengths[:-1], 5, rtol=0.1)
    np.testing.assert_allclose(np.sum(lengths**2), 4, rtol=0.05)


def test_the_smallest_scene_has_no_empty_piece():
    for seed in range(20):
        scene = Scene(n_clusters=10, n_points=100, size_ratio=20)
        _, labels = draw(scene, np.random.default_rng(seed))
        assert len(np.unique(labels)) == 10


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["separation", "cohesion", "variance_ratio", "axis_ratio"])
def test_the_picture_follows_a_slider(kind, name):
    scene = Scene(kind=kind, n_clusters=4, n_dim=3, size_ratio=2, variance_ratio=2, axis_ratio=2)
    points, labels = draw(scene, np.random.default_rng(5))
    moved = replace(scene, **{name: getattr(scene, name) * 1.001})
    new_points, new_labels = draw(moved, np.random.default_rng(5))
    np.testing.assert_array_equal(new_labels, labels)
    assert 0 < np.abs(new_points - points).max() < 0.02


def test_sizes_follow_their_slider_one_point_after_the_other():
    scene = Scene(n_clusters=4, size_ratio=2)
    points, labels = draw(scene, np.random.default_rng(5))
    new_points, new_labels = draw(replace(scene, size_ratio=2.05), np.random.default_rng(5))
    moved = labels != new_labels
    assert 0 < moved.mean() < 0.03
    np.testing.assert_array_equal(new_points[~moved], points[~moved])


@pytest.mark.parametrize("kind", ["clusters", "uniform"])
def test_more_points_or_dimensions_leave_those_there_were(kind):
    scene = Scene(kind=kind, n_clusters=3, n_points=500, n_dim=2)
    points, labels = draw(scene, np.random.default_rng(5))
    for more in (replace(scene, n_points=800), replace(scene, n_dim=7)):
        new_points, new_labels = draw(more, np.random.default_rng(5))
        np.testing.assert_allclose(new_points[:500, :2], points, atol=1e-12)
        np.testing.assert_array_equal(new_labels[:500], labels)


def test_another_seed_is_another_picture():
    one, other = (draw(Scene(), np.random.default_rng(seed))[0] for seed in (1, 2))
    assert np.abs(one - other).mean() > 0.3


def test_points_come_in_random_order():
    _, labels = drawn(n_clusters=2, n_points=10_000)
    for shift in (1, 2, 3, 5, 8, 13):  # neighbors in the order share a piece by chance only
        assert abs(np.mean(labels == np.roll(labels, shift)) - 0.5) < 0.03


@pytest.mark.parametrize("name", RANGES)
def test_the_ends_of_every_range_can_be_drawn_and_what_lies_beyond_is_refused(name):
    lowest, highest = RANGES[name]
    for value in (lowest, highest):
        points, labels = drawn(**{name: value})
        assert np.isfinite(points).all() and len(points) == len(labels)
    for value in (lowest - 0.1, highest + 1, np.nan):
        with pytest.raises(ValueError, match=f"{name} of a scene must be"):
            Scene(**{name: value})


def test_an_unknown_kind_or_half_a_cluster_is_refused():
    with pytest.raises(ValueError, match="one of clusters, uniform, filament, shell, not spiral"):
        Scene(kind="spiral")
    with pytest.raises(ValueError, match="n_clusters of a scene must be a whole number, not 2.5"):
        Scene(n_clusters=2.5)

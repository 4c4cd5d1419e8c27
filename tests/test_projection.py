import numpy as np
import pytest

from models.space.neighbors import find_neighbors
from models.space.projection import (
    drawn_in,
    map_checkpoint,
    map_checkpoints,
    principal_axes,
    starting_map,
)


@pytest.fixture(scope="module")
def blobs():
    """Representations of 400 galaxies in four groups of 100, in 20 dimensions."""
    rng = np.random.default_rng(5)
    centers = rng.normal(scale=4, size=(4, 20))
    return (np.repeat(centers, 100, axis=0) + rng.normal(size=(400, 20))).astype(np.float32)


@pytest.fixture(scope="module")
def neighbors(blobs):
    return find_neighbors(blobs, 20)


@pytest.fixture(scope="module")
def components(blobs):
    return principal_axes(blobs).project(blobs, 2)


@pytest.fixture(scope="module")
def mapped(neighbors, components):
    return map_checkpoint(neighbors, starting_map(components))


def test_axes_are_those_of_the_covariance(rng):
    x = rng.normal(size=(300, 6)) @ rng.normal(size=(6, 6)) + 100
    axes = principal_axes(x)
    covariance = np.cov(x, rowvar=False)
    np.testing.assert_allclose(axes.variances, np.linalg.eigvalsh(covariance)[::-1])
    np.testing.assert_allclose(covariance @ axes.axes.T, axes.axes.T * axes.variances, atol=1e-9)
    components = axes.project(x)
    assert components.dtype == np.float32
    np.testing.assert_allclose(components.var(0, ddof=1), axes.variances, rtol=1e-5)
    np.testing.assert_allclose(components.mean(0), 0, atol=1e-5)
    np.testing.assert_array_equal(axes.project(x, 2), components[:, :2])


def test_axes_point_the_same_way_whatever_the_order_of_rows(rng):
    x = rng.normal(size=(200, 5)) * [5, 4, 3, 2, 1]
    axes = principal_axes(x).axes
    np.testing.assert_allclose(axes, principal_axes(x[::-1]).axes, atol=1e-9)
    assert (axes[np.arange(5), np.abs(axes).argmax(1)] > 0).all()


def test_half_precision_is_summed_in_double(rng, tmp_path, monkeypatch):
    monkeypatch.setattr("models.space.projection.BLOCK", 64)
    np.save(tmp_path / "x.npy", (rng.normal(size=(1000, 4)) + 500).astype(np.float16))
    mapped = np.load(tmp_path / "x.npy", mmap_mode="r")
    exact = np.cov(np.array(mapped, np.float64), rowvar=False)
    variances = principal_axes(mapped).variances
    np.testing.assert_allclose(variances, np.linalg.eigvalsh(exact)[::-1], rtol=1e-9)


def test_all_variances_are_kept_with_few_axes(rng):
    x = rng.normal(size=(50, 8))
    few, all_of_them = principal_axes(x, n_axes=3), principal_axes(x)
    assert few.axes.shape == (3, 8)
    np.testing.assert_array_equal(few.variances, all_of_them.variances)
    np.testing.assert_array_equal(few.project(x), all_of_them.project(x, 3))


def test_more_dimensions_than_galaxies_leave_no_negative_variance(rng):
    variances = principal_axes(rng.normal(size=(10, 30)).astype(np.float32)).variances
    assert (variances >= 0).all()
    assert (variances > 1e-9).sum() == 9


def test_one_row_has_no_axes():
    with pytest.raises(ValueError, match="at least 2 rows"):
        principal_axes(np.zeros((1, 4)))


def test_the_start_keeps_shapes_and_reins_in_outliers(rng):
    components = rng.normal(size=(500, 5)).astype(np.float32) * [4, 1, 1, 1, 1]
    components[0, :2] = [4000, 0]
    start = starting_map(components)
    assert np.linalg.norm(start, axis=1).max() < 500
    spread = start[1:].std(0)
    assert spread[0] / spread[1] == pytest.approx(4, rel=0.2)
    assert starting_map(components[:, :1]).shape == (500, 2)
    assert np.isfinite(starting_map(np.zeros((9, 2)))).all()


def test_a_map_keeps_groups_together(mapped):
    nearest = find_neighbors(mapped, 10).rows
    group = np.repeat(np.arange(4), 100)
    assert (group[nearest] == group[:, None]).mean() > 0.95


def test_equal_seeds_give_equal_bits(neighbors, components, mapped):
    again = map_checkpoint(neighbors, starting_map(components))
    other = map_checkpoint(neighbors, starting_map(components), seed=1)
    np.testing.assert_array_equal(again, mapped)
    assert (other != mapped).any()


def test_equal_representations_share_a_map(neighbors, components, mapped):
    stored = find_neighbors(np.random.default_rng(1).normal(size=(400, 20)), 20)
    maps = list(map_checkpoints([neighbors, stored, neighbors, stored], components))
    np.testing.assert_array_equal(maps[0], mapped)
    assert maps[2] is maps[0] and maps[3] is maps[1]


def test_turned_representations_share_a_map_and_others_do_not(rng):
    points = rng.normal(size=(800, 20)) * np.linspace(1, 0.2, 20)
    turn, _ = np.linalg.qr(rng.normal(size=(20, 20)))
    moved = points + 0.02 * rng.normal(size=points.shape)
    spaces = (points, points @ turn + 3.0, 2 * points, moved)
    every = [find_neighbors(given.astype(np.float32), 20) for given in spaces]
    assert not every[0].same_as(every[1])  # rounding: equal bits would ask too much
    axes = principal_axes(points)
    maps = map_checkpoints(every, axes.project(points))
    first, turned, wider, other = maps
    assert turned is first
    assert wider is not first and other is not first


def test_each_map_starts_from_the_one_before_and_can_be_resumed(blobs, neighbors, components):
    rng = np.random.default_rng(3)
    later = [
        find_neighbors(blobs + rng.normal(scale=scale, size=blobs.shape), 20)
        for scale in (0.5, 1.0)
    ]
    maps = list(map_checkpoints([neighbors, *later], components))
    np.testing.assert_array_equal(maps[1], map_checkpoint(later[0], maps[0]))
    resumed = list(map_checkpoints([neighbors, *later], components, finished=maps[:2]))
    assert len(resumed) == 1
    np.testing.assert_array_equal(resumed[0], maps[2])


def test_a_map_lies_on_the_one_before(components, mapped):
    start = starting_map(components)
    np.testing.assert_allclose(mapped.mean(0), start.mean(0), atol=1e-4)
    # At the best turn the cross-covariance is symmetric, and its trace is not negative.
    cross = (mapped - mapped.mean(0)).T @ (start - start.mean(0))
    assert abs(cross[0, 1] - cross[1, 0]) < 1e-3 * np.trace(cross)


def test_duplicates_and_separate_groups_are_mapped_quietly(rng):
    points = rng.normal(size=(150, 6))
    points[:40] = points[0]
    points[100:] += 1e4
    for given in (points, np.ones((60, 6))):
        found = find_neighbors(given, 20)
        start = starting_map(principal_axes(given).project(given, 2))
        assert np.isfinite(map_checkpoint(found, start)).all()  # a warning fails any test


def test_few_galaxies_can_be_mapped(rng):
    points = rng.normal(size=(10, 3))
    found = find_neighbors(points, 20)
    assert map_checkpoint(found, starting_map(points)).shape == (10, 2)


def test_threads_share_the_work_beyond_what_is_reproducible(neighbors, components):
    start = starting_map(components)
    shared = map_checkpoint(neighbors, start, max_reproducible=100)
    nearest = find_neighbors(shared, 10).rows
    group = np.repeat(np.arange(4), 100)
    assert (group[nearest] == group[:, None]).mean() > 0.95


def test_progress_is_told_and_can_stop_the_map(neighbors, components):
    shares = []
    map_checkpoint(neighbors, starting_map(components), n_epochs=20, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1

    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        map_checkpoint(neighbors, starting_map(components), progress=stop)


def test_far_galaxies_are_drawn_in_and_the_middle_stays():
    found = drawn_in(np.array([[0.0, 9.0], [0.0, 0.0], [-3.0, 0.0]]))
    assert found.tolist() == [[0.0, 9 / 6], [0.0, 0.0], [-3 / np.sqrt(12), 0.0]]

import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.space.nearest import exact_nearest
from models.space.neighbors import find_neighbors


def brute_distances(points, n_neighbors):
    """Distances to the nearest others in float64, by the definition."""
    separations = cdist(points.astype(np.float64), points.astype(np.float64))
    np.fill_diagonal(separations, np.inf)
    return np.sort(separations, axis=1)[:, :n_neighbors]


def assert_consistent(points, found):
    """Each row lists distinct others, nearest first, at the distances it says."""
    own = np.arange(len(points))[:, None]
    assert not (found.rows == own).any()
    assert (found.rows >= 0).all()
    assert all(len(set(row)) == len(row) for row in found.rows.tolist())
    assert (np.diff(found.distances, axis=1) >= 0).all()
    differences = points[found.rows].astype(np.float64) - points[:, None].astype(np.float64)
    true = np.sqrt((differences**2).sum(2))
    np.testing.assert_allclose(found.distances, true, rtol=1e-6)


def test_neighbors_match_brute_force(rng):
    points = rng.normal(size=(700, 30)).astype(np.float32)
    found = find_neighbors(points, 12)
    separations = cdist(points.astype(np.float64), points.astype(np.float64))
    np.fill_diagonal(separations, np.inf)
    np.testing.assert_array_equal(found.rows, np.argsort(separations, axis=1)[:, :12])
    np.testing.assert_allclose(found.distances, brute_distances(points, 12), rtol=1e-6)
    assert found.is_exact and found.recall == 1
    assert found.rows.dtype == np.int32 and found.distances.dtype == np.float32


def test_duplicates_list_each_other_and_never_themselves(rng):
    points = rng.normal(size=(300, 8)).astype(np.float32)
    points[:60] = points[0]  # more than the spare candidates
    found = find_neighbors(points, 10)
    assert_consistent(points, found)
    assert (found.distances[:60] == 0).all()
    assert (found.rows[:60] < 60).all()


def test_half_precision_means_what_it_stores(rng, tmp_path):
    np.save(tmp_path / "points.npy", rng.normal(size=(400, 16)).astype(np.float16))
    mapped = np.load(tmp_path / "points.npy", mmap_mode="r")
    found = find_neighbors(mapped, 5)
    np.testing.assert_allclose(found.distances, brute_distances(np.array(mapped), 5), rtol=1e-6)


def test_close_pairs_far_from_the_mean_survive_rounding(rng):
    # Two tight knots at +-1,000: squared norms of 1e6 in float32 cannot tell 1e-3 apart.
    knots = np.where(rng.random(500) < 0.5, 1000, -1000)[:, None]
    points = (knots + rng.normal(scale=1e-2, size=(500, 20))).astype(np.float32)
    found = find_neighbors(points, 8)
    assert_consistent(points, found)
    np.testing.assert_allclose(found.distances, brute_distances(points, 8), rtol=1e-6)


def test_some_queries_get_what_all_would(rng):
    points = rng.normal(size=(20_000, 4)).astype(np.float32)  # more than one block of the base
    queries = np.array([3, 19_999, 16_384])
    rows, distances = exact_nearest(points, queries, 6)
    separations = cdist(points[queries].astype(np.float64), points.astype(np.float64))
    order = np.argsort(separations, axis=1)[:, 1:7]
    np.testing.assert_array_equal(rows, order)
    np.testing.assert_allclose(distances, np.take_along_axis(separations, order, 1), rtol=1e-6)


def test_the_approximate_way_is_good_and_its_recall_honest(rng):
    centers = rng.normal(size=(30, 25)) * 2
    points = centers[rng.integers(0, 30, 3000)] + rng.normal(size=(3000, 25))
    points = np.hstack([points, rng.normal(scale=0.9, size=(3000, 55))]).astype(np.float32)
    points[:50] = points[0]
    found = find_neighbors(points, 15, max_exact=1000)
    assert_consistent(points, found)
    assert not found.is_exact
    assert found.recall > 0.9
    last = brute_distances(points, 15)[:, -1:]
    true_recall = (found.distances <= last * (1 + 1e-6)).mean()
    assert true_recall < 1
    assert abs(found.recall - true_recall) < 4 * found.recall_error


def test_given_components_serve_as_the_coarse_space(rng):
    points = rng.normal(size=(3000, 10)).astype(np.float32)
    blind = find_neighbors(points, 5, coarse=rng.normal(size=(3000, 2)), max_exact=100)
    seeing = find_neighbors(points, 5, coarse=points, max_exact=100)
    assert blind.recall < 0.2 < 0.9 < seeing.recall


def test_equal_seeds_find_equal_neighbors(rng):
    points = rng.normal(size=(3000, 10)).astype(np.float32)
    first, second = (find_neighbors(points, 5, max_exact=100, seed=4) for _ in range(2))
    assert first.same_as(second)
    assert first.recall == second.recall


def test_few_points_have_few_neighbors(rng):
    assert find_neighbors(rng.normal(size=(4, 3)), 30).rows.shape == (4, 3)


def test_equal_points_are_all_neighbors():
    found = find_neighbors(np.ones((50, 3), np.float32), 7)
    assert (found.distances == 0).all()
    assert not (found.rows == np.arange(50)[:, None]).any()


def test_progress_reaches_the_end_and_can_stop_the_search(rng):
    points = rng.normal(size=(5000, 3))
    for max_exact in (10_000, 100):
        shares = []
        find_neighbors(points, 3, max_exact=max_exact, progress=shares.append)
        assert shares == sorted(shares) and shares[-1] == 1

    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        find_neighbors(points, 3, progress=stop)


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_is_refused_by_row(rng, bad):
    points = rng.normal(size=(100, 3))
    points[42, 1] = bad
    with pytest.raises(ValueError, match="row 42"):
        find_neighbors(points, 3)


def test_one_point_has_no_neighbors():
    with pytest.raises(ValueError, match="at least 2"):
        find_neighbors(np.zeros((1, 3)), 3)

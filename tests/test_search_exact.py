import numpy as np
import pytest
from scipy.spatial.distance import cdist

from models.errors import BadInput
from models.space import search_exact as module
from models.space.search_exact import search_exact


@pytest.fixture(autouse=True)
def small_blocks(monkeypatch):
    monkeypatch.setattr(module, "BLOCK", 128)


def brute(points, vectors, metric, rows=None):
    """Rows and distances of all points to each vector, nearest first, by the definition."""
    rows = np.arange(len(points)) if rows is None else rows
    distances = cdist(np.atleast_2d(vectors), points[rows].astype(np.float64), metric)
    order = np.argsort(distances, axis=1, kind="stable")
    return rows[order], np.take_along_axis(distances, order, 1)


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
@pytest.mark.parametrize("dtype", [np.float32, np.float16])
def test_it_is_brute_force_of_a_mapped_file(rng, tmp_path, metric, dtype):
    np.save(tmp_path / "points.npy", (rng.normal(size=(700, 20)) + 1).astype(dtype))
    points = np.load(tmp_path / "points.npy", mmap_mode="r")
    vectors = rng.normal(size=(30, 20))
    found = search_exact(points, vectors, 12, metric=metric)
    rows, distances = brute(points, vectors, metric)
    np.testing.assert_array_equal(found.rows, rows[:, :12])
    np.testing.assert_allclose(found.distances, distances[:, :12], rtol=1e-9)
    assert found.n_searched == 700


@pytest.mark.parametrize("metric", ["euclidean", "cosine"])
def test_it_searches_among_given_rows_alone(rng, metric):
    points = rng.normal(size=(900, 10)).astype(np.float32)
    among = np.sort(rng.choice(900, 300, replace=False))
    found = search_exact(points, points[5], 9, metric=metric, rows=among)
    np.testing.assert_array_equal(found.rows, brute(points, points[5], metric, among)[0][:, :9])
    assert found.n_searched == 300


def test_fewer_points_than_asked_for_are_all_there_are(rng):
    points = rng.normal(size=(40, 4)).astype(np.float32)
    assert search_exact(points, points[0], 100).rows.shape == (1, 40)
    assert search_exact(points, points[0], 5, rows=np.array([], int)).rows.shape == (1, 0)


def test_equally_far_points_come_in_the_order_of_their_rows(rng):
    points = rng.normal(size=(600, 6)).astype(np.float32)
    points[rng.choice(600, 300, replace=False)] = points[0]  # more than the spare candidates
    found = search_exact(points, points[0], 250)
    np.testing.assert_array_equal(found.rows, brute(points, points[0], "euclidean")[0][:, :250])


def test_close_pairs_far_from_the_vectors_mean_survive_rounding(rng):
    knots = np.where(rng.random(500) < 0.5, 1000, -1000)[:, None]
    points = (knots + rng.normal(scale=1e-2, size=(500, 20))).astype(np.float32)
    found = search_exact(points, points[:40], 8)
    np.testing.assert_array_equal(found.rows, brute(points, points[:40], "euclidean")[0][:, :8])


def test_a_point_that_is_zero_has_no_cosine_and_is_counted(rng):
    points = rng.normal(size=(300, 5)).astype(np.float32)
    points[[3, 200]] = 0
    found = search_exact(points, points[0], 300, metric="cosine")
    assert found.n_undefined == 2 and found.n_searched == 298
    assert not np.isin([3, 200], found.rows).any() and np.isfinite(found.distances).all()
    with pytest.raises(BadInput, match="no direction"):
        search_exact(points, points[3], 5, metric="cosine")


def test_vectors_that_cannot_be_searched_from_are_refused(rng):
    points = rng.normal(size=(30, 5)).astype(np.float32)
    with pytest.raises(BadInput, match="has 4 numbers and the galaxies have 5"):
        search_exact(points, np.ones(4), 3)
    with pytest.raises(BadInput, match="not finite"):
        search_exact(points, np.full(5, np.nan), 3)
    with pytest.raises(BadInput, match="no distance 'city'"):
        search_exact(points, np.ones(5), 3, metric="city")

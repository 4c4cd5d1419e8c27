import numpy as np
import pytest
from scipy.stats import spearmanr

from models.space.density import density_columns, local_density, local_dimension
from models.space.neighbors import Neighbors, find_neighbors


def ball(rng, n_points, n_dim):
    """Points uniform in a ball of radius 1."""
    directions = rng.normal(size=(n_points, n_dim))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    return directions * rng.random((n_points, 1)) ** (1 / n_dim)


@pytest.mark.parametrize("n_dim", [1, 2, 5, 9])
def test_the_dimension_of_a_ball_is_its_own_wherever_it_lies(rng, n_dim):
    turn, _ = np.linalg.qr(rng.normal(size=(24, n_dim)))
    found = find_neighbors(ball(rng, 4000, n_dim) @ turn.T, 20)
    dim = np.median(local_dimension(found.distances, found.rows))
    # Near the rim, where most of a high-dimensional ball is, the empty outside flattens it.
    assert 0.83 * n_dim < dim < 1.05 * n_dim


def test_averaging_over_neighbors_takes_noise_away(rng):
    found = find_neighbors(ball(rng, 3000, 3), 20)
    alone = local_dimension(found.distances)
    assert local_dimension(found.distances, found.rows).std() < alone.std() / 2


def test_density_follows_the_one_drawn_from(rng):
    points = rng.normal(size=(4000, 2))
    found = find_neighbors(points, 20)
    true = -(points**2).sum(1) / 2  # log of a standard normal's density, up to a constant
    log_density, _ = local_density(found.distances, found.rows)
    assert (
        spearmanr(log_density, true).statistic > 0.85
    )  # the tenth neighbour alone scatters by 0.3
    inside = true > -2
    slope = np.polyfit(true[inside], log_density[inside], 1)[0]
    assert slope == pytest.approx(1, abs=0.15)


def test_a_planted_outlier_is_lowest(rng):
    points = rng.normal(size=(1000, 10)).astype(np.float32)
    points[123] += 30
    columns = density_columns(find_neighbors(points, 20))
    assert columns["log_density"].argmin() == 123
    assert columns["relative_density"].argmin() == 123
    assert columns["neighbor_distance"].argmax() == 123


def test_relative_density_finds_the_outlier_of_a_narrow_group(rng):
    wide, narrow = rng.normal(size=(500, 6)), rng.normal(scale=0.05, size=(500, 6)) + 20
    narrow[7] += 0.4
    columns = density_columns(find_neighbors(np.vstack([wide, narrow]), 20))
    assert columns["relative_density"].argmin() == 507
    assert (columns["log_density"] < columns["log_density"][507]).sum() > 100


def test_doubling_every_distance_changes_no_density(rng):
    points = np.vstack([rng.normal(size=(300, 2)), rng.normal(size=(300, 9))[:, :2] * 9])
    found = find_neighbors(points, 12)
    doubled = Neighbors(found.rows, 2 * found.distances)
    once, twice = density_columns(found), density_columns(doubled)
    for name in ("log_density", "relative_density", "intrinsic_dim"):
        np.testing.assert_allclose(once[name], twice[name], rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(2 * once["neighbor_distance"], twice["neighbor_distance"])


def test_duplicates_have_a_high_and_finite_density(rng):
    points = rng.normal(size=(500, 4)).astype(np.float32)
    points[:50] = points[0]
    columns = density_columns(find_neighbors(points, 20))
    assert all(np.isfinite(values).all() for values in columns.values())
    assert columns["log_density"][:50].min() > np.median(columns["log_density"])
    assert columns["intrinsic_dim"].max() < 12


def test_nothing_but_duplicates_has_no_density():
    columns = density_columns(find_neighbors(np.ones((60, 3)), 10))
    assert (columns["neighbor_distance"] == 0).all()
    for name in ("log_density", "relative_density", "intrinsic_dim"):
        assert np.isnan(columns[name]).all()


def test_columns_are_float32_and_take_the_last_neighbor_where_there_are_few(rng):
    found = find_neighbors(rng.normal(size=(6, 2)), 30)
    columns = density_columns(found)
    assert all(values.dtype == np.float32 for values in columns.values())
    np.testing.assert_array_equal(columns["neighbor_distance"], found.distances[:, -1])

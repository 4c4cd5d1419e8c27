import numpy as np
import pytest

from models.space.dimension import effective_rank, top_component_share, two_nn_dimension
from models.space.neighbors import find_neighbors


@pytest.mark.parametrize("n_dim", [1, 2, 6])
def test_two_nn_finds_the_dimension_within_its_error(rng, n_dim):
    turn, _ = np.linalg.qr(rng.normal(size=(20, n_dim)))
    points = rng.random((6000, n_dim)) @ turn.T
    found = two_nn_dimension(find_neighbors(points, 2).distances)
    # Neighbours are shared and the cube has faces: allow more than the error of independent ratios.
    assert abs(found["value"] - n_dim) < 4 * found["error"] + 0.04 * n_dim
    assert found["n"] == 6000 and found["n_duplicates"] == 0


def test_two_nn_recovers_a_pareto_law_and_its_error(rng):
    estimates = []
    for _ in range(200):
        ratio = (1 - rng.random(500)) ** (-1 / 7)  # P(mu > m) = m^-7
        estimates.append(two_nn_dimension(np.column_stack([np.ones(500), ratio])))
    values = [found["value"] for found in estimates]
    assert np.mean(values) == pytest.approx(7, rel=0.01)
    assert np.std(values) == pytest.approx(estimates[0]["error"], rel=0.2)


def test_duplicates_are_left_out_and_counted(rng):
    distances = np.sort(rng.random((50, 2)), axis=1)
    distances[:8, 0] = 0
    found = two_nn_dimension(distances)
    assert found["n"] == 42 and found["n_duplicates"] == 8
    assert found["value"] == two_nn_dimension(distances[8:])["value"]


def test_two_nn_is_undefined_for_duplicates_alone():
    assert np.isnan(two_nn_dimension(np.zeros((50, 2)))["value"])
    assert np.isnan(two_nn_dimension(np.ones((50, 2)))["value"])


def test_the_effective_rank_counts_equal_directions():
    assert effective_rank(np.ones(7)) == pytest.approx(7)
    assert effective_rank(np.array([3.0, 3, 0, 0])) == pytest.approx(2)
    assert effective_rank(np.array([5.0, 0, 0])) == pytest.approx(1)
    # Shares 1/2, 1/4, 1/4 have an entropy of 1.5 bits.
    assert effective_rank(np.array([2.0, 1, 1])) == pytest.approx(2**1.5)


def test_the_top_share_is_of_all_variance():
    assert top_component_share(np.array([2.0, 1, 1])) == 0.5


def test_no_variance_has_no_rank():
    assert np.isnan(effective_rank(np.zeros(3)))
    assert np.isnan(top_component_share(np.zeros(3)))

"""Score, divergence and uniformity: their jackknife is that of measuring again without a group."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from models.space.correlation import default_edges, rms_separation, two_point_correlation
from models.space.jackknife import groups_in_turn, jackknife_error
from models.space.pairs import count_neighbors
from models.space.score import divergence, tpcf_score
from models.space.timeline_pairs import kl_without_groups, measure_pairs, measure_uniformity


@pytest.fixture
def blobs(rng):
    points = rng.normal(size=(300, 3)).astype(np.float32)
    points[:, 0] += np.where(rng.random(300) < 0.5, 5, 0)
    return points


def test_the_divergence_without_a_group_is_that_of_the_rest_counted_anew(blobs):
    edges = default_edges(rms_separation(blobs), 20)
    groups = groups_in_turn(len(blobs))
    whole = two_point_correlation(blobs, edges)
    found = kl_without_groups(blobs, whole, count_neighbors(blobs, edges), groups)
    for group in (0, 7, 19):
        rest = two_point_correlation(blobs[groups != group], edges)
        observed = rest.counted / rest.pairs_counted
        predicted = rest.expected / rest.pairs_possible
        expected = divergence(observed, predicted, rest.outside, whole.used)
        assert found[group] == pytest.approx(expected, rel=1e-9)


def test_the_score_has_both_of_its_errors(blobs):
    edges = default_edges(rms_separation(blobs), 20)
    found = measure_pairs(blobs, edges, groups_in_turn(len(blobs)))
    score = tpcf_score(two_point_correlation(blobs, edges))
    assert found["score"].value == score.value and found["score"].error == score.sigma
    assert found["score"].linear_error == score.sigma_linear
    assert found["kl"].value > 3 * found["kl"].error > 0


def test_where_no_bin_has_pairs_nothing_is_defined(blobs):
    found = measure_pairs(blobs, np.array([0.0, 1e-6]), groups_in_turn(len(blobs)))
    for measured in found.values():
        assert np.isnan(measured.value) and "10 pairs" in measured.reason


def uniformity(points):
    directions = points / np.linalg.norm(points, axis=1, keepdims=True)
    return np.log(np.mean(np.exp(-2 * pdist(directions) ** 2)))


def test_the_uniformity_and_its_jackknife_are_those_of_all_pairs(rng):
    points = rng.normal(size=(700, 5)) + [1, 0, 0, 0, 0]
    groups = groups_in_turn(700)
    found = measure_uniformity(points.astype(np.float32), groups)
    assert found.value == pytest.approx(uniformity(points), rel=1e-5)
    replicates = np.array([uniformity(points[groups != group]) for group in range(20)])
    assert found.error == pytest.approx(jackknife_error(replicates), rel=1e-3)


def test_points_in_one_direction_are_not_uniform_and_a_zero_has_no_direction(rng):
    along = np.outer(rng.uniform(1, 2, 60), [1.0, 2.0])
    groups = groups_in_turn(60)
    assert measure_uniformity(along, groups).value == pytest.approx(0, abs=1e-5)
    along[3] = 0
    found = measure_uniformity(along, groups)
    assert np.isnan(found.value) and "no direction" in found.reason

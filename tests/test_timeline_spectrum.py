"""Spread, ranks and dimension, each with a jackknife that equals measuring again."""

import numpy as np
import pytest
from scipy.spatial.distance import pdist

from models.space.dimension import effective_rank, top_component_share, two_nn_dimension
from models.space.jackknife import groups_in_turn, jackknife_error
from models.space.neighbors import find_neighbors
from models.space.timeline_spectrum import measure_dimension, measure_spectrum

WIDTHS = np.array([3.0, 2.0, 1.5, 1.0, 0.5])


@pytest.fixture
def points(rng):
    return (rng.normal(size=(400, 5)) * WIDTHS + 7).astype(np.float32)


def variances(points):
    return np.linalg.eigvalsh(np.cov(points.T))


def test_the_spread_is_the_rms_separation_and_its_jackknife_is_exact(points):
    groups = groups_in_turn(len(points))
    found = measure_spectrum(points, groups)["spread"]
    assert found.value == pytest.approx(np.sqrt(np.mean(pdist(points) ** 2)), rel=1e-5)
    rest = [points[groups != group] for group in range(20)]
    replicates = np.array([np.sqrt(np.mean(pdist(one) ** 2)) for one in rest])
    assert found.error == pytest.approx(jackknife_error(replicates), rel=1e-4)


@pytest.mark.parametrize(
    "name, measure",
    [("effective_rank", effective_rank), ("top_component_share", top_component_share)],
)
def test_without_a_group_the_axes_are_kept_and_that_changes_little(points, name, measure):
    groups = groups_in_turn(len(points))
    found = measure_spectrum(points, groups)[name]
    assert found.value == pytest.approx(measure(variances(points)), rel=1e-5)
    replicates = [measure(variances(points[groups != group])) for group in range(20)]
    assert found.error == pytest.approx(jackknife_error(np.array(replicates)), rel=0.1)


def test_more_dimensions_than_galaxies_are_no_obstacle(rng):
    wide = rng.normal(size=(50, 80)).astype(np.float32)
    found = measure_spectrum(wide, groups_in_turn(50))
    assert found["effective_rank"].value == pytest.approx(effective_rank(variances(wide)), rel=1e-4)


def test_the_dimension_is_two_nn_and_leaves_out_the_ratios_of_each_group(points):
    groups = groups_in_turn(len(points))
    distances = find_neighbors(points, 5).distances
    found = measure_dimension(distances, groups)
    assert found.value == two_nn_dimension(distances)["value"]
    replicates = [two_nn_dimension(distances[groups != group])["value"] for group in range(20)]
    assert found.error == pytest.approx(jackknife_error(np.array(replicates)))
    # The error of independent ratios, which these nearly are.
    assert 0.6 < found.error / (found.value / np.sqrt(360)) < 1.6


def test_of_coinciding_galaxies_there_is_no_dimension():
    found = measure_dimension(np.zeros((60, 2)), groups_in_turn(60))
    assert np.isnan(found.value) and "distances" in found.reason

import numpy as np
import pytest

from models.space.cluster_quality import separation_quality
from models.space.cluster_scan import (
    BY_CONTRAST,
    BY_SILHOUETTE,
    scan_numbers,
    scan_sizes,
    sizes_for,
)
from models.space.clustering import kmeans_clusters
from models.space.density_clusters import density_clusters
from tests.planted import planted, tree_of


def test_the_planted_number_is_chosen_and_every_measure_is_told(rng, monkeypatch):
    monkeypatch.setattr("models.space.cluster_scan.N_MEASURED", 400)
    points, _ = planted(rng, (300, 250, 200, 150))
    scan = scan_numbers(points, (2, 3, 4, 5, 6))
    assert scan.chosen == 4 and scan.criterion == BY_SILHOUETTE and scan.as_good == (4,)
    assert scan.n_clusters.tolist() == [2, 3, 4, 5, 6] and (scan.in_none == 0).all()
    assert (scan.n_points, scan.n_measured) == (900, 400)
    codes = kmeans_clusters(points, 3).codes
    expected = separation_quality(points[:400], codes[:400])
    assert scan.measures["silhouette"][1] == pytest.approx(expected["silhouette"]["value"])
    assert scan.error[1] == pytest.approx(expected["silhouette"]["error"])
    assert scan.measures["davies_bouldin"].argmin() == 2
    inertia = scan.measures["inertia"]
    assert (np.diff(inertia[:3]) < 0).all() and inertia[2] == pytest.approx(5 * 0.09, rel=0.1)


def test_of_equal_points_no_number_is_chosen():
    scan = scan_numbers(np.ones((40, 3)), (2, 3))
    assert scan.chosen is None and scan.as_good == ()
    assert np.isnan(scan.measures["silhouette"]).all() and scan.n_clusters.tolist() == [1, 1]


def test_the_size_chosen_finds_the_planted_clusters(rng):
    points, _ = planted(rng, n_between=60)
    tree = tree_of(points)
    scan = scan_sizes(tree)
    assert scan.asked.tolist() == [25, 50, 100, 200] and scan.criterion == BY_CONTRAST
    found = density_clusters(tree, scan.chosen)
    assert found.n_clusters == 3 and scan.chosen == scan.as_good[-1]  # of equals the largest
    place = scan.asked.tolist().index(scan.chosen)
    assert scan.measures["contrast"][place] == found.parameters["contrast"] > 0.3
    assert scan.in_none[place] == pytest.approx(found.n_in_none / len(points))


def test_of_a_gaussian_no_size_is_chosen(rng):
    scan = scan_sizes(tree_of(rng.normal(size=(400, 8)).astype(np.float32)), (50, 90))
    assert scan.chosen is None and scan.in_none.tolist() == [1, 1]


def test_sizes_are_those_of_which_four_fit():
    assert sizes_for(300_000) == (25, 50, 100, 200, 400, 800, 1600, 3200)
    assert sizes_for(400) == (25, 50, 100)
    assert sizes_for(60) == (15,) and sizes_for(3) == (2,)


def test_a_scan_may_be_stopped(rng):
    def stop(share):
        raise InterruptedError

    points = rng.normal(size=(40, 3)).astype(np.float32)
    with pytest.raises(InterruptedError):
        scan_numbers(points, progress=stop)
    with pytest.raises(InterruptedError):
        scan_sizes(tree_of(points), progress=stop)

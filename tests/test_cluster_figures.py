import numpy as np

from dashboard.cluster_figures import cluster_curve, scan_figure
from dashboard.themes import LIGHT
from data.cluster_columns import HDBSCAN, KMEANS
from models.space.cluster_scan import BY_SILHOUETTE, ClusterScan
from models.space.correlation import two_point_correlation


def scan():
    asked = np.array([2, 3, 4])
    values = {"silhouette": np.array([0.2, 0.31, 0.3])}
    error = np.array([0.01, 0.02, 0.03])
    return ClusterScan(
        asked, asked, np.array([0, 0.5, 0]), values, error, 3, BY_SILHOUETTE, (3, 4), 600, 600
    )


def test_a_scan_is_drawn_with_errors_and_the_chosen_number_is_filled():
    drawn = scan_figure(KMEANS, scan(), 4, theme=LIGHT).data[0]
    np.testing.assert_array_equal(drawn.x, [2, 3, 4])
    np.testing.assert_array_equal(drawn.error_y.array, [0.01, 0.02, 0.03])
    assert list(drawn.marker.color) == [LIGHT.panel, LIGHT.selected, LIGHT.panel]
    widths = list(drawn.marker.line.width)
    assert widths[2] > widths[0] == widths[1], "the number that is asked for is ringed"
    assert "50% in none" in drawn.text[1]


def test_sizes_are_on_a_logarithmic_axis():
    assert scan_figure(HDBSCAN, scan(), None).layout.xaxis.type == "log"
    assert scan_figure(KMEANS, scan(), None).layout.xaxis.type == "linear"


def test_the_curve_of_a_cluster_has_its_band_and_that_of_all_beneath(rng):
    edges = np.linspace(0, 4, 11)
    own = two_point_correlation(rng.normal(size=(200, 2)), edges)
    whole = two_point_correlation(rng.normal(size=(400, 2)), edges)
    figure = cluster_curve("3", own, whole, 2.0)
    named = [trace.name for trace in figure.data if trace.name]
    assert named == ["all", "3"]
    assert sum(trace.fill == "toself" for trace in figure.data) == 2
    assert [trace.name for trace in cluster_curve("3", own, None, 2.0).data if trace.name] == ["3"]

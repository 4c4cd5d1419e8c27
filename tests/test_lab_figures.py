from dataclasses import replace

import numpy as np
import pytest

from dashboard.lab import METRICS, scene_space
from dashboard.lab_controls import asked
from dashboard.lab_figures import (
    picture_size,
    points_figure,
    rerun_figures,
    scatter_figure,
    sweep_figures,
)
from dashboard.lab_published import Rerun
from dashboard.lab_sweep import Sweep
from models.space.published import SimulationRun

SCENE = asked({"n_points": 200, "n_clusters": 3, "separation": 3.0}).scene


@pytest.fixture(scope="module")
def space():
    return scene_space(SCENE, 0)


@pytest.mark.parametrize("colors", ["true", "kmeans"])
def test_every_point_is_drawn_in_the_color_of_its_cluster(space, colors):
    figure = scatter_figure(space, colors)
    groups = space.clusters if colors == "kmeans" else space.labels
    assert [len(trace.x) for trace in figure.data] == np.bincount(groups).tolist()
    assert len({trace.marker.color for trace in figure.data}) == 3
    drawn = np.concatenate([np.column_stack([t.x, t.y]) for t in figure.data])
    np.testing.assert_allclose(np.sort(drawn[:, 0]), np.sort(space.picture[:, 0]), rtol=1e-6)


def test_all_points_are_in_the_picture_which_grows_in_steps(space):
    low, high = scatter_figure(space, "true").layout.xaxis.range
    assert low < space.picture.min() and space.picture.max() < high
    sizes = {picture_size(factor * np.ones((2, 2))) for factor in np.linspace(1, 1.3, 50)}
    assert len(sizes) <= 4
    assert picture_size(np.zeros((2, 2))) > 0


def swept(n_done=9):
    values = np.arange(2, 11)
    score = np.add.outer(values, np.linspace(-1, 1, 5)).astype(float)
    score[n_done:] = np.nan
    return Sweep(SCENE, "n_clusters", values, score, {name: score / 20 for name in METRICS})


def points_of(figure):
    return next(trace for trace in figure.data if trace.mode == "markers")


def test_a_sweep_is_drawn_against_its_slider_and_each_metric_with_errors():
    figures = sweep_figures(swept())
    assert list(figures) == ["n_clusters", *METRICS]
    standard_error = np.std(np.linspace(-1, 1, 5), ddof=1) / np.sqrt(5)
    for name, figure in figures.items():
        points = points_of(figure)
        np.testing.assert_allclose(points.y, np.arange(2, 11))
        np.testing.assert_allclose(points.error_y.array, standard_error)
        assert points.error_x.visible == (name != "n_clusters")
        assert len(set(points.marker.color)) == 9
    np.testing.assert_allclose(points_of(figures["knn_accuracy"]).x, 5 * np.arange(2, 11))


def test_what_is_not_measured_yet_is_not_drawn():
    for figure in sweep_figures(swept(n_done=4)).values():
        points = points_of(figure)
        assert len(points.x) == len(points.text) == len(points.marker.color) == 4


def test_an_undefined_value_is_left_out_and_a_missing_error_has_no_bar():
    x, y = np.array([1.0, np.nan, 3.0]), np.array([1.0, 2.0, 3.0])
    none = np.full(3, np.nan)
    figure = points_figure((x, none), (y, none), [(text, "#fff") for text in "abc"], ("x", "y"))
    points = points_of(figure)
    assert list(points.text) == ["a", "c"]
    assert not points.error_x.visible and not points.error_y.visible


def run(setting, score, index):
    edges = np.linspace(0, 1, 100)
    return SimulationRun(setting, 1.0, score, 0.1, index, edges, np.zeros(99), 3200, 5)


def test_published_scores_are_rings_over_our_points():
    found = Rerun("A", (run(80.0, 30.5, 0.23), run(240.0, 19.0, 0.4)))
    figures = rerun_figures(found)
    rings = {
        key: [t for t in f.data if t.marker.symbol == "circle-open"] for key, f in figures.items()
    }
    assert [len(rings[key]) for key in ("score", "index", "both")] == [1, 0, 1]
    np.testing.assert_allclose(rings["score"][0].x, [80, 240])
    np.testing.assert_allclose(rings["score"][0].y, [30.82, 19.15])
    np.testing.assert_allclose(rings["both"][0].x, [0.23, 0.4])
    np.testing.assert_allclose(points_of(figures["score"]).error_y.array, 0.1)


def test_of_simulation_b_there_is_no_ring_to_draw():
    figures = rerun_figures(Rerun("B", (run(1.0, 0.1, 1.2), run(2.0, 0.2, 1.1))))
    for figure in figures.values():
        assert not any(len(t.x) for t in figure.data if t.marker.symbol == "circle-open")


@pytest.mark.parametrize("spread, kind", [(1.2, "linear"), (30, "log")])
def test_the_davies_bouldin_axis_is_logarithmic_where_it_spans_enough(spread, kind):
    measured = swept()
    index = np.geomspace(0.5, 0.5 * spread, 9)[:, None] * np.ones(5)
    metrics = measured.metrics | {"davies_bouldin": index}
    figures = sweep_figures(replace(measured, metrics=metrics))
    assert figures["davies_bouldin"].layout.xaxis.type == kind
    assert figures["silhouette"].layout.xaxis.type == "linear"

"""The structure lab: what is asked is checked, what is measured is right, and the guide is true."""

from dataclasses import replace
from itertools import islice

import numpy as np
import pytest
from sklearn.metrics import davies_bouldin_score, silhouette_score

from dashboard.lab import METRICS, N_COMPARED, scene_space, simulation_space
from dashboard.lab_controls import PUBLISHED_SLIDERS, SLIDERS, Asked, asked
from dashboard.lab_published import SETTINGS, Rerun, agreement, rerun
from dashboard.lab_sweep import N_DRAWS, over_draws, sweep, sweep_values
from models.errors import BadInput
from models.space.published import PUBLISHED_A
from models.space.simulations import Scene

SCENE = asked({}).scene
SMALL = replace(SCENE, n_points=200)


def test_what_is_not_said_starts_where_its_slider_does():
    assert asked({}) == Asked(scene=SCENE)
    assert all(getattr(SCENE, name) == slider.start for name, slider in SLIDERS.items())


@pytest.mark.parametrize(
    "values",
    [
        None,
        [],
        "scene",
        {"separation": 1e9},
        {"separation": float("nan")},
        {"separation": "5"},
        {"separation": True},
        {"separation": None},
        {"separation": [5]},
        {"n_points": 20_000},
        {"n_clusters": 2.5},
        {"kind": "spiral"},
        {"kind": ["clusters"]},
        {"source": "C"},
        {"colors": 7},
        {"seed": -1},
        {"seed": 1.5},
        {"variance": 0},
    ],
)
def test_what_the_page_cannot_send_is_refused_in_a_sentence(values):
    with pytest.raises(BadInput, match=r"\.$"):
        asked(values)


@pytest.mark.parametrize("name", SLIDERS)
@pytest.mark.parametrize("end", ["least", "most"])
@pytest.mark.parametrize("kind", ["clusters", "shell"])
def test_every_slider_can_go_to_its_ends(name, end, kind):
    scene = replace(SMALL, kind=kind, **{name: getattr(SLIDERS[name], end)})
    space = scene_space(scene, 0)
    assert np.isfinite(space.score.value) and space.score.error > 0
    assert np.isfinite(space.picture).all() and space.picture.shape == (scene.n_points, 2)


def test_all_sliders_at_once_can_go_to_their_ends():
    for end in ("least", "most"):
        ends = {name: getattr(slider, end) for name, slider in SLIDERS.items()}
        space = scene_space(Scene(**ends | {"n_points": 200}), 0)
        assert np.isfinite(space.score.value)


def test_metrics_are_those_of_scikit_learn():
    space = scene_space(replace(SMALL, n_clusters=3, separation=3.0), 0)
    points, labels = space.picture, space.labels
    measured = space.metrics
    np.testing.assert_allclose(
        measured["davies_bouldin"].value, davies_bouldin_score(points, labels)
    )
    np.testing.assert_allclose(
        measured["kmeans_davies_bouldin"].value, davies_bouldin_score(points, space.clusters)
    )
    np.testing.assert_allclose(measured["silhouette"].value, silhouette_score(points, labels))
    right = np.mean(space.clusters == labels)  # clusters bear the numbers of the labels they fit
    np.testing.assert_allclose(measured["kmeans_accuracy"].value, right)
    assert set(measured) == set(METRICS)
    assert measured["knn_accuracy"].chance == np.bincount(labels).max() / len(labels)


def test_of_many_points_the_metrics_say_how_many_were_used():
    space = scene_space(replace(SCENE, n_points=2000), 0)
    assert space.score.n == 2000
    assert {number.n for number in space.metrics.values()} == {N_COMPARED}


def test_with_one_cluster_there_is_nothing_to_compare():
    space = scene_space(replace(SMALL, n_clusters=1), 0)
    assert all(np.isnan(number.value) for number in space.metrics.values())
    assert np.isfinite(space.score.value)


def test_the_same_draw_moves_smoothly_with_its_sliders():
    still = scene_space(SMALL, 3).picture
    np.testing.assert_array_equal(scene_space(SMALL, 3).picture, still)
    for name, step in (("separation", 0.1), ("cohesion", 0.05)):
        moved = scene_space(replace(SMALL, **{name: getattr(SMALL, name) + step}), 3).picture
        assert 0 < np.abs(moved - still).max() < 0.3
    assert np.abs(scene_space(SMALL, 4).picture - still).max() > 1


def test_the_picture_of_many_dimensions_is_of_the_first_two_components():
    space = scene_space(replace(SMALL, n_dim=6), 0)
    shown = space.picture.var(axis=0, ddof=1)
    np.testing.assert_allclose(shown, space.correlation.variances[:2], rtol=1e-5)
    assert space.shown_share == pytest.approx(shown.sum() / space.correlation.variances.sum())


def test_guide_pulling_clusters_apart_raises_the_score_and_lowers_davies_bouldin():
    spaces = [scene_space(replace(SCENE, separation=s), 0) for s in (2.0, 4.0, 6.0, 8.0)]
    assert (np.diff([space.score.value for space in spaces]) > 1).all()
    assert (np.diff([space.metrics["davies_bouldin"].value for space in spaces]) < 0).all()


def test_guide_more_dimensions_lower_the_score_below_0_but_not_knn_or_the_divergence():
    flat, deep = (scene_space(replace(SCENE, n_dim=d), 0) for d in (2, 20))
    assert flat.score.value > 3 * flat.score.error
    assert deep.score.value < -3 * deep.score.error
    assert deep.divergence.value > 0.01
    assert min(space.metrics["knn_accuracy"].value for space in (flat, deep)) > 0.97


@pytest.mark.parametrize("kind", ["shell", "filament"])
def test_guide_one_shell_or_filament_is_no_gaussian(kind):
    gaussian, other = (
        scene_space(replace(SCENE, kind=k, n_clusters=1), 0) for k in ("clusters", kind)
    )
    assert other.divergence.value > 50 * gaussian.divergence.value


@pytest.mark.parametrize("source, setting, apart", [("A", 80, 30.82), ("B", 4, 0)])
def test_the_points_of_a_simulation_score_about_as_published(source, setting, apart):
    space = simulation_space(source, setting, 0)
    assert abs(space.score.value - apart) < 1.5
    assert len(space.correlation.eps) == 99
    np.testing.assert_array_equal(np.bincount(space.labels), [2000, 2000])


@pytest.mark.parametrize("name", SLIDERS)
def test_a_sweep_goes_from_end_to_end(name):
    values = sweep_values(name)
    assert (np.diff(values) > 0).all() and len(values) >= 8
    assert values[-1] == pytest.approx(SLIDERS[name].most)
    least = 2 if name == "n_clusters" else SLIDERS[name].least
    assert values[0] == pytest.approx(least)


@pytest.mark.parametrize("name", ["nonsense", None, 3, ["separation"]])
def test_there_is_no_sweep_of_what_is_no_slider(name):
    with pytest.raises(BadInput, match="swept"):
        sweep_values(name)


def test_a_sweep_measures_every_value_and_draw():
    shares = []
    first, second = islice(sweep(SMALL, "separation", 7, shares.append), 2)
    assert (first.n_done, second.n_done) == (1, 2)
    assert len(shares) == 2 * N_DRAWS and (np.diff(shares) > 0).all() and shares[-1] <= 1
    value = replace(SMALL, separation=float(second.values[1]))
    space = scene_space(value, (7, 3))
    assert second.score[1, 3] == space.score.value
    assert second.metrics["silhouette"][1, 3] == space.metrics["silhouette"].value
    mean, error = over_draws(second.score)
    assert mean[1] == pytest.approx(second.score[1].mean())
    assert error[1] == pytest.approx(np.std(second.score[1], ddof=1) / np.sqrt(N_DRAWS))
    assert np.isnan(mean[2:]).all() and np.isnan(error[2:]).all()


def test_a_sweep_stops_where_its_progress_says_so():
    def stop(share):
        raise InterruptedError

    with pytest.raises(InterruptedError):
        next(sweep(SMALL, "cohesion", 0, stop))


def test_the_published_run_comes_out_and_says_so():
    shares = []
    (found,) = islice(rerun("A", 0, shares.append), 1)
    assert isinstance(found, Rerun) and shares[-1] == pytest.approx(1 / len(PUBLISHED_A))
    np.testing.assert_allclose(found.published_scores, [30.82])
    assert abs(found.column("score")[0] - 30.82) < 1
    assert "five digits in 1 of 1" in agreement(found)


def test_of_simulation_b_no_score_was_published():
    (found,) = islice(rerun("B", 0, lambda share: None), 1)
    assert np.isnan(found.published_scores).all() and len(SETTINGS["B"]) == 25
    slider = PUBLISHED_SLIDERS["s"]
    assert (slider.least, slider.most) == (SETTINGS["B"][0], SETTINGS["B"][-1])

import json

import numpy as np
import pytest

from models.space import quality
from models.space.neighbors import find_neighbors
from models.space.projection import principal_axes
from models.space.quality import draw_sample, measure_quality

NEED_CLASSES = {
    "majority_rate",
    "davies_bouldin",
    "silhouette",
    "kmeans_purity",
    "kmeans_accuracy",
    "knn_accuracy",
    "knn_balanced_accuracy",
    "linear_probe_balanced_accuracy",
}
NEED_NONE = {
    "two_nn_dimension",
    "effective_rank",
    "top_component_share",
    "kmeans_davies_bouldin",
    "kmeans_silhouette",
}


@pytest.fixture
def groups(rng):
    """Representations of 200 galaxies in 30 dimensions, and their classes, well separated."""
    codes = np.repeat([0, 1, 2, 3], [80, 60, 40, 20])
    points = rng.normal(size=(4, 30))[codes] * 20 + rng.normal(size=(200, 30))
    return points.astype(np.float16), np.array(["a", "b", "c", "d"], object)[codes]


def measure(points, labels=None, **options):
    return measure_quality(
        points, principal_axes(points), find_neighbors(points), labels, **options
    )


def values_in(measured):
    return {
        name for name, entry in measured.items() if isinstance(entry, dict) and "value" in entry
    }


def test_perfect_classes_score_one(groups):
    measured = measure(*groups)
    assert values_in(measured) == NEED_CLASSES | NEED_NONE
    for name in ("kmeans_purity", "kmeans_accuracy", "knn_accuracy", "knn_balanced_accuracy"):
        assert measured[name]["value"] == 1
    assert measured["linear_probe_balanced_accuracy"]["value"] == 1
    assert measured["majority_rate"]["value"] == 0.4
    assert measured["chance_balanced"] == 0.25
    assert measured["davies_bouldin"]["value"] == measured["kmeans_davies_bouldin"]["value"] < 0.5


def test_every_value_says_its_n_and_its_error(groups):
    measured = json.loads(json.dumps(measure(*groups)))
    for name in values_in(measured):
        entry = measured[name]
        assert entry["n"] == 200
        assert entry["error"] is None or entry["error"] >= 0
        assert entry["error_is"]


def test_without_labels_what_needs_them_is_absent(groups):
    points, _ = groups
    for labels in (None, [None] * 200, ["all alike"] * 200):
        measured = measure(points, labels)
        assert values_in(measured) == NEED_NONE
        assert measured["n_classes"] == 0 and measured["n_used"] == 200


def test_missing_labels_and_rare_classes_are_left_out_and_counted(groups):
    points, labels = groups
    labels[:7], labels[7:11] = None, "rare"
    measured = measure(points, labels)
    assert measured["n_labelled"] == 193 and measured["n_missing_labels"] == 7
    assert measured["left_out_classes"] == {"rare": 4}
    assert measured["class_names"] == ["a", "b", "c", "d"]
    assert measured["n_used"] == measured["knn_accuracy"]["n"] == 189
    assert measured["two_nn_dimension"]["n"] == 200


def test_many_galaxies_are_measured_on_a_stratified_sample(groups, monkeypatch):
    monkeypatch.setattr(quality, "N_MOST", 100)
    sample = draw_sample(groups[1], 200)
    assert np.bincount(sample["codes"]).tolist() == [40, 30, 20, 10]
    measured = measure(*groups)
    assert measured["n_galaxies"] == 200 and measured["n_used"] == 100
    assert measured["davies_bouldin"]["n"] == 100


def test_equal_seeds_measure_equal_values(groups):
    assert measure(*groups, seed=4) == measure(*groups, seed=4)


def test_a_collapsed_space_is_undefined_and_not_zero():
    measured = measure(np.ones((60, 20), np.float32), ["a", "b"] * 30)
    assert np.isnan(measured["effective_rank"]["value"])
    assert np.isnan(measured["two_nn_dimension"]["value"])
    assert np.isnan(measured["kmeans_davies_bouldin"]["value"])
    assert measured["knn_accuracy"]["value"] <= 0.6


def test_progress_ends_at_one(groups):
    shares = []
    measure(*groups, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1


def test_labels_must_be_as_many_as_galaxies(groups):
    with pytest.raises(ValueError, match="199 labels for 200 galaxies"):
        draw_sample(groups[1][:-1], 200)

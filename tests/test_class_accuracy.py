import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score
from sklearn.neighbors import KNeighborsClassifier

from models.space.class_accuracy import balanced_accuracy, knn_accuracy, linear_probe
from models.space.splits import held_out_fifth


@pytest.fixture
def overlapping(rng):
    codes = rng.choice(3, size=600, p=[0.7, 0.2, 0.1])
    return rng.normal(size=(600, 6)) + 0.8 * codes[:, None], codes


def test_neighbors_vote_as_in_scikit_learn(overlapping):
    points, codes = overlapping
    points = points.astype(np.float32)
    found = knn_accuracy(points, codes, n_repeats=4, seed=9)
    rng, plain, balanced = np.random.default_rng(9), [], []
    for _ in range(4):
        held_out = held_out_fifth(codes, rng)
        voting = KNeighborsClassifier(5).fit(points[~held_out], codes[~held_out])
        predicted = voting.predict(points[held_out])
        plain.append(np.mean(predicted == codes[held_out]))
        balanced.append(balanced_accuracy_score(codes[held_out], predicted))
    assert found["knn_accuracy"]["value"] == pytest.approx(np.mean(plain))
    assert found["knn_accuracy"]["error"] == pytest.approx(np.std(plain, ddof=1) / 2)
    assert found["knn_balanced_accuracy"]["value"] == pytest.approx(np.mean(balanced))
    assert found["knn_accuracy"]["n"] == 600


def test_separate_classes_are_told_apart_without_fault(rng):
    codes = np.repeat([0, 1, 2], [60, 30, 10])
    points = rng.normal(size=(100, 5)) + 100 * codes[:, None]
    assert knn_accuracy(points, codes)["knn_balanced_accuracy"]["value"] == 1
    assert linear_probe(points, codes)["value"] == 1


def test_classes_that_are_mixed_score_by_chance(rng):
    points, codes = rng.normal(size=(2000, 5)), rng.integers(0, 4, 2000)
    assert abs(knn_accuracy(points, codes)["knn_accuracy"]["value"] - 0.25) < 0.05
    assert abs(linear_probe(points, codes)["value"] - 0.25) < 0.05


def test_the_probe_does_not_see_the_scale_of_dimensions(overlapping):
    points, codes = overlapping
    scaled = points * 10.0 ** np.arange(-3, 3) + 7
    assert linear_probe(scaled, codes)["value"] == pytest.approx(
        linear_probe(points, codes)["value"], abs=1e-9
    )


def test_a_plane_tells_rings_from_nothing_but_neighbors_do(rng):
    codes = np.repeat([0, 1], 300)
    angle = rng.random(600) * 2 * np.pi
    radius = np.where(codes, 5, 1)
    points = np.column_stack([radius * np.cos(angle), radius * np.sin(angle)])
    assert knn_accuracy(points, codes)["knn_accuracy"]["value"] == 1
    assert linear_probe(points, codes)["value"] < 0.7


def test_balanced_accuracy_weighs_classes_alike():
    # 3 of 4 and 0 of 1.
    assert balanced_accuracy(np.array([0, 0, 0, 0, 1]), np.array([0, 0, 0, 1, 0])) == 0.375

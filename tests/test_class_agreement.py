import numpy as np
import pytest
from sklearn import metrics

from models.space.class_agreement import NAMES, agreement_with_classes

CODES = np.array([0] * 10 + [1] * 4 + [-1] * 3)
CLASSES = np.array([0] * 8 + [1, -1] + [-1] * 4 + [0, 1, 1])


def test_clusters_that_are_the_classes_agree_wholly_and_by_chance_not_at_all(rng):
    classes = rng.integers(0, 4, 4000)
    same = agreement_with_classes(np.array([2, 0, 3, 1])[classes], classes)
    assert all(same[name].value == pytest.approx(1) for name in same)
    assert same["adjusted_rand"].n == 4000
    chance = agreement_with_classes(rng.integers(0, 4, 4000), classes)
    assert all(abs(each.value) < 0.01 for name, each in chance.items() if name != "in_a_cluster")


@pytest.mark.parametrize("n_clusters", [1, 2, 30])
def test_they_are_scikit_learns(rng, n_clusters):
    classes = rng.integers(0, 4, 500)
    codes = np.where(rng.random(500) < 0.4, classes, rng.integers(0, n_clusters, 500))
    found = agreement_with_classes(codes, classes)
    for name in NAMES:
        peer = getattr(metrics, {NAMES[3]: "adjusted_mutual_info_score"}.get(name, f"{name}_score"))
        assert found[name].value == pytest.approx(peer(classes, codes), rel=1e-9, abs=1e-12)


def test_errors_are_the_scatter_over_draws(rng):
    def draw():
        classes = rng.integers(0, 4, 1000)
        return np.where(rng.random(1000) < 0.5, classes, rng.integers(0, 6, 1000)), classes

    draws = [agreement_with_classes(*draw()) for _ in range(300)]
    for name in NAMES:
        scatter = np.std([each[name].value for each in draws])
        told = np.sqrt(np.mean([each[name].error ** 2 for each in draws]))
        assert 0.85 < told / scatter < 1.15, name


def test_whole_agreement_has_no_error_and_few_galaxies_have_none_told():
    classes = np.arange(200) % 4
    assert agreement_with_classes(classes, classes)["adjusted_rand"].error == pytest.approx(0)
    few = agreement_with_classes(np.array([0, 1, 1]), np.array([0, 1, 1]))
    assert few["adjusted_rand"].value == 1 and few["adjusted_rand"].n == 3


def test_two_classes_in_one_cluster_are_complete_but_not_homogeneous():
    classes = np.array([0] * 5 + [1] * 5 + [2] * 10)
    found = agreement_with_classes(np.repeat([0, 1], 10), classes)
    assert found["completeness"].value == pytest.approx(1)
    assert found["homogeneity"].value == pytest.approx(np.log(2) / (1.5 * np.log(2)))


def test_galaxies_in_no_cluster_are_left_out_and_counted():
    found = agreement_with_classes(CODES, CLASSES)
    assert found["homogeneity"].n == 9 and found["in_a_cluster"].n == 12
    assert found["in_a_cluster"].value == pytest.approx(9 / 12)
    assert found["in_a_cluster"].error == pytest.approx(np.sqrt(0.75 * 0.25 / 12))


@pytest.mark.parametrize(
    "codes, classes", [([-1, -1], [0, 1]), ([0, 1], [-1, -1]), ([0, 1], [2, 2])]
)
def test_where_there_is_nothing_to_compare_it_is_said(codes, classes):
    found = agreement_with_classes(np.array(codes), np.array(classes))
    assert np.isnan(found["adjusted_rand"].value) and "2 classes" in found["adjusted_rand"].reason


def test_classes_of_other_galaxies_are_refused():
    with pytest.raises(ValueError, match="3 classes given for 2 galaxies"):
        agreement_with_classes(np.zeros(2, int), np.zeros(3, int))

import numpy as np
import pytest
from sklearn.metrics import adjusted_mutual_info_score

from models.space.cluster_classes import agreement_with_classes, classes_of_clusters

CODES = np.array([0] * 10 + [1] * 4 + [-1] * 3)
CLASSES = np.array([0] * 8 + [1, -1] + [-1] * 4 + [0, 1, 1])


def test_the_purity_of_a_cluster_with_its_limits_by_hand():
    first, second = classes_of_clusters(CODES, CLASSES)
    assert (first.majority, first.n_majority, first.n_labelled) == (0, 8, 9)
    assert first.counts.tolist() == [8, 1] and first.purity == pytest.approx(8 / 9)
    # Wilson (1927): (p + z^2 / 2n -+ z sqrt(p (1 - p) / n + z^2 / 4 n^2)) / (1 + z^2 / n)
    p, n, z = 8 / 9, 9, 1.959963984540054
    half = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    ends = (p + z**2 / (2 * n) + np.array([-half, half])) / (1 + z**2 / n)
    assert [first.lower, first.upper] == pytest.approx(ends)
    assert first.entropy == pytest.approx(-(8 / 9 * np.log(8 / 9) + 1 / 9 * np.log(1 / 9)))
    assert (second.majority, second.n_labelled) == (-1, 0) and np.isnan(second.purity)


def test_a_cluster_of_one_class_is_pure_but_not_surely():
    (only,) = classes_of_clusters(np.zeros(5, int), np.ones(5, int), n_classes=3)
    assert only.purity == 1 and only.lower == pytest.approx(0.5655, abs=1e-4) and only.upper == 1
    assert only.entropy == 0 and only.counts.tolist() == [0, 5, 0]


def test_clusters_that_are_the_classes_agree_wholly_and_by_chance_not_at_all(rng):
    classes = rng.integers(0, 4, 4000)
    same = agreement_with_classes(np.array([2, 0, 3, 1])[classes], classes)
    assert all(same[name].value == pytest.approx(1) for name in same)
    assert same["adjusted_rand"].n == 4000
    chance = agreement_with_classes(rng.integers(0, 4, 4000), classes)
    assert all(abs(each.value) < 0.01 for name, each in chance.items() if name != "in_a_cluster")


@pytest.mark.parametrize("n_clusters", [1, 2, 30])
def test_the_adjusted_information_is_scikit_learns(rng, n_clusters):
    classes = rng.integers(0, 4, 500)
    codes = np.where(rng.random(500) < 0.4, classes, rng.integers(0, n_clusters, 500))
    found = agreement_with_classes(codes, classes)["adjusted_mutual_information"].value
    assert found == pytest.approx(adjusted_mutual_info_score(classes, codes), rel=1e-9, abs=1e-12)


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
        classes_of_clusters(np.zeros(2, int), np.zeros(3, int))
    with pytest.raises(ValueError, match="3 classes given for 2 galaxies"):
        agreement_with_classes(np.zeros(2, int), np.zeros(3, int))

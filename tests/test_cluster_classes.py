import numpy as np
import pytest

from models.space.cluster_classes import classes_of_clusters

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


def test_classes_of_other_galaxies_are_refused():
    with pytest.raises(ValueError, match="3 classes given for 2 galaxies"):
        classes_of_clusters(np.zeros(2, int), np.zeros(3, int))

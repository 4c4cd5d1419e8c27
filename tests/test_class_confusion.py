"""Which classes neighbors take for each other: counted by hand, and against brute force."""

import numpy as np
import pytest

from models.space.class_confusion import class_confusion, confused_share, votes
from models.space.neighbors import find_neighbors


def test_five_vote_and_the_lowest_class_wins_a_tie():
    listed = np.array([[2, 2, 1, 1, 0, 0, 0], [-1, 1, -1, 1, 0, 0, 0], [-1] * 7])
    np.testing.assert_array_equal(votes(listed, 3), [1, 0, -1])
    allowed = np.ones_like(listed, bool)
    allowed[0, 2] = False
    np.testing.assert_array_equal(votes(listed, 3, allowed), [0, 0, -1])


def test_confusion_is_that_of_the_nearest_one_by_one(rng):
    points, codes = rng.normal(size=(120, 3)), rng.integers(0, 4, 120)
    codes[:10] = -1
    rows = find_neighbors(points, 30).rows
    expected = np.zeros((4, 4), int)
    for i in np.flatnonzero(codes >= 0):
        order = np.argsort(np.linalg.norm(points - points[i], axis=1))
        near = [codes[j] for j in order if j != i and codes[j] >= 0][:5]
        expected[codes[i], np.argmax(np.bincount(near, minlength=4))] += 1
    np.testing.assert_array_equal(class_confusion(codes[rows], codes, 4), expected)


def test_the_share_confused_is_of_both_classes_together():
    table = np.array([[80, 20, 0], [10, 90, 0], [0, 0, 0]])
    share, error = confused_share(table)
    assert share[0, 1] == share[1, 0] == pytest.approx(30 / 200)
    assert error[0, 1] == pytest.approx(np.sqrt(0.15 * 0.85 / 200))
    assert np.isnan(share[0, 0]) and share[0, 2] == 0

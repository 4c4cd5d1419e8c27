"""Recall of what was called interesting, before and after: counted by hand, and not flattered."""

import numpy as np
import pytest

from models.errors import BadInput
from models.space.learning import METHODS, learn
from models.space.learning_recall import places, recall_of_labels


def test_recall_is_counted_before_and_after(rng):
    n = 300
    base = -np.arange(n, dtype=float)  # row = place
    value = np.arange(n, dtype=float)  # turned around
    rows = np.array([5, 50, 250, 299, 7])
    scores = np.array([5.0, 4.0, 4.5, 5.0, 0.0])
    first, more = recall_of_labels(value, value[rows], base, rows, scores, first=(40, 1000))
    assert (first.first, first.n_interesting) == (40, 4)
    assert first.before.n_found == 1 and first.after.n_found == 1  # row 5; row 299
    assert more.first == n and more.before.n_found == more.after.n_found == 4
    # Wilson (1927) for 1 of 4, z = 1.96.
    z, p, m = 1.959964, 0.25, 4
    middle = (p + z**2 / (2 * m)) / (1 + z**2 / m)
    half = z * np.sqrt(p * (1 - p) / m + z**2 / (4 * m**2)) / (1 + z**2 / m)
    assert first.before.low == pytest.approx(middle - half, abs=1e-5)
    assert first.before.high == pytest.approx(middle + half, abs=1e-5)


def test_a_label_is_judged_by_its_held_out_value(rng):
    value, base, rows = np.zeros(100), np.zeros(100), np.array([98, 99])
    value[rows] = 10  # what a fit says that has seen them
    recall = recall_of_labels(value, np.full(2, -1.0), base, rows, np.full(2, 5.0), first=(40,))
    assert recall[0].after.n_found == 0


@pytest.mark.parametrize("method", METHODS)
def test_labels_of_chance_show_no_gain(rng, method):
    # Learned by heart every one of them would be found.
    features = rng.normal(size=(4000, 10)).astype(np.float32)
    rows = rng.choice(4000, 100, replace=False)
    scores = rng.permutation(np.repeat([0.0, 5.0], 50))
    learned = learn(features, rows, scores, rng.normal(size=4000), method)
    base = rng.normal(size=4000)
    (recall,) = recall_of_labels(learned.value, learned.held_out, base, rows, scores, first=(200,))
    by_heart = (places(learned.value)[rows[scores == 5]] < 200).sum()
    assert by_heart > 30
    assert recall.after.n_found < by_heart / 2


def test_without_an_interesting_label_there_is_nothing_to_find():
    with pytest.raises(BadInput, match="score of 4 or more"):
        recall_of_labels(np.zeros(5), np.zeros(1), np.zeros(5), np.array([1]), np.array([3.0]))


def test_places_count_from_the_highest_and_leave_what_is_undefined_last():
    np.testing.assert_array_equal(places(np.array([1.0, np.nan, 3.0, 1.0])), [1, 3, 0, 2])

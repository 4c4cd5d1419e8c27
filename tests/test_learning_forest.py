"""A forest of scores, and the formula that trusts it near the labels alone."""

import numpy as np
import pytest
from sklearn.ensemble import RandomForestRegressor

from models.space.learning_forest import (
    BLOCK,
    LEAST,
    N_TREES,
    TRUST,
    WEIGHT,
    grow_forest,
    nearest_labeled,
    nearest_other,
    trusted_value,
)


def test_the_forest_is_that_of_scikit_learn_in_blocks(rng):
    features = rng.normal(size=(BLOCK + 300, 5)).astype(np.float32)
    rows = rng.choice(len(features), 40, replace=False)
    scores = rng.integers(0, 6, 40).astype(float)
    forest = grow_forest(features, rows, scores, seed=3)

    plain = RandomForestRegressor(N_TREES, random_state=3).fit(features[rows], scores)
    np.testing.assert_allclose(forest.expected, plain.predict(features), atol=1e-5)
    some = features[-50:]
    spread = np.std([tree.predict(some) for tree in plain.estimators_], axis=0)
    np.testing.assert_allclose(forest.error[-50:], spread, atol=1e-5)


def test_a_score_of_chance_is_not_remembered_where_it_is_held_out(rng):
    features = rng.normal(size=(300, 5)).astype(np.float32)
    scores = rng.permutation(np.repeat([0.0, 5.0], 150))
    forest = grow_forest(features, np.arange(300), scores, seed=0)
    assert np.corrcoef(forest.expected, scores)[0, 1] > 0.8
    assert abs(np.corrcoef(forest.held_out, scores)[0, 1]) < 0.25


def test_distances_to_labels_are_those_of_brute_force(rng):
    features = rng.normal(size=(BLOCK + 5, 3)).astype(np.float32)
    labeled = features[:7]
    apart = np.linalg.norm(features[:, None] - labeled, axis=2)
    np.testing.assert_allclose(nearest_labeled(features, labeled), apart.min(1), atol=1e-3)
    among = np.linalg.norm(labeled[:, None] - labeled, axis=2) + np.diag(np.full(7, np.inf))
    np.testing.assert_allclose(nearest_other(labeled), among.min(1), rtol=1e-6)


def test_far_from_labels_the_value_is_how_unusual_a_galaxy_is():
    unusual = np.array([0.1, 0.5, 1.0])
    for interest in (0.0, 1.0):
        value = trusted_value(unusual, np.full(3, interest), np.full(3, 20.0))
        np.testing.assert_allclose(value, unusual, rtol=1e-6)


def test_beside_a_label_it_is_astronomalys_value_and_the_interest():
    interest = np.array([0.0, 0.4, 1.0])
    value = trusted_value(np.full(3, 0.6), interest, np.zeros(3))
    np.testing.assert_allclose(value, 0.6 * (LEAST + WEIGHT * interest) + interest)


def test_in_between_it_is_what_the_formula_says():
    beyond = np.exp(TRUST) - 1
    damped = 0.6 * np.tanh(beyond + np.arctanh(0.1 + 0.85 * 0.5))
    expected = damped + 0.5 * (1 - np.tanh(beyond))
    found = trusted_value(np.array([0.6]), np.array([0.5]), np.array([1.0]))
    assert found[0] == pytest.approx(expected)


def test_trust_is_gone_and_not_beyond_numbers_far_from_the_labels():
    far = trusted_value(np.array([0.4, 0.4]), np.array([0.0, 1.0]), np.array([29.0, 1e9]))
    assert far == pytest.approx([0.4, 0.4])

"""Planted kinds of anomaly, one of them sought: labels find it, whatever else is unusual."""

import numpy as np
import pytest

from models.space.learning import METHODS
from models.space.learning_rehearsal import LISTED, rehearse
from models.space.neighbors import find_neighbors

N, N_DIM, N_KINDS, N_EACH = 8_000, 15, 6, 25
SCORES = (0.0, 1.0, 5.0)  # of the usual, of other anomalies, of the kind sought


@pytest.fixture(scope="module")
def planted():
    """Galaxies in clusters and six tight groups far out, and their distance to the tenth next."""
    rng = np.random.default_rng(4)
    axes = np.arange(1, N_DIM + 1) ** -0.7
    centers = rng.normal(size=(6, N_DIM)) * axes * 2
    points = centers[rng.integers(0, 6, N)] + rng.normal(size=(N, N_DIM)) * axes * 0.8
    kind = np.full(N, -1)
    for group in range(N_KINDS):
        rows = np.arange(group * N_EACH, (group + 1) * N_EACH)
        away = rng.normal(size=N_DIM) * axes
        away *= 2.5 * np.linalg.norm(axes) / np.linalg.norm(away)
        points[rows] = centers[group] + away + rng.normal(size=(N_EACH, N_DIM)) * axes * 0.6
        kind[rows] = group
    points = points.astype(np.float32)
    base = find_neighbors(points, 10).distances[:, -1]
    return points, kind, base


@pytest.mark.parametrize("method", METHODS)
def test_after_fifty_labels_the_planted_kind_is_listed_first(planted, method):
    points, kind, base = planted
    is_sought = kind == 2
    rng = np.random.default_rng(0)
    scores = np.where(is_sought, SCORES[2], np.where(kind >= 0, SCORES[1], SCORES[0]))
    scores = np.clip(np.rint(scores + rng.normal(size=N) * 0.5), 0, 5)
    found = rehearse(points, scores, base, is_sought, method, after=(0, 20, 50))

    assert found.recall[0] < 0.6  # the anomaly score alone lists every kind, or none
    assert found.recall[2] >= 0.8
    assert found.n_labeled[2] > 50 * LISTED / N * 5  # far more than by chance


def test_while_all_scores_are_the_same_the_base_ranking_goes_on(planted):
    points, kind, base = planted
    dull = rehearse(points, np.zeros(N), base, kind == 2, "process", after=(0, 30))
    assert dull.recall[1] == dull.recall[0]
    first = np.argsort(-base, kind="stable")[:30]
    assert dull.n_labeled[1] == (kind[first] == 2).sum()

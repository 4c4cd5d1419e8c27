import numpy as np
import pytest

from models.encoders.monitor import (
    label_metrics,
    pixel_components,
    spectrum_shape,
    warning,
    watch,
)


def test_effective_rank_of_equal_variances_is_their_number(rng):
    # 5 directions of one variance, exactly: columns of an orthogonal matrix
    basis = np.linalg.qr(rng.normal(size=(200, 5)) - 0)[0]
    basis = np.linalg.qr(basis - basis.mean(0))[0]
    rank, top_share = spectrum_shape(np.hstack([basis, np.zeros((200, 3))]))
    assert rank == pytest.approx(5, rel=1e-6)
    assert top_share == pytest.approx(0.2, rel=1e-6)


def test_effective_rank_follows_the_entropy(rng):
    points = rng.normal(size=(20000, 2)) * [3, 1]
    shares = np.array([0.9, 0.1])
    rank, top_share = spectrum_shape(points)
    assert rank == pytest.approx(np.exp(-np.sum(shares * np.log(shares))), rel=0.02)
    assert top_share == pytest.approx(0.9, abs=0.01)


def test_equal_representations_have_no_rank():
    assert np.isnan(spectrum_shape(np.ones((10, 3)))).all()


def test_separate_classes_are_told_apart_and_noise_is_not(rng):
    labels = np.repeat([0, 1, 2], [150, 30, 20])
    told = label_metrics(np.eye(3)[labels] * 10 + rng.normal(size=(200, 3)), labels, seed=0)
    assert told.knn_accuracy == pytest.approx(1, abs=0.02)
    assert told.linear_accuracy == pytest.approx(1, abs=0.02)
    assert (told.chance, told.n) == (pytest.approx(1 / 3), 200)
    # Always saying the commonest class is right for 75 % and balanced is worth a third.
    blind = label_metrics(rng.normal(size=(200, 3)), labels, seed=0)
    assert blind.knn_accuracy < 0.5
    assert blind.linear_accuracy < 0.55


def test_small_and_unknown_classes_are_left_out(rng):
    labels = np.repeat([0, 1, 2, -1], [50, 50, 9, 20])
    judged = label_metrics(rng.normal(size=(129, 3)), labels, seed=0)
    assert (judged.n_classes, judged.n) == (2, 100)
    alone = label_metrics(rng.normal(size=(129, 3)), np.zeros(129, int), seed=0)
    assert np.isnan([alone.knn_accuracy, alone.linear_accuracy, alone.chance]).all()


def test_the_watched_numbers_are_the_same_twice_and_name_their_n(rng):
    representations = rng.normal(size=(100, 8)).astype(np.float32)
    labels = rng.integers(0, 2, 100)
    measured = watch(representations, labels, seed=0)
    assert measured == watch(representations, labels, seed=0)
    assert (measured["n"], measured["n_labelled"]) == (100, 100)
    assert "knn_accuracy" not in watch(representations, None, seed=0)


def test_two_clumps_score_above_a_gaussian(rng):
    clumps = rng.normal(size=(300, 4)) + 12 * rng.integers(0, 2, (300, 1))
    scores = [watch(x, None, seed=0) for x in (clumps, rng.normal(size=(300, 4)))]
    assert scores[0]["kl_divergence"] > 5 * abs(scores[1]["kl_divergence"])


def test_a_collapse_is_warned_of(rng):
    assert "2.0 is below 5" in warning({"effective_rank": 2.0})
    assert warning({"effective_rank": 20.0}) is None
    assert "collapsing" in warning({"effective_rank": np.nan})


def test_pixel_axes_come_from_the_training_galaxies(rng):
    train = rng.normal(size=(50, 30)) * np.r_[10, 5, np.ones(28)]
    components = pixel_components(train, np.eye(30)[:2] * 7, 2)
    assert components.shape == (2, 2)
    assert np.abs(components[0, 0] - components[1, 0]) > 5

"""A Gaussian process through scores: that of scikit-learn, its held-out means, what to try next."""

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import norm
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, Matern, WhiteKernel

from models.space.learning_process import (
    BLOCK,
    expected_improvement,
    fit_process,
    held_out_mean,
    predict,
)

N_DIM = 6
SCALE = np.sqrt(2 * N_DIM)  # separation of two standard normal points


def labeled(rng, m=60):
    """Features about a far center, and scores that fall off with the distance from it."""
    features = rng.normal(size=(m, N_DIM)).astype(np.float32)
    scores = 5 * np.exp(-((features - 0.5) ** 2).sum(1) / 6) + rng.normal(size=m) * 0.3
    return features + np.float32(40), scores - 1


def same_of_sklearn(process):
    kernel = ConstantKernel(process.spread**2) * Matern(process.length, nu=1.5)
    return GaussianProcessRegressor(kernel + WhiteKernel(process.noise**2), optimizer=None)


def test_the_prediction_in_blocks_is_that_of_scikit_learn(rng):
    features, beyond = labeled(rng)
    process = fit_process(features, beyond, SCALE)
    asked = (rng.normal(size=(BLOCK + 100, N_DIM)) + 40).astype(np.float32)
    asked[:60] = features  # where the error is smallest
    mean, error = predict(process, asked, features)

    exact = same_of_sklearn(process).fit(features.astype(np.float64), beyond)
    there, total = exact.predict(asked.astype(np.float64), return_std=True)
    np.testing.assert_allclose(mean, there, atol=1e-4)
    np.testing.assert_allclose(error, np.sqrt(total**2 - process.noise**2), atol=1e-4)


def test_a_held_out_mean_is_that_of_a_process_without_the_label(rng):
    features, beyond = labeled(rng, m=20)
    process = fit_process(features, beyond, SCALE)
    held_out = held_out_mean(process, beyond)
    for row in range(20):
        others = np.arange(20) != row
        without = same_of_sklearn(process).fit(features[others].astype(float), beyond[others])
        assert held_out[row] == pytest.approx(without.predict(features[[row]].astype(float))[0])


def test_the_fit_finds_the_numbers_that_scores_were_drawn_with(rng):
    features = rng.normal(size=(200, 2)) * 3
    truth = ConstantKernel(4.0) * Matern(3.0, nu=1.5) + WhiteKernel(0.3**2)
    drawn = rng.multivariate_normal(np.zeros(200), truth(features))
    process = fit_process(features, drawn, 6.0)
    found = [process.spread, process.length, process.noise]
    np.testing.assert_allclose(found, [2.0, 3.0, 0.3], rtol=0.4)


def test_three_labels_leave_the_numbers_at_what_is_believed(rng):
    process = fit_process(rng.normal(size=(3, N_DIM)), np.array([0.0, 2.0, -1.0]), SCALE)
    found = [process.length / SCALE, process.spread, process.noise]
    np.testing.assert_allclose(found, [1.0, 2.0, 0.5], rtol=0.5)


def test_far_from_every_label_the_mean_is_the_prior_and_the_error_all_of_the_spread(rng):
    features, beyond = labeled(rng)
    process = fit_process(features, beyond, SCALE)
    mean, error = predict(process, features[:1] + np.float32(1e3), features)
    assert mean[0] == pytest.approx(0, abs=1e-6)
    assert error[0] == pytest.approx(process.spread)


def test_expected_improvement_is_the_integral_that_it_stands_for():
    for mean, error in [(1.0, 2.0), (4.0, 0.5), (6.0, 1.0)]:
        gain = quad(lambda f, m=mean, e=error: (f - 5) * norm.pdf(f, m, e), 5, mean + 40)[0]
        found = expected_improvement(np.array([mean]), np.array([error]), 5.0)
        assert found[0] == pytest.approx(gain, abs=1e-6)


def test_what_is_known_for_certain_improves_by_what_it_exceeds():
    found = expected_improvement(np.array([4.0, 6.0]), np.zeros(2), 5.0)
    np.testing.assert_allclose(found, [0, 1], atol=1e-6)

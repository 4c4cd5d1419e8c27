import numpy as np
import pytest
from scipy.stats import spearmanr
from sklearn.neighbors import LocalOutlierFactor

from models.space.anomaly_scores import agreement, anomaly_scores, outlier_factor, place_shares
from models.space.estimators import AGREEMENT, CENTER, FACTOR, IS_LOW_UNUSUAL, ISOLATION, MIXTURE
from models.space.neighbors import Neighbors, find_neighbors


@pytest.fixture(scope="module")
def planted():
    """Three groups in 8 dimensions, 10 galaxies far from each; and their scores."""
    rng = np.random.default_rng(3)
    centers = rng.normal(scale=8, size=(3, 8))
    points = centers[np.arange(1500) % 3] + rng.normal(size=(1500, 8))
    odd = np.arange(10) * 150 + 7
    points[odd] += 9 * np.sign(rng.normal(size=(10, 8)))
    points = points.astype(np.float32)
    return points, odd, anomaly_scores(find_neighbors(points, 30), points, seed=1)


@pytest.mark.parametrize("name", IS_LOW_UNUSUAL)
def test_every_estimator_places_planted_outliers_first(planted, name):
    _, odd, scores = planted
    shares = place_shares(scores[name], is_low_unusual=IS_LOW_UNUSUAL[name])
    assert scores[name].dtype == np.float32
    assert shares[odd].max() < 0.03, "of 1,500 galaxies, 10 of them planted"


def test_equal_seeds_give_equal_scores_and_others_nearly(planted):
    points, _, scores = planted
    neighbors = find_neighbors(points, 30)
    again = anomaly_scores(neighbors, points, seed=1)
    for name, values in scores.items():
        assert np.array_equal(values, again[name]), name
    other = anomaly_scores(neighbors, points, seed=2)
    assert not np.array_equal(scores[ISOLATION], other[ISOLATION])
    assert spearmanr(scores[ISOLATION], other[ISOLATION]).statistic > 0.9


def test_the_outlier_factor_is_that_of_the_points(planted):
    points, _, scores = planted
    direct = LocalOutlierFactor(n_neighbors=20).fit(points.astype(np.float64))
    assert scores[FACTOR] == pytest.approx(-direct.negative_outlier_factor_, rel=1e-4)


def test_copies_of_a_galaxy_leave_the_factor_finite(rng):
    points = rng.normal(size=(400, 5)).astype(np.float32)
    points[:60] = points[0]
    found = outlier_factor(find_neighbors(points, 30))
    assert np.isfinite(found).all()
    assert np.median(found[60:]) == pytest.approx(1, abs=0.2)


def test_galaxies_that_are_all_alike_have_no_factor():
    alike = Neighbors(np.zeros((5, 2), np.int32), np.zeros((5, 2), np.float32))
    assert np.isnan(outlier_factor(alike)).all()


def test_a_galaxy_between_groups_is_unlikely_in_a_mixture(rng):
    groups = np.where(np.arange(800) % 2, 10.0, -10.0)[:, None] * np.array([1.0, 0, 0])
    points = (groups + rng.normal(size=(800, 3))).astype(np.float32)
    points[5] = 0  # where one Gaussian of them all is densest
    scores = anomaly_scores(find_neighbors(points, 30), points)
    assert scores[MIXTURE].argmin() == 5
    assert scores[CENTER].argmax() == 5


def test_scores_do_not_depend_on_the_unit(planted):
    points, _, scores = planted
    larger = points * np.float32(1024)
    found = anomaly_scores(find_neighbors(larger, 30), larger, seed=1)
    for name in IS_LOW_UNUSUAL:
        assert spearmanr(found[name], scores[name]).statistic > 0.999, name


@pytest.mark.parametrize("n", [3, 12, 25])
def test_a_handful_of_galaxies_is_scored(rng, n):
    points = rng.normal(size=(n, 4)).astype(np.float32)
    scores = anomaly_scores(find_neighbors(points, 30), points)
    assert set(IS_LOW_UNUSUAL) <= set(scores)
    assert np.isfinite(scores[AGREEMENT]).all()


def test_agreement_is_the_geometric_mean_of_places():
    scores = {
        "log_density": np.array([3.0, 1, 2, 4]),
        "neighbor_distance": np.array([4.0, 1, 3, 2]),
    }
    places = np.array([[3, 1], [1, 4], [2, 2], [4, 3]])
    assert agreement(scores) == pytest.approx(np.sqrt(places.prod(1)) / 4)


def test_who_has_no_score_is_left_out_by_that_estimator():
    nan = np.nan
    found = agreement({"log_density": np.array([nan, 1, 2]), "isolation": np.array([nan, nan, 1])})
    assert np.isnan(found[0])
    assert found[1:] == pytest.approx([1 / 2, 1])


def test_galaxies_of_one_score_share_their_place():
    assert place_shares(np.array([5.0, 5, 1]), is_low_unusual=False) == pytest.approx([0.5, 0.5, 1])


def test_the_work_can_be_stopped(planted):
    class Stopped(Exception):
        pass

    def stop(share):
        if share > 0.2:
            raise Stopped

    points = planted[0][:200]
    with pytest.raises(Stopped):
        anomaly_scores(find_neighbors(points, 10), points, progress=stop)

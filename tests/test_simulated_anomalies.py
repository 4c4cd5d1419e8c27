import numpy as np
import pytest

from data.simulated.anomalies import KINDS, Host, planted
from data.simulated.light import Frame
from data.simulated.photometry import flux

HOST = Host(
    radius_arcsec=4.0, magnitude=16.0, redshift=0.05, axis_ratio=0.9, angle=0.0, seeing_arcsec=1.2
)


@pytest.fixture
def frame():
    return Frame.around(width_arcsec=30, cutout_px=96)


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_adds_light_that_can_be_seen(kind, frame):
    for seed in range(5):
        light = planted(kind, frame, HOST, np.random.default_rng(seed))
        assert light.shape == (3, frame.size, frame.size)
        assert np.isfinite(light).all() and (light >= 0).all()
        assert frame.inside(light).sum() > 0.02 * flux(HOST.magnitude)


@pytest.mark.parametrize("kind", KINDS)
def test_same_seed_same_anomaly(kind, frame):
    first, second = (planted(kind, frame, HOST, np.random.default_rng(3)) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_a_ring_surrounds_an_emptier_middle(frame, rng):
    light = planted("ring", frame, HOST, rng)[1]
    radius = np.hypot(frame.x, frame.y)
    assert light[radius < 2].mean() < 0.05 * light[(radius > 5) & (radius < 11)].mean()


def test_an_arc_is_bluer_than_its_lens(frame, rng):
    green, _, infrared = planted("gravitational arc", frame, HOST, rng).sum(axis=(1, 2))
    assert green > 0.7 * infrared


def test_a_double_nucleus_has_two_peaks_that_the_seeing_parts(frame, rng):
    light = planted("double nucleus", frame, HOST, rng)[1]
    first = np.unravel_index(light.argmax(), light.shape)
    apart = np.hypot(frame.x - frame.x[first], frame.y - frame.y[first])
    second = np.unravel_index(np.where(apart > 1.2, light, 0).argmax(), light.shape)
    assert light[second] > 0.3 * light[first]
    assert apart[second] > HOST.seeing_arcsec


def test_a_trail_crosses_the_picture_in_one_band_or_two(frame):
    for seed in range(5):
        light = frame.inside(planted("satellite trail", frame, HOST, np.random.default_rng(seed)))
        lit = light.max(axis=(1, 2)) > 0
        assert 1 <= lit.sum() <= 2
        streak = light[light.sum(axis=(1, 2)).argmax()] > 0.2 * light.max()
        assert max(streak.any(axis=0).sum(), streak.any(axis=1).sum()) > 60


def test_a_saturated_star_outshines_the_galaxy(frame, rng):
    assert planted("saturated star", frame, HOST, rng)[1].sum() > flux(HOST.magnitude)


def test_a_jet_is_straight_and_narrow(frame, rng):
    light = planted("jet", frame, HOST, rng)[1]
    weights = np.where(light > 0.02 * light.max(), light, 0).ravel()
    covariance = np.cov(np.stack([frame.x.ravel(), frame.y.ravel()]), aweights=weights)
    across, along = np.sqrt(np.linalg.eigvalsh(covariance))
    assert across < 0.25 * along

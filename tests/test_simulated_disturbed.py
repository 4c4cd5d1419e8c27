import numpy as np
import pytest

from data.simulated.disturbed import bent, bridge, lopsided, shells, tail
from data.simulated.light import Frame, Layer, Shape, sersic


@pytest.fixture
def frame():
    return Frame.around(width_arcsec=30, cutout_px=96)


def test_a_tide_leaves_the_centre_alone_and_bends_the_rest(frame, rng):
    strained = bent(frame, 4.0, 0.5, rng)
    moved = np.hypot(strained.x - frame.x, strained.y - frame.y)
    radius = np.hypot(frame.x, frame.y)
    assert moved[radius < 1].max() < 0.15
    assert moved[radius > 8].mean() > 1


def test_a_lopsided_disk_has_a_brighter_side(frame, rng):
    round_ = Layer(sersic(frame, 4.0, 1.0, Shape()), 0.8, 0.5)
    (layer,) = lopsided(frame, [round_], 4.0, 0.8, rng)
    turned = layer.light[::-1, ::-1]
    assert np.abs(layer.light - turned).sum() > 0.2 * layer.light.sum()
    assert (layer.share, layer.age) == (0.8, 0.5)


def test_a_tail_leaves_its_galaxy(frame, rng):
    light = tail(frame, 3.0, (0.0, 0.0), 0.0, rng)
    assert np.average(frame.x, weights=light) > 1.5
    assert np.isfinite(light).all() and (light >= 0).all()


def test_a_bridge_lies_between_its_ends(frame, rng):
    light = bridge(frame, np.array([-5.0, 0.0]), np.array([5.0, 0.0]), 0.8, rng)
    assert abs(np.average(frame.x, weights=light)) < 1
    assert light[np.abs(frame.x) > 9].sum() < 0.02 * light.sum()


def test_shells_have_sharp_outer_edges(frame, rng):
    light = shells(frame, 3.0, 0.0, rng)
    assert light[np.hypot(frame.x, frame.y) < 0.5].mean() < 0.2 * light.max()
    steps = np.diff(light[frame.size // 2])
    assert np.abs(steps).max() > 0.25 * light.max()

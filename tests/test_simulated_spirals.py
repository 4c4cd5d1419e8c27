import numpy as np
import pytest

from data.simulated.light import Frame, Shape
from data.simulated.spirals import Arms, Disk, bar_light, spiral_layers

DISK = Disk(scale=3.0, plane=Shape(), age=0.6)


def arms(n_arms=2, pitch_degrees=20.0, winding=1):
    return Arms(
        n_arms=n_arms,
        pitch=np.deg2rad(pitch_degrees),
        winding=winding,
        start=1.0,
        phase=0.3,
        sharpness=4.0,
        contrast=1.0,
        raggedness=0.0,
    )


@pytest.mark.parametrize("n_arms", [1, 2, 3, 4])
def test_a_circle_crosses_every_arm_once(n_arms):
    azimuth = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    pattern = arms(n_arms).pattern(np.full(720, 4.0), azimuth)
    is_peak = (pattern > np.roll(pattern, 1)) & (pattern >= np.roll(pattern, -1))
    assert is_peak.sum() == n_arms
    assert pattern.max() == pytest.approx(1, abs=0.01)


def test_arms_follow_a_logarithmic_spiral_of_their_pitch():
    # d ln R / d theta = tan(pitch) along an arm.
    azimuth = np.linspace(-np.pi / 2, np.pi / 2, 4001)
    crest = [
        azimuth[arms(1).pattern(np.full(4001, radius), azimuth + 4.2).argmax()]
        for radius in (4.0, 4.4)
    ]
    assert np.log(4.4 / 4.0) / (crest[1] - crest[0]) == pytest.approx(np.tan(np.deg2rad(20)), 1e-2)


def test_winding_is_a_mirror_image():
    azimuth = np.linspace(-np.pi, np.pi, 100)
    radius = np.full(100, 3.0)
    forward = arms(winding=1).pattern(radius, azimuth + 0.3)
    backward = arms(winding=-1).pattern(radius, -azimuth + 0.3)
    np.testing.assert_allclose(forward, backward, rtol=1e-6)


def test_there_are_no_arms_inside_their_start():
    assert arms().pattern(np.full(50, 0.2), np.linspace(0, 6, 50)).max() < 0.01


def test_arms_are_younger_than_the_disk_they_are_in(rng):
    layers, depth = spiral_layers(Frame.around(30, 64), DISK, arms(), 0.4, rng)
    old, *young = layers
    assert all(layer.age < old.age for layer in young)
    assert sum(layer.share for layer in layers) == pytest.approx(1)
    assert (depth >= 0).all() and np.isfinite(depth).all()


def test_a_bar_has_its_length_and_direction():
    frame = Frame.around(30, 96)
    light = bar_light(frame, DISK, 5.0, Shape(axis_ratio=0.3, angle=np.pi / 2))
    assert light[np.hypot(frame.x, frame.y) > 7].max() < 1e-3
    assert (light * frame.y**2).sum() > 5 * (light * frame.x**2).sum()

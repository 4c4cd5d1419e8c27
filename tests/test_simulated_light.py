import numpy as np
import pytest

from data.simulated.light import (
    Frame,
    Shape,
    deposit,
    edge_on_disk,
    half_light_radius,
    sersic,
    stream,
    texture,
)


@pytest.fixture
def frame():
    return Frame.around(width_arcsec=40, cutout_px=128)


def test_the_cutout_is_the_middle_of_the_frame(frame):
    assert frame.size == 128 + 2 * frame.margin
    assert frame.inside(frame.x).shape == (128, 128)
    assert frame.half_width == pytest.approx(20)
    assert frame.x.mean() == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("index", [0.6, 1.0, 2.0])
def test_half_of_a_sersic_profile_is_within_its_radius(frame, index):
    light = sersic(frame, 3.0, index, Shape())
    assert half_light_radius(frame, light) == pytest.approx(3.0, rel=0.04)


def test_a_flattened_profile_has_about_the_same_half_light_circle(frame):
    light = sersic(frame, 3.0, 1.0, Shape(axis_ratio=0.4, angle=0.7))
    assert half_light_radius(frame, light) == pytest.approx(3.0, rel=0.1)


def test_the_cusp_does_not_depend_on_the_pixels():
    shares = []
    for cutout_px in (64, 192):
        frame = Frame.around(40, cutout_px)
        light = sersic(frame, 3.0, 4.0, Shape(x=0.37, y=-0.21))
        core = np.hypot(frame.x, frame.y) < 2
        shares.append(light[core].sum() / light.sum())
    assert shares[0] == pytest.approx(shares[1], rel=0.03)


def test_a_shape_lies_along_its_angle(frame):
    light = sersic(frame, 3.0, 1.0, Shape(axis_ratio=0.3, angle=np.pi / 2))
    assert (light * frame.y**2).sum() > 4 * (light * frame.x**2).sum()


def test_point_sources_keep_their_light_and_place(frame):
    x, y = np.array([3.21, -5.4]), np.array([-1.17, 8.8])
    light = deposit(frame, x, y, np.array([2.0, 1.0]))
    assert light.sum() == pytest.approx(3.0)
    assert (light * frame.x).sum() == pytest.approx(2 * 3.21 - 5.4, abs=1e-3)
    assert (light * frame.y).sum() == pytest.approx(-2 * 1.17 + 8.8, abs=1e-3)


def test_point_sources_outside_are_left_out(frame):
    assert deposit(frame, np.array([900.0]), np.array([0.0]), np.array([1.0])).sum() == 0


def test_a_stream_follows_its_path(frame, rng):
    path = np.stack([np.linspace(-8, 8, 50), np.full(50, 4.0)], axis=1)
    light = stream(frame, path, 0.8, np.ones(50), rng)
    off = np.average((frame.y - 4.0) ** 2, weights=light) ** 0.5
    assert off == pytest.approx(0.8, rel=0.2)


def test_a_disk_from_the_side_is_thin_and_symmetric(frame):
    light = edge_on_disk(frame, 3.0, 0.4, Shape(), warp=0.0)
    np.testing.assert_allclose(light, light[::-1], rtol=1e-4)
    np.testing.assert_allclose(light, light[:, ::-1], rtol=1e-4)
    assert (light * frame.y**2).sum() < 0.05 * (light * frame.x**2).sum()


@pytest.mark.parametrize("grain", [8, 16, 32])
def test_texture_has_unit_variance_and_no_seam(frame, rng, grain):
    radius, azimuth = np.hypot(frame.x, frame.y), np.arctan2(frame.y, frame.x)
    fields = [texture(radius, azimuth, rng, 2.0, grain) for _ in range(20)]
    assert np.std(fields) == pytest.approx(1, abs=0.2)
    circle = np.linspace(-np.pi, np.pi, 2001)
    around = texture(np.full(2001, 3.0), circle, rng, 2.0, grain)
    assert around[0] == pytest.approx(around[-1], abs=1e-3)

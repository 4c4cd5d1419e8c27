import numpy as np
import pytest
from scipy.fft import fftshift

from data.simulated.optics import (
    DETECTOR_PX_ARCSEC,
    ELECTRONS,
    READ_NOISE,
    SKY,
    Conditions,
    add_noise,
    blur,
    moffat,
    signal_to_noise,
    to_rgb,
)

STILL = Conditions(1.2, 3.0, np.zeros((3, 2)))


def point(size=64):
    light = np.zeros((3, size, size), np.float32)
    light[:, size // 2, size // 2] = 1
    return light


def test_the_psf_has_unit_sum_and_the_width_of_the_seeing():
    psf = fftshift(moffat(64, 8.0, 3.0))
    assert psf.sum() == pytest.approx(1)
    across = psf[32]
    assert across[36] == pytest.approx(across[32] / 2, rel=1e-6)


def test_blurring_keeps_the_light_and_spreads_it():
    seen = blur(point(), 0.3, STILL)
    np.testing.assert_allclose(seen.sum(axis=(1, 2)), 1, rtol=1e-3)
    assert (seen.max(axis=(1, 2)) < 0.15).all()


def test_bluer_light_is_blurred_more():
    green, red, infrared = blur(point(), 0.3, STILL).max(axis=(1, 2))
    assert green < red < infrared


def test_the_bands_are_shifted_against_each_other():
    shifts = np.array([[0.6, 0.0], [0.0, 0.0], [0.0, -0.6]])
    seen = blur(point(), 0.3, Conditions(1.2, 3.0, shifts))
    assert np.unravel_index(seen[0].argmax(), seen[0].shape) == (32, 34)
    assert np.unravel_index(seen[1].argmax(), seen[1].shape) == (32, 32)
    assert np.unravel_index(seen[2].argmax(), seen[2].shape) == (30, 32)


def test_empty_sky_has_the_noise_of_the_sky(rng):
    noise = add_noise(np.zeros((3, 256, 256)), DETECTOR_PX_ARCSEC, rng)
    electrons = SKY * DETECTOR_PX_ARCSEC**2 * ELECTRONS
    np.testing.assert_allclose(
        noise.std(axis=(1, 2)), np.sqrt(electrons + READ_NOISE**2) / ELECTRONS, rtol=0.02
    )
    np.testing.assert_allclose(noise.mean(axis=(1, 2)), 0, atol=1e-3)


def test_an_enlarged_cutout_has_the_grain_of_the_detector(rng):
    fine = add_noise(np.zeros((3, 256, 256)), DETECTOR_PX_ARCSEC / 4, rng)[1]
    coarse = add_noise(np.zeros((3, 256, 256)), DETECTOR_PX_ARCSEC, rng)[1]

    def correlation(noise):
        return np.corrcoef(noise[:, :-1].ravel(), noise[:, 1:].ravel())[0, 1]

    assert correlation(fine) > 0.8 > 0.1 > abs(correlation(coarse))


def test_bright_places_are_noisier(rng):
    light = np.zeros((3, 64, 64))
    light[:, :, 32:] = 50
    noise = add_noise(light, DETECTOR_PX_ARCSEC, rng)[1]
    assert noise[:, 32:].std() > 2 * noise[:, :32].std()


def test_signal_to_noise_falls_with_magnitude_and_with_size():
    by_magnitude = [signal_to_noise(m, 3.0) for m in (14, 15, 16, 17)]
    by_size = [signal_to_noise(17, r) for r in (2, 4, 8)]
    assert (np.diff(by_magnitude) < 0).all() and (np.diff(by_size) < 0).all()


def test_black_is_dark_and_colors_are_in_their_place():
    dark = to_rgb(np.zeros((3, 8, 8)))
    assert dark.dtype == np.uint8 and dark.shape == (8, 8, 3)
    assert dark.max() < 20
    red = np.zeros((3, 8, 8))
    red[2] = 1
    assert to_rgb(red)[0, 0].argmax() == 0

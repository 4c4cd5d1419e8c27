import numpy as np
import pytest
from astropy.visualization import ZScaleInterval

from models.cutout_stretch import PERCENTILES, STRETCHES, check_stretch, stretch, stretch_band
from models.errors import BadInput


@pytest.fixture
def planes(rng):
    """Three bands of noise with a source in the middle, brightest in the last."""
    y, x = np.mgrid[:20, :24] - 10
    source = np.exp(-np.hypot(x, y) / 3)
    return np.stack([50 + 40 * red * source + rng.normal(size=source.shape) for red in (1, 2, 4)])


def test_bands_become_blue_green_red(rng):
    planes = rng.normal(size=(3, 20, 20))
    planes[0, 10, 10] += 1000  # the shortest band alone: a blue source
    for kind in STRETCHES:
        red, green, blue = stretch(planes, kind)[9, 10]
        assert blue > 200 and max(red, green) < 130, kind


def test_a_linear_band_is_linear_between_its_percentiles(planes):
    low, high = np.percentile(planes[1], PERCENTILES)
    wanted = np.clip((planes[1] - low) / (high - low), 0, 1)[::-1]
    np.testing.assert_allclose(stretch_band(planes[1], "linear")[..., 0] / 255, wanted, atol=0.003)


def test_a_zscale_band_is_linear_between_the_limits_of_astropy(planes):
    low, high = ZScaleInterval().get_limits(planes[0])
    wanted = np.clip((planes[0] - low) / (high - low), 0, 1)[::-1]
    np.testing.assert_allclose(stretch_band(planes[0], "zscale")[..., 2] / 255, wanted, atol=0.003)


def test_asinh_lifts_the_faint_over_the_sky():
    ramp = np.zeros((20, 20))
    ramp[10:] = np.linspace(0, 1, 200).reshape(10, 20)
    tenth = (9 - 1, 0)  # flux 0.1 of the brightest, the picture upside down
    linear, asinh = (int(stretch_band(ramp, kind)[tenth][0]) for kind in ("linear", "asinh"))
    assert linear == pytest.approx(0.1 * 255, abs=4)
    assert asinh == pytest.approx(255 * np.arcsinh(0.8) / np.arcsinh(8), abs=4)


@pytest.mark.parametrize("kind", STRETCHES)
def test_the_brightest_is_white_and_the_sky_is_dark(planes, kind):
    picture = stretch_band(planes[2], kind)
    assert picture[9, 10, 0] > 240 and np.median(picture) < 120


@pytest.mark.parametrize("kind", STRETCHES)
def test_undefined_pixels_are_black_and_change_nothing_else(planes, kind):
    planes[:, :2] = np.nan
    planes[1, 5, 5] = np.nan  # undefined in one band only
    picture = stretch(planes, kind)
    assert picture[-2:].max() == 0
    assert stretch_band(planes[1], kind)[-6, 5].max() == 0
    # What is undefined decides nothing: the same picture without those rows.
    np.testing.assert_array_equal(picture[:-2], stretch(planes[:, 2:], kind))


@pytest.mark.parametrize("kind", STRETCHES)
@pytest.mark.parametrize("value", [np.nan, np.inf, 0.0, 7.5])
def test_a_plane_without_contrast_is_black_and_warns_of_nothing(kind, value):
    planes = np.full((3, 9, 7), value)
    assert stretch(planes, kind).shape == (9, 7, 3)
    assert stretch(planes, kind).max() == 0
    assert stretch_band(planes[0], kind).max() == 0


@pytest.mark.parametrize("kind", STRETCHES)
def test_a_blank_band_leaves_the_others(planes, kind):
    planes[2] = np.nan
    picture = stretch(planes, kind)
    assert picture[..., 0].max() <= picture[..., 2].max() and picture[..., 2].max() > 100


@pytest.mark.parametrize("kind", STRETCHES)
@pytest.mark.parametrize("n_bands, shape", [(1, (5, 3)), (2, (1, 9)), (5, (33, 20))])
def test_any_number_of_bands_and_any_shape(rng, kind, n_bands, shape):
    picture = stretch(rng.normal(size=(n_bands, *shape)), kind)
    assert picture.shape == (*shape, 3) and picture.dtype == np.uint8
    if n_bands == 1:
        assert (picture[..., 0] == picture[..., 2]).all()


def test_units_of_flux_do_not_matter(planes):
    for kind in STRETCHES:
        scaled = stretch(planes * 1e-12, kind).astype(int)
        np.testing.assert_allclose(scaled, stretch(planes, kind), atol=1)


def test_only_known_stretches():
    with pytest.raises(BadInput, match="no stretch 'sqrt'; there are linear, asinh, zscale"):
        check_stretch("sqrt")

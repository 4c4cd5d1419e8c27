from io import BytesIO

import numpy as np
import pytest
from astropy.io import fits
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_area

from models.fits_planes import pack_planes, read_planes


def written(*units):
    encoded = BytesIO()
    fits.HDUList(list(units)).writeto(encoded)
    return encoded.getvalue()


def on_the_sky(scale_arcsec=0.4, angle=0.3):
    """A header of pixels of a size, turned on the sky."""
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    turned = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    wcs.wcs.cd = turned @ np.diag([-scale_arcsec, scale_arcsec]) / 3600
    return wcs.to_header()


def test_a_cube_has_its_bands_along_the_first_axis(rng):
    flux = rng.normal(size=(4, 7, 5)).astype(np.float32)
    header = fits.Header({"BANDS": "griz"})
    planes = read_planes(written(fits.PrimaryHDU(flux, header)))
    np.testing.assert_array_equal(planes.pixels, flux)
    assert planes.bands == ("g", "r", "i", "z")


def test_bands_in_units_of_their_own_are_put_together(rng):
    flux = rng.normal(size=(2, 6, 6)).astype(np.float32)
    units = [
        fits.ImageHDU(plane, fits.Header({"FILTER": band}))
        for plane, band in zip(flux, "gr", strict=True)
    ]
    planes = read_planes(written(fits.PrimaryHDU(), *units))
    assert planes.bands == ("g", "r")
    np.testing.assert_array_equal(planes.pixels, flux)


def test_masks_and_variances_are_no_bands(rng):
    flux = rng.normal(size=(6, 6)).astype(np.float32)
    others = [fits.ImageHDU(flux * 0, name=name) for name in ("MASK", "VARIANCE")]
    planes = read_planes(written(fits.PrimaryHDU(), fits.ImageHDU(flux, name="IMAGE"), *others))
    assert planes.bands == ("1",)
    np.testing.assert_array_equal(planes.pixels, flux[None])


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int16, np.uint16, np.uint8])
@pytest.mark.parametrize("shape", [(5, 9), (1, 4, 4), (3, 33, 21)])
def test_what_is_packed_comes_back(rng, dtype, shape):
    flux = (rng.normal(size=shape) * 50 + 100).astype(dtype)
    planes = read_planes(written(fits.PrimaryHDU(flux, on_the_sky())))
    packed = pack_planes(planes, "58772")
    again = read_planes(packed)
    np.testing.assert_allclose(again.pixels, flux.reshape(again.pixels.shape), rtol=1e-6)
    assert again.pixels.dtype == (np.float32 if dtype == np.float64 else dtype)
    assert again.bands == planes.bands
    assert again.arcsec_per_px == pytest.approx(0.4)
    assert packed == pack_planes(planes, "58772")


def test_pixels_that_the_header_calls_blank_are_undefined():
    unit = fits.PrimaryHDU(np.array([[1, -99], [3, 4]], np.int16))
    unit.header["BLANK"] = -99
    planes = read_planes(written(unit))
    assert np.isnan(planes.pixels[0, 0, 1]) and planes.undefined_share == 0.25
    assert np.isnan(read_planes(pack_planes(planes, "a")).pixels[0, 0, 1])


def test_the_pixel_scale_is_that_of_astropy():
    header = on_the_sky(0.262, angle=1.1)
    planes = read_planes(written(fits.PrimaryHDU(np.zeros((4, 4), np.float32), header)))
    area = proj_plane_pixel_area(WCS(header))
    assert planes.arcsec_per_px == pytest.approx(3600 * np.sqrt(area), rel=1e-9)


@pytest.mark.parametrize(
    "cards, scale",
    [
        ({"CTYPE1": "RA---TAN", "CTYPE2": "DEC--TAN", "CDELT1": -1e-4, "CDELT2": 1e-4}, 0.36),
        ({"PIXSCALE": 0.5}, 0.5),
        ({"CTYPE1": "WAVE", "CDELT1": 1e-4, "CDELT2": 1e-4}, np.nan),
        ({"CTYPE1": "RA---TAN", "CDELT1": 0.0, "CDELT2": 0.0}, np.nan),
        ({"CTYPE1": "RA---TAN", "CDELT1": "none", "CDELT2": 1e-4}, np.nan),
        ({}, np.nan),
    ],
)
def test_a_header_tells_the_pixel_scale_or_not(cards, scale):
    unit = fits.PrimaryHDU(np.zeros((4, 4), np.float32), fits.Header(cards))
    assert read_planes(written(unit)).arcsec_per_px == pytest.approx(scale, nan_ok=True)


@pytest.mark.parametrize(
    "names", [["g", "g"], ["g", ""], ["G", "g"], ["a/b", "c"], ["x" * 30, "y"]]
)
def test_names_that_are_none_become_numbers(rng, names):
    header = fits.Header({f"BAND{number}": name for number, name in enumerate(names)})
    planes = read_planes(written(fits.PrimaryHDU(rng.normal(size=(2, 4, 4)), header)))
    assert planes.bands == ("1", "2")


@pytest.mark.parametrize(
    "unit",
    [
        fits.PrimaryHDU(),
        fits.PrimaryHDU(np.zeros((11, 4, 4))),
        fits.PrimaryHDU(np.zeros((1, 1, 4, 4))),
        fits.PrimaryHDU(np.zeros(4)),
    ],
)
def test_what_is_no_picture_is_refused(unit):
    with pytest.raises(ValueError, match="picture|no image"):
        read_planes(written(unit))

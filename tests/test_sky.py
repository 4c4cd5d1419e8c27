import numpy as np
import pytest
from astropy import units
from astropy.coordinates import SkyCoord

from data.sky import Sky, in_words, parse_position, repeated
from models.errors import BadInput


@pytest.mark.parametrize(
    "text",
    [
        "150.1 2.2",
        "150.1,+2.2",
        "150.1d 2.2d",
        "10:00:24 +02:12:00",
        "10h00m24s +2d12m",
        " 10 00 24 2 12 0",
    ],
)
def test_a_position_is_read_however_it_is_written(text):
    assert parse_position(text) == pytest.approx((150.1, 2.2), abs=1e-9)


def test_right_ascension_comes_between_0_and_360():
    assert parse_position("-0.5 -10") == pytest.approx((359.5, -10))


@pytest.mark.parametrize(
    "text", ["", "M31", "150.1", "10:00:24", "150 95", "nan nan", "1 2 3 4", "x" * 999]
)
def test_what_is_no_position_is_refused_in_a_sentence(text):
    with pytest.raises(BadInput, match="on the sky"):
        parse_position(text)


def test_the_nearest_is_that_of_astropy_across_the_meridian_and_at_the_pole(rng):
    ra, dec = rng.uniform(0, 360, 500), np.degrees(np.arcsin(rng.uniform(-1, 1, 500)))
    ra[:20], dec[20:40] = rng.uniform(-0.01, 0.01, 20) % 360, rng.uniform(89.9, 90, 20)
    ra[40], dec[41] = np.nan, np.nan
    sky, known = Sky.of(ra, dec), SkyCoord(np.nan_to_num(ra), np.nan_to_num(dec), unit="deg")
    for at in [(0.001, 0), (359.999, 0), (10, 90), (123, -45)]:
        away = known.separation(SkyCoord(*at, unit="deg")).to_value(units.arcsec)
        away[40:42] = np.inf
        row, separation = sky.nearest(*at)
        assert row == away.argmin() and separation == pytest.approx(away.min(), rel=1e-6)


def test_without_positions_nothing_is_near():
    assert Sky.of(np.full(3, np.nan), np.zeros(3)).nearest(1, 2) == (-1, np.inf)


def test_what_is_left_out_takes_no_other_with_it():
    # A chain of galaxies 0.7 arcsec apart: each second one is kept; those known always are.
    ra = 180 + np.arange(5) * 0.7 / 3600
    np.testing.assert_array_equal(repeated(ra, np.zeros(5), 0, 1.0), [0, 1, 0, 1, 0])
    np.testing.assert_array_equal(repeated(ra, np.zeros(5), 2, 1.0), [0, 0, 1, 0, 1])
    ra[1] = np.nan
    np.testing.assert_array_equal(repeated(ra, np.zeros(5), 0, 1.0), [0, 0, 0, 1, 0])


def test_separations_are_told_in_a_unit_that_suits_them():
    assert [in_words(x) for x in (2.345, 90, 7200)] == ["2.35 arcsec", "1.5 arcmin", "2 degrees"]

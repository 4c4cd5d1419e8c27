import numpy as np
import pytest

from data.simulated.light import Layer
from data.simulated.photometry import band_ratios, flux, paint


def test_old_stars_are_redder_than_young_ones():
    young, old = band_ratios(0.0, 0.05), band_ratios(1.0, 0.05)
    assert young[0] > old[0] and young[2] < old[2]
    assert young[1] == old[1] == 1


def test_colors_are_those_of_nearby_galaxies():
    for age, low, high in ((0.0, 0.0, 0.4), (1.0, 0.7, 1.0)):
        green, red, _ = band_ratios(age, 0.03)
        assert low < -2.5 * np.log10(green / red) < high


def test_redshift_reddens_old_stars():
    assert band_ratios(0.9, 0.15)[0] < band_ratios(0.9, 0.02)[0]


def test_a_galaxy_has_its_magnitude():
    layers = [Layer(np.ones((8, 8)), 0.7, 0.9), Layer(np.eye(8), 0.3, 0.1)]
    assert paint(layers, 0.0, 17.0, 0.1)[1].sum() == pytest.approx(flux(17.0))


def test_shares_are_those_of_the_light_in_r():
    left, right = np.zeros((8, 8)), np.zeros((8, 8))
    left[:, :4], right[:, 4:] = 1, 5
    light = paint([Layer(left, 0.75, 0.5), Layer(right, 0.25, 0.5)], 0.0, 17.0, 0.1)
    assert light[1, :, :4].sum() == pytest.approx(3 * light[1, :, 4:].sum())


def test_dust_darkens_and_reddens_what_is_behind_it():
    depth = np.zeros((8, 8))
    depth[0] = 1
    light = paint([Layer(np.ones((8, 8)), 1.0, 0.5)], depth, 17.0, 0.1)
    assert light[1, 0, 0] < light[1, 4, 0]
    assert light[0, 0, 0] / light[2, 0, 0] < light[0, 4, 0] / light[2, 4, 0]

import numpy as np
import pytest
import torch

from models.encoders.bands import beside_grey, grey_and_bands
from models.encoders.encoder import Design, Encoder, encode
from tests.test_encoder import galaxies

TINY = Design(width=4, size=16, projection=6, hidden=8)
N_POOL = 32


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return Encoder(TINY)


def parts(representations):
    return np.split(representations, 3, axis=1)


def test_the_grey_part_is_the_representation_itself(encoder, rng):
    pixels = galaxies(rng)
    grey, *_ = parts(encode(encoder, [pixels], layer="bands"))
    np.testing.assert_allclose(grey, encode(encoder, [pixels]), atol=1e-5)


def test_the_others_are_differences_of_what_the_bands_are_alone(encoder, rng):
    pixels = galaxies(rng)
    alone = [
        encode(encoder, [np.repeat(pixels[..., band : band + 1], 3, axis=-1)]) for band in range(3)
    ]
    _, blue, red = parts(encode(encoder, [pixels], layer="bands"))
    np.testing.assert_allclose(blue, 2 * (alone[0] - alone[1]), atol=1e-4)
    np.testing.assert_allclose(red, 2 * (alone[1] - alone[2]), atol=1e-4)


def test_the_color_of_a_whole_galaxy_makes_no_difference_but_that_of_a_part_does(encoder):
    y, x = np.mgrid[:20, :20] - 10
    galaxy = 120 * np.exp(-(x**2 + y**2) / 18)
    colored = np.stack([20 + share * galaxy for share in (1.0, 0.8, 0.6)], axis=-1)
    streaked = colored.copy()
    streaked[4:6, :, 0] += 100  # a satellite, in one band alone
    pixels = np.stack([colored, streaked]).round().astype(np.uint8)
    _, blue, red = parts(encode(encoder, [pixels], layer="bands"))
    sizes = np.linalg.norm(blue, axis=1)
    assert sizes[1] > 4 * sizes[0]
    np.testing.assert_allclose(red[0], red[1], atol=1e-4)


def test_pictures_alike_in_all_bands_differ_nowhere(encoder, rng):
    pixels = np.repeat(galaxies(rng)[..., :1], 3, axis=-1)
    _, blue, red = parts(encode(encoder, [pixels], layer="bands"))
    assert not blue.any() and not red.any()


def test_batches_and_progress_count_galaxies_and_not_pictures(encoder, rng):
    pixels, counts = galaxies(rng), []
    batches = [pixels[:5], pixels[5:]]
    found = encode(encoder, batches, layer="bands", progress=counts.append)
    assert counts == [5, 7] and found.shape == (12, 3 * N_POOL)
    np.testing.assert_allclose(found, encode(encoder, [pixels], layer="bands"), atol=1e-4)


def test_order_is_all_in_grey_and_then_all_in_each_band():
    pixels = torch.zeros((2, 4, 4, 3), dtype=torch.uint8)
    pixels[0, ..., 0], pixels[1, ..., 2] = 30, 60
    greys = grey_and_bands(pixels, 4, 1.0)[:, 0, 0, 0]
    assert greys.tolist() == [10, 20, 30, 0, 0, 0, 0, 60]
    pool = torch.tensor([[1.0], [2.0], [5.0], [6.0], [3.0], [4.0], [0.0], [1.0]])
    assert beside_grey(pool).tolist() == [[1.0, 4.0, 6.0], [2.0, 4.0, 6.0]]

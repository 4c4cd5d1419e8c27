import json

import numpy as np
import pytest
import torch

from models.checkpoints import save_checkpoint
from models.encoders.encoder import (
    Design,
    Encoder,
    choose_device,
    design_as_info,
    encode,
    load_encoder,
)
from models.encoders.normalisation import Normalisation, normalised, resized
from models.errors import BadInput
from models.images import open_images

TINY = Design(width=4, size=16, projection=6, hidden=8)


def galaxies(rng, n=12, size=20):
    """Round blobs of several sizes on a noisy sky."""
    y, x = np.mgrid[:size, :size] - size / 2
    width = rng.uniform(1, 4, (n, 1, 1))
    light = 150 * np.exp(-(x**2 + y**2) / (2 * width**2))
    flux = light[..., None] + rng.normal(20, 4, (n, size, size, 3))
    return np.clip(np.round(flux), 0, 255).astype(np.uint8)


@pytest.fixture
def encoder():
    torch.manual_seed(0)
    return Encoder(TINY)


def saved(encoder, folder, *, half=False, **changes):
    arrays = {name: tensor.numpy() for name, tensor in encoder.state_dict().items()}
    info = {"training_epoch": 0, **design_as_info(encoder.design), **changes}
    return save_checkpoint(folder, arrays, info, half=half).weights


@pytest.mark.parametrize(("layer", "n_dim"), [("pool", 32), ("stage3", 16), ("projector", 6)])
def test_each_layer_has_its_dimension(encoder, rng, layer, n_dim):
    representations = encode(encoder, [galaxies(rng)], layer=layer)
    assert representations.shape == (12, n_dim)
    assert representations.dtype == np.float32
    assert np.isfinite(representations).all()


def test_full_width_has_512_dimensions_and_resnet18s_weights():
    encoder = Encoder(Design(width=64))
    trunk = sum(weight.numel() for weight in encoder.stages.parameters())
    assert encoder.standardise.num_features == 512
    assert trunk == 11_166_976  # ResNet-18 without stem (9,536) and classifier (513,000)


def test_a_galaxy_has_one_representation_in_any_company(encoder, rng):
    pixels = galaxies(rng, 30)
    together = encode(encoder, [pixels])
    alone = encode(encoder, [pixels[i : i + 1] for i in range(30)])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    np.testing.assert_array_equal(together, encode(encoder, [pixels]))


def test_images_and_arrays_are_encoded_alike(encoder, rng, tmp_path):
    pixels = galaxies(rng)
    np.save(tmp_path / "galaxies.npy", pixels)
    counts = []
    images = open_images(tmp_path / "galaxies.npy")
    from_file = encode(encoder, images, batch_size=5, progress=counts.append)
    np.testing.assert_allclose(from_file, encode(encoder, [pixels]), atol=1e-5)
    assert counts == [5, 5, 2]


def test_a_saved_encoder_encodes_as_before(encoder, rng, tmp_path):
    pixels = galaxies(rng)
    before = encode(encoder, [pixels])
    whole = encode(load_encoder(saved(encoder, tmp_path)), [pixels])
    np.testing.assert_array_equal(whole, before)
    half = load_encoder(saved(encoder, tmp_path / "half", half=True))
    assert all(w.dtype in (torch.float32, torch.int64) for w in half.state_dict().values())
    np.testing.assert_allclose(encode(half, [pixels]), before, atol=0.01 * np.abs(before).max())


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"architecture": "vit"}, "must be resnet18"), ({"width": 8}, "do not fit")],
)
def test_a_checkpoint_of_something_else_is_refused(encoder, tmp_path, changes, sentence):
    with pytest.raises(BadInput, match=sentence):
        load_encoder(saved(encoder, tmp_path, **changes))


def test_a_checkpoint_without_sizes_is_refused(encoder, tmp_path):
    weights = saved(encoder, tmp_path)
    about = weights.with_suffix(".json")
    info = json.loads(about.read_text())
    del info["normalisation"]
    about.write_text(json.dumps(info))
    with pytest.raises(BadInput, match="do not fit"):
        load_encoder(weights)


def test_unknown_layers_and_devices_are_refused(encoder, rng):
    with pytest.raises(BadInput, match="no layer 'stage9'"):
        encode(encoder, [galaxies(rng)], layer="stage9")
    with pytest.raises(BadInput, match="no device 'tpu'"):
        choose_device("tpu")


def test_normalisation_forgets_brightness_and_sky(rng):
    light = torch.from_numpy(galaxies(rng, 8, 32)).float().mean(-1)[:, None]
    light = light - light.amin((1, 2, 3), keepdim=True)
    light = light / light.amax((1, 2, 3), keepdim=True)
    rule = Normalisation(field=1.0)
    bright = normalised((10 + 240 * light).round().to(torch.uint8), rule)
    faint = normalised((60 + 120 * light).round().to(torch.uint8), rule)
    # Pixels are whole numbers: the fainter galaxy is known to 1 in 120.
    torch.testing.assert_close(bright, faint, atol=0.05, rtol=0)


def test_normalisation_puts_sky_at_0_and_the_galaxy_at_1():
    grey = torch.full((1, 1, 16, 16), 40, dtype=torch.uint8)
    grey[..., 6:10, 6:10] = 200
    x = normalised(grey, Normalisation())
    assert x[0, 0, 0, 0] == 0
    assert x.max() == 1


def test_an_empty_cutout_is_not_blown_up():
    flat = torch.full((1, 1, 16, 16), 40, dtype=torch.uint8)
    assert normalised(flat, Normalisation()).abs().max() == 0
    flat[..., 8, 8] = 42
    assert normalised(flat, Normalisation()).max() < 0.25


def test_resizing_keeps_the_central_field_and_its_level(rng):
    pixels = torch.zeros(1, 40, 40, 3, dtype=torch.uint8)
    pixels[:, 5:35, 5:35] = 90
    assert resized(pixels, 15, field=0.75).unique().tolist() == [90]
    whole = resized(pixels, 20, field=1.0)
    assert whole.shape == (1, 1, 20, 20)
    assert whole[0, 0, 0, 0] == 0

"""Collections that a training run encodes."""

import json

import numpy as np
import pytest
from PIL import Image

from data.build import main
from data.cutouts import decode_cutout
from data.runs import series_of
from data.store import Collection
from models.checkpoints import load_weights, save_checkpoint
from models.split import is_held_out
from tests.building import N, arguments, nothing_in, refused, save_pictures, untrained_run


@pytest.fixture
def run(tmp_path):
    """A run of two checkpoints of a tiny encoder, untrained."""
    return untrained_run(tmp_path / "run")


def test_a_run_encodes_the_cutouts_that_are_stored(brought, out, made_up, run, rng):
    from models.encoders.encoder import encode, load_encoder

    folder = save_pictures(made_up, out.parent / "images")
    made_up.catalog.iloc[rng.permutation(N)].to_csv(out.parent / "c.csv", index=False)
    words = ["--images", folder, "--catalog", out.parent / "c.csv", "--run", run]
    words += ["--name", "mine", "--out", out, "--half-weights"]
    main([str(word) for word in words])
    collection = Collection.open(out / "mine")
    assert collection.checkpoints == ("epoch_000", "epoch_010")
    assert collection.checkpoint_info("epoch_010")["encoder"]["width"] == 4
    for checkpoint in collection.checkpoints:
        # As an uploaded cutout would be: decoded, and encoded with the stored weights.
        encoder = load_encoder(collection.weights(checkpoint))
        for row in (0, 25):
            encoded, _ = collection.cutout(row)
            object_id = collection.catalog["object_id"][row]
            assert encoded == (folder / f"{object_id}.jpg").read_bytes()
            placed = encode(encoder, [decode_cutout(encoded)[None]], device="cpu")
            np.testing.assert_allclose(
                placed[0], collection.representations(checkpoint)[row], rtol=1e-4, atol=1e-4
            )
    ids = collection.catalog["object_id"].to_numpy(dtype=str)
    held_out = collection.catalog["split"] == "held-out"
    np.testing.assert_array_equal(held_out, is_held_out(ids, seed=1))


def test_what_training_held_out_is_told_by_the_names_it_knew(brought, out, made_up, run):
    folder = save_pictures(made_up, out.parent / "images")
    stems = made_up.catalog["object_id"].to_numpy(dtype=str)
    survey = made_up.catalog.assign(object_id=[f"J{i:03d}" for i in range(N)], file=stems)
    survey.to_csv(out.parent / "c.csv", index=False)
    words = ["--images", folder, "--catalog", out.parent / "c.csv", "--run", run]
    words += ["--checkpoints", "epoch_000", "--name", "mine", "--out", out]
    main([str(word) for word in words])
    held_out = Collection.open(out / "mine").catalog["split"] == "held-out"
    np.testing.assert_array_equal(held_out, is_held_out(stems, seed=1))


def test_a_webp_picture_by_the_name_of_a_jpeg_is_stored_as_one(brought, out, made_up):
    folder = save_pictures(made_up, out.parent / "images")
    first = folder / f"{made_up.catalog['object_id'][0]}.jpg"
    Image.fromarray(made_up.images[0]).save(first, format="WEBP", lossless=True)
    main(arguments(brought, out, "--images", folder, checkpoints=["epoch_00"]))
    encoded, media_type = Collection.open(out / "mine").cutout(0)
    assert media_type == "image/jpeg" and encoded.startswith(b"\xff\xd8\xff")
    shown = decode_cutout(encoded).astype(int)
    assert np.abs(shown - made_up.images[0]).mean() < 12  # JPEG is lossy


def test_layers_are_compared_like_checkpoints(brought, out, made_up, run):
    words = ["--images", brought["images"], "--catalog", brought["catalog"], "--run", run]
    words += ["--checkpoints", "epoch_010", "--layer", "pool", "stage3", "projector", "bands"]
    words += ["--keep-weights", "--cutout-size", "32", "--name", "mine", "--out", out]
    main([str(word) for word in words])
    collection = Collection.open(out / "mine")
    layers = ["bands", "projector", "stage3", "pool"]
    assert list(collection.checkpoints) == [f"epoch_010_{layer}" for layer in layers]
    widths = [collection.representations(name).shape[1] for name in collection.checkpoints]
    assert widths == [96, 8, 16, 32]
    assert [collection.checkpoint_info(c)["layer"] for c in collection.checkpoints] == layers
    assert {each.layer for each in series_of(collection)} == set(layers)
    assert collection.weights("epoch_010_pool") is None
    assert not (out / "mine/weights").exists()
    assert decode_cutout(collection.cutout(0)[0]).shape == (32, 32, 3)


def test_bands_of_grey_pictures_are_refused(brought, out, made_up, run, capsys):
    folder = out.parent / "grey"
    folder.mkdir()
    for object_id, pixels in zip(made_up.catalog["object_id"], made_up.images, strict=True):
        Image.fromarray(pixels).convert("L").save(folder / f"{object_id}.png")
    words = ["--images", folder, "--catalog", brought["catalog"], "--run", run, "--name", "mine"]
    words += ["--checkpoints", "epoch_010", "--layer", "bands", "--out", out]
    assert "the same in all bands" in refused(capsys, words)
    assert not (out / "mine").exists()


def test_a_checkpoint_the_run_lacks_is_refused(brought, out, run, capsys):
    words = ["--images", brought["images"], "--no-positions", "--run", run, "--name", "mine"]
    words += ["--checkpoints", "epoch_005", "--out", out]
    sentence = refused(capsys, [str(word) for word in words])
    assert "no checkpoint 'epoch_005'; it has epoch_000, epoch_010" in sentence and nothing_in(out)


def test_weights_to_keep_of_a_checkpoint_that_does_not_encode_are_refused(
    brought, out, run, capsys
):
    words = ["--images", brought["images"], "--no-positions", "--run", run, "--name", "mine"]
    words += ["--checkpoints", "epoch_010", "--keep-weights", "epoch_000", "--out", out]
    sentence = refused(capsys, [str(word) for word in words])
    assert "--keep-weights names 'epoch_000'" in sentence and "encode: epoch_010" in sentence
    assert nothing_in(out)


def test_an_encoder_that_learnt_nothing_is_not_blamed_on_half_precision(brought, out, run, capsys):
    weights = load_weights(run / "checkpoints/epoch_010.safetensors")
    info = json.loads((run / "checkpoints/epoch_010.json").read_text())
    silent = {name: np.zeros_like(array) for name, array in weights.items()}
    save_checkpoint(run / "checkpoints", silent, info)
    words = ["--images", brought["images"], "--no-positions", "--run", run, "--name", "mine"]
    words += ["--checkpoints", "epoch_010", "--out", out]
    sentence = refused(capsys, [str(word) for word in words])
    assert "All representations of 'epoch_010' are the same" in sentence
    assert "leave it out" in sentence and "--half" not in sentence


def test_an_encoder_gone_astray_is_refused(brought, out, run, capsys):
    weights = load_weights(run / "checkpoints/epoch_010.safetensors")
    info = json.loads((run / "checkpoints/epoch_010.json").read_text())
    spoilt = {
        name: np.full_like(array, np.nan) if name == "stem.0.weight" else array
        for name, array in weights.items()
    }
    save_checkpoint(run / "checkpoints", spoilt, info)
    words = ["--images", brought["images"], "--no-positions", "--run", run, "--name", "mine"]
    sentence = refused(capsys, [str(word) for word in (*words, "--out", out)])
    assert str(out / ".mine.building") in sentence
    assert (
        "epoch_010.safetensors makes representations that are not finite of rows 0, 1" in sentence
    )
    assert not (out / "mine").exists()

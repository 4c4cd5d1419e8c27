import errno
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dashboard.settings import read_settings
from data import build, build_space
from data.build import build_collection, main
from data.catalog import Columns
from data.cutouts import decode_cutout
from data.inputs import Inputs, training_epoch_of
from data.made_up import make_up, write_inputs
from data.parameters import Parameters
from data.stages import Stages, full_disk_said, only_build
from data.store import Collection
from models.checkpoints import load_weights, save_checkpoint
from models.errors import BadInput, OutOfSpace, reported
from models.split import is_held_out
from tests.building import refused, untrained_run

ROOT = Path(__file__).parents[1]
N = 40


@pytest.fixture(scope="module")
def made_up():
    return make_up(N, seed=3)


@pytest.fixture
def brought(made_up, tmp_path):
    """Files of 40 galaxies and three checkpoints, as a user would bring them."""
    return write_inputs(made_up, tmp_path / "brought")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "collections"


def arguments(brought, out, *more, checkpoints=("epoch_00", "epoch_20"), name="mine"):
    files = [f"{checkpoint}={brought[checkpoint]}" for checkpoint in checkpoints]
    given = ["--representations", *files, "--catalog", brought["catalog"]]
    return [str(word) for word in (*given, "--name", name, "--out", out, *more)]


def nothing_in(out):
    return not out.exists() or list(out.iterdir()) == []


def rewrite(path, change):
    np.save(path, change(np.load(path)))


# What is built


def test_existing_representations_become_a_collection(brought, out, made_up, capsys):
    main(arguments(brought, out, "--images", brought["images"]))
    collection = Collection.open(out / "mine")
    assert f"{N} galaxies, checkpoints epoch_00, epoch_20" in capsys.readouterr().out
    assert collection.checkpoints == ("epoch_00", "epoch_20")
    assert collection.checkpoint_info("epoch_20")["training_epoch"] == 20
    for checkpoint in collection.checkpoints:
        np.testing.assert_array_equal(
            collection.representations(checkpoint), made_up.representations[checkpoint]
        )
    assert collection.catalog["object_id"].tolist() == made_up.catalog["object_id"].tolist()
    assert set(collection.catalog["split"]) == {"train", "held-out"}
    assert [path.name for path in out.iterdir()] == ["mine"]
    assert not (out / "mine/.stages").exists()
    assert str(out) not in (out / "mine/collection.json").read_text()


def test_without_images_there_are_no_cutouts(brought, out):
    main(arguments(brought, out, checkpoints=["epoch_05"]))
    collection = Collection.open(out / "mine")
    assert not collection.has_cutouts and not (out / "mine/cutouts.arrow").exists()


def test_everything_follows_the_order_of_the_catalog(brought, out, made_up, rng, tmp_path):
    shuffled = rng.permutation(N)
    made_up.catalog.iloc[shuffled].to_csv(tmp_path / "c.csv", index=False)
    ids = made_up.catalog["object_id"].to_numpy(dtype=str)
    again = rng.permutation(N)  # the file of representations has an order of its own
    np.savez(
        tmp_path / "epoch_7.npz",
        representations=made_up.representations["epoch_20"][again],
        object_id=ids[again],
    )
    inputs = Inputs(
        images=brought["images"],
        catalog=tmp_path / "c.csv",
        representations={"epoch_7": tmp_path / "epoch_7.npz"},
    )
    folder = build_collection(out / "mine", inputs, Parameters(cutout_quality=100))
    collection = Collection.open(folder)
    assert collection.catalog["object_id"].tolist() == ids[shuffled].tolist()
    np.testing.assert_array_equal(
        collection.representations("epoch_7"), made_up.representations["epoch_20"][shuffled]
    )
    for row in (0, 11, N - 1):
        pixels = decode_cutout(collection.cutout(row)[0])
        np.testing.assert_array_equal(pixels, made_up.images[shuffled[row]])
        assert collection.row_of(ids[shuffled[row]]) == row


def test_half_precision_is_stored_as_such(brought, out, made_up):
    main(arguments(brought, out, "--half", checkpoints=["epoch_20"]))
    stored = Collection.open(out / "mine").representations("epoch_20")
    assert stored.dtype == np.float16
    np.testing.assert_array_equal(stored, made_up.representations["epoch_20"].astype("f2"))


def test_the_same_inputs_and_seed_give_the_same_files(brought, out):
    for name in ("one", "two"):
        main(arguments(brought, out, "--seed", "5", name=name, checkpoints=["epoch_05"]))
    one, two = (Collection.open(out / name).info["files"] for name in ("one", "two"))
    assert one == two


@pytest.mark.parametrize(("n", "n_dim"), [(10, 32), (12, 1), (25, 2)])
def test_the_smallest_collections_can_be_built(out, tmp_path, rng, n, n_dim):
    np.save(tmp_path / "e.npy", rng.normal(size=(n, n_dim)))
    inputs = Inputs(
        representations={"e": tmp_path / "e.npy"}, columns=Columns(needs_positions=False)
    )
    collection = Collection.open(build_collection(out / "small", inputs))
    assert collection.n_galaxies == n
    assert collection.neighbors("e").shape == (n, min(30, n - 1))
    assert np.isfinite(collection.projection("e")).all()
    assert collection.checkpoint_info("e")["training_epoch"] is None
    assert collection.catalog["ra"].isna().all()


def test_the_training_epoch_is_read_from_the_name():
    names = {"epoch_30": 30, "epoch-007": 7, "run2_epoch_12_v3": 12, "ep5": 5, "last": None}
    names |= {"Epoch 3": 3, "v2-ep_40": 40, "030": 30}
    # Digits of a model or a survey are no epoch.
    names |= {"dinov2": None, "resnet50": None, "run2_30": None, "deep2": None, "step9": None}
    assert {name: training_epoch_of(name) for name in names} == names


# Bad input: one clear sentence, nothing left behind


def test_bad_representations_are_refused_by_row_and_dropped_on_demand(
    brought, out, made_up, capsys
):
    def spoil(values):
        values[[3, 20]] = np.nan
        return values

    rewrite(brought["epoch_20"], spoil)
    images = ("--images", brought["images"])
    sentence = refused(capsys, arguments(brought, out, *images))
    assert "2 representations in epoch_20.npy are not finite: rows 3, 20" in sentence
    assert "--drop-bad" in sentence and nothing_in(out)

    main(arguments(brought, out, "--drop-bad", *images))
    assert "38 galaxies, 2 dropped" in capsys.readouterr().out
    collection = Collection.open(out / "mine")
    assert collection.info["n_dropped"] == 2
    kept = np.delete(np.arange(N), [3, 20])
    assert collection.catalog["object_id"].tolist() == made_up.catalog["object_id"][kept].tolist()
    np.testing.assert_array_equal(
        collection.representations("epoch_00"), made_up.representations["epoch_00"][kept]
    )
    shown = decode_cutout(collection.cutout(3)[0]).astype(int)
    assert np.abs(shown - made_up.images[4]).mean() < 12  # row 3 was dropped; JPEG is lossy


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda x: x[:-1], "40 galaxies and epoch_20.npy 39 rows"),
        (lambda x: x[:, 0], "epoch_20.npy have shape (40,)"),
        (np.ones_like, "All representations in epoch_20.npy are the same"),
        (lambda x: x.astype("S8"), "epoch_20.npy are of type |S8, not numbers"),
    ],
)
def test_representations_that_do_not_fit_are_refused(brought, out, capsys, change, sentence):
    rewrite(brought["epoch_20"], change)
    assert sentence in refused(capsys, arguments(brought, out))
    assert nothing_in(out)


def test_differences_that_half_precision_loses_are_refused(brought, out, capsys):
    rewrite(brought["epoch_00"], lambda x: 1000 + 1e-3 * x)
    words = arguments(brought, out, "--half", checkpoints=["epoch_00"])
    sentence = refused(capsys, words)
    assert "All representations of 'epoch_00' are the same" in sentence
    assert "build without --half" in sentence
    assert not (out / "mine").exists()


def test_fewer_than_ten_galaxies_are_refused(brought, out, made_up, capsys):
    made_up.catalog[:9].to_parquet(brought["catalog"])
    rewrite(brought["epoch_00"], lambda x: x[:9])
    words = arguments(brought, out, checkpoints=["epoch_00"])
    assert "There are 9 galaxies; a collection needs 10" in refused(capsys, words)
    assert nothing_in(out)


def test_a_sample_of_fewer_than_ten_is_refused(brought, out, capsys):
    words = arguments(brought, out, "--sample", "5", checkpoints=["epoch_00"])
    sentence = refused(capsys, words)
    assert "There are 5 galaxies in the sample; a collection needs 10" in sentence
    assert nothing_in(out)


def test_a_catalog_that_does_not_fit_the_images_is_refused(brought, out, made_up, capsys):
    made_up.catalog[2:].to_parquet(brought["catalog"])
    rewrite(brought["epoch_00"], lambda x: x[2:])
    words = arguments(brought, out, "--images", brought["images"], checkpoints=["epoch_00"])
    sentence = refused(capsys, words)
    assert "catalogue has 38 galaxies and images.npz 40" in sentence
    assert made_up.catalog["object_id"][0] in sentence and nothing_in(out)


def test_a_catalog_without_positions_says_the_way_on(brought, out, made_up, capsys):
    made_up.catalog.drop(columns=["ra", "dec"]).to_parquet(brought["catalog"])
    sentence = refused(capsys, arguments(brought, out, checkpoints=["epoch_00"]))
    assert "no ra and no dec among object_id, redshift" in sentence and "--no-positions" in sentence
    main(arguments(brought, out, "--no-positions", checkpoints=["epoch_00"]))
    assert Collection.open(out / "mine").n_galaxies == N


def test_an_unreadable_cutout_is_named_and_nothing_takes_the_name(brought, out, made_up, capsys):
    folder = save_pictures(made_up, out.parent / "images")
    broken = folder / f"{made_up.catalog['object_id'][9]}.jpg"
    broken.write_bytes(broken.read_bytes()[:200])
    words = arguments(brought, out, "--images", folder, checkpoints=["epoch_00"])
    sentence = refused(capsys, words)
    assert str(broken) in sentence and str(out / ".mine.building") in sentence
    assert not (out / "mine").exists()
    left = {path.name for path in (out / ".mine.building").iterdir()}
    assert left == {"catalog.parquet", "order.npy", ".stages"}


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--name", "a"], "Give --run with --images, or --representations"),
        (["--name", "a", "--run", "r"], "give --images"),
        (["--run", "r"], "Name the collection with --name"),
        (["--name", "../a", "--representations", "x=y.npy"], "'../a' cannot name a coll"),
        (["--name", "a", "--representations", "../x=y.npy"], "'../x' cannot name a checkpoint"),
        (["--name", "a", "--representations", "x=missing.npy"], "no representations at missing"),
        (["--name", "a", "--representations", "a/x.npy", "b/x.npy"], "Two files .* name 'x'"),
        (
            ["--name", "a", "--representations", "x=y.npy", "--checkpoints", "x"],
            "--checkpoints chooses among those of a --run",
        ),
        (["--verify", "nothing"], "no collection 'nothing'"),
    ],
)
def test_what_is_not_a_command_is_refused(out, capsys, words, sentence):
    assert re.search(sentence, refused(capsys, [*words, "--out", str(out)]))
    assert nothing_in(out)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"n_components": 0}, "--k"),
        ({"cutout_quality": 101}, "--cutout-quality"),
        ({"cutout_size": 2}, "--cutout-size"),
        ({"layers": ("stem",)}, "no layer 'stem'"),
        ({"layers": ("pool", "pool")}, "--layer names one twice"),
        ({"seed": -1}, "--seed must be 0 or more, not -1"),
    ],
)
def test_parameters_out_of_range_are_refused(wrong, sentence):
    with pytest.raises(BadInput, match=sentence):
        Parameters(**wrong)


# Stages: whole, resumed, replaced


def test_a_stopped_build_goes_on_where_it_stopped(brought, out, monkeypatch):
    words = arguments(brought, out)

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_space, "density_columns", stop)
        with pytest.raises(SystemExit):
            main(words)
    assert not (out / "mine").exists()
    with monkeypatch.context() as patch:
        for earlier in ("principal_axes", "find_neighbors", "map_checkpoints"):
            patch.setattr(build_space, earlier, stop)
        main(words)
    main(arguments(brought, out, name="unbroken"))
    resumed, unbroken = (Collection.open(out / name) for name in ("mine", "unbroken"))
    assert resumed.info["files"] == unbroken.info["files"]


def test_a_killed_build_goes_on_and_ends_the_same(brought, out):
    words = arguments(brought, out)
    running = subprocess.Popen(
        [sys.executable, "-m", "data.build", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    record = out / ".mine.building/.stages/components_epoch_00.json"
    while running.poll() is None and not record.exists():
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not (out / "mine").exists() and record.exists()
    before = record.stat().st_mtime_ns
    (out / ".mine.building/checkpoints/epoch_20/.components.0.part.npy").write_bytes(b"half")
    with pytest.raises(KeyboardInterrupt):
        stop_after(words, "neighbors epoch_20")
    assert record.stat().st_mtime_ns == before
    main(words)
    main(arguments(brought, out, name="unbroken"))
    resumed, unbroken = (Collection.open(out / name) for name in ("mine", "unbroken"))
    assert resumed.info["files"] == unbroken.info["files"]
    assert not list((out / "mine").rglob("*.part*"))


def stop_after(words, stage):
    """Build up to a stage and stop, as Ctrl-C would."""
    run = Stages.run

    def run_and_stop(self, name, *args):
        done = run(self, name, *args)
        if name == stage:
            raise KeyboardInterrupt
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stages, "run", run_and_stop)
        try:
            main(words)
        except SystemExit as ended:
            if ended.code == 130:
                raise KeyboardInterrupt from None
            raise


def test_changed_inputs_start_over_and_say_so(brought, out, capsys):
    words = arguments(brought, out, checkpoints=["epoch_00"])
    with pytest.raises(KeyboardInterrupt):
        stop_after(words, "components epoch_00")
    rewrite(brought["epoch_00"], lambda x: x + 1)
    capsys.readouterr()
    main([*words, "--k", "3"])
    said = capsys.readouterr().err
    assert "store epoch_00: its inputs have changed; starting over" in said
    collection = Collection.open(out / "mine")
    assert collection.components("epoch_00").shape == (N, 3)
    np.testing.assert_array_equal(
        collection.representations("epoch_00"), np.load(brought["epoch_00"])
    )


def test_a_checkpoint_that_is_no_longer_asked_for_is_left_out(brought, out):
    with pytest.raises(KeyboardInterrupt):
        stop_after(arguments(brought, out), "components epoch_20")
    main(arguments(brought, out, checkpoints=["epoch_00"]))
    assert Collection.open(out / "mine").checkpoints == ("epoch_00",)
    assert not (out / "mine/checkpoints/epoch_20").exists()


def test_an_existing_collection_is_replaced_only_when_asked_and_when_whole(brought, out, capsys):
    words = arguments(brought, out, checkpoints=["epoch_00"])
    main(words)
    before = Collection.open(out / "mine").digest
    assert "collection 'mine' in" in refused(capsys, words)
    with pytest.raises(KeyboardInterrupt):
        stop_after([*words, "--overwrite", "--k", "3"], "quality epoch_00")
    assert Collection.open(out / "mine").digest == before
    main([*words, "--overwrite", "--k", "3"])
    assert Collection.open(out / "mine").digest != before
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_a_folder_that_is_no_collection_is_never_replaced(brought, out, capsys):
    (out / "mine").mkdir(parents=True)
    (out / "mine/thesis.tex").write_text("years of work")
    for more in ((), ("--overwrite",)):
        sentence = refused(capsys, arguments(brought, out, *more, checkpoints=["epoch_00"]))
        assert "mine is there and is not a collection: it has no collection.json" in sentence
    assert (out / "mine/thesis.tex").read_text() == "years of work"
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_a_full_disk_is_one_sentence_and_stages_stay(brought, out, capsys):
    words = arguments(brought, out, "--images", brought["images"], checkpoints=["epoch_00"])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # the cutouts need more
    try:
        sentence = refused(capsys, words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "The disk is full; 1 finished stages stay in" in sentence
    left = {path.name for path in (out / ".mine.building").iterdir()}
    assert left == {"catalog.parquet", "order.npy", ".stages"}
    main(words)
    assert Collection.open(out / "mine").has_cutouts


def test_a_full_disk_is_told_from_other_errors(tmp_path):
    full = (OSError(28, "No space left on device"), RuntimeError("I/O error (os error 28)"))
    for error in full:  # the second as the library that writes weights has it
        with pytest.raises(OutOfSpace), full_disk_said(tmp_path):
            raise error
    for error in (PermissionError(13, "Permission denied"), RuntimeError("a bug")):
        with pytest.raises(type(error)), full_disk_said(tmp_path):
            raise error


def test_a_full_quota_is_a_full_disk_outside_a_build_too(capsys):
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with pytest.raises(SystemExit), reported():
            raise OSError(number, os.strerror(number), "survey.h5")
        assert "error: The disk is full while writing survey.h5" in capsys.readouterr().err


def test_the_sentence_after_a_stop_is_the_commands_own(capsys):
    with pytest.raises(SystemExit), reported():
        raise KeyboardInterrupt
    assert "the same command goes on" in capsys.readouterr().err
    with pytest.raises(SystemExit), reported(stopped="stopped"):
        raise KeyboardInterrupt
    assert capsys.readouterr().err.strip() == "stopped"


def test_two_builds_of_one_name_do_not_mix(tmp_path):
    with only_build(tmp_path):
        with pytest.raises(BadInput, match="Another build is writing"):
            with only_build(tmp_path):
                pass
    with only_build(tmp_path):
        pass


def test_the_list_names_collections_and_their_faults(brought, out, capsys):
    main(["--list", "--out", str(out)])
    assert "no collections in" in capsys.readouterr().out
    main(arguments(brought, out, checkpoints=["epoch_00"]))
    shutil.copytree(out / "mine", out / "newer")
    about = out / "newer/collection.json"
    about.write_text(json.dumps(json.loads(about.read_text()) | {"format_version": 99}))
    capsys.readouterr()
    main(["--list", "--out", str(out)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mine: 40 galaxies" and "format version 99" in lines[1]


def test_the_list_is_of_all_folders_that_the_page_searches(brought, out, capsys, monkeypatch):
    main(arguments(brought, out, checkpoints=["epoch_00"]))
    monkeypatch.setattr(build, "SEARCHED", (out.parent / "nothing", out))
    capsys.readouterr()
    main(["--list"])
    assert capsys.readouterr().out.splitlines() == ["mine: 40 galaxies"]
    main(["--verify", "mine"])
    assert "as they were built" in capsys.readouterr().out


def test_the_folders_listed_are_those_of_the_page():
    assert list(build.SEARCHED) == read_settings([], {}).folders


# From a run


def save_pictures(made_up, folder):
    """The made-up cutouts as JPEG files named by identifier."""
    folder.mkdir()
    for object_id, pixels in zip(made_up.catalog["object_id"], made_up.images, strict=True):
        Image.fromarray(pixels).save(folder / f"{object_id}.jpg", quality=90)
    return folder


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
    words += ["--checkpoints", "epoch_010", "--layer", "pool", "stage3"]
    words += ["--keep-weights", "--cutout-size", "32", "--name", "mine", "--out", out]
    main([str(word) for word in words])
    collection = Collection.open(out / "mine")
    assert collection.checkpoints == ("epoch_010_pool", "epoch_010_stage3")
    widths = [collection.representations(name).shape[1] for name in collection.checkpoints]
    assert widths == [32, 16]
    assert [collection.checkpoint_info(c)["layer"] for c in collection.checkpoints] == [
        "pool",
        "stage3",
    ]
    assert collection.weights("epoch_010_pool") is None
    assert not (out / "mine/weights").exists()
    assert decode_cutout(collection.cutout(0)[0]).shape == (32, 32, 3)


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


def test_a_catalog_frame_is_plain(brought, out):
    main(arguments(brought, out, checkpoints=["epoch_00"]))
    catalog = Collection.open(out / "mine").catalog
    expected = ["object_id", "ra", "dec", "redshift", "label", "split", "magnitude", "is_outlier"]
    assert list(catalog) == expected
    assert pd.api.types.is_string_dtype(catalog["object_id"])


def test_a_split_of_the_catalogs_own_is_kept_beside_ours(made_up, brought, out):
    given = made_up.catalog.assign(split="theirs", split_given="of before")
    given.to_parquet(brought["catalog"])
    main(arguments(brought, out, checkpoints=["epoch_00"]))
    catalog = Collection.open(out / "mine").catalog
    assert set(catalog["split"]) == {"train", "held-out"}
    assert set(catalog["split_given"]) == {"of before"}
    assert set(catalog["split_given_given"]) == {"theirs"}


def test_a_sample_is_of_the_same_galaxies_every_time(made_up, brought, out):
    samples = ("--sample", "25", "--simulated")
    for name in ("first", "second"):
        main(arguments(brought, out, *samples, checkpoints=("epoch_00",), name=name))
    first, second = (Collection.open(out / name) for name in ("first", "second"))
    assert first.n_galaxies == 25 and first.is_simulated
    ids = first.catalog["object_id"].tolist()
    assert ids == second.catalog["object_id"].tolist()
    whole = made_up.catalog["object_id"].tolist()
    rows = [whole.index(object_id) for object_id in ids]
    assert rows == sorted(rows)
    stored = first.representations("epoch_00")
    np.testing.assert_array_equal(stored, made_up.representations["epoch_00"][rows])

"""What cannot be built is refused: one clear sentence, nothing left behind."""

import re

import numpy as np
import pytest

from data.build import main
from data.cutouts import decode_cutout
from data.parameters import Parameters
from data.store import Collection
from models.errors import BadInput
from tests.building import N, arguments, nothing_in, refused, rewrite, save_pictures


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

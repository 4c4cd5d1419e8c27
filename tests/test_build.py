"""What a build makes: files, a catalog, and the list of what there is."""

import json
import shutil

import numpy as np
import pandas as pd
import pytest

from dashboard.settings import read_settings
from data import build
from data.build import build_collection, main
from data.catalog import Columns
from data.cutouts import decode_cutout
from data.inputs import Inputs, training_epoch_of
from data.parameters import Parameters
from data.store import Collection
from tests.building import N, arguments


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

"""Files of representations that do not all hold the same galaxies."""

import json

import numpy as np
import pytest

from data.build import main
from data.made_up import make_up
from data.store import Collection
from tests.building import refused

N = 60


@pytest.fixture(scope="module")
def made_up():
    return make_up(N, seed=3)


def write(made_up, path, rows, checkpoint="epoch_20", strangers=0):
    """A file of some of the galaxies, and of some that nobody knows."""
    values = made_up.representations[checkpoint][rows]
    ids = made_up.catalog["object_id"].to_numpy(dtype=str)[rows]
    more = np.arange(strangers)
    values = np.concatenate([values, np.ones((strangers, values.shape[1])) * more[:, None]])
    ids = np.concatenate([ids, [f"stranger-{each}" for each in more]])
    np.savez(path, representations=values.astype(np.float32), object_id=ids)


def words(tmp_path, *more):
    return [*more, "--name", "mine", "--out", tmp_path / "out"]


def test_the_galaxies_are_those_common_to_all_and_the_others_are_counted(
    tmp_path, brought, made_up, capsys
):
    rng = np.random.default_rng(1)
    in_a = rng.permutation(np.arange(5, N))
    in_b = np.arange(0, N - 7)
    write(made_up, tmp_path / "a.npz", in_a, "epoch_05")
    write(made_up, tmp_path / "b.npz", in_b, "epoch_20", strangers=3)
    files = ["--representations", f"epoch_5={tmp_path / 'a.npz'}", f"epoch_6={tmp_path / 'b.npz'}"]
    files += [f"epoch_7={brought['epoch_00']}"]  # by position: as many as the catalog
    given = words(tmp_path, *files, "--catalog", brought["catalog"], "--images", brought["images"])
    main([str(word) for word in given])
    said = capsys.readouterr().err
    assert "a.npz lacks 5 of 60 galaxies." in said
    assert "b.npz lacks 7 of 60 galaxies and has 3 that are not in catalog.parquet." in said
    collection = Collection.open(tmp_path / "out/mine")
    common = np.arange(5, N - 7)
    ids = made_up.catalog["object_id"].to_numpy(dtype=str)[common]
    assert collection.catalog["object_id"].tolist() == ids.tolist()
    for name, made in (("epoch_5", "epoch_05"), ("epoch_6", "epoch_20"), ("epoch_7", "epoch_00")):
        np.testing.assert_array_equal(
            collection.representations(name), made_up.representations[made][common]
        )
    stored = json.loads((collection.folder / "collection.json").read_text())["not_common"]
    counts = {
        name: (one["n_lacking"], one["n_listed"], one["n_more"]) for name, one in stored.items()
    }
    assert counts == {"epoch_5": (5, 60, 0), "epoch_6": (7, 60, 3)}
    assert collection.info["n_dropped"] == 0


def test_without_a_catalog_the_first_file_lists_the_galaxies(tmp_path, made_up, capsys):
    write(made_up, tmp_path / "a.npz", np.arange(0, 40), "epoch_05")
    write(made_up, tmp_path / "b.npz", np.arange(20, N))
    files = [tmp_path / "a.npz", tmp_path / "b.npz"]
    main([str(w) for w in words(tmp_path, "--representations", *files, "--no-positions")])
    said = capsys.readouterr().err
    assert "b.npz lacks 20 of 40 galaxies and has 20 that are not in a.npz." in said
    assert Collection.open(tmp_path / "out/mine").n_galaxies == 20


def test_the_same_galaxies_have_nothing_to_be_told(tmp_path, brought, made_up):
    write(made_up, tmp_path / "a.npz", np.arange(N)[::-1])
    given = ["--representations", tmp_path / "a.npz", "--catalog", brought["catalog"]]
    main([str(word) for word in words(tmp_path, *given)])
    assert Collection.open(tmp_path / "out/mine").info["not_common"] == {}


def test_too_few_common_galaxies_are_refused_with_the_counts(tmp_path, made_up, capsys):
    write(made_up, tmp_path / "a.npz", np.arange(0, 30))
    write(made_up, tmp_path / "b.npz", np.arange(25, N))
    files = ["--representations", tmp_path / "a.npz", tmp_path / "b.npz", "--no-positions"]
    sentence = refused(capsys, words(tmp_path, *files))
    assert "There are 5 galaxies common to all files; a collection needs 10 or more." in sentence
    assert "b.npz lacks 25 of 30 galaxies and has 30 that are not in a.npz." in sentence
    assert not (tmp_path / "out").exists()


def test_files_with_nothing_in_common_are_refused_with_identifiers_of_both(
    tmp_path, brought, made_up, capsys
):
    write(made_up, tmp_path / "a.npz", np.arange(0), strangers=20)
    given = ["--representations", tmp_path / "a.npz", "--catalog", brought["catalog"]]
    sentence = refused(capsys, words(tmp_path, *given))
    assert "No galaxy of a.npz is in catalog.parquet: its identifiers are stranger-0" in sentence
    assert made_up.catalog["object_id"][0] in sentence


def test_a_representation_that_is_not_finite_of_a_galaxy_left_out_anyway_is_no_matter(
    tmp_path, brought, made_up
):
    spoilt = made_up.representations["epoch_20"].copy()
    spoilt[0] = np.nan
    np.save(tmp_path / "b.npy", spoilt)
    write(made_up, tmp_path / "a.npz", np.arange(1, N))
    files = ["--representations", f"a={tmp_path / 'a.npz'}", f"b={tmp_path / 'b.npy'}"]
    given = words(tmp_path, *files, "--catalog", brought["catalog"])
    main([str(word) for word in given])
    assert Collection.open(tmp_path / "out/mine").n_galaxies == N - 1

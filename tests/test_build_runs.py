"""Collections of several runs, of runs and files together, and of checkpoints that collapsed."""

import json

import numpy as np
import pytest

from data.arrays import read_array
from data.build import main
from data.made_up import make_up, write_inputs
from data.run_checkpoints import run_checkpoints
from data.runs import families_of, map_starts, series_of, series_with
from data.store import Collection
from models.checkpoints import load_weights, save_checkpoint
from models.errors import BadInput
from models.space.alignment import aligned
from models.split import is_held_out
from tests.building import N, refused, untrained_run


@pytest.fixture
def runs(tmp_path):
    """Two runs that differ by nothing but their seed."""
    return [untrained_run(tmp_path / f"byol_seed{seed}", seed) for seed in (1, 2)]


def built(tmp_path, brought, *more):
    words = ["--images", brought["images"], "--catalog", brought["catalog"], "--name", "mine"]
    main([str(word) for word in (*words, "--out", tmp_path / "out", *more)])
    return Collection.open(tmp_path / "out/mine")


def test_several_runs_encode_the_same_galaxies(tmp_path, brought, made_up, runs):
    collection = built(tmp_path, brought, "--run", *runs)
    names = [f"byol_seed{seed}_epoch_{epoch:03d}" for epoch in (0, 10) for seed in (1, 2)]
    assert list(collection.checkpoints) == names
    series = {each.seed: each for each in series_of(collection)}
    assert {seed: each.run for seed, each in series.items()} == {1: "byol_seed1", 2: "byol_seed2"}
    assert series[2].checkpoints == (names[1], names[3])
    assert len(families_of(collection)) == 1
    weights = {collection.weights(name) for name in names}
    assert len(weights) == 4 and all(path.is_file() for path in weights)
    values = [collection.representations(name) for name in names]
    assert not np.array_equal(values[0], values[1])
    # Held out is what neither of the runs saw.
    ids = made_up.catalog["object_id"].to_numpy(dtype=str)
    unseen = is_held_out(ids, 1) & is_held_out(ids, 2)
    np.testing.assert_array_equal(collection.catalog["split"] == "held-out", unseen)


def test_one_run_keeps_the_names_of_its_checkpoints_and_tells_run_and_seed(tmp_path, brought, runs):
    collection = built(tmp_path, brought, "--run", runs[1])
    assert collection.checkpoints == ("epoch_000", "epoch_010")
    info = collection.checkpoint_info("epoch_010")
    assert (info["run"], info["seed"]) == ("byol_seed2", 2)
    assert info["weights"] == "weights/epoch_010.safetensors"


def test_a_build_of_several_runs_goes_on_where_it_stopped(tmp_path, brought, runs, monkeypatch):
    from data import build_space, encode

    def stop(*_, **__):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_space, "anomaly_scores", stop)
        with pytest.raises(SystemExit):
            built(tmp_path, brought, "--run", *runs)
    monkeypatch.setattr(encode, "_encode_cutouts", stop)  # done: not to be done again
    collection = built(tmp_path, brought, "--run", *runs)
    assert len(collection.checkpoints) == 4


def test_a_checkpoint_is_chosen_in_all_runs_or_in_one(runs):
    def chosen(*wanted):
        return [each.name for each in run_checkpoints(runs, wanted)]

    assert chosen("epoch_010") == ["byol_seed1_epoch_010", "byol_seed2_epoch_010"]
    assert chosen("byol_seed2_epoch_000") == ["byol_seed2_epoch_000"]
    with pytest.raises(BadInput, match="no checkpoint 'epoch_5'; there are byol_seed1_epoch_000"):
        chosen("epoch_5")


def test_runs_that_cannot_be_told_apart_are_refused(tmp_path, runs):
    other = untrained_run(tmp_path / "elsewhere/byol_seed1", 3)
    with pytest.raises(BadInput, match="Two of the runs are named 'byol_seed1'"):
        run_checkpoints([*runs, other])
    odd = untrained_run(tmp_path / "a run", 3)
    with pytest.raises(BadInput, match="'a run_epoch_000' cannot name a checkpoint"):
        run_checkpoints([*runs, odd])
    assert run_checkpoints([odd])[0].name == "epoch_000"


def test_runs_and_files_make_one_collection(tmp_path, brought, made_up, runs, capsys):
    files = ["--representations", f"other_seed7_epoch_03={brought['epoch_20']}"]
    collection = built(tmp_path, brought, "--run", runs[0], *files)
    assert collection.checkpoints == ("epoch_000", "other_seed7_epoch_03", "epoch_010")
    series = series_with(collection, "other_seed7_epoch_03")
    assert (series.run, series.seed) == ("other_seed7", 7)
    np.testing.assert_array_equal(
        collection.representations("other_seed7_epoch_03"), made_up.representations["epoch_20"]
    )
    clash = ["--representations", f"epoch_010={brought['epoch_20']}"]
    words = ["--images", brought["images"], "--no-positions", "--run", runs[0], *clash]
    sentence = refused(capsys, [*words, "--name", "b", "--out", tmp_path / "out"])
    assert "has the name 'epoch_010' of a checkpoint of the run" in sentence


def test_a_map_starts_from_the_one_before_in_its_own_series(tmp_path, brought, made_up, rng):
    """What is aligned onto what: turning it once more changes nothing."""
    named = []
    for place, name in enumerate(("a_epoch_0", "b_epoch_0", "a_epoch_1", "b_epoch_1")):
        values = made_up.representations["epoch_05"] + rng.normal(0, 0.1 * place, (N, 32))
        np.save(tmp_path / f"{name}.npy", values.astype(np.float32))
        named.append(f"{name}={tmp_path / name}.npy")
    collection = built(tmp_path, brought, "--representations", *named)
    for name, before in (("b_epoch_0", "a_epoch_0"), ("a_epoch_1", "a_epoch_0")):
        placed, onto = collection.projection(name), collection.projection(before)
        np.testing.assert_allclose(aligned(placed, onto), placed, atol=1e-3)
    placed, other = collection.projection("b_epoch_1"), collection.projection("a_epoch_1")
    assert not np.allclose(aligned(placed, other), placed, atol=1e-3)


def test_the_map_of_the_first_of_a_series_starts_from_the_one_before():
    def info(run, layer="pool"):
        return {"run": run, "layer": layer}

    checkpoints = [("a0", info("a")), ("b0", info("b")), ("c0", info("a", "stage3"))]
    checkpoints += [("a1", info("a")), ("c1", info("a", "stage3")), ("b1", info("b"))]
    assert map_starts(checkpoints) == [0, 0, 1, 0, 2, 1]


# Collapsed


def silence(run, epoch):
    """Make an encoder of a run give the same for whatever it sees."""
    file = run / f"checkpoints/epoch_{epoch:03d}.safetensors"
    weights, info = load_weights(file), json.loads(file.with_suffix(".json").read_text())
    silent = {name: np.zeros_like(array) for name, array in weights.items()}
    save_checkpoint(file.parent, silent, info)


def test_a_collapsed_checkpoint_is_left_out_on_demand(tmp_path, brought, runs, capsys):
    silence(runs[0], 10)
    np.save(tmp_path / "c.npy", np.ones((N, 8), np.float32))
    files = ["--representations", f"c={tmp_path / 'c.npy'}", f"d={brought['epoch_20']}"]
    words = ["--images", brought["images"], "--catalog", brought["catalog"], "--run", runs[0]]
    words += ["--name", "mine", "--out", tmp_path / "out"]
    assert "leave it out with --drop-collapsed" in refused(capsys, words)
    assert "out with --drop-collapsed" in refused(capsys, [*words, *files])
    collection = built(tmp_path, brought, "--run", runs[0], *files, "--drop-collapsed")
    assert "all its representations being alike: c, epoch_010" in capsys.readouterr().out
    assert collection.checkpoints == ("epoch_000", "d")
    assert collection.info["collapsed"] == ["c", "epoch_010"]
    stored = [path.name for path in collection.folder.glob("weights/*")]
    assert sorted(stored) == ["epoch_000.json", "epoch_000.safetensors"]
    assert not (collection.folder / "checkpoints/epoch_010").exists()


def test_a_collection_of_collapsed_checkpoints_alone_is_refused(tmp_path, brought, capsys):
    np.save(tmp_path / "c.npy", np.ones((N, 8), np.float32))
    words = ["--representations", tmp_path / "c.npy", "--catalog", brought["catalog"]]
    words += ["--drop-collapsed", "--name", "mine", "--out", tmp_path / "out"]
    assert "Every checkpoint collapsed" in refused(capsys, words)
    assert not (tmp_path / "out/mine").exists()


@pytest.mark.parametrize("spread", [1e-4, 1e-15])
def test_nearly_collapsed_checkpoints_are_measured(tmp_path, brought, rng, spread):
    """A spread so small that single precision hardly holds it, about a large mean or none."""
    mean = 1000 if spread == 1e-4 else 0
    np.save(tmp_path / "c.npy", np.float32(mean + spread * rng.normal(size=(N, 8))))
    files = [f"epoch_0={brought['epoch_20']}", f"epoch_1={tmp_path / 'c.npy'}"]
    collection = built(tmp_path, brought, "--representations", *files)
    assert np.isfinite(collection.projection("epoch_1")).all()
    neighbors = read_array(collection.folder / "checkpoints/epoch_1/neighbors.npy")
    assert all(row not in neighbors[row] for row in range(N))
    assert np.isfinite(collection.quality("epoch_1")["score"]["value"])


def test_where_more_galaxies_coincide_than_have_neighbors_the_density_is_undefined(
    tmp_path, made_up
):
    many = make_up(80, seed=3)
    brought = write_inputs(many, tmp_path / "many")
    values = many.representations["epoch_20"].copy()
    values[:45] = values[0]
    np.save(tmp_path / "c.npy", values)
    collection = built(tmp_path, brought, "--representations", f"epoch_1={tmp_path / 'c.npy'}")
    neighbors = collection.neighbors("epoch_1")
    assert all(row not in neighbors[row] for row in range(80))
    assert (collection.distances("epoch_1")[:45] == 0).all()
    assert np.isfinite(collection.projection("epoch_1")).all()
    assert collection.quality("epoch_1")["top_component_share"] is not None

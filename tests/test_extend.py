"""Collections that checkpoints are added to."""

import numpy as np
import pandas as pd
import pytest

from data.build import main as build
from data.check import verify_checksums
from data.extend import main
from data.stages import Stages
from data.store import Collection
from models.files import read_json
from tests.building import N, arguments, untrained_run


@pytest.fixture
def encoded(brought, out, tmp_path):
    """A collection that a run of two checkpoints encoded, with their weights."""
    run = untrained_run(tmp_path / "run", epochs=(0, 10))
    words = ["--images", brought["images"], "--catalog", brought["catalog"], "--run", run]
    build([str(word) for word in (*words, "--name", "mine", "--out", out, "--half-weights")])
    return Collection.open(out / "mine")


@pytest.fixture
def of_files(brought, out):
    """A collection of representations alone."""
    build(arguments(brought, out))
    return Collection.open(out / "mine")


def extended(out, *words, name="mine", new=None):
    more = ["--as", new] if new else []
    main([str(word) for word in (name, "--out", out, *more, *words)])
    return Collection.open(out / (new or name))


def refused(capsys, out, *words, name="mine"):
    before = read_json(out / name / "collection.json")
    with pytest.raises(SystemExit) as ended:
        extended(out, *words, name=name)
    assert ended.value.code == 2
    assert read_json(out / name / "collection.json") == before
    assert verify_checksums(out / name, before) == []
    return capsys.readouterr().err.strip().splitlines()[-1]


def test_a_layer_comes_beside_what_stays_to_the_bit(encoded, out):
    before, row = encoded.info["files"], 7
    longer = extended(out, "--layer", "bands", "--checkpoints", "epoch_010")
    assert longer.checkpoints == ("epoch_000", "epoch_010_bands", "epoch_010")
    after = longer.info["files"]
    assert {file: after[file] for file in before} == before
    assert verify_checksums(longer.folder, longer.info) == []
    info = longer.checkpoint_info("epoch_010_bands")
    assert info["layer"] == "bands" and info["weights"] == "weights/epoch_010.safetensors"
    assert longer.info["added"][0]["encoders"] == ["epoch_010_bands"]
    assert longer.info["provenance"] == encoded.info["provenance"]
    pool = np.asarray(longer.representations("epoch_010"))
    bands = np.asarray(longer.representations("epoch_010_bands"))
    np.testing.assert_allclose(bands[:, : pool.shape[1]], pool, rtol=1e-4, atol=1e-4)
    nearest = np.linalg.norm(bands - bands[row], axis=1).argsort()
    assert set(longer.neighbors("epoch_010_bands")[row, :5]) == set(nearest[1:6])


def test_a_later_checkpoint_of_the_run_starts_from_its_map_as_in_one_build(encoded, out, brought):
    run = untrained_run(out.parent / "run", epochs=(20,))
    longer = extended(out, "--run", run, "--checkpoints", "epoch_020")
    words = ["--images", brought["images"], "--catalog", brought["catalog"], "--run", run]
    build([str(word) for word in (*words, "--name", "whole", "--out", out, "--half-weights")])
    whole = Collection.open(out / "whole")
    assert longer.checkpoints == whole.checkpoints == ("epoch_000", "epoch_010", "epoch_020")
    for file, known in whole.info["files"].items():
        if file.startswith("checkpoints/epoch_020/") and file.endswith(".npy"):
            assert longer.info["files"][file] == known, file


def test_another_run_of_the_same_seed_is_in_its_checkpoints_names(encoded, out):
    other = untrained_run(out.parent / "other", epochs=(5,))
    longer = extended(out, "--run", other)
    assert longer.checkpoints == ("epoch_000", "other_epoch_005", "epoch_010")
    info = longer.checkpoint_info("other_epoch_005")
    assert info["run"] == "other" and info["weights"] == "weights/other/epoch_005.safetensors"
    assert longer.weights("other_epoch_005").is_file()


def test_what_is_added_may_make_another_collection(encoded, out):
    twin = extended(out, "--layer", "stage3", new="twin")
    assert twin.name == "twin" and len(twin.checkpoints) == 4
    assert Collection.open(out / "mine").checkpoints == encoded.checkpoints
    assert verify_checksums(out / "mine", encoded.info) == []
    with pytest.raises(SystemExit):
        extended(out, "--layer", "bands", new="twin")
    assert Collection.open(out / "twin").checkpoints == twin.checkpoints
    again = extended(out, "--layer", "bands", "--overwrite", new="twin")
    assert "epoch_010_bands" in again.checkpoints and "epoch_010_stage3" not in again.checkpoints


def test_files_and_layers_are_added_together(encoded, out, rng):
    np.save(out / "other.npy", rng.normal(size=(N, 6)))
    words = ("--representations", f"other={out / 'other.npy'}", "--layer", "bands")
    longer = extended(out, *words, "--checkpoints", "epoch_000")
    assert longer.checkpoints == ("epoch_000_bands", "epoch_000", "epoch_010", "other")


def test_files_are_matched_by_their_identifiers(of_files, out, rng):
    values, order = rng.normal(size=(N, 6)).astype(np.float32), rng.permutation(N)
    ids = of_files.catalog["object_id"].to_numpy(dtype=str)
    np.savez(out / "other.npz", representations=values[order], object_id=ids[order])
    longer = extended(out, "--representations", f"epoch_10={out / 'other.npz'}")
    assert longer.checkpoints == ("epoch_00", "epoch_10", "epoch_20")
    np.testing.assert_array_equal(longer.representations("epoch_10"), values)
    pd.testing.assert_frame_equal(longer.catalog, of_files.catalog)


def test_what_was_killed_goes_on(encoded, out, monkeypatch):
    run_stage, killed = Stages.run, []

    def fail_at_the_map(self, name, *given):
        if name.startswith("map") and not killed:
            killed.append(name)
            raise KeyboardInterrupt
        return run_stage(self, name, *given)

    monkeypatch.setattr(Stages, "run", fail_at_the_map)
    words = ("--layer", "bands", "--checkpoints", "epoch_010")
    with pytest.raises(SystemExit):
        extended(out, *words)
    assert Collection.open(out / "mine").checkpoints == encoded.checkpoints
    left = out / ".mine.extending/checkpoints/epoch_010_bands/representations.npy"
    stamp = left.stat().st_mtime_ns
    longer = extended(out, *words)
    kept = longer.folder / "checkpoints/epoch_010_bands/representations.npy"
    assert kept.stat().st_mtime_ns == stamp and not left.exists()


def test_what_does_not_fit_is_refused_and_changes_nothing(encoded, out, capsys, rng):
    layer = refused(capsys, out)
    assert "the layer 'pool' of 'epoch_000' already, as 'epoch_000'" in layer
    unknown = refused(capsys, out, "--layer", "bands", "--checkpoints", "epoch_3")
    assert "no weights of 'epoch_3'; it has epoch_000, epoch_010" in unknown
    taken = refused(capsys, out, "--run", out.parent / "run")
    assert "a checkpoint 'epoch_000' already" in taken
    seed = refused(capsys, out, "--run", untrained_run(out.parent / "seed2", seed=2))
    assert "seed 2" in seed and "calls held-out" in seed
    assert "cannot name a collection" in refused(capsys, out, "--as", "../x")
    assert "'mine' is the collection itself" in refused(capsys, out, "--as", "mine")
    np.save(out / "few.npy", rng.normal(size=(N - 1, 4)))
    assert "few.npy" in refused(capsys, out, "--representations", out / "few.npy")
    values = rng.normal(size=(N, 4))
    values[3, 1] = np.nan
    np.save(out / "bad.npy", values)
    assert "1 of the 40" in refused(capsys, out, "--representations", out / "bad.npy")


def test_a_collection_of_files_has_nothing_to_encode(of_files, out, capsys):
    sentence = refused(capsys, out, "--layer", "bands")
    assert "no stored cutouts" in sentence or "keeps no weights" in sentence

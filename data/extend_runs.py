"""The encoders that add checkpoints to a collection: of its own weights, or of runs."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath

from data import format
from data.run_checkpoints import RunCheckpoint, run_checkpoints
from data.runs import run_of
from data.store import Collection
from models.checkpoints import open_checkpoint
from models.errors import BadInput


def encoders_of(
    collection: Collection,
    runs: Sequence[Path],
    wanted: Sequence[str] | None,
    layers: Sequence[str],
) -> list[RunCheckpoint]:
    """What encodes the stored cutouts, under the names that it is to have.

    Without runs the weights that the collection keeps, each of them once. Raises BadInput where
    there are none, or no cutouts, or a layer that is there already.
    """
    if format.CUTOUTS not in collection.info["files"]:
        raise BadInput(
            f"'{collection.name}' has no stored cutouts to encode; give --representations."
        )
    if runs:
        return _of_other_runs(collection, run_checkpoints(runs, wanted))
    kept = _kept(collection)
    if not kept:
        raise BadInput(f"'{collection.name}' keeps no weights; give --run or --representations.")
    for name in wanted or ():
        if not any(each.is_called(name) for each in kept):
            has = ", ".join(each.name for each in kept)
            raise BadInput(f"'{collection.name}' keeps no weights of '{name}'; it has {has}.")
    chosen = [each for each in kept if wanted is None or any(map(each.is_called, wanted))]
    for each in chosen:
        _refuse_same(collection, each, layers)
    if len(layers) > 1:
        return chosen
    return [replace(each, name=f"{each.name}_{layers[0]}") for each in chosen]


def refuse_other_held_out(collection: Collection, encoders: Sequence[RunCheckpoint]) -> None:
    """Raise BadInput where a run was trained on galaxies that the collection calls held-out."""
    infos = [collection.checkpoint_info(name) for name in collection.checkpoints]
    runs = set(map(run_of, collection.checkpoints, infos))
    seeds = {info["seed"] for info in infos if info.get("seed") is not None}
    for each in encoders:
        if each.run not in runs and each.seed not in seeds:
            raise BadInput(
                f"The run '{each.run}' held back other galaxies from its training (seed "
                f"{each.seed}) than '{collection.name}' calls held-out; build a collection of all "
                "runs together."
            )


def _kept(collection: Collection) -> list[RunCheckpoint]:
    """Weights that the collection keeps, named by their file, in training order."""
    found = {}
    for name in collection.checkpoints:
        info, path = collection.checkpoint_info(name), collection.weights(name)
        if path is None or info["weights"] in found:
            continue
        folder = PurePosixPath(info["weights"]).parent
        begins = "" if folder.name == format.WEIGHTS else f"{folder.name}_"
        checkpoint = open_checkpoint(path)
        found[info["weights"]] = RunCheckpoint(
            f"{begins}{checkpoint.name}", run_of(name, info), str(folder), checkpoint
        )
    return list(found.values())


def _refuse_same(collection: Collection, encoder: RunCheckpoint, layers: Sequence[str]) -> None:
    weights = f"{encoder.weights_folder}/{encoder.checkpoint.name}.safetensors"
    for name in collection.checkpoints:
        info = collection.checkpoint_info(name)
        if info.get("weights") == weights and info.get("layer") in layers:
            raise BadInput(
                f"'{collection.name}' has the layer '{info['layer']}' of '{encoder.name}' already, "
                f"as '{name}'; choose others with --layer and --checkpoints."
            )


def _of_other_runs(
    collection: Collection, encoders: Sequence[RunCheckpoint]
) -> list[RunCheckpoint]:
    """Checkpoints of runs; the run is in the name where it is not the collection's own."""
    infos = map(collection.checkpoint_info, collection.checkpoints)
    known = set(map(run_of, collection.checkpoints, infos))
    return [
        each
        if each.run in known or each.name.startswith(f"{each.run}_")
        else replace(
            each, name=f"{each.run}_{each.name}", weights_folder=f"{format.WEIGHTS}/{each.run}"
        )
        for each in encoders
    ]

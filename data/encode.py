"""The stage of a build in which the checkpoints of a run encode the stored cutouts."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from data import format
from data.arrays import array_writer, chunks
from data.building import Build, Stored
from data.cutouts import Cutouts
from data.parameters import BANDS
from data.representations import stored
from data.run_checkpoints import RunCheckpoint
from data.stages import RECORDS, Done, Tell, stage_bar
from models.checkpoints import load_weights, save_checkpoint
from models.errors import BadInput, first_few
from models.files import sha256

ENCODE_AT_ONCE = 256


def encode_runs(build: Build, checkpoints: list[RunCheckpoint], cutouts: Done) -> list[Stored]:
    """Store what the checkpoints of runs make of the stored cutouts, one for each layer."""
    layers = build.parameters.layers
    found = []
    with stage_bar("encode", len(checkpoints) * len(layers)) as begin:
        for checkpoint in checkpoints:
            weights = _store_weights(build, checkpoint)
            for name, layer in zip(names_of_layers(checkpoint, layers), layers, strict=True):
                basis = {"cutouts": cutouts.fingerprint, "weights": weights.fingerprint}
                tell, info = begin(name), _run_info(checkpoint, weights, layer)
                found.append(_encode(build, name, info, basis, tell))
    return found


def names_of_layers(checkpoint: RunCheckpoint, layers: Sequence[str]) -> list[str]:
    """What each layer of a checkpoint is called in the collection."""
    name = checkpoint.name
    return [name] if len(layers) == 1 else [f"{name}_{layer}" for layer in layers]


def _store_weights(build: Build, run_checkpoint: RunCheckpoint) -> Done:
    """Copy the weights that encode, in the precision in which they do."""
    half, keep = build.parameters.half_weights, build.parameters.keep_weights
    checkpoint = run_checkpoint.checkpoint
    is_kept = keep is None or any(map(run_checkpoint.is_called, keep))
    # Among the records of the stages, a file is gone when the collection is finished.
    folder = run_checkpoint.weights_folder
    inside = folder if is_kept else f"{RECORDS}/{folder}"
    basis = {"weights": sha256(checkpoint.weights), "info": checkpoint.info, "half": half}

    def work() -> dict:
        arrays = load_weights(checkpoint.weights)
        saved = save_checkpoint(build.folder / inside, arrays, checkpoint.info, half=half)
        return {"sha256": sha256(saved.weights)}

    file = f"{inside}/{checkpoint.name}.safetensors"
    files = [file, f"{inside}/{checkpoint.name}.json"]
    stage = f"weights {run_checkpoint.name}"
    done = build.stages.run(stage, basis | {"file": file}, files, work)
    return Done(done.fingerprint, done.facts | {"file": file, "is_kept": is_kept})


def _run_info(run_checkpoint: RunCheckpoint, weights: Done, layer: str) -> dict:
    checkpoint = run_checkpoint.checkpoint
    known = checkpoint.info
    return {
        "run": run_checkpoint.run,
        "seed": run_checkpoint.seed,
        "training_epoch": checkpoint.training_epoch,
        "loss": known.get("loss"),
        "layer": layer,
        "encoder": {k: known.get(k) for k in ("architecture", "width", "size", "normalisation")},
        "weights": weights.facts["file"] if weights.facts["is_kept"] else None,
        "weights_sha256": weights.facts["sha256"],
        "encoded_with": weights.facts["file"],
        "trained_on": known.get("images"),
        "training": known.get("metrics"),
        "source": f"{run_checkpoint.run}/{checkpoint.name}",
    }


def _encode(build: Build, name: str, info: dict, basis: dict, tell: Tell) -> Stored:
    target = f"{format.CHECKPOINTS}/{name}/{format.REPRESENTATIONS}"
    half, layer = build.parameters.half, info["layer"]
    weights = build.folder / info.pop("encoded_with")

    def work() -> None:
        _encode_cutouts(build, weights, layer, build.folder / target, tell)

    done = build.stages.run(
        f"encode {name}", basis | {"layer": layer, "half": half}, [target], work
    )
    return Stored(name, info, done)


def _encode_cutouts(build: Build, weights: Path, layer: str, target: Path, tell: Tell) -> None:
    """Encode the cutouts as they are stored: an uploaded one then lands on itself."""
    # The only way from here to torch: all else, and the page, does without.
    from models.encoders.encoder import encode, load_encoder

    encoder = load_encoder(weights)
    cutouts = Cutouts(build.folder / format.CUTOUTS)

    def encoded(part: slice) -> np.ndarray:
        pixels = np.stack(cutouts.pixels(range(part.start, part.stop)))
        values = encode(encoder, [pixels], layer=layer, device=build.parameters.device)
        bad = part.start + np.flatnonzero(~np.isfinite(values).all(axis=1))
        if len(bad):
            raise BadInput(
                f"{weights.name} makes representations that are not finite of rows "
                f"{first_few(bad)}; its training went astray, leave it out with --checkpoints."
            )
        return stored(values, build.parameters.half, weights.name)

    parts = list(chunks(len(cutouts), ENCODE_AT_ONCE))
    first = encoded(parts[0])
    if layer == BANDS and not first[:, first.shape[1] // 3 :].any():
        raise BadInput(
            "The cutouts are the same in all bands, which tell nothing then: leave 'bands' out of "
            "--layer."
        )
    shape = (len(cutouts), first.shape[1])
    with array_writer(target, shape, "<f2" if build.parameters.half else "<f4") as writer:
        for part in parts:
            writer.append(first if part is parts[0] else encoded(part))
            tell(part.stop / len(cutouts))

"""The stage of a build that stores representations which exist already, one file a checkpoint."""

from pathlib import Path

from data import format
from data.building import Build, Stored
from data.inputs import training_epoch_of
from data.representations import copy_representations
from data.stages import Done, Tell, identity_of, stage_bar


def in_training_order(checkpoints: list[Stored]) -> list[Stored]:
    """Checkpoints by training epoch, those of an unknown one last."""
    return sorted(checkpoints, key=lambda stored: (_epoch(stored), stored.name))


def copy_files(build: Build, catalog: Done) -> list[Stored]:
    """Store the representations of files, one checkpoint each."""
    files = build.inputs.representations
    # Those that collapsed are not among the matched.
    names = [name for name in files if name in build.galaxies.file_rows]
    with stage_bar("representations", len(names)) as begin:
        return [_copy(build, name, Path(files[name]), catalog, begin(name)) for name in names]


def _epoch(stored: Stored) -> float:
    epoch = stored.info["training_epoch"]
    return float("inf") if epoch is None else epoch


def _copy(build: Build, name: str, path: Path, catalog: Done, tell: Tell) -> Stored:
    target = f"{format.CHECKPOINTS}/{name}/{format.REPRESENTATIONS}"
    rows, half = build.galaxies.file_rows[name], build.parameters.half
    basis = {"catalog": catalog.fingerprint, "file": identity_of(path), "half": half}

    def work() -> None:
        copy_representations(path, build.folder / target, rows, half=half, progress=tell)

    done = build.stages.run(f"store {name}", basis, [target], work)
    info = {
        "training_epoch": training_epoch_of(name),
        "loss": None,
        "layer": None,
        "encoder": None,
        "weights": None,
        "source": path.name,
    }
    return Stored(name, info, done)

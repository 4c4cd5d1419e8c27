"""The stage of a build that stores representations which exist already, one file a checkpoint."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from data import format
from data.building import Build, Stored
from data.inputs import training_epoch_of
from data.representations import copy_representations
from data.stages import Done, Tell, identity_of, stage_bar


def copy_files(
    build: Build, files: Mapping[str, Path], rows: Mapping[str, np.ndarray], catalog: Done
) -> list[Stored]:
    """Store the representations of files, one checkpoint each.

    rows : checkpoint -> (n,) row of each galaxy in its file
    catalog : the stage that stored the galaxies
    """
    with stage_bar("representations", len(files)) as begin:
        return [
            _copy(build, name, Path(path), rows[name], catalog, begin(name))
            for name, path in files.items()
        ]


def _copy(
    build: Build, name: str, path: Path, rows: np.ndarray, catalog: Done, tell: Tell
) -> Stored:
    target = f"{format.CHECKPOINTS}/{name}/{format.REPRESENTATIONS}"
    half = build.parameters.half
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

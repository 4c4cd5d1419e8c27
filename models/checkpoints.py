"""Checkpoint: an encoder at one moment of its training, as weights and a JSON beside them."""

import errno
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors import SafetensorError
from safetensors.numpy import load_file, save

from models.errors import BadInput, OutOfSpace
from models.files import read_json, write_json, write_whole


@dataclass(frozen=True)
class Checkpoint:
    """Which encoder, trained on what and for how long.

    weights : the .safetensors file
    info : content of the .json beside it: training_epoch, loss, architecture, width, size,
        normalisation, seed, images (name, number and checksum of what it was trained on), metrics
    """

    weights: Path
    info: dict

    @property
    def name(self) -> str:
        """File name without its ending, such as `epoch_010`."""
        return self.weights.stem

    @property
    def training_epoch(self) -> int:
        """Passes over the training images so far; 0 is untrained."""
        return self.info["training_epoch"]


def list_checkpoints(run: Path) -> list[Checkpoint]:
    """Checkpoints of a run folder in training order.

    Raises
    ------
    BadInput
        If the folder has no checkpoints, or one of them has no readable JSON.
    """
    files = sorted((Path(run) / "checkpoints").glob("*.safetensors"))
    files = [file for file in files if not file.name.startswith(".")]
    if not files:
        raise BadInput(f"{run} has no checkpoints; train into it first.")
    found = [open_checkpoint(file) for file in files]
    return sorted(found, key=lambda checkpoint: (checkpoint.training_epoch, checkpoint.name))


def open_checkpoint(weights: Path) -> Checkpoint:
    """Checkpoint of one weights file; the weights themselves are not read yet."""
    weights = Path(weights)
    about = weights.with_suffix(".json")
    if not weights.is_file():
        raise BadInput(f"There are no weights at {weights}; check the path.")
    try:
        info = read_json(about)
        return Checkpoint(weights, {**info, "training_epoch": int(info["training_epoch"])})
    except FileNotFoundError as error:
        raise BadInput(f"{weights} has no {about.name} beside it to say what it is.") from error
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{about} is not the description of a checkpoint.") from error


def save_checkpoint(
    folder: Path, weights: dict[str, np.ndarray], info: dict, *, half: bool = False
) -> Checkpoint:
    """Write `epoch_NNN.safetensors` and `.json` whole; the weights come last.

    half : store matrices and kernels as float16, at half the size. Vectors stay float32: the
        variances among a batch norm's statistics may lie outside the range of float16.
    """
    stored = {name: _stored(array, half) for name, array in weights.items()}
    path = folder / f"epoch_{info['training_epoch']:03d}.safetensors"
    write_json(path.with_suffix(".json"), info)
    write_arrays(path, stored)
    return open_checkpoint(path)


def write_arrays(
    path: Path, arrays: dict[str, np.ndarray], metadata: dict[str, str] | None = None
) -> None:
    """Write a .safetensors file whole.

    Raises
    ------
    OutOfSpace
        If the disk is full; what was at `path` before is still there.
    """
    # Not safetensors' own save_file, which hides a full disk in an error of its own.
    content = save({name: np.asarray(array, order="C") for name, array in arrays.items()}, metadata)
    try:
        with write_whole(path) as temporary:
            temporary.write_bytes(content)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise OutOfSpace(f"The disk is full while writing {path}; free some space.") from error


def load_weights(path: Path) -> dict[str, np.ndarray]:
    """Arrays by name; half precision comes back as float32.

    Raises
    ------
    BadInput
        If the file is missing, truncated, or not safetensors.
    """
    try:
        arrays = load_file(path)
    except (OSError, SafetensorError) as error:
        raise BadInput(f"{path} is not a complete safetensors file of weights.") from error
    return {
        name: array.astype(np.float32) if array.dtype == np.float16 else array
        for name, array in arrays.items()
    }


def _stored(array: np.ndarray, half: bool) -> np.ndarray:
    is_halved = half and array.ndim > 1 and array.dtype == np.float32
    return array.astype(np.float16) if is_halved else array

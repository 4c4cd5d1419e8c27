"""What can be chosen about a training run, and its command line."""

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from models.errors import BadInput

# Below, the last stage sees one pixel; its gradients in bfloat16 are then undefined on a CPU.
SMALLEST_SIZE = 24


@dataclass(frozen=True)
class Settings:
    """What decides the weights of a run; a run can only go on with the same.

    momentum : of the target, at the first step; it rises to 1
    decorrelation : weight of the term that spreads the representation; 0 is BYOL as published
    noise : largest sky noise added to a view, in units of the galaxy's bright level
    """

    epochs: int = 30
    checkpoints: tuple[int, ...] = (0, 1, 3, 10, 30)
    width: int = 32
    size: int = 64
    seed: int = 0
    batch_size: int = 128
    learning_rate: float = 5e-4
    momentum: float = 0.99
    decorrelation: float = 0.0015
    noise: float = 0.15
    device: str = "auto"


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="python -m models.encoders.train",
        description="Train a galaxy encoder with BYOL; the same command goes on after a stop.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter,
    )
    add = parser.add_argument
    add("--images", type=Path, required=True, help="HDF5 file, folder of cutouts, or .npy array")
    add("--run", type=Path, required=True, help="folder of the run: log, state and checkpoints")
    add("--epochs", type=int, default=Settings.epochs, help="passes over the training galaxies")
    add("--checkpoints", help="epochs to keep, such as 0,1,3,10,30; 0 and the last always are")
    add("--width", type=int, default=Settings.width, help="the representation has 8 x this")
    add("--size", type=int, default=Settings.size, help="side in pixels seen by the encoder")
    add("--seed", type=int, default=Settings.seed, help="of weights, split, order and views")
    add("--device", default=Settings.device, help="auto, cpu or cuda")
    add("--batch-size", type=int, default=Settings.batch_size, help="galaxies per step")
    add("--learning-rate", type=float, default=Settings.learning_rate, help="at its highest")
    add("--momentum", type=float, default=Settings.momentum, help="of the target, at the start")
    add("--decorrelation", type=float, default=Settings.decorrelation, help="0 is BYOL proper")
    add("--noise", type=float, default=Settings.noise, help="sky noise of the views, at most")
    add("--labels-from", type=Path, help="CSV of object_id and label, to judge by")
    return parser.parse_args(arguments)


def settings_from(arguments: argparse.Namespace) -> Settings:
    """Settings of a command line, checked."""
    given = vars(arguments)
    for name in ("epochs", "width", "size", "batch_size", "learning_rate"):
        if not given[name] > 0:
            raise BadInput(f"--{name.replace('_', '-')} is {given[name]}; it must be above 0.")
    for name in ("seed", "decorrelation", "noise"):
        if not given[name] >= 0:
            raise BadInput(f"--{name} is {given[name]}; it must be 0 or more.")
    if not 0 <= given["momentum"] <= 1:
        raise BadInput(f"--momentum is {given['momentum']}; it must be from 0 to 1.")
    if given["width"] % 2:
        raise BadInput(f"--width is {given['width']}; it must be even, as the stem has half of it.")
    if given["size"] < SMALLEST_SIZE:
        raise BadInput(f"--size is {given['size']}; it must be at least {SMALLEST_SIZE} pixels.")
    names = [name for name in Settings.__dataclass_fields__ if name != "checkpoints"]
    checkpoints = checkpoints_from(given["checkpoints"], given["epochs"])
    return Settings(checkpoints=checkpoints, **{name: given[name] for name in names})


def checkpoints_from(text: str | None, epochs: int) -> tuple[int, ...]:
    """Epochs to keep: those asked for, the first and the last."""
    if text is None:
        return spaced_checkpoints(epochs)
    try:
        asked = {int(word) for word in text.split(",")}
    except ValueError as error:
        raise BadInput(f"--checkpoints is {text!r}; give numbers such as 0,1,3,10.") from error
    beyond = sorted(epoch for epoch in asked if not 0 <= epoch <= epochs)
    if beyond:
        raise BadInput(f"--checkpoints asks for epoch {beyond[0]} of a run of {epochs} epochs.")
    return tuple(sorted({0, epochs, *asked}))


def spaced_checkpoints(epochs: int) -> tuple[int, ...]:
    """About six epochs from 0 to the last, evenly in their logarithm."""
    spaced = np.round(np.geomspace(1, epochs, 5)).astype(int)
    return tuple(sorted({0, *spaced.tolist()}))

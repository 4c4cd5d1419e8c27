"""A run folder: settings, log, checkpoints, and the state from which a killed run goes on.

run.json            settings and the images it is trained on, written once
log.jsonl           one line per epoch, and one for the baseline
state.safetensors   everything that training changes, replaced whole after every epoch
checkpoints/        epoch_NNN.safetensors and .json
"""

import errno
import json
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open

from models.checkpoints import write_arrays
from models.encoders.byol import BYOL
from models.errors import BadInput
from models.files import read_json, write_json, write_whole

# May change between a run and its continuation without changing what is being trained.
FREE_SETTINGS = ("device",)


def open_run(folder: Path, settings: dict, images: dict) -> None:
    """Make a run folder, or check that the one there was started with the same settings.

    Raises
    ------
    BadInput
        If the folder cannot be written to, holds something else, or is the run of other
        settings or images; the sentence names the first setting that differs.
    """
    about = folder / "run.json"
    wanted = {"settings": settings, "images": images}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not about.exists():
            if any(not file.name.startswith(".") for file in folder.iterdir()):
                raise BadInput(f"{folder} has other files in it; give a new or empty folder.")
            write_json(about, wanted)
    except OSError as error:
        if error.errno == errno.ENOSPC:
            raise
        raise BadInput(
            f"The run folder {folder} cannot be written to: {error.strerror}."
        ) from error
    _check_same(about, wanted)


def _check_same(about: Path, wanted: dict) -> None:
    try:
        started = read_json(about)
        settings, images = started["settings"], started["images"]
    except (ValueError, TypeError, KeyError) as error:
        raise BadInput(f"{about} is not the description of a run; give a new folder.") from error
    wanted = json.loads(json.dumps(wanted))
    if images != wanted["images"]:
        raise BadInput(
            f"The run in {about.parent} was started on other images ({images.get('name')}); "
            "give another folder."
        )
    for name, value in wanted["settings"].items():
        if name not in FREE_SETTINGS and settings.get(name) != value:
            raise BadInput(
                f"The run in {about.parent} was started with {name} {settings.get(name)}, not "
                f"{value}; use the same or give another folder."
            )


def save_state(folder: Path, byol: BYOL, optimizer: torch.optim.Optimizer, epoch: int) -> None:
    """Keep all that training has changed by the end of `epoch`.

    Random numbers need no state: each is drawn from a generator seeded by seed, epoch and step.
    """
    tensors = {f"model.{name}": tensor for name, tensor in byol.state_dict().items()}
    for i, moments in optimizer.state_dict()["state"].items():
        tensors |= {f"optimizer.{i}.{name}": tensor for name, tensor in moments.items()}
    arrays = {name: tensor.detach().cpu().numpy() for name, tensor in tensors.items()}
    write_arrays(folder / "state.safetensors", arrays, {"training_epoch": str(epoch)})


def load_state(folder: Path, byol: BYOL, optimizer: torch.optim.Optimizer) -> int | None:
    """Put a saved state into network and optimizer; the epoch it ended, None if none is saved."""
    path = folder / "state.safetensors"
    if not path.exists():
        return None
    try:
        with safe_open(path, framework="pt") as file:
            epoch = int(file.metadata()["training_epoch"])
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (OSError, SafetensorError, TypeError, KeyError, ValueError) as error:
        raise BadInput(f"{path} is damaged; remove it to start the run again.") from error
    model = {name[6:]: tensor for name, tensor in tensors.items() if name.startswith("model.")}
    byol.load_state_dict(model)
    state: dict[int, dict[str, torch.Tensor]] = {}
    for name, tensor in tensors.items():
        if name.startswith("optimizer."):
            _, i, moment = name.split(".")
            # In the layout of the kernels they belong to, or every step is slower from now on.
            layout = torch.channels_last if tensor.ndim == 4 else torch.contiguous_format
            state.setdefault(int(i), {})[moment] = tensor.contiguous(memory_format=layout)
    optimizer.load_state_dict({**optimizer.state_dict(), "state": state})
    return epoch


def append_log(folder: Path, line: dict) -> None:
    """Add one line to the log, NaN as null."""
    plain = {key: None if value != value else value for key, value in line.items()}
    with open(folder / "log.jsonl", "a") as log:
        log.write(json.dumps(plain) + "\n")


def trim_log(folder: Path, last_epoch: int | None) -> None:
    """Drop what a killed run had logged past the state it goes on from."""
    path = folder / "log.jsonl"
    if not path.exists():
        return
    kept = [
        line
        for line in path.read_text().splitlines(keepends=True)
        if last_epoch is not None and _epoch_of(line) <= last_epoch
    ]
    with write_whole(path) as temporary:
        temporary.write_text("".join(kept))


def _epoch_of(line: str) -> float:
    try:
        return json.loads(line)["training_epoch"]
    except (ValueError, KeyError):
        return float("inf")  # cut short by the kill

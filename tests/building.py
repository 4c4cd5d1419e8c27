"""What tests of builds share: inputs of a command, a run to encode with, a command refused."""

import numpy as np
import pytest
from PIL import Image

from data.build import main
from models.checkpoints import save_checkpoint

N = 40  # galaxies of the fixtures `made_up` and `brought`


def arguments(brought, out, *more, checkpoints=("epoch_00", "epoch_20"), name="mine"):
    """A command that builds from files of representations."""
    files = [f"{checkpoint}={brought[checkpoint]}" for checkpoint in checkpoints]
    given = ["--representations", *files, "--catalog", brought["catalog"]]
    return [str(word) for word in (*given, "--name", name, "--out", out, *more)]


def nothing_in(out):
    """Whether a folder has nothing in it, or is not there."""
    return not out.exists() or list(out.iterdir()) == []


def rewrite(path, change):
    """Change the array of a file."""
    np.save(path, change(np.load(path)))


def save_pictures(made_up, folder):
    """The made-up cutouts as JPEG files named by identifier."""
    folder.mkdir()
    for object_id, pixels in zip(made_up.catalog["object_id"], made_up.images, strict=True):
        Image.fromarray(pixels).save(folder / f"{object_id}.jpg", quality=90)
    return folder


def untrained_run(folder, seed=1, epochs=(0, 10)):
    """A run of a tiny encoder, untrained: each checkpoint is another draw of its weights."""
    import torch

    from models.encoders.encoder import Design, Encoder, design_as_info

    design = Design(width=4, size=32, projection=8, hidden=16)
    for epoch in epochs:
        torch.manual_seed(epoch + 1000 * (seed - 1))
        weights = {name: t.numpy() for name, t in Encoder(design).state_dict().items()}
        info = {"training_epoch": epoch, "loss": 0.5, "seed": seed, **design_as_info(design)}
        save_checkpoint(folder / "checkpoints", weights, info)
    return folder


def refused(capsys, words):
    """The sentence with which a command is refused."""
    with pytest.raises(SystemExit) as ended:
        main([str(word) for word in words])
    assert ended.value.code == 2
    sentence = capsys.readouterr().err.strip().splitlines()[-1]
    assert sentence.startswith("error: ")
    return sentence

"""What tests of builds share: a run to encode with, and the sentence of a command refused."""

import pytest

from data.build import main
from models.checkpoints import save_checkpoint


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

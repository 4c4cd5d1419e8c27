import errno
import subprocess
import sys

import numpy as np
import pytest

from models.checkpoints import list_checkpoints, load_weights, save_checkpoint
from models.errors import BadInput, OutOfSpace

WEIGHTS = {
    "conv": np.linspace(-1, 1, 24, dtype=np.float32).reshape(2, 3, 4),
    "variance": np.array([1e-9, 1e9], np.float32),
    "count": np.array(7),
}


def test_weights_come_back_as_they_were(tmp_path):
    path = save_checkpoint(tmp_path, WEIGHTS, {"training_epoch": 3, "loss": 0.5}).weights
    assert path.name == "epoch_003.safetensors"
    for name, array in load_weights(path).items():
        np.testing.assert_array_equal(array, WEIGHTS[name])
        assert array.dtype == WEIGHTS[name].dtype


def test_half_precision_keeps_three_digits_and_wide_ranges(tmp_path):
    path = save_checkpoint(tmp_path, WEIGHTS, {"training_epoch": 0}, half=True).weights
    loaded = load_weights(path)
    assert loaded["conv"].dtype == np.float32
    np.testing.assert_allclose(loaded["conv"], WEIGHTS["conv"], rtol=1e-3)
    np.testing.assert_array_equal(loaded["variance"], WEIGHTS["variance"])
    assert loaded["count"].shape == ()
    assert loaded["count"] == 7


def test_checkpoints_are_listed_in_training_order(tmp_path):
    for epoch in (1000, 3, 0, 30):
        save_checkpoint(tmp_path / "checkpoints", WEIGHTS, {"training_epoch": epoch})
    assert [c.training_epoch for c in list_checkpoints(tmp_path)] == [0, 3, 30, 1000]
    assert list_checkpoints(tmp_path)[1].name == "epoch_003"


def test_an_empty_run_has_no_checkpoints(tmp_path):
    with pytest.raises(BadInput, match="has no checkpoints"):
        list_checkpoints(tmp_path)


def test_weights_without_description_are_refused(tmp_path):
    saved = save_checkpoint(tmp_path / "checkpoints", WEIGHTS, {"training_epoch": 1})
    about = saved.weights.with_suffix(".json")
    about.write_text("[]")
    with pytest.raises(BadInput, match="not the description"):
        list_checkpoints(tmp_path)
    about.unlink()
    with pytest.raises(BadInput, match="epoch_001.json beside it"):
        list_checkpoints(tmp_path)


def test_truncated_weights_are_refused(tmp_path):
    path = save_checkpoint(tmp_path, WEIGHTS, {"training_epoch": 1}).weights
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(BadInput, match="complete safetensors"):
        load_weights(path)


def test_a_full_disk_leaves_what_was_there(tmp_path, monkeypatch):
    path = save_checkpoint(tmp_path, WEIGHTS, {"training_epoch": 1}).weights
    before = path.read_bytes()

    def no_space(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", no_space)
    with pytest.raises(OutOfSpace, match="epoch_001.safetensors"):
        save_checkpoint(tmp_path, {"other": WEIGHTS["conv"]}, {"training_epoch": 1})
    assert path.read_bytes() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_listing_needs_no_torch():
    code = "import sys, models.checkpoints; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0

import errno
import json
import signal
import subprocess
import sys

import h5py
import numpy as np
import pytest
import torch

from models.checkpoints import list_checkpoints
from models.encoders.encoder import Design, encode_grey
from models.encoders.galaxies import load_galaxies
from models.encoders.monitor import spectrum_shape
from models.encoders.settings import (
    Settings,
    read_arguments,
    settings_from,
    spaced_checkpoints,
)
from models.encoders.train import Training, main, rate_at
from models.errors import BadInput
from models.files import read_json
from models.split import is_held_out

N = 80
TINY = ["--epochs", "4", "--checkpoints", "0,2,4", "--width", "4", "--size", "24"]
TINY += ["--batch-size", "16", "--device", "cpu"]


def galaxies(n=N, size=32, seed=0):
    """Ellipses of several sizes, shapes and angles in two classes, round and long."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    angle, width = rng.uniform(0, np.pi, (n, 1, 1)), rng.uniform(3, 5, (n, 1, 1))
    y, x = np.mgrid[:size, :size] - (size - 1) / 2
    along, across = x * np.cos(angle) + y * np.sin(angle), y * np.cos(angle) - x * np.sin(angle)
    squeeze = np.where(labels, 3.0, 1.0)[:, None, None]
    light = 150 * np.exp(-(along**2 + (across * squeeze) ** 2) / (2 * width**2))
    flux = light[..., None] + rng.normal(20, 4, (n, size, size, 3))
    return np.clip(np.round(flux), 0, 255).astype(np.uint8), labels


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Tiny batches gain nothing from threads, and lose where the cores are busy."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "galaxies.h5"
    pixels, labels = galaxies()
    with h5py.File(path, "w") as file:
        file["images"], file["ans"] = pixels, labels
        file.attrs["class_names"] = ["round", "long"]
    return path


@pytest.fixture(scope="module")
def unbroken(survey, tmp_path_factory):
    run = tmp_path_factory.mktemp("runs") / "unbroken"
    main(["--images", str(survey), "--run", str(run), *TINY])
    return run


def log_of(run):
    return [json.loads(line) for line in (run / "log.jsonl").read_text().splitlines()]


def test_a_run_leaves_checkpoints_log_and_state(unbroken, survey):
    assert [c.training_epoch for c in list_checkpoints(unbroken)] == [0, 2, 4]
    info = list_checkpoints(unbroken)[-1].info
    assert (info["architecture"], info["width"], info["size"]) == ("resnet18", 4, 24)
    assert info["images"] == {"name": "galaxies.h5", "n": N, "checksum": info["images"]["checksum"]}
    assert info["normalisation"]["sky"] == 0.5
    assert info["loss"] > 0
    log = log_of(unbroken)
    assert [line["training_epoch"] for line in log] == [0, 0, 1, 2, 3, 4]
    assert log[0]["baseline"] == "PCA of pixels"
    watched = {"loss", "effective_rank", "top_share", "knn_accuracy", "linear_accuracy", "chance"}
    watched |= {"score", "kl_divergence", "n", "n_labelled"}
    assert all(watched <= line.keys() for line in log[1:])
    assert not list(unbroken.rglob("*.part*"))


# Runs the command line, and dies by SIGKILL when `victim` is called in the epoch given.
DEADLY = """
import os, signal, sys, torch
torch.set_num_threads(1)
from models.encoders import train
owner, name, epoch, calls = train, sys.argv[1], int(sys.argv[2]), []
if name == "_step":
    owner = train.Training
alive = getattr(owner, name)
def deadly(*arguments):
    now = arguments[0].epoch if name == "_step" else arguments[-1]
    if now == epoch:
        calls.append(now)
    if len(calls) == (3 if name == "_step" else 1):
        os.kill(os.getpid(), signal.SIGKILL)
    return alive(*arguments)
setattr(owner, name, deadly)
train.main(sys.argv[3:])
"""


@pytest.mark.parametrize(("victim", "epoch"), [("_step", 3), ("save_state", 2)])
def test_a_killed_run_ends_with_the_weights_of_an_unbroken_one(
    survey, unbroken, tmp_path, victim, epoch
):
    arguments = ["--images", str(survey), "--run", str(tmp_path / "run"), *TINY]
    child = [sys.executable, "-c", DEADLY, victim, str(epoch), *arguments]
    assert subprocess.run(child, capture_output=True).returncode == -signal.SIGKILL
    main(arguments)
    for killed, whole in zip(
        list_checkpoints(tmp_path / "run"), list_checkpoints(unbroken), strict=True
    ):
        assert killed.weights.read_bytes() == whole.weights.read_bytes()
    for line, expected in zip(log_of(tmp_path / "run"), log_of(unbroken), strict=True):
        assert {**line, "seconds": None} == {**expected, "seconds": None}


def test_a_log_cut_short_by_the_kill_is_mended(survey, unbroken, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    for name in ("run.json", "state.safetensors", "log.jsonl"):
        (run / name).write_bytes((unbroken / name).read_bytes())
    with open(run / "log.jsonl", "a") as log:
        log.write('{"training_epoch": 5, "lo')
    main(["--images", str(survey), "--run", str(run), *TINY])
    assert (run / "log.jsonl").read_text() == (unbroken / "log.jsonl").read_text()


def test_thirty_steps_lower_the_loss_and_keep_the_rank(survey, tmp_path):
    design = Design(width=8, size=24)
    chosen = load_galaxies(survey, design, seed=0)
    settings = Settings(epochs=30, checkpoints=(), batch_size=64, width=8, size=24, device="cpu")
    training = Training(settings, design, chosen, tmp_path)
    training.byol.train()
    order = torch.arange(len(chosen.train))[:64]
    losses = []
    for epoch in range(1, 31):
        training.epoch = epoch
        losses.append(training._step(chosen.train[order], 0))
    assert np.mean(losses[-5:]) < 0.7 * np.mean(losses[:3])
    representations = encode_grey(training.byol.online, [chosen.train], device=torch.device("cpu"))
    assert spectrum_shape(representations)[0] > 5


def test_views_do_not_need_the_labels(survey):
    chosen = load_galaxies(survey, Design(width=4, size=24), seed=0)
    assert chosen.train.dtype == torch.uint8
    assert len(chosen.train) + len(chosen.held_out) == N
    assert len(chosen.labels) == len(chosen.held_out)


def test_a_galaxy_is_held_out_by_its_id_alone():
    ids = np.array([f"5877229527762{row:05d}" for row in range(5000)])
    held_out = is_held_out(ids, seed=0)
    assert held_out.mean() == pytest.approx(0.2, abs=0.02)
    np.testing.assert_array_equal(is_held_out(ids[::-7], seed=0), held_out[::-7])
    assert (is_held_out(ids, seed=1) != held_out).any()


def test_classes_can_come_from_a_table(survey, tmp_path):
    table = tmp_path / "labels.csv"
    table.write_text("id,label\n" + "".join(f"{row:02d},even\n" for row in range(0, N, 2)))
    chosen = load_galaxies(survey, Design(size=24), 0, labels_from=table)
    assert set(chosen.labels.tolist()) == {-1, 0}
    table.write_text("name,label\n")
    with pytest.raises(BadInput, match="needs a column"):
        load_galaxies(survey, Design(size=24), 0, labels_from=table)
    table.write_text("id,label\nelsewhere,even\n")
    with pytest.raises(BadInput, match="do not match"):
        load_galaxies(survey, Design(size=24), 0, labels_from=table)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--seed", "-1"], "--seed is -1; it must be 0 or more"),
        (["--noise", "-0.1"], "--noise is -0.1"),
        (["--decorrelation", "nan"], "--decorrelation is nan"),
        (["--momentum", "1.5"], "--momentum is 1.5; it must be from 0 to 1"),
        (["--momentum", "-1"], "--momentum is -1"),
    ],
)
def test_settings_out_of_range_are_refused(words, sentence):
    with pytest.raises(BadInput, match=sentence):
        settings_from(read_arguments(["--images", "i", "--run", "r", *words]))


def test_the_learning_rate_warms_up_and_ends_at_zero():
    rates = [rate_at(step, 200) for step in range(200)]
    assert rates[0] == pytest.approx(0.1)
    assert max(rates) == rates[9] == pytest.approx(1)
    assert rates[10:] == sorted(rates[10:], reverse=True)
    assert rates[-1] < 0.001


def test_checkpoints_are_spaced_evenly_in_their_logarithm():
    assert spaced_checkpoints(100) == (0, 1, 3, 10, 32, 100)
    assert spaced_checkpoints(1) == (0, 1)


def refused(arguments, capsys):
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == 2
    sentence = capsys.readouterr().err.strip().splitlines()[-1]
    assert sentence.startswith("error: ")
    assert sentence.endswith((".", "!"))
    return sentence


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        (["--checkpoints", "0,9"], "epoch 9 of a run of 4"),
        (["--checkpoints", "0,x"], "give numbers"),
        (["--epochs", "0"], "--epochs is 0"),
        (["--device", "tpu"], "no device 'tpu'"),
        (["--width", "5"], "even"),
    ],
)
def test_a_wrong_option_is_refused(survey, tmp_path, capsys, extra, words):
    arguments = ["--images", str(survey), "--run", str(tmp_path / "run"), *TINY, *extra]
    assert words in refused(arguments, capsys)
    assert not (tmp_path / "run").exists()


@pytest.mark.parametrize(("n", "words"), [(9, "has 9 galaxies"), (12, "are constant")])
def test_images_that_cannot_be_learnt_from_are_refused(tmp_path, capsys, n, words):
    np.save(tmp_path / "few.npy", np.full((n, 24, 24, 3), 7, np.uint8))
    arguments = ["--images", str(tmp_path / "few.npy"), "--run", str(tmp_path / "run"), *TINY]
    assert words in refused(arguments, capsys)
    assert not (tmp_path / "run").exists()


def test_missing_images_are_refused(tmp_path, capsys):
    arguments = ["--images", str(tmp_path / "no.h5"), "--run", str(tmp_path / "run"), *TINY]
    assert "no.h5" in refused(arguments, capsys)


@pytest.mark.parametrize(
    ("extra", "words"),
    [(["--seed", "3"], "seed 0, not 3"), (["--learning-rate", "0.1"], "learning_rate 0.0005")],
)
def test_going_on_with_other_settings_is_refused(survey, unbroken, capsys, extra, words):
    arguments = ["--images", str(survey), "--run", str(unbroken), *TINY, *extra]
    assert words in refused(arguments, capsys)


def test_going_on_with_other_images_is_refused(unbroken, tmp_path, capsys):
    np.save(tmp_path / "others.npy", galaxies(40)[0])
    arguments = ["--images", str(tmp_path / "others.npy"), "--run", str(unbroken), *TINY]
    assert "other images" in refused(arguments, capsys)


def test_a_folder_of_other_things_is_left_alone(survey, tmp_path, capsys):
    (tmp_path / "thesis.tex").write_text("precious")
    arguments = ["--images", str(survey), "--run", str(tmp_path), *TINY]
    assert "other files" in refused(arguments, capsys)
    assert [file.name for file in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_folder_that_cannot_be_written_is_refused(survey, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    arguments = ["--images", str(survey), "--run", str(tmp_path / "file" / "run"), *TINY]
    assert "cannot be written" in refused(arguments, capsys)


def test_a_full_disk_is_one_sentence_and_the_run_goes_on(
    survey, unbroken, tmp_path, capsys, monkeypatch
):
    def no_space(*_arguments):
        raise OSError(errno.ENOSPC, "No space left on device")

    arguments = ["--images", str(survey), "--run", str(tmp_path / "run"), *TINY]
    with monkeypatch.context() as patched:
        patched.setattr("pathlib.Path.write_bytes", no_space)
        assert "disk is full while writing" in refused(arguments, capsys)
    assert not list((tmp_path / "run").rglob("*.safetensors"))
    main(arguments)
    last, expected = (list_checkpoints(run)[-1].weights for run in (tmp_path / "run", unbroken))
    assert last.read_bytes() == expected.read_bytes()


def test_a_damaged_state_is_refused(survey, unbroken, tmp_path, capsys):
    run = tmp_path / "run"
    run.mkdir()
    (run / "run.json").write_bytes((unbroken / "run.json").read_bytes())
    (run / "state.safetensors").write_bytes(b"short")
    assert "is damaged" in refused(["--images", str(survey), "--run", str(run), *TINY], capsys)


def test_a_run_description_names_what_it_was_started_with(unbroken):
    about = read_json(unbroken / "run.json")
    assert about["settings"]["learning_rate"] == 5e-4
    assert about["images"]["n"] == N

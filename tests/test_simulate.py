import errno
import signal
import subprocess
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from data import simulate as command
from data.simulate import main, simulate
from data.simulated.anomalies import KINDS
from data.simulated.galaxies import CLASS_NAMES
from models.errors import BadInput, OutOfSpace

ROOT = Path(__file__).parents[1]
N, SIZE = 40, 32


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    path = tmp_path_factory.mktemp("survey") / "survey.h5"
    simulate(N, path, seed=5, size=SIZE, n_processes=1)
    with h5py.File(path) as file:
        yield file


def test_layout_is_that_of_galaxy10_decals(survey):
    assert survey["images"].shape == (N, SIZE, SIZE, 3)
    assert survey["images"].dtype == np.uint8 and survey["ans"].dtype == np.uint8
    for name in ("ra", "dec", "redshift", "pxscale"):
        assert survey[name].shape == (N,) and survey[name].dtype == np.float64
        assert np.isfinite(survey[name][:]).all()
    assert tuple(survey.attrs["class_names"]) == CLASS_NAMES
    assert survey["ans"][:].max() < len(CLASS_NAMES) == 10


def test_truth_is_beside_the_pictures(survey):
    for name in ("magnitude", "radius_arcsec", "axis_ratio", "signal_to_noise"):
        assert survey[name].shape == (N,) and (survey[name][:] > 0).all()
    assert survey["axis_ratio"][:].max() <= 1
    assert survey["anomaly"].dtype.kind == "S"


def test_one_galaxy_is_read_without_the_others(survey):
    assert survey["images"].chunks[0] <= 8
    assert survey["images"].compression is None


def test_identifiers_are_18_digits_and_unique(survey):
    identifiers = survey["id"][:].astype(str)
    assert len(set(identifiers)) == N
    assert all(len(each) == 18 and each.isdigit() for each in identifiers)


def test_pixels_do_not_depend_on_the_number_of_processes(survey, tmp_path):
    simulate(N, tmp_path / "two.h5", seed=5, size=SIZE, n_processes=2)
    with h5py.File(tmp_path / "two.h5") as file:
        assert set(file) == set(survey)
        for name in survey:
            np.testing.assert_array_equal(file[name][:], survey[name][:])


def test_another_seed_is_another_survey(survey, tmp_path):
    simulate(3, tmp_path / "other.h5", seed=6, size=SIZE, n_processes=1)
    with h5py.File(tmp_path / "other.h5") as file:
        assert (file["images"][:] != survey["images"][:3]).any()


def test_planted_anomalies_are_named(survey):
    named = survey["anomaly"][:].astype(str)
    assert (named != "").sum() == round(N / 100)
    assert set(named) <= {"", *KINDS}


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--n", "0", "--out", "a.h5"], "--n is 0"),
        (["--size", "8", "--out", "a.h5"], "--size is 8"),
        (["--seed", "-1", "--out", "a.h5"], "--seed is -1"),
        (["--processes", "0", "--out", "a.h5"], "--processes is 0"),
        (["--out", "missing/a.h5"], "does not exist"),
        (["--out", "."], "is a folder"),
        (["--n", "9000000", "--size", "512", "--out", "a.h5"], "free some space"),
    ],
)
def test_bad_arguments_are_one_sentence(arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(arguments)
    said = capsys.readouterr().err.strip()
    assert left.value.code == 2
    assert said.startswith("error: ") and sentence in said and "\n" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(command.os, "access", lambda path, mode: False)
    with pytest.raises(BadInput, match="not writable"):
        simulate(2, tmp_path / "a.h5", size=SIZE)


@pytest.mark.parametrize("failure", [KeyboardInterrupt(), ValueError("broken")])
def test_nothing_is_left_when_it_stops_early(failure, tmp_path, monkeypatch):
    drawn = command.draw

    def failing(survey, row):
        if row == 3:
            raise failure
        return drawn(survey, row)

    monkeypatch.setattr(command, "draw", failing)
    with pytest.raises(type(failure)):
        simulate(10, tmp_path / "a.h5", size=SIZE, n_processes=1)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_a_stopped_command_leaves_nothing(sent, tmp_path):
    line = ["-m", "data.simulate", "--n", "50000", "--size", "32", "--out", tmp_path / "a.h5"]
    command_line = [sys.executable, *map(str, line), "--processes", "2"]
    with subprocess.Popen(command_line, cwd=ROOT, stderr=subprocess.PIPE, text=True) as started:
        while not list(tmp_path.iterdir()):
            time.sleep(0.05)
            assert started.poll() is None
        started.send_signal(sent)
        said = started.communicate(timeout=60)[1]
    assert started.returncode == 128 + sent
    assert "Traceback" not in said
    assert list(tmp_path.iterdir()) == []


def test_a_noted_kill_ends_the_survey_at_the_next_galaxy(tmp_path, monkeypatch):
    monkeypatch.setattr(command, "_asked_to_stop", [143])
    with pytest.raises(SystemExit, match="143"):
        simulate(3, tmp_path / "a.h5", size=SIZE, n_processes=1)
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_cannot_hold_the_survey_is_said(tmp_path, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(command.os, "posix_fallocate", full, raising=False)
    with pytest.raises(OutOfSpace, match="a.h5"):
        simulate(2, tmp_path / "a.h5", size=SIZE, n_processes=1)
    assert list(tmp_path.iterdir()) == []


def test_the_space_is_taken_before_the_first_galaxy(tmp_path, monkeypatch):
    def look(file, _):
        (written,) = tmp_path.iterdir()
        assert written.stat().st_size >= 50 * SIZE * SIZE * 3

    monkeypatch.setattr(command, "_fill", look)
    simulate(50, tmp_path / "a.h5", size=SIZE, n_processes=1)


def test_what_was_there_stays_when_it_fails(tmp_path, monkeypatch):
    (tmp_path / "a.h5").write_text("earlier")

    def broken(*_):
        raise ValueError("broken")

    monkeypatch.setattr(command, "_fill", broken)
    with pytest.raises(ValueError, match="broken"):
        simulate(2, tmp_path / "a.h5", size=SIZE, n_processes=1)
    assert (tmp_path / "a.h5").read_text() == "earlier"

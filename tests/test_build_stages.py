"""Stages of a build: whole, gone on with after a stop, replaced only when asked."""

import errno
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from data import build_space
from data.build import main
from data.stages import Stages, full_disk_said, only_build
from data.store import Collection
from models.errors import BadInput, OutOfSpace, reported
from tests.building import N, arguments, refused, rewrite

ROOT = Path(__file__).parents[1]


def test_a_stopped_build_goes_on_where_it_stopped(brought, out, monkeypatch):
    words = arguments(brought, out)

    def stop(*args, **kwargs):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(build_space, "anomaly_scores", stop)
        with pytest.raises(SystemExit):
            main(words)
    assert not (out / "mine").exists()
    with monkeypatch.context() as patch:
        for earlier in ("principal_axes", "find_neighbors", "map_checkpoints"):
            patch.setattr(build_space, earlier, stop)
        main(words)
    main(arguments(brought, out, name="unbroken"))
    resumed, unbroken = (Collection.open(out / name) for name in ("mine", "unbroken"))
    assert resumed.info["files"] == unbroken.info["files"]


def test_a_killed_build_goes_on_and_ends_the_same(brought, out):
    words = arguments(brought, out)
    running = subprocess.Popen(
        [sys.executable, "-m", "data.build", *words],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    record = out / ".mine.building/.stages/components_epoch_00.json"
    while running.poll() is None and not record.exists():
        time.sleep(0.01)
    running.send_signal(signal.SIGKILL)
    running.wait()
    assert not (out / "mine").exists() and record.exists()
    before = record.stat().st_mtime_ns
    (out / ".mine.building/checkpoints/epoch_20/.components.0.part.npy").write_bytes(b"half")
    with pytest.raises(KeyboardInterrupt):
        stop_after(words, "neighbors epoch_20")
    assert record.stat().st_mtime_ns == before
    main(words)
    main(arguments(brought, out, name="unbroken"))
    resumed, unbroken = (Collection.open(out / name) for name in ("mine", "unbroken"))
    assert resumed.info["files"] == unbroken.info["files"]
    assert not list((out / "mine").rglob("*.part*"))


def stop_after(words, stage):
    """Build up to a stage and stop, as Ctrl-C would."""
    run = Stages.run

    def run_and_stop(self, name, *args):
        done = run(self, name, *args)
        if name == stage:
            raise KeyboardInterrupt
        return done

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stages, "run", run_and_stop)
        try:
            main(words)
        except SystemExit as ended:
            if ended.code == 130:
                raise KeyboardInterrupt from None
            raise


def test_changed_inputs_start_over_and_say_so(brought, out, capsys):
    words = arguments(brought, out, checkpoints=["epoch_00"])
    with pytest.raises(KeyboardInterrupt):
        stop_after(words, "components epoch_00")
    rewrite(brought["epoch_00"], lambda x: x + 1)
    capsys.readouterr()
    main([*words, "--k", "3"])
    said = capsys.readouterr().err
    assert "store epoch_00: its inputs have changed; starting over" in said
    collection = Collection.open(out / "mine")
    assert collection.components("epoch_00").shape == (N, 3)
    np.testing.assert_array_equal(
        collection.representations("epoch_00"), np.load(brought["epoch_00"])
    )


def test_a_checkpoint_that_is_no_longer_asked_for_is_left_out(brought, out):
    with pytest.raises(KeyboardInterrupt):
        stop_after(arguments(brought, out), "components epoch_20")
    main(arguments(brought, out, checkpoints=["epoch_00"]))
    assert Collection.open(out / "mine").checkpoints == ("epoch_00",)
    assert not (out / "mine/checkpoints/epoch_20").exists()


def test_an_existing_collection_is_replaced_only_when_asked_and_when_whole(brought, out, capsys):
    words = arguments(brought, out, checkpoints=["epoch_00"])
    main(words)
    before = Collection.open(out / "mine").digest
    assert "collection 'mine' in" in refused(capsys, words)
    with pytest.raises(KeyboardInterrupt):
        stop_after([*words, "--overwrite", "--k", "3"], "quality epoch_00")
    assert Collection.open(out / "mine").digest == before
    main([*words, "--overwrite", "--k", "3"])
    assert Collection.open(out / "mine").digest != before
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_a_folder_that_is_no_collection_is_never_replaced(brought, out, capsys):
    (out / "mine").mkdir(parents=True)
    (out / "mine/thesis.tex").write_text("years of work")
    for more in ((), ("--overwrite",)):
        sentence = refused(capsys, arguments(brought, out, *more, checkpoints=["epoch_00"]))
        assert "mine is there and is not a collection: it has no collection.json" in sentence
    assert (out / "mine/thesis.tex").read_text() == "years of work"
    assert [path.name for path in out.iterdir()] == ["mine"]


def test_a_full_disk_is_one_sentence_and_stages_stay(brought, out, capsys):
    words = arguments(brought, out, "--images", brought["images"], checkpoints=["epoch_00"])
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))  # the cutouts need more
    try:
        sentence = refused(capsys, words)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "The disk is full; 1 finished stages stay in" in sentence
    left = {path.name for path in (out / ".mine.building").iterdir()}
    assert left == {"catalog.parquet", "order.npy", ".stages"}
    main(words)
    assert Collection.open(out / "mine").has_cutouts


def test_a_full_disk_is_told_from_other_errors(tmp_path):
    full = (OSError(28, "No space left on device"), RuntimeError("I/O error (os error 28)"))
    for error in full:  # the second as the library that writes weights has it
        with pytest.raises(OutOfSpace), full_disk_said(tmp_path):
            raise error
    for error in (PermissionError(13, "Permission denied"), RuntimeError("a bug")):
        with pytest.raises(type(error)), full_disk_said(tmp_path):
            raise error


def test_a_full_quota_is_a_full_disk_outside_a_build_too(capsys):
    for number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        with pytest.raises(SystemExit), reported():
            raise OSError(number, os.strerror(number), "survey.h5")
        assert "error: The disk is full while writing survey.h5" in capsys.readouterr().err


def test_the_sentence_after_a_stop_is_the_commands_own(capsys):
    with pytest.raises(SystemExit), reported():
        raise KeyboardInterrupt
    assert "the same command goes on" in capsys.readouterr().err
    with pytest.raises(SystemExit), reported(stopped="stopped"):
        raise KeyboardInterrupt
    assert capsys.readouterr().err.strip() == "stopped"


def test_two_builds_of_one_name_do_not_mix(tmp_path):
    with only_build(tmp_path):
        with pytest.raises(BadInput, match="Another build is writing"):
            with only_build(tmp_path):
                pass
    with only_build(tmp_path):
        pass

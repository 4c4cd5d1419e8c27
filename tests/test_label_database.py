"""The file of labels under all that may happen to it: other programs, kills, damage, no access."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from data.label_database import SCHEMA_VERSION
from data.label_queries import NO_LABELS
from data.label_store import LabelStore
from models.errors import BadInput

ROOT = Path(__file__).parents[1]
WRITER = """
import sys
from data.label_store import LabelStore
path, name, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
store = LabelStore(path, wait_s=60)
for number in range(n):
    act = store.score(f"{name} {number}", number % 6, user=name)
    print(act, flush=True)  # acknowledged
"""
# What a user other than root sees: to root, nothing is read-only.
READER = """
import os, sys
from data.label_store import LabelStore
from models.errors import BadInput
if os.geteuid() == 0:
    os.setgroups([]), os.setgid(65534), os.setuid(65534)
store = LabelStore(sys.argv[1])
print(len(store.labels()), len(store.labels()), len(store.history("b")))
try:
    store.score("c", 1)
except BadInput as error:
    print(error)
"""


@pytest.fixture
def path(tmp_path):
    return tmp_path / "kept" / "labels.sqlite"


def start(code, *arguments):
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)


def acts_in(path):
    with closing(sqlite3.connect(path)) as connection:
        return [act for (act,) in connection.execute("SELECT act FROM events ORDER BY seq")]


def test_reading_makes_no_file(path):
    store = LabelStore(path)
    assert store.labels() == store.history("a") == store.recent() == store.users() == []
    assert store.undo() == store.redo() == [] and store.version() == NO_LABELS
    assert not path.parent.exists()


def test_at_rest_there_is_one_file(path):
    store = LabelStore(path)
    store.score("a", 3)
    assert len(store.labels()) == 1
    assert os.listdir(path.parent) == [path.name]
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_eight_processes_at_once_lose_nothing(path):
    n = 25
    # None of them finds a file: they make it at once.
    writers = [start(WRITER, path, f"user {number}", n) for number in range(8)]
    told = [writer.communicate(timeout=120)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0] * 8
    assert [len(acts) for acts in told] == [n] * 8
    assert sorted(acts_in(path)) == sorted(act for acts in told for act in acts)
    found = {(label.user, label.object_id): label.score for label in LabelStore(path).labels()}
    assert found == {
        (f"user {number}", f"user {number} {place}"): place % 6
        for number in range(8)
        for place in range(n)
    }


def test_a_file_is_begun_by_eight_at_once(tmp_path):
    """One that is being made is not taken for a database of another program."""

    def score(number):
        begin.wait()
        LabelStore(path).score(f"galaxy {number}", number % 6, user=f"user {number}")

    for place in range(20):
        path = tmp_path / str(place) / "labels.sqlite"
        begin = threading.Barrier(8)
        with ThreadPoolExecutor(8) as threads:
            list(threads.map(score, range(8)))
        assert len(LabelStore(path).labels()) == 8


def test_a_kill_at_any_moment_loses_nothing_acknowledged(path, rng):
    told = []
    for number in range(6):
        writer = start(WRITER, path, f"life {number}", 10_000)
        lines = [writer.stdout.readline()]  # it has begun
        lines += [writer.stdout.readline() for _ in range(int(rng.integers(0, 40)))]
        os.kill(writer.pid, signal.SIGKILL)
        lines += writer.communicate(timeout=60)[0].splitlines(keepends=True)
        assert writer.returncode == -signal.SIGKILL
        whole = [line.strip() for line in lines if re.fullmatch(r"[0-9a-f]{32}\n", line)]
        assert whole
        told += whole
        stored = acts_in(path)
        # The one that was underway may be stored and not acknowledged.
        assert set(told) <= set(stored) and len(stored) <= len(told) + number + 1
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert len(LabelStore(path).events()) == len(stored)


def test_a_file_that_another_program_holds_is_named_and_nothing_is_stored(path):
    store = LabelStore(path, wait_s=0.05)
    store.score("a", 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(BadInput, match="Another program holds .*labels.sqlite.* try again"):
            store.score("b", 3)
        assert [label.object_id for label in store.labels()] == ["a"]  # readers do not wait
        other.execute("ROLLBACK")
    assert [label.object_id for label in store.labels()] == ["a"]
    store.score("b", 3)
    assert len(store.labels()) == 2


def test_a_file_that_is_held_from_readers_too_is_named(path):
    store = LabelStore(path, wait_s=0.05)
    store.score("a", 3)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        other.execute("COMMIT")
        with pytest.raises(BadInput, match="nothing can be read from it; try again"):
            store.labels()
    assert len(store.labels()) == 1


@pytest.mark.parametrize("has_log", [False, True])
def test_where_nothing_can_be_written_labels_are_read(has_log):
    # Not in tmp_path, which is closed to other users.
    folder = Path(tempfile.mkdtemp())
    path = folder / "labels.sqlite"
    try:
        store = LabelStore(path)
        store.score("a", 3)
        if has_log:  # as after a kill: the last label stands in the log alone
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN")
                other.execute("SELECT * FROM events").fetchall()
                store.score("b", 4)
                shutil.copy(path, folder / "copy")
                shutil.copy(f"{path}-wal", folder / "copy-wal")
                other.execute("COMMIT")
            (folder / "copy").replace(path)
            (folder / "copy-wal").replace(f"{path}-wal")
        for file in folder.iterdir():
            file.chmod(0o444)
        folder.chmod(0o555)
        before = {file.name: file.read_bytes() for file in folder.iterdir()}
        reader = start(READER, path)
        said = reader.communicate(timeout=60)[0]
        counts, _, refusal = said.partition("\n")
        assert reader.returncode == 0 and counts == ("2 2 1" if has_log else "1 1 0")
        assert re.search(r"labels.sqlite.* nothing was stored.* MORPHOSPACE_KEPT", refusal)
        assert {file.name: file.read_bytes() for file in folder.iterdir()} == before
    finally:
        folder.chmod(0o755)
        shutil.rmtree(folder)


def test_a_folder_in_its_place_is_named(path):
    path.mkdir(parents=True)
    store = LabelStore(path)
    with pytest.raises(BadInput, match="labels.sqlite.* cannot be opened.* nothing was stored"):
        store.score("a", 3)
    with pytest.raises(BadInput, match="labels.sqlite.* cannot be opened"):
        store.labels()


def test_a_file_where_the_folder_would_be_says_what_to_set(path):
    path.parent.write_text("no folder")
    store = LabelStore(path)
    assert store.labels() == []
    with pytest.raises(BadInput, match="MORPHOSPACE_KEPT"):
        store.score("a", 3)


@pytest.mark.parametrize(
    "content", [b"no database at all, but a text\n" * 99, b"SQLite format 3\0x"]
)
def test_a_file_that_is_no_database_is_left_as_it_is(path, content):
    path.parent.mkdir()
    path.write_bytes(content)
    store = LabelStore(path)
    for use in (store.labels, store.version, lambda: store.score("a", 3), store.undo):
        with pytest.raises(BadInput, match="labels.sqlite' is damaged .* move it aside"):
            use()
    assert path.read_bytes() == content


def test_a_damaged_file_is_left_as_it_is(path):
    store = LabelStore(path)
    store.score([f"galaxy {number}" for number in range(2000)], 3)
    content = bytearray(path.read_bytes())
    content[8192:-4096] = b"\xff" * (len(content) - 8192 - 4096)
    path.write_bytes(content)
    for use in (store.labels, lambda: store.score("a", 3)):
        with pytest.raises(BadInput, match="damaged .* move it aside"):
            use()
    assert path.read_bytes() == content


def test_an_empty_file_is_one_without_labels(path):
    path.parent.mkdir()
    path.touch()  # as a kill before the first label leaves it
    store = LabelStore(path)
    assert store.labels() == [] and store.version() == NO_LABELS
    store.score("a", 3)
    assert len(store.labels()) == 1


def test_a_newer_file_is_refused_and_left_as_it_is(path):
    store = LabelStore(path)
    store.score("a", 3)
    with closing(sqlite3.connect(path)) as other:
        other.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    content = path.read_bytes()
    for use in (store.labels, lambda: store.score("a", 4)):
        with pytest.raises(BadInput, match=f"version {SCHEMA_VERSION + 1}.*update the program"):
            use()
    assert path.read_bytes() == content


def test_a_database_of_another_program_is_left_as_it_is(path):
    path.parent.mkdir()
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bills (amount INTEGER)")
    content = path.read_bytes()
    store = LabelStore(path)
    for use in (store.labels, lambda: store.score("a", 4)):
        with pytest.raises(BadInput, match="database of another program"):
            use()
    assert path.read_bytes() == content


def test_a_full_disk_stores_nothing(path, monkeypatch):
    store = LabelStore(path)
    store.score("a", 3)
    connected = store.database._connected

    def small(*options):
        connection = connected(*options)
        connection.execute("PRAGMA max_page_count = 1")  # SQLite's word for it is the same
        return connection

    monkeypatch.setattr(store.database, "_connected", small)
    with pytest.raises(OSError, match="disk of .*labels.sqlite' is full"):
        store.score([f"galaxy {number}" for number in range(2000)], 3)
    monkeypatch.undo()
    assert len(store.labels()) == 1


def test_what_fails_within_a_transaction_is_undone(path):
    store = LabelStore(path)
    store.score("a", 3)
    with pytest.raises(ZeroDivisionError):
        with store.database.writing() as connection:
            connection.execute("DELETE FROM events")
            raise ZeroDivisionError
    assert len(store.labels()) == 1

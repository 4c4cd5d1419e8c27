"""The file of labels: an SQLite database in WAL mode, and in words why it cannot be used.

    <collection>.kept/labels.sqlite    tables and columns: data/README.md

Every call opens the file and closes it again: threads and processes share nothing but the file,
and at rest all of it is in this one file, as SQLite takes its log in when the last one closes it.
What is committed is on the disk (synchronous = FULL). The file is made by the first label.
"""

import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from data.writing import writing_to
from models.errors import BadInput, OutOfSpace

FILE = "labels.sqlite"
APPLICATION_ID = 0x4D4F5250  # "MORP": tells the file from a database of something else
SCHEMA_VERSION = 1
WAIT_S = 5.0  # for another program to finish writing
_SCHEMA = """
CREATE TABLE events (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    act TEXT NOT NULL,
    at TEXT NOT NULL,
    user TEXT NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('score', 'tag', 'undo')),
    object_id TEXT CHECK ((object_id IS NULL) = (kind = 'undo')),
    tag TEXT CHECK ((tag IS NULL) = (kind != 'tag')),
    value INTEGER CHECK (value BETWEEN 0 AND 5),
    reached TEXT NOT NULL DEFAULT '{}',
    undoes TEXT CHECK ((undoes IS NULL) = (kind != 'undo'))
);
CREATE INDEX events_by_time ON events (at);
CREATE INDEX events_by_user ON events (user);
CREATE INDEX events_by_galaxy ON events (object_id);
CREATE INDEX events_by_act ON events (act);
CREATE INDEX undos ON events (at) WHERE kind = 'undo';
CREATE INDEX undos_by_what ON events (undoes) WHERE kind = 'undo';
"""
_BUSY = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
_NO_ACCESS = (
    *(sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN),
    *(sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH),
)
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class LabelDatabase:
    """The database at `path`, which need not exist.

    wait_s : seconds that a call waits while another program writes
    """

    def __init__(self, path: Path, wait_s: float = WAIT_S) -> None:
        self.path = Path(path)
        self._wait_s = wait_s

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """A connection that only reads; to an empty database where there is no file.

        Works where file and folder can only be read, too. Raises BadInput where it cannot be read.
        """
        with self._worded("nothing can be read from it"):
            with self._opened_to_read() as connection:
                connection.execute("PRAGMA query_only = ON")
                connection.execute("BEGIN")  # all that is read within is of one moment
                yield connection

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """A connection within one transaction, on the disk when the block ends, or undone.

        Raises BadInput where the file cannot be written, OutOfSpace where the disk is full.
        """
        folder = self.path.parent
        is_new = not self.path.exists()
        with writing_to(folder):
            folder.mkdir(parents=True, exist_ok=True)
        with self._worded("nothing was stored"):
            with closing(self._connected()) as connection:
                self._check(connection)  # before anything of another program is changed
                self._use_wal(connection)
                connection.execute("PRAGMA synchronous = FULL")
                connection.execute("PRAGMA cache_size = -65536")  # 64 MB, for thousands at once
                connection.execute("BEGIN IMMEDIATE")
                try:
                    if not self._check(connection):
                        _make_tables(connection)
                    yield connection
                    connection.execute("COMMIT")
                except BaseException:
                    if connection.in_transaction:
                        connection.execute("ROLLBACK")
                    raise
        if is_new:
            _keep_entry_of(folder)

    def _connected(self, options: str = "mode=rwc") -> sqlite3.Connection:
        address = f"{self.path.absolute().as_uri()}?{options}"
        return sqlite3.connect(address, self._wait_s, isolation_level=None, uri=True)

    @contextmanager
    def _opened_to_read(self) -> Iterator[sqlite3.Connection]:
        if not self.path.exists():
            with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
                _make_tables(connection)
                yield connection
            return
        connection = None
        try:
            # Not "ro": the last reader could then not take the log away that it had to begin.
            connection = self._connected("mode=rw")
            is_made = self._check(connection)
        except sqlite3.OperationalError as error:
            if connection is not None:
                connection.close()
            # A log cannot be begun in a folder that can only be read; a directory is no file.
            if _primary(error) not in _NO_ACCESS or not self.path.is_file():
                raise
            with self._copied() as connection:
                yield connection
            return
        with closing(connection):
            if not is_made:  # another program is making it
                _make_tables(connection, "temp")
            yield connection

    @contextmanager
    def _copied(self) -> Iterator[sqlite3.Connection]:
        """The database as it is, with what stands in its log, read from a copy."""
        with tempfile.TemporaryDirectory() as folder:
            copy = LabelDatabase(Path(folder, FILE), self._wait_s)
            for end in ("", "-wal"):
                original = Path(f"{self.path}{end}")
                if original.exists():
                    shutil.copyfile(original, f"{copy.path}{end}")
            with closing(copy._connected("mode=rw")) as connection:
                self._check(connection)
                yield connection

    def _check(self, connection: sqlite3.Connection) -> bool:
        """Whether the tables are there; BadInput where the file is of another kind or newer."""
        version, application, n_tables = _heading_of(connection)
        if (version, application, n_tables) == (0, 0, 0):
            return False
        if application != APPLICATION_ID or version < 1:
            raise BadInput(
                f"'{self.path}' is a database of another program, not of labels: move it away."
            )
        if version > SCHEMA_VERSION:
            raise BadInput(
                f"The label file '{self.path}' is of version {version}, and this program knows "
                f"up to {SCHEMA_VERSION}; update the program."
            )
        return True

    def _use_wal(self, connection: sqlite3.Connection) -> None:
        """Readers and a writer do not wait for each other; where the disk cannot, they do."""
        until = time.monotonic() + self._wait_s
        while True:
            try:
                connection.execute("PRAGMA journal_mode = WAL")
                return
            except sqlite3.OperationalError as error:
                # SQLite does not wait by itself here where two programs begin a file at once.
                if _primary(error) not in _BUSY or time.monotonic() > until:
                    raise
                time.sleep(0.01)

    @contextmanager
    def _worded(self, outcome: str) -> Iterator[None]:
        """Say in a sentence what SQLite reports."""
        try:
            yield
        except sqlite3.Error as error:
            raise self._in_words(error, outcome) from error

    def _in_words(self, error: sqlite3.Error, outcome: str) -> Exception:
        code = _primary(error)
        if code == sqlite3.SQLITE_FULL:
            return OutOfSpace(f"The disk of '{self.path}' is full; free some space.")
        if code in _BUSY:
            return BadInput(
                f"Another program holds the label file '{self.path}', so {outcome}; try again."
            )
        if code in _NO_ACCESS:
            return BadInput(
                f"The label file '{self.path}' cannot be opened or written ({error}), so "
                f"{outcome}: allow writing to it and its folder, or start the server with --kept, "
                "or MORPHOSPACE_KEPT, naming a folder that can be written."
            )
        if code in _DAMAGED:
            return BadInput(
                f"The label file '{self.path}' is damaged ({error}), so {outcome} and nothing "
                "overwritten: move it aside, with its -wal and -shm, and import an export of it."
            )
        return BadInput(f"The label file '{self.path}' cannot be used ({error}), so {outcome}.")


def _heading_of(connection: sqlite3.Connection) -> tuple[int, int, int]:
    """Version, program and number of tables, all of one moment: another may be making them."""
    is_within = connection.in_transaction
    if not is_within:
        connection.execute("BEGIN")
    try:
        return tuple(
            connection.execute(asked).fetchone()[0]
            for asked in (
                "PRAGMA user_version",
                "PRAGMA application_id",
                "SELECT count(*) FROM sqlite_master",
            )
        )
    finally:
        if not is_within:
            connection.execute("ROLLBACK")


def _make_tables(connection: sqlite3.Connection, where: str = "main") -> None:
    """Make the tables, within the transaction that is underway."""
    for statement in filter(str.strip, _SCHEMA.split(";")):
        made = statement.replace("TABLE ", f"TABLE {where}.").replace("INDEX ", f"INDEX {where}.")
        connection.execute(made)
    if where == "main":
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")


def _keep_entry_of(folder: Path) -> None:
    """Have the name of a new file on the disk, not only the file."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _primary(error: sqlite3.Error) -> int:
    """SQLite's code of an error without what it adds to it; 0 where Python found the error."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF

"""Stages of a build: each is done once, and a build killed anywhere goes on after the last one.

A stage is recorded when its files are whole, with a fingerprint of what it was made from. Where
the fingerprint of a later build differs, the stage is done again, and says so.
"""

import fcntl
import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from data import format
from models.errors import DISK_FULL, BadInput, OutOfSpace
from models.files import read_json, write_json

RECORDS = ".stages"

Tell = Callable[[float], None]  # called with the share done of a piece of work


@dataclass(frozen=True)
class Done:
    """A finished stage: the fingerprint of its inputs, and what is to be remembered of it."""

    fingerprint: str
    facts: dict


class Stages:
    """Records of the finished stages of one build, in a folder beside its files."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: set[str] = set()  # of the stages of this build, done now or before
        folder.mkdir(parents=True, exist_ok=True)
        for left_over in folder.rglob(".*.part*"):  # by a build that was killed while writing
            left_over.unlink()

    def run(
        self, name: str, inputs: dict, files: Sequence[str], work: Callable[[], dict | None]
    ) -> Done:
        """Do a stage unless it is done: `work` writes `files` and returns facts to remember.

        `inputs` holds all that the outcome depends on, earlier stages as their fingerprints.
        """
        record = self.folder / RECORDS / f"{name.replace(' ', '_')}.json"
        fingerprint = fingerprint_of({"format": format.FORMAT_VERSION, "stage": name, **inputs})
        known = _read_record(record)
        self.files.update(files)
        if known is not None and known["fingerprint"] == fingerprint:
            if all(self._size(file) == size for file, size in known["sizes"].items()):
                return Done(fingerprint, known["facts"])
        elif known is not None:
            tqdm.write(f"{name}: its inputs have changed; starting over", file=sys.stderr)
        # Gone before its files are touched: a record never stands for another's files.
        record.unlink(missing_ok=True)
        facts = work() or {}
        sizes = {file: self._size(file) for file in files}
        write_json(record, {"fingerprint": fingerprint, "sizes": sizes, "facts": facts})
        return Done(fingerprint, facts)

    def _size(self, file: str) -> int | None:
        path = self.folder / file
        return path.stat().st_size if path.is_file() else None


def fingerprint_of(inputs: dict) -> str:
    """Digits that change when anything in a JSON-able record does."""
    written = json.dumps(inputs, sort_keys=True, default=str)
    return hashlib.sha256(written.encode()).hexdigest()[:16]


def identity_of(path: Path) -> list:
    """What tells a changed file from an unchanged one without reading it; a folder: its files."""
    if path.is_dir():
        inside = sorted((p.name, *_stamp(p)) for p in path.iterdir() if p.is_file())
        return [str(path.resolve()), fingerprint_of({"files": inside})]
    return [str(path.resolve()), *_stamp(path)]


@contextmanager
def only_build(folder: Path) -> Iterator[None]:
    """Refuse a second build of the same collection while one is running."""
    lock = folder / RECORDS / "lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with open(lock, "w") as file:
        try:
            # The system lets go of it when the process ends, however it ends.
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise BadInput(
                f"Another build is writing to {folder}; wait for it or stop it."
            ) from None
        yield


@contextmanager
def stage_bar(title: str, n_pieces: int) -> Iterator[Callable[[str], Tell]]:
    """A progress bar over `n_pieces` of equal work.

    Gives a function to begin a piece by its name, which gives a function to tell the share done.
    """
    # A log file wants few lines, a terminal a moving bar.
    pace = 0.2 if sys.stderr.isatty() else 30.0
    shape = "{desc:<34}{percentage:3.0f}% |{bar:30}| {elapsed}"
    with tqdm(total=n_pieces, desc=title, bar_format=shape, mininterval=pace) as bar:
        begun = 0

        def begin(piece: str) -> Tell:
            nonlocal begun
            start, begun = begun, begun + 1
            bar.set_description_str(f"{title:<16} {piece}", refresh=False)
            return lambda share: bar.update(start + min(share, 1.0) - bar.n)

        yield begin
        bar.update(n_pieces - bar.n)


@contextmanager
def full_disk_said(folder: Path) -> Iterator[None]:
    """Turn the error of a full disk into a sentence that says what stays."""
    try:
        yield
    except Exception as error:
        if not _is_full(error):
            raise
        n_finished = len(list((folder / RECORDS).glob("*.json")))
        raise OutOfSpace(
            f"The disk is full; {n_finished} finished stages stay in {folder}: free some space "
            "and give the same command to go on."
        ) from error


@contextmanager
def unfinished_said(folder: Path) -> Iterator[None]:
    """Add to the sentence that refuses an input what stays of the build that had begun."""
    try:
        yield
    except BadInput as error:
        # Not removed: the stages before it may have taken hours.
        raise BadInput(
            f"{str(error).removesuffix('.')} (what is finished stays in {folder}: the command goes "
            "on from there, or remove that folder)."
        ) from error


def _is_full(error: Exception) -> bool:
    """Whether an error means a full disk; that of safetensors has the number in its text alone."""
    if isinstance(error, OSError):
        return error.errno in DISK_FULL
    return any(f"(os error {number})" in str(error) for number in DISK_FULL)


def _stamp(path: Path) -> tuple[int, int]:
    stat = path.stat()
    return stat.st_size, stat.st_mtime_ns


def _read_record(path: Path) -> dict | None:
    try:
        return read_json(path)
    except (FileNotFoundError, ValueError):
        return None


def check_folder(folder: Path, overwrite: bool) -> None:
    """Raise BadInput where no collection can be put, or one is and is to stay."""
    if not format.is_name(folder.name):
        raise BadInput(f"'{folder.name}' cannot name a collection: {format.NAME_RULE}.")
    if folder.exists() and not (folder / format.COLLECTION).is_file():
        raise BadInput(
            f"{folder} is there and is not a collection: it has no {format.COLLECTION}; give "
            "another name, or remove it."
        )
    if folder.exists() and not overwrite:
        raise BadInput(
            f"There is a collection '{folder.name}' in {folder.parent} already; give another "
            "name, or --overwrite to replace it."
        )

"""Labels and their history as tables that any tool reads: CSV and Parquet."""

import io
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from data.label_events import COLUMNS, SEPARATOR
from data.label_store import LabelStore
from models.errors import BadInput
from models.files import write_whole

LABELS, HISTORY = "labels", "history"
CSV, PARQUET = ".csv", ".parquet"
LABEL_COLUMNS = ("object_id", "user", "score", "score_at", "tags", "tags_at")
_WHOLE = ("score", "value")  # columns of numbers; the others are texts
_IS_RUN = "=+-@\t\r\n"  # a spreadsheet takes what begins with one of these for a formula
AT_ONCE = 4096  # rows of a piece of a CSV file
_NUMBER = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?")


def export_labels(store: LabelStore, what: str = LABELS, suffix: str = CSV) -> bytes:
    """Content of a file of the labels as they are, or of their whole history.

    what : LABELS, one row per galaxy and user, or HISTORY, one per event
    suffix : CSV or PARQUET
    """
    return b"".join(exported(store, what, suffix))


def exported(store: LabelStore, what: str = LABELS, suffix: str = CSV) -> Iterator[bytes]:
    """The same, piece by piece as it is written; raises with the first piece or not at all."""
    if what not in (LABELS, HISTORY):
        raise BadInput(f"What is exported is {LABELS} or {HISTORY}, not '{what}'.")
    if suffix not in (CSV, PARQUET):
        raise BadInput(f"Labels are exported as {CSV} or {PARQUET}, not as '{suffix}'.")
    is_csv = suffix == CSV
    names = LABEL_COLUMNS if what == LABELS else COLUMNS
    rows = _label_rows(store, is_csv) if what == LABELS else store.stored_events()
    yield from _csv(names, rows) if is_csv else [_parquet(names, rows)]


def export_to(store: LabelStore, path: Path, what: str = LABELS) -> None:
    """Write labels or their history to a file, whole; its name says whether CSV or Parquet."""
    content = export_labels(store, what, path.suffix.lower())
    with write_whole(path) as temporary:
        temporary.write_bytes(content)


def guarded(text: str) -> str:
    """A text that a spreadsheet shows and does not run; numbers stay as they are."""
    is_risky = text[:1] in (*_IS_RUN, "'") and not _NUMBER.fullmatch(text)
    return f"'{text}" if text and is_risky else text


def unguarded(text: str) -> str:
    """The text that was guarded."""
    return text[1:] if text[:1] == "'" and text[1:2] in (*_IS_RUN, "'") and text[1:] else text


def _label_rows(store: LabelStore, is_csv: bool) -> Iterable[tuple]:
    for label in store.labels():
        # Each by itself: a spreadsheet may take the separator for that of its columns.
        tags = SEPARATOR.join(guarded(tag) if is_csv else tag for tag in label.tags)
        said = (label.score, label.score_at, tags or None, label.tags_at)
        yield (label.object_id, label.user, *said)


def _csv(names: tuple[str, ...], rows: Iterable[tuple]) -> Iterator[bytes]:
    lines, write = [",".join(names)], [_plain if name == "tags" else guarded for name in names]
    for row in rows:
        lines.append(",".join([_cell(value, text) for value, text in zip(row, write, strict=True)]))
        if len(lines) == AT_ONCE:
            yield ("\n".join(lines) + "\n").encode()
            lines = []
    yield "".join(f"{line}\n" for line in lines).encode()


def _cell(value: str | int | None, write: Callable[[str], str]) -> str:
    if value is None:
        return ""
    return str(value) if isinstance(value, int) else '"' + write(value).replace('"', '""') + '"'


def _plain(text: str) -> str:
    return text


def _parquet(names: tuple[str, ...], rows: Iterable[tuple]) -> bytes:
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    kinds = [pa.int64() if name in _WHOLE else pa.string() for name in names]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    buffer = io.BytesIO()
    pq.write_table(pa.table(dict(zip(names, arrays, strict=True))), buffer, compression="zstd")
    return buffer.getvalue()

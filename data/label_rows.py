"""Tables that labels are brought in: what their rows say, checked, with the row named in sentences.

Two forms: a history, one event a row, as exported; and any table with a column object_id and one
of score or tags, such as an export of the labels as they are.
"""

import json
import warnings
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from data.label_events import (
    COLUMNS,
    KINDS,
    SCORE,
    SEPARATOR,
    TAG,
    UNDO,
    Event,
    checked_id,
    checked_score,
    checked_tag,
    checked_time,
    checked_user,
    reached_text,
)
from data.label_export import unguarded
from data.tables import read_table
from models.errors import BadInput

_NONE = ("", "nan", "null", "none", "na")  # how programs write that there is no number


@dataclass(frozen=True)
class Said:
    """What a row says of a galaxy: a score, or a tag; `at` is None where it has no time."""

    user: str
    object_id: str
    kind: str
    tag: str | None
    value: int
    at: str | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What it is about, as data/label_state.py tells it."""
        return self.user, self.object_id, self.kind, self.tag or ""


def rows_in(path: Path) -> list[dict]:
    """Rows of a table by the names of its columns, in small letters; None where there is nothing.

    Raises BadInput where the file is not there or no table.
    """
    is_csv = path.name.lower().endswith((".csv", ".csv.gz"))
    table = _read_csv(path) if is_csv else read_table(path)
    names = [str(name).strip().lower() for name in table.columns]
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise BadInput(f"{path.name} has more than one column of the name '{repeated}'.")
    table.columns = names
    records = table.astype(object).where(table.notna(), None).to_dict("records")
    plain = _plain_of_csv if is_csv else _plain
    return [{name: plain(name, value) for name, value in row.items()} for row in records]


def is_history(rows: list[dict]) -> bool:
    """Whether rows are of a history; BadInput where they are of no labels at all."""
    names = set(rows[0]) if rows else {"object_id", SCORE}
    if names >= set(COLUMNS):
        return True
    if "object_id" not in names or not names & {SCORE, "tags"}:
        raise BadInput(
            f"The table has columns {', '.join(sorted(names))}; labels need object_id, and score "
            "or tags."
        )
    return False


def events_in(rows: Iterable[dict]) -> list[Event]:
    """Events of the rows of a history."""
    return [found for number, row in enumerate(rows, 1) for found in _told(number, _event, row)]


def said_in(rows: Iterable[dict], user: str) -> list[Said]:
    """Scores and tags of the rows of a table; of the user, where a row names none."""
    return [
        found
        for number, row in enumerate(rows, 1)
        for found in _told(number, lambda row: _said(row, user), row)
    ]


def _told(number: int, read: Callable[[dict], Iterator], row: dict) -> list:
    try:
        return list(read(row))
    except BadInput as error:
        raise BadInput(f"Row {number:,}: {error} Nothing was imported.") from None


def _event(row: dict) -> Iterator[Event]:
    kind = row["kind"]
    if kind not in KINDS:
        raise BadInput(f"The kind of an event is one of {', '.join(KINDS)}, not '{kind}'.")
    try:
        reached = json.loads(row["reached"] or "{}")
    except (TypeError, ValueError, RecursionError):
        raise BadInput("How a galaxy was reached is no JSON.") from None
    reached_text(reached)  # raises
    value = _number(row["value"])
    if kind == TAG and value not in (0, 1):
        raise BadInput(f"The value of a tag is 1 or 0, not {value!r}.")
    yield Event(
        id=checked_id(row["id"], "The id of an event"),
        act=checked_id(row["act"], "The act of an event"),
        at=checked_time(row["at"]),
        user=checked_user(row["user"]),
        kind=kind,
        object_id=None if kind == UNDO else _identifier(row["object_id"]),
        tag=checked_tag(row["tag"]) if kind == TAG else None,
        value=None if kind == UNDO or value is None else checked_score(value),
        reached=reached,
        undoes=checked_id(row["undoes"], "What an event undoes") if kind == UNDO else None,
    )


def _said(row: dict, user: str) -> Iterator[Said]:
    name = checked_user(row["user"]) if row.get("user") is not None else user
    object_id = _identifier(row["object_id"])
    score = _number(row.get("score"))
    if score is not None:
        value, at = checked_score(score), _time(row, "score_at")
        yield Said(name, object_id, SCORE, None, value, at)
    for tag in (row.get("tags") or "").split(SEPARATOR):
        if tag.strip():
            at = _time(row, "tags_at")
            yield Said(name, object_id, TAG, checked_tag(tag), 1, at)


def _time(row: dict, name: str) -> str | None:
    value = row.get(name) if row.get(name) is not None else row.get("at")
    return None if value is None else checked_time(value)


def _identifier(value: object) -> str:
    if isinstance(value, float) or value is None:
        raise BadInput(f"Galaxies are named by identifiers that are texts, not by {value!r}.")
    return str(value)


def _number(value: object) -> float | None:
    """A number, also of a text; None where there is none."""
    if value is None or (isinstance(value, str) and value.strip().lower() in _NONE):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        raise BadInput(f"'{str(value)[:40]}' is no number.") from None


def _plain(name: str, value: object) -> object:
    return value.to_pydatetime() if isinstance(value, pd.Timestamp) else value


def _plain_of_csv(name: str, value: str | None) -> str | None:
    if name != "tags" or not value:
        return unguarded(value) if value else None
    return SEPARATOR.join(map(unguarded, value.split(SEPARATOR)))


def _read_csv(path: Path) -> pd.DataFrame:
    """A CSV file of texts alone: a tag 'NA' is a tag, and an identifier keeps its digits."""
    if not path.is_file():
        raise BadInput(f"There is no table at {path}; check the path.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", pd.errors.ParserWarning)  # more values than columns
            how = {"dtype": "str", "keep_default_na": False, "encoding": "utf-8-sig"}
            # Not by its header: pandas would give a second column of a name another name.
            table = pd.read_csv(path, header=None, index_col=False, **how)
            return table[1:].set_axis(table.iloc[0], axis=1)
    except (OSError, ValueError, pd.errors.ParserWarning) as error:
        reason = " ".join(str(error).split())
        raise BadInput(f"{path.name} cannot be read as a table: {reason}.") from None

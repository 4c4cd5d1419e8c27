"""Labels brought in from a table, so that nothing newer is undone, and twice is as once.

A history is merged by the ids of its events: what is here already stays, what is not is added,
and labels follow from all of it. The clearest way to bring two label files together.

Any other table says what labels are. An import of it adds, and never takes back:

* what is said here already stays as it is;
* a row with a time (score_at and tags_at, or at) counts where nothing was said, taken back or
  undone here at or after that time;
* a row without a time counts only where its user has never said anything, neither a score of the
  galaxy nor that tag of it;
* with `overwrite`, every row counts, as said now.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from data.label_events import UNDO, Event, checked_user, new_id
from data.label_queries import ROW, events_of, insert, next_time, version_of
from data.label_rows import Said, events_in, is_history, rows_in, said_in
from data.label_state import times_of_change, values_now
from data.label_store import DEFAULT_USER, LabelStore
from models.errors import BadInput, NotFound, first_few

Progress = Callable[[float], None]
T = TypeVar("T")
READ, CHECKED, READY, MERGED = 0.1, 0.5, 0.8, 0.9  # share of the time, about, by which it is so
AT_ONCE = 1024  # rows from one look at whether to go on to the next


@dataclass(frozen=True)
class Imported:
    """What came of an import.

    n_rows : rows of the table; the others count events, or scores and tags
    added : stored; already : here before; kept : left as it is here, as that is newer
    unknown : left out, as there is no such galaxy
    """

    n_rows: int
    added: int
    already: int
    kept: int
    unknown: int

    def __str__(self) -> str:
        parts = [f"{self.added:,} added", f"{self.already:,} there already"]
        parts += [f"{self.kept:,} left as they are here, which is newer"] if self.kept else []
        parts += [f"{self.unknown:,} of galaxies not in the collection"] if self.unknown else []
        return f"{self.n_rows:,} rows: {', '.join(parts)}"


def import_labels(
    store: LabelStore,
    path: Path,
    user: str = DEFAULT_USER,
    *,
    skip_unknown: bool = False,
    overwrite: bool = False,
    progress: Progress | None = None,
) -> Imported:
    """Bring in the labels of a table, all that can be, in one transaction.

    user : whose labels they are, where the table has no column of users
    skip_unknown : leave out galaxies that the collection has not, instead of raising NotFound
    progress : called with the share done; an exception that it raises stops the work, as long as
        nothing is stored

    Raises BadInput, with the row, where a value is none; nothing is stored then.
    """
    tell = progress or (lambda share: None)
    tell(0.0)
    name, rows = checked_user(user), rows_in(Path(path))
    is_of_events, told = is_history(rows), _told(rows, tell, READ, CHECKED)
    if is_of_events:
        return _merge_history(store, events_in(told), skip_unknown, tell)
    said = said_in(told, name)
    return _merge_said(store, said, len(rows), path, (skip_unknown, overwrite), tell)


def _told(rows: Sequence[T], tell: Progress, start: float, end: float) -> Iterator[T]:
    """The rows one by one, while it is told how far between two shares they are."""
    for number, row in enumerate(rows):
        if number % AT_ONCE == 0:
            tell(start + (end - start) * number / len(rows))
        yield row


def _merge_history(
    store: LabelStore, events: Sequence[Event], skip_unknown: bool, tell: Progress
) -> Imported:
    names = [event.object_id for event in events if event.kind != UNDO]
    unknown = _unknown(store, names)
    with store.database.writing() as connection:
        known = _known_events(connection, events)
        new: list[Event] = []
        for event in _told(events, tell, CHECKED, MERGED):
            there = known.setdefault(event.id, event)
            if there is event:
                new.append(event)
            elif replace(there, is_undone=False) != event:
                raise BadInput(
                    f"Event {event.id} in the file is not what it is here: one of the two was "
                    "changed by hand. Nothing was imported."
                )
        left_out = [event for event in new if event.object_id in unknown]
        if not skip_unknown:
            _refuse(left_out, unknown)
        taken = [event for event in new if event.object_id not in unknown]
        left = {event.act for event in left_out} - {event.act for event in taken}
        added = []
        for event in sorted(taken, key=lambda event: (event.at, event.id)):
            if event.undoes in left:  # of galaxies that are all left out
                left.add(event.act)
            else:
                added.append(event)
        insert(connection, added)
    return Imported(len(events), len(added), len(events) - len(new), 0, len(left_out))


def _merge_said(
    store: LabelStore,
    said: list[Said],
    n_rows: int,
    path: Path,
    options: tuple[bool, bool],
    tell: Progress,
) -> Imported:
    skip_unknown, overwrite = options
    _check_once(said)
    unknown = _unknown(store, [each.object_id for each in said])
    left_out = [each for each in said if each.object_id in unknown]
    if not skip_unknown:
        _refuse(left_out, unknown)
    already = kept = 0
    events: list[Event] = []
    tell(CHECKED)
    with store.database.reading() as connection:  # who labels meanwhile need not wait for it
        before, *known = version_of(connection), values_now(connection), times_of_change(connection)
    with store.database.writing() as connection:
        if version_of(connection) != before:
            known = values_now(connection), times_of_change(connection)
        values, changed = known
        now, acts = next_time(connection), {}
        in_time = sorted(said, key=lambda each: each.at or "")
        if overwrite:  # all are said now: only the last of each is
            in_time = [*{each.key: each for each in in_time}.values()]
        for each in _told(in_time, tell, READY, MERGED):
            if each.object_id in unknown:
                continue
            is_now = overwrite or each.at is None
            if values.get(each.key) == each.value:
                already += 1
            elif overwrite or _is_newer(each, changed.get(each.key)):
                act = acts.setdefault(each.user, new_id())
                events.append(_event(each, act, now if is_now else each.at, path))
                values[each.key], changed[each.key] = each.value, events[-1].at
            else:
                kept += 1
        insert(connection, events)
    return Imported(n_rows, len(events), already, kept, len(left_out))


def _is_newer(said: Said, changed: str | None) -> bool:
    """Whether a row counts, by when its like was last changed here."""
    return changed is None or (said.at is not None and said.at > changed)


def _event(said: Said, act: str, at: str, path: Path) -> Event:
    """The event that a row stands for; of the same row the same, where it has a time."""
    about = [said.user, said.object_id, said.kind, said.tag, said.value, said.at]
    digest = hashlib.sha256(json.dumps(about).encode()).hexdigest()[:32]
    return Event(
        id=digest if at == said.at else new_id(),
        act=act,
        at=at,
        user=said.user,
        kind=said.kind,
        object_id=said.object_id,
        tag=said.tag,
        value=said.value,
        reached={"list": "import", "file": Path(path).name},
    )


def _check_once(said: list[Said]) -> None:
    """Raise BadInput where rows without a time say two things of one galaxy."""
    found: dict[tuple, int] = {}
    for each in said:
        if each.at is None and found.setdefault(each.key, each.value) != each.value:
            raise BadInput(
                f"Galaxy '{each.object_id}' has two scores of {each.user} and no time that tells "
                "which is the later; nothing was imported."
            )


def _known_events(connection: sqlite3.Connection, events: Sequence[Event]) -> dict[str, Event]:
    ids = json.dumps([event.id for event in events])
    sql = f"SELECT {ROW} FROM events WHERE id IN (SELECT value FROM json_each(?))"
    return {event.id: event for event in events_of(connection, sql, (ids,))}


def _unknown(store: LabelStore, names: Iterable[str]) -> set[str]:
    return set(store.unknown(list(dict.fromkeys(names))))


def _refuse(left_out: Sequence[Event | Said], unknown: set[str]) -> None:
    missing = sorted({each.object_id for each in left_out})
    if missing:
        names = first_few([f"'{name}'" for name in missing])
        raise NotFound(
            f"{len(missing):,} galaxies of the file are not in the collection ({names}), so "
            "nothing was imported; leave them out with --skip-unknown."
        )

"""Labels that last: scores and tags of galaxies, by user, with when and how each was reached.

Nothing is ever changed or deleted: every call adds events to the label file (data/
label_database.py), in one transaction, and what it has answered is on the disk. Labels are what
follows from the events (data/label_state.py). Galaxies are named by identifier, so that labels
hold for every build of a collection.
"""

import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from data.label_database import LabelDatabase
from data.label_events import (
    SCORE,
    TAG,
    UNDO,
    Event,
    checked_score,
    checked_tag,
    checked_user,
    new_id,
    reached_text,
)
from data.label_queries import (
    ROW,
    events_of,
    galaxies_changed,
    insert,
    insert_for,
    last_act,
    last_acts,
    last_undoing,
    next_time,
    place_of,
    version_of,
)
from data.label_state import Label, current_labels
from models.errors import BadInput, NotFound, first_few

DEFAULT_USER = "me"
MAX_AT_ONCE = 100_000  # galaxies of one act: of more, other users would wait too long

Unknown = Callable[[Sequence[str]], Sequence[str]]
Find = Callable[[sqlite3.Connection, str], tuple[str | None, str | None]]


class LabelStore:
    """Labels in the file at `path`, which is made by the first one.

    unknown : tells those of some identifiers that there is no galaxy of; raised as NotFound
    wait_s : seconds that a call waits while another program writes

    Every method raises BadInput, in a sentence, where the file is locked, damaged, of a newer
    version, or cannot be read or written; OutOfSpace where the disk is full. Nothing of a call that
    raises is stored.
    """

    def __init__(self, path: Path, unknown: Unknown = lambda ids: (), wait_s: float = 5.0) -> None:
        self.database = LabelDatabase(path, wait_s)
        self.unknown = unknown

    def score(
        self,
        object_ids: str | Sequence[str],
        value: int | None,
        user: str = DEFAULT_USER,
        reached: dict | None = None,
    ) -> str:
        """Give one galaxy or many a score from 0 to 5; None takes it back. The act's id."""
        checked = None if value is None else checked_score(value)
        return self._label(object_ids, SCORE, None, checked, user, reached)

    def tag(
        self,
        object_ids: str | Sequence[str],
        tag: str,
        user: str = DEFAULT_USER,
        reached: dict | None = None,
    ) -> str:
        """Give one galaxy or many a tag. The act's id."""
        return self._label(object_ids, TAG, checked_tag(tag), 1, user, reached)

    def untag(
        self,
        object_ids: str | Sequence[str],
        tag: str,
        user: str = DEFAULT_USER,
        reached: dict | None = None,
    ) -> str:
        """Take a tag back from one galaxy or many. The act's id."""
        return self._label(object_ids, TAG, checked_tag(tag), 0, user, reached)

    def undo(self, user: str = DEFAULT_USER) -> list[Event]:
        """Undo the last act of a user that is not undone; what it was, nothing where none is."""
        return self._turn_back(user, last_act)

    def redo(self, user: str = DEFAULT_USER) -> list[Event]:
        """Take back a user's last undoing, unless the user has labelled since; what is back."""
        return self._turn_back(user, last_undoing)

    def labels(
        self, object_ids: Sequence[str] | None = None, version: str | None = None
    ) -> list[Label]:
        """What users say now, by galaxy and user; or said when the labels had a version.

        Raises NotFound where the file has had no such version.
        """
        with self.database.reading() as connection:
            return current_labels(connection, place_of(connection, version), object_ids)

    def changed(self, since: str, version: str) -> list[str]:
        """Galaxies whose labels may be others at a version than at an earlier one.

        Raises NotFound where the file has had no such version.
        """
        with self.database.reading() as connection:
            places = place_of(connection, since), place_of(connection, version)
            return galaxies_changed(connection, *places)

    def version(self) -> str:
        """What changes with every label of any process, and means the same labels for ever.

        The number of the last event and the first digits of its id.
        """
        with self.database.reading() as connection:
            return version_of(connection)

    def history(self, object_id: str) -> list[Event]:
        """All that was ever done to a galaxy, the first first; undoings, too."""
        with self.database.reading() as connection:
            acts = "SELECT act FROM events WHERE object_id = ?"
            found = events_of(
                connection,
                # With what undoes these acts, and what undoes that. "+at": by galaxy, not by time.
                f"""
                WITH RECURSIVE about(act) AS (
                    {acts} UNION SELECT events.act FROM events JOIN about
                    ON undoes = about.act AND kind = 'undo'
                )
                SELECT {ROW} FROM events
                WHERE object_id = ? OR (kind = 'undo' AND act IN about) ORDER BY +at, id
                """,
                (object_id, object_id),
            )
        return found

    def recent(self, user: str | None = None, n: int = 20) -> list[Event]:
        """The last `n` events of a user, or of all, the last first."""
        where, given = ("", ()) if user is None else ("WHERE user = ?", (checked_user(user),))
        sql = f"SELECT {ROW} FROM events {where} ORDER BY seq DESC LIMIT ?"
        with self.database.reading() as connection:
            return events_of(connection, sql, (*given, n))

    def recent_acts(self, n: int = 20) -> list[tuple[Event, int]]:
        """The last `n` acts of all users, the last first: an event of each, and how many it has."""
        with self.database.reading() as connection:
            counts = last_acts(connection, n)
            known = json.dumps([*counts])
            sql = f"SELECT {ROW} FROM events WHERE seq IN (SELECT value FROM json_each(?))"
            found = events_of(connection, f"{sql} ORDER BY seq DESC", (known,))
        return list(zip(found, counts.values(), strict=True))

    def events(self) -> list[Event]:
        """The whole history, in the order of time."""
        with self.database.reading() as connection:
            return events_of(connection, f"SELECT {ROW} FROM events ORDER BY at, id")

    def stored_events(self) -> Iterator[tuple]:
        """The same as values of COLUMNS, one by one, however many there are."""
        with self.database.reading() as connection:
            yield from connection.execute(f"SELECT {ROW} FROM events ORDER BY at, id")

    def users(self, version: str | None = None) -> list[str]:
        """Names of all who have ever labelled, or had when the labels had a version."""
        return self._names("user", version)

    def tags(self, version: str | None = None) -> list[str]:
        """All tags that were ever given, or had been when the labels had a version."""
        return self._names("tag", version)

    def check_known(self, object_ids: Sequence[str]) -> None:
        """Raise NotFound where there is no galaxy of an identifier."""
        unknown = list(self.unknown(object_ids))
        if unknown:
            raise NotFound(
                f"{len(unknown):,} of {len(object_ids):,} galaxies to label are not in the "
                f"collection ({first_few([repr(name) for name in unknown])}); nothing was stored."
            )

    def _label(
        self,
        object_ids: str | Sequence[str],
        kind: str,
        tag: str | None,
        value: int | None,
        user: str,
        reached: dict | None,
    ) -> str:
        asked = _checked_ids(object_ids)
        self.check_known(asked)
        how, act = {} if reached is None else reached, new_id()
        reached_text(how)  # raises
        event = Event("", act, "", checked_user(user), kind, tag=tag, value=value, reached=how)
        with self.database.writing() as connection:
            insert_for(connection, replace(event, at=next_time(connection)), asked)
        return act

    def _turn_back(self, user: str, find: Find) -> list[Event]:
        """Undo the act that `find` names, and tell the events that are undone or back by it."""
        name = checked_user(user)
        if not self.database.path.exists():
            return []
        with self.database.writing() as connection:
            undoes, about = find(connection, name)
            if undoes is None:
                return []
            act = new_id()
            insert(
                connection, [Event(new_id(), act, next_time(connection), name, UNDO, undoes=undoes)]
            )
            return events_of(
                connection, f"SELECT {ROW} FROM events WHERE act = ? ORDER BY seq", (about,)
            )

    def _names(self, column: str, version: str | None) -> list[str]:
        known = f"{column} IS NOT NULL AND seq <= ?"
        sql = f"SELECT DISTINCT {column} FROM events WHERE {known} ORDER BY {column}"
        with self.database.reading() as connection:
            given = (place_of(connection, version),)
            return [name for (name,) in connection.execute(sql, given)]


def _checked_ids(object_ids: str | Sequence[str]) -> list[str]:
    asked = list(dict.fromkeys([object_ids] if isinstance(object_ids, str) else object_ids))
    if not asked or not all(isinstance(name, str) and name for name in asked):
        raise BadInput("Labels are for galaxies named by identifiers, which are texts.")
    if len(asked) > MAX_AT_ONCE:
        raise BadInput(
            f"At most {MAX_AT_ONCE:,} galaxies are labelled at once, not {len(asked):,}; "
            "save the selection under a name instead."
        )
    return asked

"""What is read from and written to the table of events, within a transaction of its caller."""

import sqlite3
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from data.label_events import COLUMNS, UNDO, Event, event_of, new_id, time_text
from data.label_state import EVERYTHING, undone_acts
from models.errors import NotFound

NO_LABELS = "0.00000000"  # version of an empty file
ROW = ", ".join(COLUMNS)
_INSERT = f"INSERT INTO events ({ROW}) VALUES ({', '.join('?' * len(COLUMNS))})"
_GALAXY = COLUMNS.index("object_id")  # after the id, which is the first


def insert(connection: sqlite3.Connection, events: Iterable[Event]) -> None:
    """Add events to the label file, within the transaction that is underway."""
    connection.executemany(_INSERT, (event.stored for event in events))


def insert_for(connection: sqlite3.Connection, event: Event, object_ids: Iterable[str]) -> None:
    """Add an event for each galaxy, alike but for its id, as `insert` does.

    Other programs wait meanwhile: an `Event` for each of them would take three times as long.
    """
    stored = event.stored
    before, after = stored[1:_GALAXY], stored[_GALAXY + 1 :]
    connection.executemany(_INSERT, ((new_id(), *before, name, *after) for name in object_ids))


def next_time(connection: sqlite3.Connection) -> str:
    """Now; later than all that is stored, also where a clock was set back or is behind."""
    (last,) = connection.execute("SELECT max(at) FROM events").fetchone()
    now = time_text(datetime.now(UTC))
    if last is None or now > last:
        return now
    return time_text(datetime.fromisoformat(last) + timedelta(microseconds=1))


def events_of(connection: sqlite3.Connection, sql: str, given: tuple = ()) -> list[Event]:
    undone = undone_acts(connection)
    return [event_of(row, undone) for row in connection.execute(sql, given)]


def version_of(connection: sqlite3.Connection) -> str:
    last = connection.execute("SELECT seq, id FROM events ORDER BY seq DESC LIMIT 1").fetchone()
    return NO_LABELS if last is None else f"{last[0]}.{last[1][:8]}"


def place_of(connection: sqlite3.Connection, version: str | None) -> int:
    """How many events there were when the labels had a version."""
    if version is None:
        return EVERYTHING
    if version == NO_LABELS:
        return 0
    place, _, digits = version.partition(".")
    known = connection.execute("SELECT id FROM events WHERE seq = ?", (place,)).fetchone()
    if known is None or known[0][:8] != digits:
        raise NotFound(
            f"The label file has never been at version {version}: another one is in its place; "
            "choose the labels' column anew."
        )
    return int(place)


def galaxies_changed(connection: sqlite3.Connection, since: int, upto: int) -> list[str]:
    """Galaxies of whom the events after the first `since`, up to `upto`, may say other labels.

    Of an undoing, and of what undoes that, those of the act of labelling that it is about.
    """
    given = {"since": since, "upto": upto}
    found = connection.execute(
        """
        WITH RECURSIVE about(act) AS (
            SELECT undoes FROM events WHERE kind = 'undo' AND seq > :since AND seq <= :upto
            UNION SELECT undoes FROM events JOIN about ON events.act = about.act
            WHERE kind = 'undo'
        )
        SELECT object_id FROM events WHERE seq > :since AND seq <= :upto AND kind != 'undo'
        UNION SELECT object_id FROM events WHERE act IN about AND kind != 'undo'
        """,
        given,
    )
    return [name for (name,) in found]


def last_act(connection: sqlite3.Connection, user: str) -> tuple[str | None, str | None]:
    """The last act of labelling of a user that is not undone; twice, as it is about itself."""
    undone = undone_acts(connection)
    acts = connection.execute(
        "SELECT act FROM events WHERE user = ? AND kind != 'undo' ORDER BY seq DESC", (user,)
    )
    act = next((act for (act,) in acts if act not in undone), None)
    return act, act


def last_acts(connection: sqlite3.Connection, n: int) -> dict[int, int]:
    """The last event of each of the last `n` acts, the last first, and how many events it has."""
    return dict(
        connection.execute(
            "SELECT max(seq), count(*) FROM events GROUP BY act ORDER BY max(seq) DESC LIMIT ?",
            (n,),
        )
    )


def last_undoing(connection: sqlite3.Connection, user: str) -> tuple[str | None, str | None]:
    """The last undoing of a user since the last label that holds, and the act that it undid."""
    undone = undone_acts(connection)
    events = connection.execute(
        "SELECT kind, act, undoes FROM events WHERE user = ? ORDER BY seq DESC", (user,)
    )
    undoings = []
    for kind, act, undoes in events:
        if kind != UNDO:
            break
        undoings.append((act, undoes))
    acts = {act for act, _ in undoings}
    return next(
        ((act, undoes) for act, undoes in undoings if act not in undone and undoes not in acts),
        (None, None),
    )

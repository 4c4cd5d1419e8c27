"""What labels follow from their history: the last of a user for a galaxy that is not undone.

Events are in the order of their times, and of their ids where the times are the same: whatever
file they come from and in whatever order they are brought together, the same labels follow.
"""

import json
import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from data.label_events import SCORE, TAG

EVERYTHING = 2**62  # a place that no event is behind
Key = tuple[str, str, str, str]  # user, object_id, kind, tag ("" of a score)


@dataclass(frozen=True)
class Label:
    """What a user says of a galaxy now.

    score : 0 to 5, None where there is none; score_at : when it was given
    tags : in alphabetical order; tags_at : when the first of them was given
    """

    object_id: str
    user: str
    score: int | None
    score_at: str | None
    tags: tuple[str, ...]
    tags_at: str | None


def undone_acts(connection: sqlite3.Connection, upto: int = EVERYTHING) -> set[str]:
    """Acts that are undone by an act that is not."""
    undos = connection.execute(
        "SELECT act, undoes FROM events WHERE kind = 'undo' AND seq <= ? ORDER BY at DESC, id DESC",
        (upto,),
    )
    undone: set[str] = set()
    for act, undoes in undos:  # the last first: nothing later can undo it
        if act not in undone:
            undone.add(undoes)
    return undone


def current_labels(
    connection: sqlite3.Connection,
    upto: int = EVERYTHING,
    object_ids: Sequence[str] | None = None,
) -> list[Label]:
    """Labels after the first `upto` events, by galaxy and user; of some galaxies, or of all."""
    scores: dict[tuple[str, str], tuple[int, str]] = {}
    tags: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for user, object_id, kind, tag, value, at in _last(connection, upto, object_ids):
        if kind == SCORE and value is not None:
            scores[object_id, user] = value, at
        elif kind == TAG and value:
            tags.setdefault((object_id, user), []).append((tag, at))
    found = []
    for place in sorted(scores | tags):  # in the order that they come in, which is nearly this one
        score, given = scores.get(place, (None, None)), tags.get(place)
        if given is None:
            found.append(Label(*place, *score, (), None))
            continue
        first = min(at for _, at in given)
        found.append(Label(*place, *score, tuple(sorted(tag for tag, _ in given)), first))
    return found


def values_now(connection: sqlite3.Connection) -> dict[Key, int | None]:
    """What was last said of each score and tag; None, or 0 of a tag, where it was taken back."""
    return {tuple(key): value for *key, value, _ in _last(connection, EVERYTHING, None)}


def times_of_change(connection: sqlite3.Connection) -> dict[Key, str]:
    """When each score and tag was last given, taken back, undone or redone."""
    undos = connection.execute(
        "SELECT act, undoes, at FROM events WHERE kind = 'undo' ORDER BY at, id"
    )
    act_of_undo: dict[str, str] = {}  # the act of labelling that an undo, or a redo, is about
    changed: dict[str, str] = {}
    for act, undoes, at in undos:
        act_of_undo[act] = about = act_of_undo.get(undoes, undoes)
        changed[about] = at
    times: dict[Key, str] = {}
    for *key, act, at in connection.execute(
        "SELECT user, object_id, kind, coalesce(tag, ''), act, at FROM events WHERE kind != 'undo'"
    ):
        times[tuple(key)] = max(times.get(tuple(key), ""), at, changed.get(act, ""))
    return times


def _last(
    connection: sqlite3.Connection, upto: int, object_ids: Sequence[str] | None
) -> Iterable[tuple]:
    """User, galaxy, kind, tag, value, time of the last event of each that is not undone."""
    among = "" if object_ids is None else "AND object_id IN (SELECT value FROM json_each(?))"
    given = [] if object_ids is None else [json.dumps(list(object_ids))]
    return connection.execute(
        f"""
        SELECT user, object_id, kind, coalesce(tag, ''), value, at FROM (
            SELECT *, row_number() OVER (
                PARTITION BY user, object_id, kind, tag ORDER BY at DESC, id DESC
            ) AS place
            FROM events
            WHERE kind != 'undo' AND seq <= ? {among}
                AND act NOT IN (SELECT value FROM json_each(?))
        ) WHERE place = 1
        """,
        (upto, *given, json.dumps(sorted(undone_acts(connection, upto)))),
    )

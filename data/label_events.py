"""Events of labelling, of which all labels are made: what is one, and what is not, in sentences.

An event says that a user gave a galaxy a score or a tag, or took it back; or that an act was
undone. What is done at once, to one galaxy or many, is one act, and is undone at once.
"""

import json
import re
import unicodedata
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from models.errors import BadInput

SCORE, TAG, UNDO = "score", "tag", "undo"
KINDS = (SCORE, TAG, UNDO)
MAX_SCORE = 5
MAX_NAME = 40  # characters of a tag, and of a user's name
MAX_REACHED = 4000  # characters of how a galaxy was reached, as JSON
SEPARATOR = ";"  # of tags, in files
COLUMNS = ("id", "act", "at", "user", "kind", "object_id", "tag", "value", "reached", "undoes")
AHEAD = timedelta(hours=1)  # so much may the clock of another machine be ahead
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Event:
    """One thing that a user did.

    id, act : 32 hexadecimal digits; events of one act have the same `act`
    at : when, UTC, see `time_text`
    kind : SCORE, TAG, or UNDO, which has no galaxy and names the act that it undoes
    value : the score, 0 to 5, None where it was taken back; of a tag 1 for on and 0 for off
    reached : how the galaxy was reached, as the page tells it: list, rank, query, checkpoint
    is_undone : whether its act has been undone, and not redone
    """

    id: str
    act: str
    at: str
    user: str
    kind: str
    object_id: str | None = None
    tag: str | None = None
    value: int | None = None
    reached: dict = field(default_factory=dict)
    undoes: str | None = None
    is_undone: bool = False

    @property
    def stored(self) -> tuple:
        """Values of COLUMNS."""
        values = {name: getattr(self, name) for name in COLUMNS}
        return tuple((values | {"reached": reached_text(self.reached)}).values())


def event_of(stored: tuple, undone: set[str]) -> Event:
    """The event that values of COLUMNS are of."""
    values = dict(zip(COLUMNS, stored, strict=True))
    reached = json.loads(values["reached"])
    return Event(**values | {"reached": reached, "is_undone": values["act"] in undone})


def new_id() -> str:
    """An id of an event or act that no other has."""
    return uuid.uuid4().hex


def checked_id(value: object, what: str) -> str:
    """An id as `new_id` makes them, or BadInput."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise BadInput(f"{what} is 32 hexadecimal digits, not '{str(value)[:40]}'.")
    return value


def time_text(moment: datetime) -> str:
    """A moment as labels hold it: UTC to the microsecond, so that texts sort as moments do."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def checked_time(value: object) -> str:
    """A moment as `time_text` writes it; of a text without a zone, UTC. Or BadInput."""
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(value)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        text = time_text(moment)
    except (TypeError, ValueError, OverflowError):
        raise BadInput(f"'{str(value)[:40]}' is no moment; write 2026-01-31T23:59:59.") from None
    if moment > datetime.now(UTC) + AHEAD:
        # Labels made from then on would have to wait for that moment to be the later ones.
        raise BadInput(f"'{str(value)[:40]}' is in the future; set the clock it was written by.")
    return text


def checked_score(value: object) -> int:
    """A score, a whole number from 0 to 5; or BadInput."""
    is_whole = isinstance(value, int | float) and not isinstance(value, bool) and value % 1 == 0
    if not is_whole or not 0 <= value <= MAX_SCORE:
        raise BadInput(f"A score is a whole number from 0 to {MAX_SCORE}, not {str(value)[:40]!r}.")
    return int(value)


def checked_tag(value: object) -> str:
    """A tag as it is kept, or BadInput: 'A' and 'a' are two tags, composed characters are one."""
    tag = _name(value, "A tag")
    if SEPARATOR in tag:
        raise BadInput(f"A tag has no '{SEPARATOR}', which stands between tags in files: '{tag}'.")
    return tag


def checked_user(value: object) -> str:
    """The name of a user as it is kept, or BadInput."""
    return _name(value, "The name of a user")


def reached_text(reached: object) -> str:
    """How a galaxy was reached as JSON, or BadInput where that is not plain."""
    try:
        text = json.dumps(reached, sort_keys=True, ensure_ascii=False, allow_nan=False)
        text.encode()
    except (TypeError, ValueError, RecursionError):
        raise BadInput("How a galaxy was reached holds texts and finite numbers only.") from None
    if not isinstance(reached, dict):
        raise BadInput("How a galaxy was reached is a record: list, rank, query, checkpoint.")
    if len(text) > MAX_REACHED:
        raise BadInput(
            f"How a galaxy was reached is told in {MAX_REACHED:,} characters, not {len(text):,}."
        )
    return text


def _name(value: object, what: str) -> str:
    text = unicodedata.normalize("NFC", " ".join(value.split())) if isinstance(value, str) else ""
    if not 1 <= len(text) <= MAX_NAME:
        raise BadInput(f"{what} has 1 to {MAX_NAME} characters, not {len(text)}.")
    if not text.isprintable():
        raise BadInput(f"{what} has a character that cannot be shown.")
    return text

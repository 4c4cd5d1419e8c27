"""What the page tells of labels: a galaxy's own, by user, and what was done to it."""

from dashboard.label_colors import is_score
from data.label_columns import N_SCORERS, OF_TAG, SPREAD, parted
from data.label_events import SCORE, UNDO, Event, checked_user
from data.label_ids import labels_of
from data.label_present import at_present, following_columns, title_at_present
from data.label_store import LabelStore
from data.store import Collection
from models.errors import MorphospaceError

N_TOLD = 12  # events of a galaxy's history, the last ones
COLUMN_TOLD = {
    N_SCORERS: "How many users scored the galaxy.",
    SPREAD: "Standard deviation between the scores of a galaxy's users, of two or more.",
    OF_TAG: "Share of those who labelled the galaxy who gave it the tag.",
}
SCORE_TOLD = "How interesting, from 0 to 5; the mean, where several users scored it."


def galaxy_labels(store: LabelStore, object_id: str, user: str) -> dict:
    """Labels of a galaxy as JSON: the user's score and tags, the others', the last of its history.

    Raises BadInput where the user's name is none, or the label file cannot be read.
    """
    name = checked_user(user)
    labels = {label.user: label for label in store.labels([object_id])}
    own = labels.pop(name, None)
    others = [
        {"user": one.user, "score": one.score, "tags": list(one.tags)} for one in labels.values()
    ]
    history = store.history(object_id)
    return {
        "object_id": object_id,
        "user": name,
        "score": None if own is None else own.score,
        "tags": [] if own is None else list(own.tags),
        "others": others,
        "known_tags": store.tags(),
        "history": [history_text(event) for event in history[-N_TOLD:]],
        "n_events": len(history),
        "version": store.version(),
    }


def history_text(event: Event) -> str:
    """One line of a galaxy's history: when, who, what, how it was reached, whether it holds."""
    moment = event.at[:16].replace("T", " ")
    told = f"{moment} UTC, {event.user}: {event_text(event)}{reached_text(event.reached)}"
    return f"{told} (undone)" if event.is_undone else told


def event_text(event: Event, n: int = 1) -> str:
    """What an act did, "score 4"; to how many galaxies, where to more than one."""
    if event.kind == UNDO:
        return "undid the last act"
    if event.kind == SCORE:
        what = "score taken back" if event.value is None else f"score {event.value}"
    else:
        what = f"tag '{event.tag}'" if event.value else f"tag '{event.tag}' taken back"
    return what if n == 1 else f"{what}, of {n:,} galaxies"


def reached_text(reached: dict) -> str:
    """How a galaxy was reached: ", #12 of lowest density, epoch_016"; "" where nothing is known."""
    rank, name = reached.get("rank"), reached.get("list")
    place = f"#{rank:,} of {name}" if isinstance(rank, int) and name else (name or "")
    parts = [str(part) for part in (place, reached.get("checkpoint")) if part]
    return "".join(f", {part}" for part in parts)


def present_columns(collection: Collection) -> dict:
    """Columns of the labels as they are now, as the page's choices take them.

    version : "" where the label file cannot be read
    columns : [{"value", "label", "told", "isScore"}, ...]
    """
    try:
        version = labels_of(collection).version()
    except MorphospaceError:
        return {"version": "", "columns": []}
    columns = [
        {
            "value": name,
            "label": title_at_present(name),
            "told": column_told(at_present(collection, name)),
            "isScore": is_score(at_present(collection, name)),
        }
        for name in following_columns(collection)
    ]
    return {"version": version, "columns": columns}


def column_told(name: str) -> str:
    """One line about a column of labels with a version."""
    plain = parted(name)[0]
    kind = OF_TAG if plain.startswith(OF_TAG) else plain
    return COLUMN_TOLD.get(kind, SCORE_TOLD)

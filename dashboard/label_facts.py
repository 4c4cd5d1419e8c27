"""What the page tells of labels: a galaxy's own, by user, and what was done to it."""

from data.label_events import SCORE, UNDO, Event, checked_user
from data.label_store import LabelStore

N_TOLD = 12  # events of a galaxy's history, the last ones


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

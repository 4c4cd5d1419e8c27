"""Coloring by labels: scores in six steps from 0 to 5, means and shares in shades."""

import numpy as np

from dashboard.colors import Coloring
from data.label_columns import N_SCORERS, OF_TAG, OF_USER, SCORE, label_column, label_title, parted
from data.label_events import MAX_SCORE
from data.store import Collection

STEPS = tuple(range(MAX_SCORE + 1))
UNLABELLED, UNSCORED = "no label", "no score"


def is_score(name: str) -> bool:
    """Whether a column of labels is of scores from 0 to 5: their mean, or a user's own."""
    plain = parted(name)[0]
    return plain == SCORE or plain.startswith(OF_USER)


def label_steps(collection: Collection, name: str) -> Coloring | None:
    """Scores as six classes in order; None where the column is of something else, or of means.

    The colors of a score are the same whatever other scores there are.
    """
    if not is_score(name):
        return None
    values = label_column(collection, name)
    known = values[np.isfinite(values)]
    if not np.isin(known, STEPS).all():
        return None
    groups = np.full(len(values), len(STEPS), np.uint8)
    groups[np.isfinite(values)] = known
    return Coloring(
        name,
        (*map(str, STEPS), "missing"),
        groups,
        kind="steps",
        title=label_title(name),
        values=(*STEPS, None),
        has_missing=True,
        cut=name,
        said="" if known.size else "No galaxy has a score: all are grey.",
        missing_name=UNSCORED,
    )


def label_ends(name: str, values: np.ndarray) -> tuple[float, float]:
    """What the shades of a column of labels span, unless asked otherwise: all that it can be."""
    plain = parted(name)[0]
    if is_score(name):
        return 0.0, float(MAX_SCORE)
    if plain.startswith(OF_TAG):
        return 0.0, 1.0
    most = float(np.nanmax(values)) if np.isfinite(values).any() else 0.0
    return 0.0, most or 1.0


def missing_name(name: str) -> str:
    """What it means that a galaxy has no value in a column of labels."""
    plain = parted(name)[0]
    return UNLABELLED if plain.startswith(OF_TAG) or plain == N_SCORERS else UNSCORED

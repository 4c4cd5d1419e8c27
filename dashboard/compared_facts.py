"""What columns that compare are called, and what they say: data/compared_columns.py."""

import numpy as np

from dashboard.facts import label_of, with_error
from data.compared_columns import (
    ALONG_RUN,
    BEST,
    FALSE,
    FLEETING,
    KEPT,
    PURITY,
    RECALL,
    WORST,
    followed_along_run,
    n_compared,
    trained_of,
)
from data.store import Collection

TITLES = {
    RECALL: "map recall",
    FALSE: "strangers on the map",
    PURITY: "class purity",
    WORST: "worst anomaly rank",
    BEST: "best anomaly rank",
    FLEETING: "fleeting anomaly",
    ALONG_RUN: "neighbors kept along the run",
}


def compared_title(collection: Collection, name: str) -> str:
    """What a column that compares is called: `epoch 3: neighbors kept`."""
    if not name.startswith(KEPT):
        return TITLES[name]
    other = name.removeprefix(KEPT)
    label = label_of(collection, other)
    labels = [label_of(collection, c) for c in collection.checkpoints]
    return f"{label if labels.count(label) == 1 else other}: neighbors kept"


def compared_told(collection: Collection, checkpoint: str, name: str) -> str:
    """What the numbers of a column that compares are, in a sentence or two; the first is enough."""
    k = n_compared(collection, checkpoint)
    if name.startswith(KEPT):
        return (
            f"Jaccard index of the {k} nearest here and under {name.removeprefix(KEPT)}. Those in "
            "both lists over those in either: 1 where none has changed, 0 where all have."
        )
    n_stored = collection.neighbors(checkpoint).shape[1]
    n_steps = len(followed_along_run(collection, checkpoint)) - 1
    over = f"over {len(trained_of(collection, checkpoint))} trained checkpoints of the run."
    share = "as a share of all galaxies,"
    return {
        RECALL: f"Share of the {k} true nearest that are among the {k} nearest on the map.",
        FALSE: f"Share of the {k} nearest on the map that are not among the {n_stored} true "
        "nearest.",
        PURITY: f"Share of the {k} true nearest with a label that are of the galaxy's own class.",
        WORST: f"Highest rank by density, {share} {over} Low for what is always an anomaly.",
        BEST: f"Lowest rank by density, {share} {over} Low for what is an anomaly at some time.",
        FLEETING: f"Decades between best and middle anomaly rank, {over} High for what is an "
        "anomaly at some time alone.",
        ALONG_RUN: f"Jaccard index of the {k} nearest from one checkpoint to the next, mean of "
        f"{n_steps} steps.",
    }[name]


def compared_mean(values: np.ndarray) -> str:
    """Mean of a column with its standard error over galaxies, and their number."""
    known = values[np.isfinite(values)]
    if len(known) < 2:
        return f"Undefined for all but {len(known)} galaxies."
    error = float(known.std(dtype=np.float64, ddof=1)) / np.sqrt(len(known))
    mean = with_error(float(known.mean(dtype=np.float64)), error)
    return f"Mean and its standard error: {mean}, n = {len(known):,}."

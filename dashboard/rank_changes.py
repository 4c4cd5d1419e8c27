"""Anomaly candidates by their ranks over a run: those always unusual, and those unusual once."""

from dataclasses import dataclass

import numpy as np

from dashboard.change import first_by
from data.checkpoint_columns import RANK, checkpoint_column
from data.compared_columns import FLEETING, WORST, compared_column, trained_of
from data.store import Collection
from models.errors import BadInput

STABLE, FADING = "stable", "fleeting"


@dataclass(frozen=True)
class RankedOver:
    """Candidates, and their ranks at several checkpoints.

    rows : (n_shown,) the first candidates, in order
    checkpoints : names, in training order
    ranks : (n_shown, n_checkpoints) 1 for the emptiest region; NaN where undefined
    n : how many galaxies were ordered
    """

    rows: np.ndarray
    checkpoints: tuple[str, ...]
    ranks: np.ndarray
    n: int


def ranked_over(
    collection: Collection, checkpoint: str, kind: str, mask: np.ndarray | None, n: int
) -> RankedOver:
    """The first `n` candidates over the run of a checkpoint.

    Stable: whose worst rank over its trained checkpoints is best. Fleeting: whose best rank is
    most decades above the median of its ranks.

    mask : (n_galaxies,) bool, of which galaxies; None for all

    Raises BadInput where the run has fewer than two checkpoints to compare.
    """
    names = trained_of(collection, checkpoint)
    if len(names) < 2:
        raise BadInput(
            "Ranks over a run need two trained checkpoints of it; this one has "
            f"{len(names)}: add more to the collection."
        )
    by = compared_column(collection, checkpoint, WORST if kind == STABLE else FLEETING)
    rows = collection.order if mask is None else collection.order[mask[collection.order]]
    first = first_by(by if kind == STABLE else -by, rows, n)
    ranks = [checkpoint_column(collection, name, RANK)[first] for name in names]
    n_ordered = int(np.isfinite(by if mask is None else by[mask]).sum())
    return RankedOver(first, names, np.stack(ranks, axis=1), n_ordered)


def sparkline(ranks: np.ndarray, n: int) -> str:
    """A CSS polygon of ranks from checkpoint to checkpoint: an unusual galaxy stands high.

    ranks : (n_checkpoints,), 1 to `n`; drawn as logarithms, and undefined ones as the last
    """
    heights = 1 - np.log(np.nan_to_num(ranks, nan=n)) / np.log(max(n, 2))
    places = np.linspace(0, 100, len(heights))
    line = ", ".join(f"{x:.1f}% {95 * (1 - y):.1f}%" for x, y in zip(places, heights, strict=True))
    return f"polygon(0% 100%, {line}, 100% 100%)"

"""What is said of a selection's leakage: true neighbors of its galaxies that lie outside."""

from typing import NamedTuple

import numpy as np

from data.compared_columns import are_apart, n_compared
from data.store import Collection
from models.space.leakage import Leakage, leakage


class Told(NamedTuple):
    """What is said of a selection's leakage.

    text : in a line
    explanation : how it is meant, and of how many galaxies
    k : neighbors that can be added or told strays by, 0 where there is nothing to do
    n_outside, n_strays : galaxies that would be added and removed, as far as was looked
    """

    text: str
    explanation: str
    k: int = 0
    n_outside: int = 0
    n_strays: int = 0


def told_leakage(collection: Collection, checkpoint: str, mask: np.ndarray | None) -> Told:
    """What is said of the galaxies of a mask; None where nothing has been selected."""
    if mask is None:
        return Told("", "")
    if not mask.any():
        return Told("No leakage: no galaxy is selected", "Nothing is selected by these steps.")
    if mask.all():
        return Told("Leakage: none outside", "All galaxies are selected: nothing can lie outside.")
    if not are_apart(collection, checkpoint):
        return Told(
            "Leakage undefined",
            "Under this checkpoint every galaxy has others exactly like it: which are its "
            "neighbors is arbitrary.",
        )
    k = n_compared(collection, checkpoint)
    return _told(leakage(collection.neighbors(checkpoint), mask, k))


def _told(found: Leakage) -> Told:
    error = f" ± {100 * found.error:.2g}" if np.isfinite(found.error) else ""
    sample = ", sample" if found.is_sampled else ""
    text = f"Leakage {100 * found.share:.3g}{error} %, k = {found.k}{sample}"
    at_least = "at least " if found.is_sampled else ""
    asked = f"{found.n_asked:,} of {found.n_selected:,} selected galaxies"
    how = f"{asked}, drawn at random" if found.is_sampled else f"{found.n_asked:,} galaxies"
    of = " of them" if found.is_sampled else ""
    explanation = (
        f"Share of the k = {found.k} true nearest neighbors of the selected galaxies, in the "
        f"representation space of the checkpoint shown, that lie outside of the selection: "
        f"{at_least}{found.n_outside:,} galaxies. Of {how}; ± is the standard error over them. "
        f"{found.n_strays:,}{of} are strays, with more than half of their neighbors outside."
    )
    return Told(text, explanation, found.k, found.n_outside, found.n_strays)

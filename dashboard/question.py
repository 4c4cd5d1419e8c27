"""What is asked of a collection: the pairs of which galaxies, in which space, measured how."""

from dataclasses import dataclass, replace

import numpy as np
from flask_caching import Cache

from dashboard.cache import remembered
from data.points import measured_edges, measured_points
from data.selection import digest, is_measured, resolve_mask
from data.selection_record import is_empty
from data.store import Collection
from models.space.presets import Measure

VERSION = 3  # of what is measured and kept: raise it when either changes


@dataclass(frozen=True)
class Question:
    """One curve: all that decides it, and where what was measured before is kept.

    selection : record of the galaxies, see data/selection.py; None or empty for all of them
    is_complement : the galaxies that are not selected, instead
    """

    collection: Collection
    cache: Cache
    checkpoint: str
    selection: dict | None = None
    measure: Measure = Measure()
    is_complement: bool = False

    @property
    def mask(self) -> np.ndarray | None:
        """(n_galaxies,) bool, the galaxies meant; None for all."""
        selected = selected_mask(self.collection, self.cache, self.selection)
        return ~selected if self.is_complement and selected is not None else selected

    @property
    def n_galaxies(self) -> int:
        """How many galaxies are meant."""
        mask = self.mask
        return self.collection.n_galaxies if mask is None else int(np.count_nonzero(mask))

    @property
    def points(self) -> np.ndarray:
        """(n, k) points of the galaxies meant, in the collection's random order."""
        return measured_points(self.collection, self.checkpoint, self.measure, self.mask)

    def sample(self, most: int) -> np.ndarray:
        """The first `most` of the `points`, a random sample of them; all where there are fewer."""
        place = self.collection, self.checkpoint, self.measure
        return measured_points(*place, self.mask, most=most)

    def edges(self, n_points: int) -> np.ndarray:
        """Edges of the bins, which are those of the collection for as many points."""
        return measured_edges(self.collection, self.checkpoint, self.measure, n_points)

    def key(self, kind: str, *further: object) -> tuple[object, ...]:
        """Short texts and numbers that name an answer of some kind, for the cache."""
        chosen = "all" if is_empty(self.selection) else digest(self.selection)
        part = "complement" if self.is_complement else "selected"
        place = (self.collection.digest, self.checkpoint, chosen, part)
        return (kind, VERSION, *place, self.measure.key, *further)

    def about_all(self) -> "Question":
        """The same about every galaxy of the collection."""
        return replace(self, selection=None, is_complement=False)


def selected_mask(
    collection: Collection, cache: Cache, selection: dict | None
) -> np.ndarray | None:
    """(n_galaxies,) bool by row; None where nothing has been selected."""
    if is_empty(selection):
        return None
    if not is_measured(selection):  # worked out sooner than read from a file
        return resolve_mask(selection, collection)

    def resolve() -> dict[str, np.ndarray]:
        return {"bits": np.packbits(resolve_mask(selection, collection))}

    key = ("mask", VERSION, collection.digest, digest(selection))
    bits = remembered(cache, key, resolve)["bits"]
    return np.unpackbits(bits, count=collection.n_galaxies).view(bool)

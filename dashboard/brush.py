"""The brushed range of separations, as the browser sends it, and the galaxies that it lights up."""

from dataclasses import dataclass

import numpy as np
from flask_caching import Cache

from dashboard.colors import Coloring, color_excess
from dashboard.curve_facts import range_text
from dashboard.measure import excess_of
from dashboard.question import Question
from data.bump_step import checked_range
from data.kept import Kept
from data.store import Collection
from models.errors import BadInput
from models.space.presets import Measure

_LIT = Kept(2**26)  # map, legend, candidates and curve ask for the same at the same time


@dataclass(frozen=True)
class Brush:
    """A range of separations, in RMS separations of the collection under its checkpoint."""

    lower: float
    upper: float

    @classmethod
    def from_store(cls, record: object) -> "Brush | None":
        """The brush of a store; None where nothing is brushed. Raises BadInput where it is none."""
        if record is None:
            return None
        if not isinstance(record, dict):
            raise BadInput("A brushed range is a record with 'lower' and 'upper'.")
        return cls(*checked_range(record.get("lower"), record.get("upper")))

    @property
    def ends(self) -> tuple[float, float]:
        return self.lower, self.upper

    def asked(
        self,
        collection: Collection,
        cache: Cache,
        checkpoint: str,
        selection: dict | None,
        measure: Measure,
    ) -> "Lit":
        """The galaxies by their excess of neighbors in the range: all, or the selected ones."""
        question = Question(collection, cache, checkpoint, selection, measure)
        key = question.key("lit", *self.ends)
        return Lit(self, _LIT.get(key, lambda: excess_of(question, *self.ends)), key)


@dataclass(frozen=True, eq=False)
class Lit:
    """Galaxies by their excess of neighbors.

    values : (n_galaxies,), neighbors over those that a Gaussian gives, less 1; NaN for the others
    key : what two such results share just when they are the same
    """

    brush: Brush
    values: np.ndarray
    key: tuple[object, ...]

    @property
    def n(self) -> int:
        """How many galaxies have one."""
        return int(np.isfinite(self.values).sum())

    @property
    def text(self) -> str:
        """How many galaxies have an excess, of how many; fewer are surely so, and selected."""
        n_above = int((self.values > 0).sum())
        return f"{n_above:,} of {self.n:,} in excess; Select takes those beyond 3σ"

    @property
    def coloring(self) -> Coloring:
        """The colors that light them up."""
        name = f"excess of neighbors at {range_text(*self.brush.ends)}, n = {self.n:,}"
        return color_excess(name, self.values)

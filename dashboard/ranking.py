"""Galaxies in order of a score, worked out once: by it candidates are listed and ranks are told.

Of many galaxies the first candidates are found without sorting all of them, which goes on behind.
"""

from collections.abc import Hashable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np

from data.kept import Kept
from data.store import Collection
from models.errors import NotFound
from models.space.estimators import IS_LOW_UNUSUAL
from models.space.ranked import first_ranked, ranked_rows

SORTED_AT_ONCE = 1_000_000  # so many in a tenth of a second
_ORDERS = Kept(2**27)  # 128 MB: three orders of ten million galaxies, dozens of one million
_behind = ThreadPoolExecutor(1, thread_name_prefix="ranking")


@dataclass(frozen=True, eq=False)
class Ranking:
    """Galaxies by a score, the most unusual first; one whose score is undefined has no place.

    key : names the values, with the digest of what they come from
    values : (n_galaxies,) by row, NaN or infinite where undefined
    is_low_unusual : the lowest score comes first
    """

    key: tuple[Hashable, ...]
    values: np.ndarray
    is_low_unusual: bool

    @property
    def n(self) -> int:
        """How many galaxies have a place."""
        order = self._known_order()
        return int(np.isfinite(self.values).sum()) if order is None else len(order)

    def rows(self, first: int, last: int) -> np.ndarray:
        """Rows at the places from `first`, counted from 0, to before `last`."""
        order = self._known_order()
        if order is None and last > SORTED_AT_ONCE:
            order = self._order()
        if order is None:
            order = first_ranked(self.values, last, is_low_unusual=self.is_low_unusual)
        return order[first:last]

    def rank(self, row: int) -> int | None:
        """1 for the most unusual; galaxies of one score share the rank; None where undefined."""
        value = self.values[row]
        if not np.isfinite(value):
            return None
        order = self._known_order()
        if order is None:
            known = self.values[np.isfinite(self.values)]
            return int((known < value if self.is_low_unusual else known > value).sum()) + 1
        low, high = 0, len(order)
        # By halves: no array of ranks is kept beside the order.
        while low < high:
            middle = (low + high) // 2
            other = self.values[order[middle]]
            is_before = other < value if self.is_low_unusual else other > value
            low, high = (middle + 1, high) if is_before else (low, middle)
        return low + 1

    def _known_order(self) -> np.ndarray | None:
        """The order, unless it is being worked out behind."""
        if len(self.values) <= SORTED_AT_ONCE:
            return self._order()
        order = _ORDERS.peek((self.key, self.is_low_unusual))
        if order is None:
            _behind.submit(self._order)
        return order

    def _order(self) -> np.ndarray:
        def work() -> np.ndarray:
            return ranked_rows(self.values, is_low_unusual=self.is_low_unusual)

        return _ORDERS.get((self.key, self.is_low_unusual), work)


def score_ranking(collection: Collection, checkpoint: str, column: str) -> Ranking:
    """Galaxies by an anomaly score of a checkpoint; NotFound where there is none that ranks."""
    known = rankings_of(collection, checkpoint)
    if column not in known:
        raise NotFound(f"There is no ranking '{column}'; there are {', '.join(known)}.")
    key = (collection.digest, checkpoint, column)
    return Ranking(key, collection.density(checkpoint)[column], IS_LOW_UNUSUAL[column])


def rankings_of(collection: Collection, checkpoint: str) -> tuple[str, ...]:
    """Anomaly scores of a checkpoint that rank galaxies; one that is older has fewer."""
    return tuple(name for name in IS_LOW_UNUSUAL if name in collection.density(checkpoint))

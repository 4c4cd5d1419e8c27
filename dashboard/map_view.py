"""The galaxies of a map by place, made once and kept for all that asks about a view of it."""

from dataclasses import dataclass

import numpy as np
from flask_caching import Cache

from dashboard.colors import Coloring, color_points
from dashboard.map_asked import MapAsked
from dashboard.painting import paint_of
from dashboard.question import selected_mask
from dashboard.records import record_of
from data.kept import Kept
from data.selection_record import steps_of
from data.store import Collection
from models.space import map_index as index_kernels
from models.space import map_pixels, map_spread
from models.space.map_index import MapIndex, View
from models.space.map_pyramid import Pyramid

N_GROUPS = 256  # a group is one byte
MAX_INDEX_BYTES = 2**30  # 1 GB: 50 checkpoints of a million galaxies, four of ten million
_INDEXES = Kept(MAX_INDEX_BYTES)
_BY_PLACE = Kept(2**27)  # bytes and masks in the order of an index: a million are 1 MB
_PYRAMIDS = Kept(2**27)  # 4 bytes for each galaxy where they are few, else 1 for each of all


@dataclass(frozen=True, eq=False)
class Shown:
    """What is shown of a map.

    index : all galaxies by place
    coloring : group of each galaxy, by row
    groups : (n,) uint8 by place
    is_shown : (256,) bool by group
    selected, chosen : (n,) bool by place and by row, None where nothing is selected
    place : digest of the collection, and checkpoint
    asked : what this is the answer to
    hidden : groups that are hidden, increasing
    """

    index: MapIndex
    coloring: Coloring
    groups: np.ndarray
    is_shown: np.ndarray
    selected: np.ndarray | None
    chosen: np.ndarray | None
    place: tuple[str, str]
    asked: MapAsked
    hidden: tuple[int, ...]

    @property
    def among(self) -> np.ndarray | None:
        """(n,) bool by place, the galaxies that are shown; None where all are."""
        if not self.hidden:
            return None
        key = (*self.place, "shown", self.asked.paint, self.hidden)
        return _BY_PLACE.get(key, lambda: np.take(self.is_shown, self.groups))

    def count(self, view: View) -> int:
        """Galaxies shown in a view."""
        return self.index.count(view, self.among)

    def pyramids(self) -> tuple[Pyramid, ...]:
        """The galaxies shown; the selected ones before the others, where there is a selection."""
        parts = ("shown",) if self.selected is None else ("selected", "rest")
        return tuple(self._pyramid(part) for part in parts)

    def _pyramid(self, part: str) -> Pyramid:
        coloring = (self.asked.paint, self.hidden) if self.hidden else ()
        key = (*self.place, part, self.asked.selection, coloring)
        return _PYRAMIDS.get(key, lambda: self._made(part))

    def _made(self, part: str) -> Pyramid:
        is_among = self.among
        if part != "shown":
            of_part = self.selected if part == "selected" else ~self.selected
            is_among = of_part if is_among is None else of_part & is_among
        return self.index.pyramid if is_among is None else self.index.among(is_among)


def map_index(collection: Collection, checkpoint: str) -> MapIndex:
    """The galaxies of a checkpoint's map by place; made by one of those who ask at once.

    Raises NotFound where there is no such checkpoint.
    """
    positions, _ = collection.map_positions(checkpoint)
    return _INDEXES.get((collection.digest, checkpoint), lambda: MapIndex(positions))


def shown_of(collection: Collection, cache: Cache, asked: MapAsked) -> Shown:
    """What an address asks to be shown.

    Raises NotFound where it names a checkpoint or a record that there is not, BadInput where a
    record is not of the kind that it is asked as.
    """
    index = map_index(collection, asked.checkpoint)
    place = (collection.digest, asked.checkpoint)
    coloring = _coloring(collection, cache, asked)
    groups = _BY_PLACE.get(
        (*place, "groups", asked.paint), lambda: np.take(coloring.groups, index.order)
    )
    is_shown = np.ones(N_GROUPS, bool)
    hidden = tuple(sorted(group for group in asked.hidden if group < coloring.n_groups))
    is_shown[list(hidden)] = False
    is_shown.flags.writeable = False
    selected = chosen = _chosen(collection, cache, asked)
    if chosen is not None:
        key = (*place, "selected", asked.selection)
        selected = _BY_PLACE.get(key, lambda: np.take(chosen, index.order))
    return Shown(index, coloring, groups, is_shown, selected, chosen, place, asked, hidden)


def warm(collection: Collection, checkpoint: str) -> None:
    """Compile what the map needs and sort its galaxies, before the first page asks for them.

    Then the other maps, as many as are kept: a change of checkpoint is not to wait for it.
    """
    index_kernels.warm()
    map_pixels.warm()
    index = map_index(collection, checkpoint)
    map_spread.spread(index, (0.0, 1.0, 0.0, 1.0), (2, 2), 2)
    others = [name for name in collection.checkpoints if name != checkpoint]
    n_kept = max(MAX_INDEX_BYTES // index.nbytes, 1)
    for other in others[: n_kept - 1]:
        map_index(collection, other)


def _coloring(collection: Collection, cache: Cache, asked: MapAsked) -> Coloring:
    if not asked.paint:
        return color_points(collection.n_galaxies)
    return paint_of(collection, cache, asked.checkpoint, asked.paint)


def _chosen(collection: Collection, cache: Cache, asked: MapAsked) -> np.ndarray | None:
    if not asked.selection:
        return None
    record = record_of(cache, asked.selection)
    steps_of(record)  # raises where it is no selection
    return selected_mask(collection, cache, record)

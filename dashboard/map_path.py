"""Galaxies on the maps of several checkpoints, to go from one to the next: a path for each.

A morph shows some galaxies at places between two maps; a trail is the path of one as a line. Both
are of what is shown and selected, as every picture of the map is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from flask_caching import Cache

from dashboard.map_asked import MapAsked
from dashboard.map_points import MOVED, SELECTED, padded, rgb_of
from dashboard.map_view import Shown, shown_of
from data.store import Collection
from models.errors import BadInput

MAX_CHECKPOINTS = 64  # of one path: the positions of all would be megabytes
MOST_BYTES = 900_000  # of a morph
MOST_MORPHED = 20_000  # galaxies
MOST_TRAILS = 150
_MAGIC = 0x4D50
_STEPS = 2**16 - 1  # of a coordinate over the box of all maps


@dataclass(frozen=True, eq=False)
class Morph:
    """Galaxies on several maps; the selected ones last.

    places : (n_checkpoints, n, 2) float32
    rows : (n,) int32
    groups : (n_checkpoints, n) uint8, of the coloring under each checkpoint
    flags : (n,) uint8, SELECTED and, where a place of it is at an edge, MOVED
    n_shown : galaxies of which these are
    palette : (n_groups, 3) uint8
    """

    places: np.ndarray
    rows: np.ndarray
    groups: np.ndarray
    flags: np.ndarray
    n_shown: int
    palette: np.ndarray

    def to_bytes(self) -> bytes:
        """Little-endian, each part padded to 4 bytes.

        8 int32: magic number, galaxies, galaxies shown of which they are, checkpoints, groups, and
        three 0; 4 float32: x0, x1, y0, y1 of the box; then for each checkpoint uint16 x and uint16
        y of each galaxy in steps of a 65,535th of the box, and uint8 groups; then int32 rows, uint8
        flags, and 3 uint8 of each group's color.
        """
        n_checkpoints, n, _ = self.places.shape
        head = [_MAGIC, n, self.n_shown, n_checkpoints, len(self.palette), 0, 0, 0]
        low, high = self.places.min(axis=(0, 1)), self.places.max(axis=(0, 1))
        box = np.stack([low, high], axis=1).ravel().astype(np.float32) if n else np.zeros(4)
        parts = [np.array(head, "<i4"), np.asarray(box, np.float32)]
        span = np.where(high > low, high - low, 1.0) if n else np.ones(2)
        for places, groups in zip(self.places, self.groups, strict=True):
            steps = np.rint((places - low) / span * _STEPS).astype(np.uint16)
            parts += [np.ascontiguousarray(steps[:, 0]), np.ascontiguousarray(steps[:, 1]), groups]
        parts += [self.rows, self.flags, self.palette]
        return b"".join(padded(part) for part in parts)


def checkpoints_asked(collection: Collection, text: str) -> list[str]:
    """The checkpoints of an address, `a,b,c`. Raises BadInput, or NotFound where one is unknown."""
    names = text.split(",") if text else []
    if not 2 <= len(names) <= MAX_CHECKPOINTS:
        raise BadInput(
            f"'checkpoints' must name 2 to {MAX_CHECKPOINTS} checkpoints, such as a,b, not "
            f"{len(names)}."
        )
    for name in names:
        collection.checkpoint_info(name)  # raises where there is none of the name
    return names


def morph(
    collection: Collection, cache: Cache, asked: MapAsked, checkpoints: Sequence[str]
) -> Morph:
    """Random galaxies on each of the maps, as many as are drawn at once.

    Where some are selected, they and the others have half of the places each, or what the others
    leave.
    """
    bytes_each = 5 * len(checkpoints) + 5
    most = min(MOST_MORPHED, MOST_BYTES // bytes_each)
    every = [_shown_under(collection, cache, asked, name) for name in checkpoints]
    first = every[0]
    is_shown = first.is_shown[first.coloring.groups]
    rows, n_selected = _drawn(collection, is_shown, first.chosen, most)
    flags = np.zeros(len(rows), np.uint8)
    flags[len(rows) - n_selected :] = SELECTED
    places, groups = [], []
    for name, shown in zip(checkpoints, every, strict=True):
        positions, is_moved = collection.map_positions(name)
        places.append(positions[rows])
        groups.append(shown.coloring.groups[rows])
        flags[is_moved[rows]] |= MOVED
    palette = rgb_of(first.coloring.palette(asked.theme))
    return Morph(
        np.stack(places).astype(np.float32),
        rows.astype(np.int32),
        np.minimum(np.stack(groups), len(palette) - 1).astype(np.uint8),
        flags,
        int(np.count_nonzero(is_shown)),
        palette,
    )


def trails(
    collection: Collection,
    cache: Cache,
    asked: MapAsked,
    checkpoints: Sequence[str],
    query: int | None,
) -> dict:
    """Paths over the maps of the inspected galaxy and of some selected ones.

    {"n_selected": of how many, "trails": [[row, [[x, y], ...]], ...]}, a place per checkpoint; the
    inspected galaxy's last. Of many, those that come first in the collection's random order.
    """
    if query is not None and not 0 <= query < collection.n_galaxies:
        raise BadInput(f"There is no galaxy in row {query}.")
    shown = shown_of(collection, cache, asked)
    rows, n_selected = np.empty(0, np.int64), 0
    if shown.chosen is not None:
        n_selected = int(np.count_nonzero(shown.chosen))
        is_shown = shown.is_shown[shown.coloring.groups] & shown.chosen
        rows = _first_of(collection, is_shown, MOST_TRAILS)
    if query is not None:
        rows = np.append(rows[rows != query], query)
    paths = np.stack([collection.map_positions(name)[0][rows] for name in checkpoints], axis=1)
    listed = [[int(row), path.tolist()] for row, path in zip(rows, paths, strict=True)]
    return {"n_selected": n_selected, "trails": listed}


def _shown_under(collection: Collection, cache: Cache, asked: MapAsked, checkpoint: str) -> Shown:
    return shown_of(
        collection,
        cache,
        MapAsked(checkpoint, asked.paint, asked.selection, asked.hidden, asked.theme),
    )


def _drawn(
    collection: Collection, is_shown: np.ndarray, chosen: np.ndarray | None, most: int
) -> tuple[np.ndarray, int]:
    """Rows of galaxies that are drawn, the selected ones last, and how many of those there are."""
    if chosen is None:
        return _first_of(collection, is_shown, most), 0
    rest = _first_of(collection, is_shown & ~chosen, most)
    selected = _first_of(collection, is_shown & chosen, max(most // 2, most - len(rest)))
    return np.concatenate([rest[: most - len(selected)], selected]), len(selected)


def _first_of(collection: Collection, mask: np.ndarray, most: int) -> np.ndarray:
    """The first rows of a mask in the collection's random order; a random sample of it."""
    order = collection.order
    found, start, block = [], 0, max(4 * most, 2**14)
    n_found = 0
    while start < len(order) and n_found < most:
        part = order[start : start + block]
        hits = part[mask[part]]
        found.append(hits)
        n_found += len(hits)
        start += block
        block *= 2  # few among many: the rest is read in ever larger pieces
    return np.concatenate(found)[:most].astype(np.int64) if found else np.empty(0, np.int64)

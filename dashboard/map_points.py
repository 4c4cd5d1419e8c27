"""The real galaxies of a view, to be hovered and clicked: all of them, or some that are spread."""

from dataclasses import dataclass

import numpy as np
from flask_caching import Cache

from dashboard.map_asked import MapAsked
from dashboard.map_view import Shown, map_index, shown_of
from data.kept import Kept
from data.store import Collection
from models.space.map_index import View

MAX_POINTS = 50_000  # in view that are all shown as points
MOST_SPREAD = 20_000  # shown as points over a picture of more
MOST_FAR = 2_000
SELECTED, MOVED = 1, 2  # flags
_MAGIC = 0x4D53
_FAR = Kept(2**24)


@dataclass(frozen=True, eq=False)
class MapPoints:
    """Galaxies of a view in the order of drawing: the selected last, those without a value first.

    x, y : (n,) float32
    rows : (n,) int32
    groups : (n,) uint8, of the coloring
    flags : (n,) uint8, SELECTED and MOVED
    n_in_view : galaxies shown in the view
    is_every : whether they are all here
    palette : (n_groups, 3) uint8 color of each group
    """

    x: np.ndarray
    y: np.ndarray
    rows: np.ndarray
    groups: np.ndarray
    flags: np.ndarray
    n_in_view: int
    is_every: bool
    palette: np.ndarray

    def to_bytes(self) -> bytes:
        """Little-endian, each part padded to 4 bytes.

        8 int32: magic number, points, points in view, 1 where these are all, groups, 0, 0, 0;
        then float32 x, float32 y, int32 row, uint8 group, uint8 flags of each point, and 3 uint8
        of each group's color.
        """
        n, n_groups = len(self.rows), len(self.palette)
        head = np.array([_MAGIC, n, self.n_in_view, self.is_every, n_groups, 0, 0, 0], "<i4")
        parts = [head, self.x, self.y, self.rows, self.groups, self.flags, self.palette]
        return b"".join(padded(part) for part in parts)


def points_in_view(
    collection: Collection,
    cache: Cache,
    asked: MapAsked,
    view: View,
    *,
    most: int = MOST_SPREAD,
    is_every: bool = False,
) -> MapPoints:
    """All galaxies in view where they are few, else at most `most`, spread evenly over it.

    Those of a wide view are among those of any view inside it. Where some galaxies in view are
    selected, they and the others have half of `most` each, or what the others leave.

    is_every : all of them, however many
    """
    shown = shown_of(collection, cache, asked)
    n_in_view = shown.count(view)
    is_every = is_every or n_in_view <= MAX_POINTS
    places = _all_places(shown, view) if is_every else _spread_places(shown, view, most)
    if shown.coloring.has_missing:  # a few labelled ones are not to be lost among the others
        places = _last(places, shown.groups[places] != shown.coloring.n_groups - 1)
    if shown.selected is not None:
        places = _last(places, shown.selected[places])
    rows, (x, y) = shown.index.order[places], shown.index.positions[places].T
    _, is_moved = collection.map_positions(asked.checkpoint)
    flags = MOVED * is_moved[rows].astype(np.uint8)
    if shown.selected is not None:
        flags |= SELECTED * shown.selected[places].astype(np.uint8)
    palette = rgb_of(shown.coloring.palette(asked.theme))
    return MapPoints(x, y, rows, shown.groups[places], flags, n_in_view, is_every, palette)


def _last(places: np.ndarray, is_last: np.ndarray) -> np.ndarray:
    """The places with some of them at the end; otherwise in their order."""
    return np.concatenate([places[~is_last], places[is_last]])


def far_galaxies(collection: Collection, cache: Cache, asked: MapAsked) -> dict:
    """Galaxies that are drawn at the edge of the map, those furthest beyond it first.

    {"n": number of them all, "far": [[row, x, y, group, selected], ...]}, of the groups shown.
    """
    shown = shown_of(collection, cache, asked)
    rows = _far_rows(collection, asked.checkpoint)
    rows = rows[shown.is_shown[shown.coloring.groups[rows]]]
    n_far, rows = len(rows), rows[:MOST_FAR]
    positions, _ = collection.map_positions(asked.checkpoint)
    is_selected = np.zeros(len(rows), int) if shown.chosen is None else 1 * shown.chosen[rows]
    columns = (rows, *positions[rows].T, shown.coloring.groups[rows], is_selected)
    far = [list(galaxy) for galaxy in zip(*(column.tolist() for column in columns), strict=True)]
    return {"n": n_far, "far": far}


def rgb_of(palette: tuple[str, ...]) -> np.ndarray:
    """(n, 3) uint8 of colors "#rrggbb"."""
    return np.array([list(bytes.fromhex(color[1:7])) for color in palette], np.uint8).reshape(-1, 3)


def _all_places(shown: Shown, view: View) -> np.ndarray:
    places = shown.index.places(view)
    return places if shown.among is None else places[shown.among[places]]


def _spread_places(shown: Shown, view: View, most: int) -> np.ndarray:
    first, *others = shown.pyramids()
    if not others:
        return shown.index.representatives(view, most, first)
    rest = shown.index.representatives(view, most, others[0])
    chosen = shown.index.representatives(view, max(most // 2, most - len(rest)), first)
    if len(rest) + len(chosen) > most:
        rest = shown.index.representatives(view, most - len(chosen), others[0])
    return np.concatenate([rest, chosen])


def _far_rows(collection: Collection, checkpoint: str) -> np.ndarray:
    """Rows of the galaxies at the edge, those furthest beyond it first."""

    def work() -> np.ndarray:
        positions, is_moved = collection.map_positions(checkpoint)
        rows = np.flatnonzero(is_moved).astype(np.int32)
        x0, x1, y0, y1 = map_index(collection, checkpoint).home
        beyond = np.abs(collection.projection(checkpoint)[rows] - positions[rows].astype(float))
        furthest = np.argsort(-np.hypot(*(beyond / (x1 - x0, y1 - y0)).T), kind="stable")
        return rows[furthest]

    return _FAR.get((collection.digest, checkpoint), work)


def padded(array: np.ndarray) -> bytes:
    """Bytes of an array, little-endian, filled up to a multiple of 4."""
    written = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return written + bytes(-len(written) % 4)

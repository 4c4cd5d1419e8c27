"""The view of a map as a file for print: what is shown, gathered for dashboard/map_svg.py."""

from dataclasses import dataclass

import numpy as np
from flask_caching import Cache

from dashboard.cluster_naming import with_names
from dashboard.colors import Coloring
from dashboard.cutout_pictures import Asked, cutout_picture
from dashboard.facts import label_of
from dashboard.map_asked import MapAsked
from dashboard.map_legend_svg import Legend
from dashboard.map_points import MOVED, SELECTED, MapPoints, far_galaxies, points_in_view
from dashboard.map_svg import WIDTH_MM, Drawing, Points, map_svg
from dashboard.map_view import Shown, shown_of
from dashboard.png import encode_png
from dashboard.raster import draw, limited
from dashboard.routes_map import cutouts_in_view
from dashboard.themes import theme_of
from data.selection_columns import day_text
from data.store import Collection
from models.space.map_index import View

DPI, MM_PER_INCH = 300, 25.4
MAX_PIXELS = 12_000_000  # of the raster
PICTURE = 192  # pixels of a cutout: 300 dpi up to 16 mm
GAP = 1.15  # of the cells of cutouts, as in assets/map_marks.js: the same ones are shown
PRINTED = {"light": "#ffffff"}  # grounds for paper; any other is the page's


@dataclass(frozen=True)
class Screen:
    """The map on the screen: pixels, and side of its cutouts in pixels, 0 for none."""

    width: int
    height: int
    cutouts: int


def export_svg(
    collection: Collection, cache: Cache, asked: MapAsked, view: View, screen: Screen
) -> str:
    """An SVG of what the map shows in `view`. Raises BadInput and NotFound as the routes do."""
    shown = shown_of(collection, cache, asked)
    points = points_in_view(collection, cache, asked, view)
    n_chosen = None if shown.chosen is None else int(shown.chosen.sum())
    theme = theme_of(asked.theme)
    x0, x1, y0, y1 = shown.index.home
    drawing = Drawing(
        view=view,
        middle=((x0 + x1) / 2, (y0 + y1) / 2),
        pixels=screen.width,
        title=title(collection, asked.checkpoint),
        subtitle=subtitle(collection, points, n_chosen, is_part=bool(asked.hidden)),
        points=drawn_points(points, far_galaxies(collection, cache, asked)["far"], view),
        palette=shown.coloring.palette(asked.theme),
        is_selection=n_chosen is not None,
        dot_size=dot_size(points.n_in_view),
        legend=legend_of(collection, shown, view, asked.theme),
        colors=(PRINTED.get(asked.theme, theme.ground), theme.ink, theme.faint),
        provenance=provenance(collection, asked, view),
        raster=None if points.is_every else _raster(shown, view, asked.theme),
        cutouts=_cutouts(collection, cache, asked, view, screen),
        cutout_size=screen.cutouts,
    )
    return map_svg(drawing)


def title(collection: Collection, checkpoint: str) -> str:
    """Collection and checkpoint."""
    label = label_of(collection, checkpoint)
    simulated = ", simulated" if collection.is_simulated else ""
    return f"{collection.name}{simulated} · {label}"


def subtitle(
    collection: Collection, points: MapPoints, n_chosen: int | None, *, is_part: bool
) -> str:
    """How many are in view, drawn and selected; of which collection."""
    parts = [f"{points.n_in_view:,} of {collection.n_galaxies:,} galaxies in view"]
    if is_part:
        parts[0] += ", without the hidden groups"
    if not points.is_every:
        parts.append(f"{len(points.rows):,} drawn as dots, the picture shows all")
    if n_chosen is not None:
        parts.append(f"{n_chosen:,} selected, the rest dimmed")
    built = str(collection.info.get("provenance", {}).get("built", ""))[:10]
    parts.append(f"built {built or 'at an unknown date'}, digest {collection.digest}")
    return " · ".join(parts)


def provenance(collection: Collection, asked: MapAsked, view: View) -> str:
    """What it takes to make the same picture again."""
    ends = ", ".join(f"{end:.7g}" for end in view)
    return (
        f"Morphospace; collection {collection.name}, digest {collection.digest}; checkpoint "
        f"{asked.checkpoint}; view {ends} in units of the map (UMAP has no physical scale); "
        f"paint {asked.paint or 'none'}; selection {asked.selection or 'none'}; hidden groups "
        f"{', '.join(map(str, sorted(asked.hidden))) or 'none'}."
    )


def drawn_points(points: MapPoints, far: list[list], view: View) -> Points:
    """The dots of a view, and all far galaxies in it: a spread of points may lack some."""
    x0, x1, y0, y1 = view
    others = [
        galaxy
        for galaxy in far
        if x0 <= galaxy[1] <= x1 and y0 <= galaxy[2] <= y1 and not points.is_every
    ]
    has_moved = (points.flags & MOVED) > 0
    kept = slice(None) if points.is_every else ~has_moved
    columns = np.array(others, dtype=float).reshape(-1, 5).T
    return Points(
        np.concatenate([points.x[kept], columns[1]]),
        np.concatenate([points.y[kept], columns[2]]),
        np.concatenate([points.groups[kept], columns[3].astype(np.uint8)]),
        np.concatenate([(points.flags[kept] & SELECTED) > 0, columns[4] > 0]),
        np.concatenate([has_moved[kept], np.ones(columns.shape[1], bool)]),
    )


def dot_size(n_in_view: int) -> float:
    """Diameter of a dot in pixels of the screen, as in assets/map_dots.js."""
    return float(np.clip(9 - 1.25 * np.log10(max(n_in_view, 1)), 2, 7))


def legend_of(collection: Collection, shown: Shown, view: View, theme: str) -> Legend:
    """What the colors mean; of classes those in view, with their numbers."""
    coloring = with_names(collection, shown.asked.checkpoint, shown.coloring)
    palette = coloring.palette(theme)
    places = shown.index.places(view)
    groups = shown.groups[places]
    counts = np.bincount(groups, minlength=coloring.n_groups) * shown.is_shown[: coloring.n_groups]
    chosen = None
    if shown.selected is not None:
        chosen = np.bincount(groups[shown.selected[places]], minlength=coloring.n_groups)
    told = range(coloring.n_groups)
    if coloring.is_number:
        told = told[-1:] if coloring.has_missing else []
    entries = tuple(
        (coloring.told(group), palette[group], _count_text(counts, chosen, group))
        for group in told
        if counts[group]
    )
    if not coloring.is_number:
        of = "selected / in view" if chosen is not None else "in view"
        return Legend(f"{coloring.title}, galaxies {of}", entries)
    return _legend_of_number(coloring, palette, entries)


def _legend_of_number(coloring: Coloring, palette: tuple[str, ...], entries: tuple) -> Legend:
    n_shades = coloring.n_groups - coloring.has_missing
    form = ",.0f" if coloring.kind == "ranks" else coloring.form
    ends = [
        day_text(round(end)) if form == "date" else format(end, form)
        for end in (coloring.low, coloring.high)
    ]
    return Legend(f"{coloring.title}, {coloring.scale}", entries, palette[:n_shades], *ends)


def _count_text(counts: np.ndarray, chosen: np.ndarray | None, group: int) -> str:
    total = f"{counts[group]:,}"
    return total if chosen is None else f"{chosen[group]:,} / {total}"


def _raster(shown: Shown, view: View, theme: str) -> bytes:
    width = round(WIDTH_MM / MM_PER_INCH * DPI)
    height = max(round(width * (view[3] - view[2]) / (view[1] - view[0])), 1)
    raster = draw(shown, view, limited((width, height), MAX_PIXELS), theme)
    return encode_png(raster.image, raster.palette)


def _cutouts(
    collection: Collection, cache: Cache, asked: MapAsked, view: View, screen: Screen
) -> tuple:
    if not screen.cutouts:
        return ()
    cell = screen.cutouts * GAP
    cells = tuple(max(int(side // cell), 1) for side in (screen.width, screen.height))
    pictures = []
    for row, x, y in cutouts_in_view(collection, cache, asked, view, cells):
        picture = cutout_picture(collection, row, Asked(size=PICTURE))
        pictures.append((x, y, picture.encoded, picture.mimetype))
    return tuple(pictures)

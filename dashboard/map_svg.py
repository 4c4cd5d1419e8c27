"""A view of the map as an SVG for print: dots or raster, cutouts, title, legend and scale."""

import math
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

import numpy as np

from dashboard.map_legend_svg import legend_lines

WIDTH_MM = 180  # two columns of a journal
PER_MM = 4  # units of the drawing
WIDTH = WIDTH_MM * PER_MM
TITLE, ROOM = 44, 34  # heights above the map, and of the scale below it
MARGIN = 12  # around all of it
DIMMED, FADED, ALPHA = 0.25, 0.7, 0.85  # a little more than on screen: print is darker
FONT = "Helvetica, Arial, sans-serif"


@dataclass(frozen=True, eq=False)
class Points:
    """Galaxies drawn as circles.

    x, y : (n,) map units; groups : (n,) index into the palette
    is_selected, is_far : (n,) bool; far ones are triangles at the edge of the map
    """

    x: np.ndarray
    y: np.ndarray
    groups: np.ndarray
    is_selected: np.ndarray
    is_far: np.ndarray


@dataclass(frozen=True, eq=False)
class Drawing:
    """What an exported view shows.

    view : x0, x1, y0, y1 in map units
    middle : of the whole map, from which far galaxies are seen
    pixels : width of the map on screen, by which dots and cutouts are scaled
    raster : PNG of the view under the dots, or None where every galaxy is a dot
    cutouts : (x, y, encoded, mimetype) of those shown, `cutout_size` pixels on screen
    legend : entries (name, color, count in words), or of shades: see map_legend_svg
    colors : ground, ink and faint ink
    """

    view: tuple[float, float, float, float]
    middle: tuple[float, float]
    pixels: float
    title: str
    subtitle: str
    points: Points
    palette: tuple[str, ...]
    is_selection: bool
    dot_size: float
    legend: object
    colors: tuple[str, str, str]
    provenance: str
    raster: bytes | None = None
    cutouts: tuple = ()
    cutout_size: float = 0.0

    @property
    def height(self) -> float:
        """Height of the map in units of the drawing."""
        x0, x1, y0, y1 = self.view
        return WIDTH * (y1 - y0) / (x1 - x0)

    @property
    def zoom(self) -> float:
        """Units of the drawing in a pixel of the screen."""
        return WIDTH / self.pixels

    def place(self, x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Map units to units of the drawing, from the map's upper left corner."""
        x0, x1, _, y1 = self.view
        scale = WIDTH / (x1 - x0)
        return (np.asarray(x, float) - x0) * scale, (y1 - np.asarray(y, float)) * scale


def map_svg(drawing: Drawing) -> str:
    """The whole file."""
    ground, ink, faint = drawing.colors
    legend, legend_height = legend_lines(drawing.legend, WIDTH, ink, faint)
    height = TITLE + drawing.height + ROOM + legend_height
    wide, high = WIDTH + 2 * MARGIN, height + 2 * MARGIN
    size = f'width="{WIDTH_MM}mm" height="{WIDTH_MM * high / wide:.2f}mm"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} '
        f'viewBox="{-MARGIN} {-MARGIN} {wide} {high:.1f}" '
        f'font-family="{FONT}">',
        f"<title>{escape(drawing.title)}</title>",
        f"<desc>{escape(drawing.provenance)}</desc>",
        f'<rect x="{-MARGIN}" y="{-MARGIN}" width="{wide}" height="{high:.1f}" fill="{ground}"/>',
        f'<text x="0" y="17" font-size="15" font-weight="bold" fill="{ink}">'
        f"{escape(drawing.title)}</text>",
        f'<text x="0" y="34" font-size="11" fill="{faint}">{escape(drawing.subtitle)}</text>',
        f'<clipPath id="view"><rect width="{WIDTH}" height="{drawing.height:.2f}"/></clipPath>',
        f'<g transform="translate(0 {TITLE})"><g clip-path="url(#view)">',
        *_raster(drawing),
        *_circles(drawing),
        *_triangles(drawing),
        *_cutouts(drawing),
        "</g>",
        f'<rect width="{WIDTH}" height="{drawing.height:.2f}" fill="none" stroke="{faint}"/>',
        "</g>",
        f'<g transform="translate(0 {TITLE + drawing.height:.2f})">',
        *_scale_bar(drawing),
        "</g>",
        f'<g transform="translate(0 {TITLE + drawing.height + ROOM:.2f})">{"".join(legend)}</g>',
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _raster(drawing: Drawing) -> Iterator[str]:
    if drawing.raster is not None:
        size = f'width="{WIDTH}" height="{drawing.height:.2f}"'
        yield _image(0, 0, size, drawing.raster, "image/png", 'preserveAspectRatio="none"')


def _image(x: float, y: float, size: str, encoded: bytes, mimetype: str, more: str) -> str:
    address = f"data:{mimetype};base64,{b64encode(encoded).decode()}"
    return f'<image x="{x:.2f}" y="{y:.2f}" {size} {more} href="{address}"/>'


def _circles(drawing: Drawing) -> Iterator[str]:
    """A group of circles for each color: the selected ones over the rest."""
    points = drawing.points
    for is_selected in (False, True) if drawing.is_selection else (None,):
        belongs = ~points.is_far
        if is_selected is not None:
            belongs &= points.is_selected == is_selected
        radius = drawing.zoom * (drawing.dot_size + bool(is_selected)) / 2
        for group, color in enumerate(drawing.palette):
            members = np.flatnonzero(belongs & (points.groups == group))
            if len(members):
                yield f"<g {_fill(color, is_selected is False)}>"
                x, y = drawing.place(points.x[members], points.y[members])
                yield "".join(
                    f'<circle cx="{left:.2f}" cy="{top:.2f}" r="{radius:.2f}"/>'
                    for left, top in zip(x, y, strict=True)
                )
                yield "</g>"


def _triangles(drawing: Drawing) -> Iterator[str]:
    """A triangle for each galaxy farther out than the map reaches, pointing there."""
    points = drawing.points
    members = np.flatnonzero(points.is_far)
    if not len(members):
        return
    x, y = drawing.place(points.x[members], points.y[members])
    across, down = drawing.place(*drawing.middle)
    size = 5 * drawing.zoom
    shape = f"M{1.3 * size:.2f} 0L{-0.8 * size:.2f} {size:.2f}V{-size:.2f}Z"
    for member, left, top in zip(members, x, y, strict=True):
        angle = math.degrees(math.atan2(top - down, left - across))
        is_dimmed = drawing.is_selection and not points.is_selected[member]
        yield (
            f'<path d="{shape}" {_fill(drawing.palette[points.groups[member]], is_dimmed)} '
            f'transform="translate({left:.2f} {top:.2f}) rotate({angle:.1f})"/>'
        )


def _fill(color: str, is_dimmed: bool) -> str:
    if not is_dimmed:
        return f'fill="{color}" fill-opacity="{ALPHA}"'
    parts = np.array([int(color[at : at + 2], 16) for at in (1, 3, 5)])
    grey = parts @ (0.3, 0.59, 0.11)
    faded = np.round(grey + (parts - grey) * (1 - FADED)).astype(int)
    return f'fill="#{"".join(f"{part:02x}" for part in faded)}" fill-opacity="{DIMMED}"'


def _cutouts(drawing: Drawing) -> Iterator[str]:
    side = drawing.cutout_size * drawing.zoom
    for x, y, encoded, mimetype in drawing.cutouts:
        left, top = drawing.place(x, y)
        size = f'width="{side:.2f}" height="{side:.2f}"'
        yield _image(float(left) - side / 2, float(top) - side / 2, size, encoded, mimetype, "")


def _scale_bar(drawing: Drawing) -> Iterator[str]:
    _, ink, faint = drawing.colors
    units = nice_length((drawing.view[1] - drawing.view[0]) / 5)
    length = units / (drawing.view[1] - drawing.view[0]) * WIDTH
    yield (
        f'<path d="M0 10v8M0 14h{length:.2f}m0 -4v8" stroke="{ink}" fill="none" '
        'stroke-width="1.2"/>'
    )
    yield (
        f'<text x="{length + 12:.1f}" y="18" font-size="11" fill="{faint}">'
        f"{units:g} map units (UMAP has no physical scale)</text>"
    )


def nice_length(most: float) -> float:
    """The largest of 1, 2, 5 times a power of ten that is no more than `most`."""
    power = 10.0 ** math.floor(math.log10(most))
    return max(factor * power for factor in (1, 2, 5) if factor * power <= most * (1 + 1e-9))

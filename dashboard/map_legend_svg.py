"""The legend of an exported map: classes with their counts, or the bar of a number."""

from dataclasses import dataclass
from html import escape

LINE, SIZE = 17, 11  # height of a line, and of its text
WIDE = 0.56  # mean width of a letter, in its height: no file has the metrics of every font
GAP = 26  # between entries: dot, and room
BAR, BAR_WIDTH = 10, 220


@dataclass(frozen=True)
class Legend:
    """What the colors mean.

    entries : (name, color, count in words) of each class in view; of a number, of galaxies
        without one only
    shades : colors of the bar, from `low` to `high` (texts); none for classes
    """

    title: str
    entries: tuple[tuple[str, str, str], ...] = ()
    shades: tuple[str, ...] = ()
    low: str = ""
    high: str = ""


def legend_lines(legend: Legend, width: float, ink: str, faint: str) -> tuple[list[str], float]:
    """SVG of a legend, from its upper left corner, and its height."""
    lines = [_text(0, SIZE, legend.title, ink, 'font-weight="bold"')]
    top = float(LINE)
    if legend.shades:
        lines += _bar(legend, top, ink)
        top += LINE + 8
    left = 0.0
    for name, color, count in legend.entries:
        taken = GAP + _width(f"{name} {count}")
        if left + taken > width and left > 0:
            left, top = 0.0, top + LINE
        lines.append(f'<circle cx="{left + 4:.1f}" cy="{top + 7:.1f}" r="4" fill="{color}"/>')
        lines.append(
            f'<text x="{left + 13:.1f}" y="{top + SIZE:.1f}" font-size="{SIZE}" fill="{ink}">'
            f'{escape(name)} <tspan fill="{faint}">{escape(count)}</tspan></text>'
        )
        left += taken
    return lines, top + LINE + 4


def _bar(legend: Legend, top: float, ink: str) -> list[str]:
    """The shades as a gradient: rectangles side by side let the ground shine through."""
    start = 8 + _width(legend.low)
    last = max(len(legend.shades) - 1, 1)
    stops = [
        f'<stop offset="{number / last:.4f}" stop-color="{color}"/>'
        for number, color in enumerate(legend.shades)
    ]
    return [
        f'<linearGradient id="shades">{"".join(stops)}</linearGradient>',
        _text(0, top + 9, legend.low, ink),
        f'<rect x="{start:.1f}" y="{top:.1f}" width="{BAR_WIDTH}" height="{BAR}" '
        'fill="url(#shades)"/>',
        _text(start + BAR_WIDTH + 8, top + 9, legend.high, ink),
    ]


def _text(x: float, y: float, text: str, color: str, more: str = "") -> str:
    place = f'x="{x:.1f}" y="{y:.1f}"'
    return f'<text {place} font-size="{SIZE}" fill="{color}" {more}>{escape(text)}</text>'


def _width(text: str) -> float:
    return WIDE * SIZE * len(text)

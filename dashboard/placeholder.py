"""What is shown in the place of a cutout that cannot be: a picture that says why."""

from textwrap import wrap
from xml.sax.saxutils import escape

MIMETYPE = "image/svg+xml"
SIZE, LINE, FIRST_LINE = 160, 14, 88
PER_LINE, MAX_LINES = 26, 5
# Its own ground: a picture knows nothing of the page's theme, and is legible on either.
GROUND, EDGE, INK, SIGN = "#20262f", "#6b7686", "#e6eaf0", "#ffb38a"


def placeholder(reason: str) -> bytes:
    """An SVG picture with a sign, and under it a sentence in lines of its own."""
    lines = wrap(reason, PER_LINE)
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 1], lines[MAX_LINES - 1][: PER_LINE - 2] + " …"]
    texts = "".join(
        f'<text x="{SIZE / 2:g}" y="{FIRST_LINE + LINE * number}">{escape(line)}</text>'
        for number, line in enumerate(lines)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {SIZE} {SIZE}" '
        f'width="{SIZE}" height="{SIZE}">'
        f"<title>{escape(reason)}</title>"
        f'<rect x="1" y="1" width="{SIZE - 2}" height="{SIZE - 2}" rx="6" fill="{GROUND}" '
        f'stroke="{EDGE}" stroke-width="2"/>'
        f'<g fill="none" stroke="{SIGN}" stroke-width="5" stroke-linecap="round">'
        '<circle cx="80" cy="42" r="22"/><path d="M66 56 94 28"/></g>'
        f'<g fill="{INK}" font-family="sans-serif" font-size="11" text-anchor="middle">{texts}</g>'
        "</svg>"
    ).encode()

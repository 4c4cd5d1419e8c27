"""The two themes, dark and light, as figures need them; the page's own are in assets/page.css.

A test holds both to the same colors, and to the contrast that makes them readable.
"""

from dataclasses import dataclass

from dashboard.palettes import CATEGORIES, ON_LIGHT


@dataclass(frozen=True)
class Theme:
    """Colors "#rrggbb" of everything that is drawn, by what it means.

    ground, panel, raised : what figures lie on: the page, a panel, a card over it
    ink, faint, grid : text, quiet text and lines, lines of a grid
    selected, second, whole : the selection, the second checkpoint, all galaxies
    complement, crossed : the galaxies that are not selected, and the selection with them
    pinned, pin_crossed : a second selection, and the first with it
    categories : of groups that have no order
    shades : ends of viridis, 0 to 1, between which an ordered series is seen
    """

    name: str
    ground: str
    panel: str
    raised: str
    ink: str
    faint: str
    grid: str
    selected: str
    second: str
    whole: str
    complement: str
    crossed: str
    pinned: str
    pin_crossed: str
    categories: tuple[str, ...]
    shades: tuple[float, float]


DARK = Theme(
    "dark",
    ground="#0e1116",
    panel="#151920",
    raised="#1c222b",
    ink="#d7dce3",
    faint="#95a0af",
    grid="#262d37",
    selected="#ffc857",
    second="#6cc3f5",
    whole="#9aa4b3",
    complement="#a99ae0",
    crossed="#c5b8f5",
    pinned="#f0803c",
    pin_crossed="#f7b48a",
    categories=CATEGORIES,
    shades=(0.4, 0.95),
)
LIGHT = Theme(
    "light",
    ground="#eef0f3",
    panel="#ffffff",
    raised="#ffffff",
    ink="#1b2430",
    faint="#566070",
    grid="#dfe3e8",
    selected="#945600",
    second="#0a6aa6",
    whole="#5b6675",
    complement="#6248bd",
    crossed="#7054cc",
    pinned="#b8420c",
    pin_crossed="#a3583a",
    categories=ON_LIGHT,
    shades=(0.0, 0.58),
)
THEMES = {theme.name: theme for theme in (DARK, LIGHT)}


def theme_of(name: object) -> Theme:
    """The theme of that name; the dark one for any other."""
    return THEMES.get(name, DARK) if isinstance(name, str) else DARK


def luminance(color: str) -> float:
    """Relative luminance of "#rrggbb", 0 for black to 1 for white (WCAG 2.2)."""
    parts = [int(color[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(color: str, ground: str) -> float:
    """Contrast of two colors, 1 to 21 (WCAG 2.2): 4.5 is readable, 3 is seen."""
    high, low = sorted((luminance(color), luminance(ground)), reverse=True)
    return (high + 0.05) / (low + 0.05)

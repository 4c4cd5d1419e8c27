import re
from dataclasses import fields
from pathlib import Path

import numpy as np
import pytest

from dashboard.curve_axes import Axes
from dashboard.curves import Curve, correlation_figure
from dashboard.figure_style import message_figure, shades
from dashboard.lab import scene_space
from dashboard.lab_controls import asked
from dashboard.lab_figures import scatter_figure
from dashboard.sweep_figure import sweep_figure
from dashboard.themes import DARK, LIGHT, THEMES, contrast, luminance, theme_of
from models.space.correlation import two_point_correlation
from models.space.presets import Measure
from models.space.score import score_by_components

ASSETS = Path(__file__).parents[1] / "assets"
OURS = ("page.css", "shell.css", "lab.css")
TEXT = ("ink", "faint", "selected", "second", "whole", "pinned", "complement", "crossed")


def variables(theme):
    """Colors of assets/page.css in a theme, by the names of their variables."""
    text = (ASSETS / "page.css").read_text()
    dark, light = (
        re.search(block, text, re.S)[1] for block in (r":root \{(.*?)\}", r'light"\] \{(.*?)\}')
    )
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", dark))
    return found | (
        dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", light)) if theme.name == "light" else {}
    )


def colors_in(figure):
    """Every "#rrggbb" that a figure is drawn in."""
    return set(re.findall(r"#[0-9a-fA-F]{6}\b", figure.to_json()))


def test_contrast_is_that_of_the_guidelines():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)  # as WCAG is cited
    assert luminance("#ffffff") == pytest.approx(1) and luminance("#000000") == 0


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_words_and_curves_can_be_read_on_every_ground(theme):
    for ground in (theme.ground, theme.panel, theme.raised):
        for name in TEXT:
            assert contrast(getattr(theme, name), ground) >= 4.5, (name, ground)
    for color in (*theme.categories, theme.pin_crossed):
        assert contrast(color, theme.panel) >= 3


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_shades_of_a_series_are_seen(theme):
    for color in shades(9, theme):
        parts = [int(part) for part in re.findall(r"\d+", color)]
        assert contrast("#" + "".join(f"{part:02x}" for part in parts[:3]), theme.panel) >= 2.9
    assert shades(0, theme) == []


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_the_page_and_its_figures_have_the_same_colors(theme):
    css = variables(theme)
    for name in ("ground", "panel", "raised", "ink", "faint", "selected"):
        assert css[name] == getattr(theme, name), name
    assert css["line"] == theme.grid


@pytest.mark.parametrize("theme", THEMES.values(), ids=str)
def test_words_of_the_page_can_be_read(theme):
    css = variables(theme)
    for name in ("refused", "link", "selected", "faint"):
        for ground in ("ground", "panel", "raised"):
            assert contrast(css[name], css[ground]) >= 4.5, (name, ground)
    for ground in ("ground", "panel", "raised"):
        assert contrast(css["focus"], css[ground]) >= 3


def test_both_themes_define_every_color():
    dark, light = variables(DARK), variables(LIGHT)
    assert set(dark) == set(light)
    assert all(dark[name] != light[name] for name in ("ground", "panel", "ink", "line"))


@pytest.mark.parametrize("file", OURS)
def test_no_color_is_written_outside_the_variables(file):
    text = (ASSETS / file).read_text()
    if file == "page.css":
        text = text[text.index("body {") :]
    found = set(re.findall(r"#[0-9a-fA-F]{3,8}\b(?=[^{]*\})", text)) - {"#000"}  # of pictures
    assert not found


@pytest.mark.parametrize("name", [None, "", "blue", 5, ["dark"]])
def test_an_unknown_theme_is_the_dark_one(name):
    assert theme_of(name) is DARK


def test_every_figure_is_drawn_in_its_theme(rng):
    points = rng.normal(size=(300, 3))
    measured = two_point_correlation(points, np.linspace(0, 4, 21))
    swept = score_by_components(rng.normal(size=(400, 8)), [1, 2, 4], Measure(), rng)
    space = scene_space(asked({"n_points": 200}).scene, 0)
    for theme, other in ((DARK, LIGHT), (LIGHT, DARK)):
        drawn = (
            correlation_figure([Curve("a", measured, 1.0, theme.whole)], Axes(), theme=theme),
            sweep_figure(swept, color=theme.selected, theme=theme),
            scatter_figure(space, "true", theme),
            message_figure("none", theme),
        )
        own = {str(getattr(theme, f.name)).lower() for f in fields(theme)} | set(theme.categories)
        foreign = {str(getattr(other, f.name)).lower() for f in fields(other)} - own
        for figure in drawn:
            assert not {color.lower() for color in colors_in(figure)} & foreign
            assert theme.ink in figure.to_json() or theme.faint in figure.to_json()

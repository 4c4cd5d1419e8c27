import numpy as np
import pytest

from dashboard.color_classes import MAX_OWN, color_classes
from dashboard.color_shades import SCALES, Shading, color_shades
from dashboard.colors import N_SHADES, color_excess, color_points
from dashboard.palettes import CATEGORIES, MISSING, N_COLORS, ON_LIGHT

GROUNDS = {"dark": "#0B0D11", "light": "#FFFFFF"}


def by_class(texts, **asked):
    values = sorted({text for text in texts if text is not None})
    codes = np.array([-1 if text is None else values.index(text) for text in texts])
    return color_classes("label", "label", codes, values, **asked)


def contrast(color, ground):
    """Contrast of two colors as WCAG 2 defines it."""

    def luminance(text):
        parts = np.array([int(text[place : place + 2], 16) / 255 for place in (1, 3, 5)])
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return linear @ [0.2126, 0.7152, 0.0722]

    low, high = sorted([luminance(color), luminance(ground)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_colors_of_classes_stand_out_from_the_ground_of_their_theme(theme):
    colored = by_class([f"class {n}" for n in range(N_COLORS)])
    assert min(contrast(color, GROUNDS[theme]) for color in colored.palette(theme)) >= 3
    assert len(set(colored.palette(theme))) == N_COLORS


def test_both_palettes_have_the_same_hues_in_the_same_order():
    def hue(color):
        red, green, blue = (int(color[place : place + 2], 16) for place in (1, 3, 5))
        return np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue)

    colorful = [n for n, color in enumerate(CATEGORIES) if color != "#B5BDC9"]
    apart = [hue(CATEGORIES[n]) - hue(ON_LIGHT[n]) for n in colorful]
    assert np.abs(np.angle(np.exp(1j * np.array(apart)))).max() < 0.5


def test_classes_are_colored_from_the_most_frequent_and_missing_is_last():
    colored = by_class(["b", "a", "b", None, None])
    assert colored.names == ("b", "a", "missing") and colored.has_missing
    assert colored.values == ("b", "a", None)
    np.testing.assert_array_equal(colored.groups, [0, 1, 0, 2, 2])
    assert colored.groups.dtype == np.uint8
    assert colored.palette()[-1] == MISSING
    np.testing.assert_array_equal(colored.counts(), [2, 1, 2])
    np.testing.assert_array_equal(colored.counts(np.array([0, 3])), [1, 0, 1])
    np.testing.assert_array_equal(colored.counts(np.array([1, 0, 0, 1, 0], bool)), [1, 0, 1])


def test_classes_as_frequent_are_in_the_order_of_their_names():
    assert by_class(["b", "c", "a", "c", "b", "a"]).names == ("a", "b", "c")


def test_numbers_as_classes_are_in_their_own_order():
    colored = color_classes("arms", "arms", np.array([0, 1, 1, 2]), np.array([2.0, 10.0, 1.0]))
    assert colored.names == ("1", "2", "10")
    assert colored.values == (1.0, 2.0, 10.0)
    np.testing.assert_array_equal(colored.groups, [1, 2, 2, 0])


def test_truth_values_are_selected_by_text():
    colored = color_classes("is_odd", "is_odd", np.array([0, 1, -1]), np.array([True, False]))
    assert colored.names == ("False", "True", "missing")
    assert colored.values == ("False", "True", None)


def many_classes():
    return [f"class {n:02d}" for n in range(30) for _ in range(40 - n)]


def test_more_classes_than_colors_share_one_as_other():
    texts = [*many_classes(), None]
    colored = by_class(texts)
    assert colored.n_groups == len(colored.palette()) == len(colored.values) == N_COLORS + 1
    assert colored.names[:2] == ("class 00", "class 01")
    assert colored.names[-2:] == (f"other ({30 - MAX_OWN} classes)", "missing")
    assert colored.has_other and colored.values[-2:] == ("", None)
    assert colored.counts().sum() == len(texts)
    assert colored.counts()[-2] == sum(40 - n for n in range(MAX_OWN, 30))


def test_chosen_classes_come_out_of_other_and_frequent_ones_keep_their_colors():
    before = by_class(many_classes())
    after = by_class(many_classes(), chosen=["class 29", "class 20", "class 00", "no such class"])
    assert after.names[-3:-1] == ("class 20", "class 29")
    assert after.names[: MAX_OWN - 3] == before.names[1 : MAX_OWN - 2]
    assert "class 00" in after.names
    assert after.counts()[list(after.names).index("class 29")] == 11
    assert after.names[-1] == before.names[-1]


def test_chosen_frequent_classes_change_nothing_of_what_has_a_color():
    before = by_class(many_classes())
    after = by_class(many_classes(), chosen=["class 10"])
    assert after.names == before.names


def test_as_many_classes_as_there_are_colors_need_no_other():
    colored = by_class([f"class {n}" for n in range(N_COLORS)])
    assert colored.n_groups == N_COLORS and not colored.has_other


def test_a_column_without_values_says_so():
    colored = by_class([None, None])
    assert colored.names == ("missing",) and "all are grey" in colored.said
    assert len(colored.palette()) == len(colored.values) == 1


def test_classes_that_no_galaxy_has_are_none():
    colored = color_classes("label", "label", np.array([1, 1]), ["a", "b"])
    assert colored.names == ("b",)


# ---- numbers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("scale", SCALES)
def test_numbers_are_shaded_in_order_and_missing_ones_kept_apart(rng, scale):
    values = rng.lognormal(size=3000)
    values[:7], values[7] = np.nan, np.inf
    colored = color_shades("redshift", "redshift", values, Shading(scale))
    assert colored.is_number and colored.n_groups == N_SHADES + 1
    assert len(colored.palette("light")) == len(colored.palette("dark")) == N_SHADES + 1
    assert colored.counts()[-1] == 8 and colored.missing_name == "missing or infinite"
    order = np.argsort(values[8:])
    assert (np.diff(colored.groups[8:][order].astype(int)) >= 0).all()
    assert len(colored.edges) == N_SHADES + 1 and (np.diff(colored.edges) >= 0).all()


@pytest.mark.parametrize("scale", SCALES)
def test_every_galaxy_is_between_the_edges_of_its_shade(rng, scale):
    values = rng.exponential(size=2000) + 0.01
    colored = color_shades("a", "a", values, Shading(scale, (2, 95)))
    edges = np.array(colored.edges)
    inside = (values >= edges[0]) & (values < edges[-1])
    groups = colored.groups[inside].astype(int)
    assert (values[inside] >= edges[groups]).all() and (values[inside] < edges[groups + 1]).all()
    assert (colored.groups[values < edges[0]] == 0).all()
    assert (colored.groups[values >= edges[-1]] == N_SHADES - 1).all()


def test_shades_span_the_percentiles_asked_for():
    values = np.arange(1001.0)
    colored = color_shades("a", "a", values, Shading(clip=(10, 80)))
    assert (colored.low, colored.high) == (100, 800)
    np.testing.assert_allclose(np.diff(colored.edges), 700 / N_SHADES)


def test_shades_span_the_range_set_by_hand():
    colored = color_shades("a", "a", np.arange(100.0), Shading(ends=(20, 40)))
    assert (colored.low, colored.high) == (20, 40)
    assert colored.counts()[0] >= 20 and colored.counts()[-2] >= 60


def test_shades_by_quantile_hold_as_many_galaxies_each(rng):
    values = rng.lognormal(sigma=3, size=6400)
    counts = color_shades("a", "a", values, Shading("quantile", (0, 100))).counts()
    np.testing.assert_array_equal(counts, [*[100] * N_SHADES, 0])


def test_shades_of_a_logarithm_are_of_equal_ratio_and_0_has_none():
    values = np.array([-1.0, 0.0, *np.geomspace(1, 1000, 200)])
    colored = color_shades("flux", "flux", values, Shading("log", (0, 100)))
    np.testing.assert_allclose(np.diff(np.log(colored.edges)), np.log(1000) / N_SHADES)
    assert colored.counts()[-1] == 2 and colored.said.startswith("2 of 0 or less")
    assert (colored.groups[:2] == N_SHADES).all()


def test_a_logarithm_of_a_range_below_0_begins_at_the_smallest_number():
    colored = color_shades("a", "a", np.array([-5.0, 0.5, 2.0]), Shading("log", ends=(-1, 2)))
    assert colored.low == 0.5


def test_no_number_above_0_has_no_logarithm():
    colored = color_shades("flux", "flux", np.array([-1.0, -3.0]), Shading("log"))
    assert colored.names == ("missing",) and "no value above 0" in colored.said


@pytest.mark.parametrize("values", [[np.nan] * 3, [np.inf] * 3, [np.inf, -np.inf, np.nan]])
def test_no_finite_number_is_said(values):
    colored = color_shades("flux", "flux", np.array(values), Shading())
    assert colored.counts().tolist() == [3] and "no finite value" in colored.said


@pytest.mark.parametrize("value", [0.0, 3.0, -2e30])
@pytest.mark.parametrize("scale", SCALES)
def test_one_number_alone_has_one_shade(value, scale):
    colored = color_shades("a", "a", np.full(20, value), Shading(scale))
    assert (colored.counts() > 0).sum() == 1
    assert colored.n_groups == len(colored.palette())


def test_percentiles_are_those_of_the_galaxies_sampled():
    values = np.arange(1000.0)
    colored = color_shades(
        "a", "a", values, Shading(clip=(0, 100)), sampled=lambda numbers: numbers[100:201]
    )
    assert (colored.low, colored.high) == (100, 200)


def test_ranks_begin_with_the_color_furthest_from_the_ground():
    from dataclasses import replace

    ranks = replace(color_shades("a", "a", np.arange(1.0, 99), Shading()), kind="ranks")
    for theme, ground in GROUNDS.items():
        palette = ranks.palette(theme)
        assert contrast(palette[0], ground) > contrast(palette[N_SHADES - 1], ground)


# ---- others -------------------------------------------------------------------------------------


def test_no_column_is_one_group():
    colored = color_points(5)
    assert colored.kind == "points" and colored.counts().tolist() == [5]
    assert colored.palette("light") != colored.palette("dark")


def test_an_excess_has_a_palette_for_each_theme_and_edges_around_0():
    colored = color_excess("excess", np.array([-0.5, 0, 30.0, np.nan]))
    assert colored.is_number and colored.groups.dtype == np.uint8
    assert len(colored.edges) == N_SHADES + 1 and (np.diff(colored.edges) > 0).all()
    assert colored.edges[N_SHADES // 2] == 0
    assert colored.palette("light") != colored.palette("dark")


def test_groups_cannot_be_changed_by_who_asks():
    with pytest.raises(ValueError, match="read-only"):
        color_points(3).groups[0] = 1

"""The picture of the map: its counts and colors against numpy, Datashader and by hand."""

import io

import datashader
import numpy as np
import pandas as pd
import pytest
from PIL import Image

from dashboard.colors import color_points
from dashboard.png import encode_png
from dashboard.raster_colors import N_COLORS, Palette, look_of, palette_for
from models.space.map_index import MapIndex
from models.space.map_pixels import MIXTURES, Drawn, Inks, Pixels, fill_pixels, ink_pixels

SHAPE = (70, 110)


def fixed(array):
    array.flags.writeable = False
    return array


NONE = fixed(np.zeros(0, bool))
ALL = fixed(np.ones(256, bool))
PALETTE = np.array([[230, 159, 0], [86, 180, 233], [0, 158, 115], [91, 100, 114]], np.uint8)


@pytest.fixture
def index(rng):
    return MapIndex(rng.normal(0, 1, (30_000, 2)) * (3, 1) + (4, -2))


@pytest.fixture
def groups(rng, index):
    return fixed((rng.integers(0, 4, len(index)) * (index.positions[:, 0] > 1)).astype(np.uint8))


@pytest.fixture(params=["whole", "part", "outside", "wider"])
def view(request, index):
    return {
        "whole": index.home,
        "part": (2.1, 6.3, -2.5, -1.4),
        "outside": (100.0, 101.0, 0.0, 1.0),
        "wider": (-90.0, 80.0, -30.0, 60.0),
    }[request.param]


def fill(index, view, drawn):
    seen = index.seen(view)
    return fill_pixels(index.positions, seen.runs, seen.window, SHAPE, drawn)


def by_pixel(index, view, weights=None, chosen=slice(None)):
    x, y = index.positions.astype(float)[chosen].T
    bins = (view[2:], view[:2])
    weights = None if weights is None else weights[chosen]
    return np.histogram2d(y, x, SHAPE, bins, weights=weights)[0]


def test_counts_are_those_of_a_histogram(index, groups, view):
    values = np.zeros((0, 3), np.uint32)
    pixels, n_shown = fill(index, view, Drawn(groups, values, ALL, NONE))
    np.testing.assert_array_equal(pixels.counts, by_pixel(index, view))
    assert n_shown == pixels.counts.sum() == index.count(view)


def test_sums_are_those_of_a_histogram_and_hidden_groups_are_absent(index, groups, view, rng):
    values = rng.integers(0, 256, (256, 3)).astype(np.uint32)
    is_shown = fixed(np.arange(256) != 2)
    pixels, n_shown = fill(index, view, Drawn(groups, values, is_shown, NONE))
    np.testing.assert_array_equal(pixels.counts, by_pixel(index, view, chosen=groups != 2))
    for part in range(3):
        expected = by_pixel(index, view, values[groups, part], groups != 2)
        np.testing.assert_array_equal(pixels.sums[..., part], expected)
    assert n_shown == pixels.counts.sum()


def test_pixels_with_galaxies_over_the_others_hold_those_alone(index, groups, view, rng):
    is_over = fixed(rng.uniform(size=len(index)) < 0.05)
    values = np.arange(768, dtype=np.uint32).reshape(256, 3)
    pixels, n_shown = fill(index, view, Drawn(groups, values, ALL, is_over))
    over, rest = by_pixel(index, view, chosen=is_over), by_pixel(index, view, chosen=~is_over)
    np.testing.assert_array_equal(pixels.is_over, over > 0)
    np.testing.assert_array_equal(pixels.counts, np.where(over > 0, over, rest))
    expected = by_pixel(index, view, values[groups, 1], is_over)
    np.testing.assert_array_equal(pixels.sums[..., 1][over > 0], expected[over > 0])
    assert n_shown == over.sum() + rest.sum()


def test_the_edges_of_a_view_belong_to_its_outer_pixels():
    index = MapIndex(np.array([[0, 0], [1, 1], [0, 1], [1, 0], [0.5, 0.5]]))
    groups = fixed(np.zeros(5, np.uint8))
    drawn = Drawn(groups, np.zeros((0, 3), np.uint32), ALL, NONE)
    pixels, n_shown = fill(index, (0, 1, 0, 1), drawn)
    assert n_shown == 5
    np.testing.assert_array_equal(pixels.counts[[0, 0, -1, -1], [0, -1, 0, -1]], 1)


def test_counts_and_means_are_those_of_datashader(index, groups):
    view = (2.1, 6.3, -2.5, -1.4)
    x, y = index.positions.astype(float).T
    table = pd.DataFrame({"x": x, "y": y, "shade": groups.astype(float)})
    canvas = datashader.Canvas(SHAPE[1], SHAPE[0], x_range=view[:2], y_range=view[2:])
    values = np.zeros((256, 3), np.uint32)
    values[:, 0], values[:, 1] = np.arange(256), 1
    pixels, _ = fill(index, view, Drawn(groups, values, ALL, NONE))
    counted = canvas.points(table, "x", "y", datashader.count()).values
    mean = canvas.points(table, "x", "y", datashader.mean("shade")).values
    np.testing.assert_array_equal(pixels.counts, counted)
    with np.errstate(invalid="ignore"):
        np.testing.assert_allclose(pixels.sums[..., 0] / pixels.sums[..., 1], mean)


def test_mixed_colors_are_those_of_datashader(index, groups):
    view = (2.1, 6.3, -2.5, -1.4)
    x, y = index.positions.astype(float).T
    names = [str(group) for group in range(4)]
    table = pd.DataFrame({"x": x, "y": y, "g": pd.Categorical.from_codes(groups, names)})
    canvas = datashader.Canvas(SHAPE[1], SHAPE[0], x_range=view[:2], y_range=view[2:])
    counted = canvas.points(table, "x", "y", datashader.count_cat("g"))
    key = [tuple(color) for color in PALETTE.tolist()]
    mixed = datashader.transfer_functions.shade(counted, color_key=key).values
    expected = np.stack([mixed >> shift & 255 for shift in (0, 8, 16)], axis=-1)
    values = np.zeros((256, 3), np.uint32)
    values[:4] = PALETTE
    pixels, _ = fill(index, view, Drawn(groups, values, ALL, NONE))
    filled = pixels.counts > 0
    ours = pixels.sums[filled] / pixels.counts[filled][:, None]
    np.testing.assert_allclose(ours, expected[filled], atol=1)


def read(image, palette):
    return np.asarray(Image.open(io.BytesIO(encode_png(image, palette))).convert("RGBA"))


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (257, 2), (64, 64)])
def test_a_png_is_read_as_it_was_written(rng, shape):
    image = rng.integers(0, 253, shape).astype(np.uint8)
    palette = rng.integers(0, 256, (253, 4)).astype(np.uint8)
    np.testing.assert_array_equal(read(image, palette), palette[image])


def test_row_0_of_the_pixels_is_at_the_bottom_of_the_picture():
    pixels = Pixels(
        np.array([[1, 0], [0, 5]], np.uint32),
        np.zeros((0, 0, 3), np.uint32),
        np.zeros((0, 0), bool),
    )
    inks = Inks(np.zeros(0, np.uint8), np.array([0, 0, 1, 2], np.uint8), 10, 3)
    assert ink_pixels(pixels, inks, inks).tolist() == [[0, 12], [10, 0]]


def mixture_palette(weights=None):
    values = np.zeros((256, 3), np.uint32)
    look = look_of(color_points(3), PALETTE, "dark", is_density=False)
    look = type(look)("mixture", values, PALETTE, True, "dark")
    weights = np.zeros(MIXTURES, int) if weights is None else weights
    return palette_for(look, lambda: weights, ("test", str(weights.nonzero()[0][:50])))


def nearest(palette, rgb):
    red, green, blue = (int(part) >> 3 for part in rgb)
    return palette.rgb[palette.lookup[red << 10 | green << 5 | blue]]


def test_the_colors_of_classes_are_exact_and_mixtures_are_near(rng):
    shares = rng.dirichlet(np.full(4, 0.5), 4000)
    mixed = (shares @ PALETTE).astype(int)
    numbers = (mixed[:, 0] >> 3) << 10 | (mixed[:, 1] >> 3) << 5 | mixed[:, 2] >> 3
    palette = mixture_palette(np.bincount(numbers, minlength=MIXTURES))
    assert len(palette.rgb) == N_COLORS
    for color in PALETTE:
        assert nearest(palette, color).tolist() == color.tolist()
    errors = [np.abs(nearest(palette, color) - color.astype(float)).max() for color in mixed]
    assert np.mean(errors) < 14 and max(errors) < 50


def test_without_mixtures_there_are_the_classes_alone():
    assert mixture_palette().rgb.tolist() == PALETTE.tolist()


@pytest.mark.parametrize("n_shades, has_missing", [(64, True), (64, False), (5, True), (1, False)])
def test_shades_keep_their_order_and_their_ends(n_shades, has_missing):
    rgb = np.stack([np.arange(n_shades + has_missing)] * 3, axis=1).astype(np.uint8)
    look = type(look_of(color_points(1), rgb, "dark", is_density=True))(
        "mean", np.zeros((256, 3), np.uint32), rgb, has_missing, "dark"
    )
    palette = palette_for(look, dict, ())
    shown = palette.rgb[palette.lookup[:-1], 0].astype(int)
    assert (np.diff(shown) >= 0).all() and shown[0] == 0 and shown[-1] == n_shades - 1
    assert np.abs(shown - np.arange(n_shades)).max() <= max(n_shades // N_COLORS, 0)
    assert palette.rgb[palette.lookup[-1]].tolist() == rgb[-1].tolist()
    assert len(palette.rgb) <= N_COLORS


def test_a_layer_grows_in_opacity_and_a_dimmed_one_is_faint_and_gray():
    palette = Palette(PALETTE, np.zeros(0, np.uint8))
    plain = palette.layer(9).reshape(4, 9, 4).astype(int)
    dimmed = palette.layer(3, is_dimmed=True).reshape(4, 3, 4).astype(int)
    assert (plain[..., :3] == PALETTE[:, None]).all()
    assert plain[0, 0, 3] >= 0.35 * 255 - 1 and plain[0, -1, 3] == 255
    assert (np.diff(plain[..., 3]) > 0).all()
    assert 0.1 * 255 < dimmed[..., 3].min() and dimmed[..., 3].mean() == pytest.approx(40, abs=4)
    spans = np.ptp(dimmed[:, 0, :3], axis=1), np.ptp(PALETTE.astype(int), axis=1)
    np.testing.assert_allclose(spans[0], 0.3 * spans[1], atol=2)

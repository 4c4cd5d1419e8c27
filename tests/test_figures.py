import numpy as np
import pandas as pd

from dashboard.colors import color_by
from dashboard.figures import (
    DIMMED,
    Curve,
    correlation_figure,
    map_figure,
    point_size,
    selection_changes,
)
from models.space.correlation import two_point_correlation

LABELS = pd.Series(["a"] * 30 + ["b"] * 20)


def drawn(figure):
    """Rows of each trace."""
    return [list(trace.customdata) for trace in figure.data]


def test_every_galaxy_is_drawn_once_in_the_color_of_its_class(rng):
    positions, rows = rng.normal(size=(50, 2)), np.arange(50)
    figure = map_figure(positions, rows, color_by("label", LABELS), None)
    assert drawn(figure) == [list(range(30)), list(range(30, 50)), [], []]
    np.testing.assert_allclose(figure.data[1].x, positions[30:, 0], rtol=1e-6)


def test_the_selected_are_drawn_again_over_the_dimmed_rest(rng):
    positions, rows = rng.normal(size=(50, 2)), np.arange(50)
    figure = map_figure(positions, rows, color_by("label", LABELS), np.array([3, 31, 32]))
    assert drawn(figure)[2:] == [[3], [31, 32]]
    assert [trace.marker.opacity for trace in figure.data[:2]] == [DIMMED, DIMMED]


def test_clearing_undoes_what_selecting_changed(rng):
    positions, colors = rng.normal(size=(50, 2)), color_by("label", LABELS)
    whole = map_figure(positions, np.arange(50), colors, None)
    for trace, change in zip(whole.data, selection_changes(positions, colors, None), strict=True):
        if "marker" in change:
            assert trace.marker.opacity == change["marker"]["opacity"]
        else:
            assert list(trace.customdata) == change["customdata"] == []


def test_more_points_are_smaller():
    sizes = [point_size(n) for n in (0, 10, 1000, 100_000)]
    assert sizes == sorted(sizes, reverse=True) and sizes[-1] >= 2


def test_curves_are_in_units_of_each_checkpoints_own_separation(rng):
    points = rng.normal(size=(300, 2))
    first = two_point_correlation(points, np.linspace(0, 4, 21))
    scaled = two_point_correlation(10 * points, np.linspace(0, 40, 21))
    curves = [Curve("first", first, 2.0, "#fff"), Curve("second", scaled, 20.0, "#fff")]
    figure = correlation_figure(curves, is_log=False)
    drawn_first, drawn_second = (trace for trace in figure.data if trace.name)
    np.testing.assert_allclose(drawn_first.x, drawn_second.x)
    np.testing.assert_allclose(drawn_first.y, drawn_second.y, atol=1e-6)


def test_a_logarithmic_axis_shows_one_plus_eps(rng):
    measured = two_point_correlation(rng.normal(size=(300, 2)), np.linspace(0, 4, 21))
    figure = correlation_figure([Curve("a", measured, 1.0, "#fff")], is_log=True)
    (curve,) = [trace for trace in figure.data if trace.name]
    is_drawn = ~np.isnan(np.asarray(curve.y, float))
    np.testing.assert_allclose(np.asarray(curve.y)[is_drawn], 1 + measured.eps[is_drawn])


def test_the_axis_spans_the_bins_that_count_and_marks_the_others(rng):
    # Twenty tight clusters in 15 dimensions: nearly empty bins at small r reach enormous values.
    points = rng.normal(scale=0.05, size=(400, 15)) + np.repeat(rng.normal(size=(20, 15)), 20, 0)
    measured = two_point_correlation(points, np.linspace(0, 8, 41))
    assert np.nanmax(measured.eps[~measured.used]) > 100 * np.nanmax(measured.upper[measured.used])
    figure = correlation_figure([Curve("a", measured, 1.0, "#fff")], is_log=False)
    low, high = figure.layout.yaxis.range
    assert low < measured.eps[measured.used].min() < measured.upper[measured.used].max() < high
    assert high < 2 * np.nanmax(measured.upper[measured.used]) + 1
    (curve,) = [trace for trace in figure.data if trace.name]
    assert [symbol == "circle" for symbol in curve.marker.symbol] == measured.used.tolist()

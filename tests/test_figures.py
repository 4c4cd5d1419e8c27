import numpy as np
import pandas as pd

from dashboard.colors import color_by
from dashboard.figures import (
    DIMMED,
    map_figure,
    point_size,
    selection_changes,
)

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

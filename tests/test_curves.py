import numpy as np
import pytest

from dashboard.curve_axes import Axes
from dashboard.curve_marks import MARK_SHARE, forced_dip
from dashboard.curves import Curve, correlation_figure
from models.space.bumps import find_bumps
from models.space.correlation import sampled_correlation, two_point_correlation
from models.space.null import gaussian_null, summarized

EDGES = np.linspace(0, 4, 21)


def named(figure):
    """The traces that are curves, and not bands or marks."""
    return [trace for trace in figure.data if trace.name]


def texts(figure):
    return [note.text for note in figure.layout.annotations]


@pytest.fixture
def two_blobs(rng):
    """Two clusters: an excess at small separations and at their distance, a dip between."""
    points = rng.normal(scale=0.3, size=(800, 2))
    points[400:, 0] += 3
    return two_point_correlation(points, np.linspace(0, 5, 41))


def test_curves_are_in_units_of_each_checkpoints_own_separation(rng):
    points = rng.normal(size=(300, 2))
    first = two_point_correlation(points, EDGES)
    scaled = two_point_correlation(10 * points, 10 * EDGES)
    curves = [Curve("first", first, 2.0, "#fff"), Curve("second", scaled, 20.0, "#fff")]
    drawn_first, drawn_second = named(correlation_figure(curves, Axes(is_log=False)))
    np.testing.assert_allclose(drawn_first.x, drawn_second.x)
    np.testing.assert_allclose(drawn_first.y, drawn_second.y, atol=1e-6)


def test_the_rms_separation_is_told_where_all_curves_have_the_same(rng):
    measured = two_point_correlation(rng.normal(size=(300, 2)), EDGES)
    one, other = Curve("a", measured, 2.0, "#fff"), Curve("b", measured, 3.0, "#fff")
    assert "(2)" in correlation_figure([one, one], Axes()).layout.xaxis.title.text
    assert "(" not in correlation_figure([one, other], Axes()).layout.xaxis.title.text


def test_raw_separations_are_drawn_as_they_are(rng):
    measured = two_point_correlation(rng.normal(size=(300, 2)), EDGES)
    (drawn,) = named(correlation_figure([Curve("a", measured, 2.0, "#fff")], Axes(r_unit="raw")))
    np.testing.assert_allclose(drawn.x, (EDGES[:-1] + EDGES[1:]) / 2)


def test_a_logarithmic_axis_shows_one_plus_eps(rng):
    measured = two_point_correlation(rng.normal(size=(300, 2)), EDGES)
    (drawn,) = named(correlation_figure([Curve("a", measured, 1.0, "#fff")], Axes()))
    is_drawn = ~np.isnan(np.asarray(drawn.y, float))
    np.testing.assert_allclose(np.asarray(drawn.y)[is_drawn], 1 + measured.eps[is_drawn])


def test_bins_are_drawn_at_their_middle_in_ratio_where_separations_are_logarithmic(rng):
    measured = two_point_correlation(rng.normal(size=(300, 2)), np.geomspace(0.1, 4, 11))
    curve = Curve("a", measured, 1.0, "#fff")
    (drawn,) = named(correlation_figure([curve], Axes(r_is_log=True)))
    assert np.ptp(np.diff(np.log(drawn.x))) < 1e-12


def test_the_axis_spans_the_bins_that_count_and_marks_the_others(rng):
    # Twenty tight clusters in 15 dimensions: nearly empty bins at small r reach enormous values.
    points = rng.normal(scale=0.05, size=(400, 15)) + np.repeat(rng.normal(size=(20, 15)), 20, 0)
    measured = two_point_correlation(points, np.linspace(0, 8, 41))
    assert np.nanmax(measured.eps[~measured.used]) > 100 * np.nanmax(measured.upper[measured.used])
    figure = correlation_figure([Curve("a", measured, 1.0, "#fff")], Axes(is_log=False))
    low, high = figure.layout.yaxis.range
    assert low < measured.eps[measured.used].min() < measured.upper[measured.used].max() < high
    assert high < 2 * np.nanmax(measured.upper[measured.used]) + 1
    (drawn,) = named(figure)
    assert [symbol == "circle" for symbol in drawn.marker.symbol] == measured.used.tolist()


def test_bins_that_are_not_resolved_are_faint_and_off_the_line(rng):
    measured = sampled_correlation(rng.normal(size=(600, 5)), np.linspace(0, 6, 41), 4)
    assert not measured.resolved.all()
    figure = correlation_figure([Curve("a", measured, 1.0, "#fff")], Axes(is_log=False))
    (drawn,) = named(figure)
    assert np.isnan(np.asarray(drawn.y, float)[~measured.resolved]).all()
    (faint,) = [trace for trace in figure.data if trace.mode == "markers"]
    assert faint.opacity < 0.5 and set(faint.x).isdisjoint(drawn.x[measured.resolved])


def test_the_chance_band_is_drawn_where_it_is_asked_for(rng):
    measured = two_point_correlation(rng.normal(size=(200, 2)), EDGES)
    null = summarized(gaussian_null(measured, 20, rng), measured)
    n_traces = [
        len(correlation_figure([Curve("a", measured, 1.0, "#fff", null, has_band=b)], Axes()).data)
        for b in (False, True)
    ]
    assert n_traces[1] == n_traces[0] + 1


def test_the_forced_dip_is_between_the_two_excesses(two_blobs):
    dip = forced_dip(two_blobs)
    middle = two_blobs.edges[dip]
    assert 0.8 < middle < 2.6 and two_blobs.eps[dip] < -0.5


def test_points_without_structure_have_no_dip(rng):
    assert forced_dip(two_point_correlation(rng.normal(size=(1500, 2)), EDGES)) is None


def test_the_fall_after_the_last_excess_is_no_dip_while_there_is_one_before(two_blobs):
    dip = forced_dip(two_blobs)
    excess = np.flatnonzero(two_blobs.used & (two_blobs.eps > 0))
    assert (excess > dip).any() and (excess < dip).any()


@pytest.mark.parametrize("axes", [Axes(), Axes(is_log=False), Axes(r_is_log=True)])
def test_bumps_and_the_dip_are_marked_on_the_main_curve_only(two_blobs, axes):
    bumps = find_bumps(two_blobs)
    assert bumps
    curve = Curve("a", two_blobs, 2.0, "#fff")
    assert texts(correlation_figure([curve], axes, bumps)) == []
    figure = correlation_figure([Curve("a", two_blobs, 2.0, "#fff", is_main=True)], axes, bumps)
    assert sum("σ" in text for text in texts(figure)) == len(bumps)
    (dip,) = [note for note in figure.layout.annotations if "dip" in note.text]
    assert "covariance" in dip.hovertext


def test_a_mark_is_where_its_bump_is_on_either_axis(two_blobs):
    bump = find_bumps(two_blobs)[-1]
    curve = Curve("a", two_blobs, 2.0, "#fff", is_main=True)
    for axes in (Axes(), Axes(r_is_log=True)):
        figure = correlation_figure([curve], axes, [bump])
        (mark,) = [note for note in figure.layout.annotations if "σ" in note.text]
        # plotly wants the logarithm of a place on a logarithmic axis, of annotations alone
        x = 10**mark.x if axes.r_is_log else mark.x
        assert x == pytest.approx(bump.peak / 2, rel=0.02)
        low, high = figure.layout.yaxis.range
        assert low < mark.y < high


def test_no_curve_crosses_a_mark_beside_a_steep_fall(rng):
    # Tight clusters: the excess at the smallest separations falls steeply through the first bump.
    points = rng.normal(scale=0.02, size=(600, 2)) + np.repeat(rng.normal(size=(60, 2)), 10, 0)
    measured = two_point_correlation(points, np.linspace(0, 4, 41))
    curve = Curve("a", measured, 1.0, "#fff", is_main=True)
    bumps = find_bumps(measured)
    for axes in (Axes(), Axes(is_log=False)):
        figure = correlation_figure([curve], axes, bumps)
        marks = [note for note in figure.layout.annotations if "σ" in note.text]
        assert marks
        x = (measured.edges[:-1] + measured.edges[1:]) / 2
        width = MARK_SHARE * np.ptp(figure.layout.xaxis.range)
        for mark in marks:
            left = {"left": 0, "center": -0.5, "right": -1}[mark.xanchor] * width + mark.x
            under = measured.eps[(x >= left) & (x <= left + width)] + axes.level
            height = 10**mark.y if axes.is_log else mark.y
            assert (under <= height + 1e-9).all()


def test_what_a_brush_snaps_to_turns_back_into_rms_separations(two_blobs):
    curve = Curve("a", two_blobs, 2.0, "#fff", is_main=True)
    for axes in (Axes(), Axes(r_unit="raw")):
        told = correlation_figure([curve], axes).layout.meta
        in_rms = np.array(told["edges"]) / told["per_rms"]
        np.testing.assert_allclose(in_rms, two_blobs.edges / 2.0)

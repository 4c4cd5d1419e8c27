from dashboard.figures import gesture_figure


def test_the_figure_over_a_map_draws_nothing_and_has_one_scale():
    figure = gesture_figure()
    (trace,) = figure.data
    assert list(trace.x) == list(trace.y) == [None]
    assert figure.layout.yaxis.scaleanchor == "x"
    assert not figure.layout.xaxis.visible and not figure.layout.yaxis.visible
    assert {figure.layout.margin[side] for side in "lrtb"} == {0}


def test_it_is_small_and_keeps_the_view_through_redraws():
    figure = gesture_figure()
    assert figure.layout.uirevision
    assert len(figure.to_json()) < 2000

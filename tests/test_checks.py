"""What points and edges must be: every refusal is one sentence that says what is wrong."""

import numpy as np
import pytest

from models.space.checks import are_all_same, checked_edges, checked_points


def test_points_keep_their_precision_and_others_get_one_that_holds_them(rng):
    for given, kept in (
        (np.float32, np.float32),
        (np.float64, np.float64),
        (np.float16, np.float32),
        (np.int16, np.float64),
        (bool, np.float64),
    ):
        points = rng.integers(0, 2, (4, 3)).astype(given)
        checked = checked_points(points)
        assert checked.dtype == kept
        np.testing.assert_array_equal(checked, points)


def test_finite_points_whose_sum_is_not_are_accepted():
    points = np.full((3, 2), 3e38, np.float32)
    assert checked_points(points) is points


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_rows_that_are_not_finite_are_named(bad):
    points = np.zeros((20, 3), np.float32)
    points[[2, 7], [0, 2]] = bad
    with pytest.raises(ValueError, match="these rows are not: 2, 7[.]"):
        checked_points(points)
    points[9:] = bad
    with pytest.raises(ValueError, match="these rows are not: 2, 7, 9, 10, 11 and 8 more[.]"):
        checked_points(points)


def test_opposite_infinities_do_not_cancel():
    with pytest.raises(ValueError, match="these rows are not: 0, 1"):
        checked_points(np.array([[np.inf], [-np.inf], [1.0]]))


@pytest.mark.parametrize(
    ("points", "sentence"),
    [
        (np.zeros(3), r"shape \(n_points, n_dim\), not \(3,\)"),
        (np.zeros((3, 2, 1)), r"shape \(n_points, n_dim\), not \(3, 2, 1\)"),
        (np.zeros((3, 0)), r"shape \(n_points, n_dim\), not \(3, 0\)"),
        (np.zeros((0, 3)), "At least 1 point is needed, and there are 0"),
        (np.array([["a", "b"]]), "Points must be numbers"),
        (np.array([[1 + 2j]]), "Points must be numbers"),
    ],
)
def test_what_is_no_points_is_refused(points, sentence):
    with pytest.raises(ValueError, match=sentence):
        checked_points(points)


def test_too_few_points_are_refused():
    with pytest.raises(ValueError, match="At least 3 points are needed, and there are 2"):
        checked_points(np.eye(2), at_least=3)
    with pytest.raises(ValueError, match="At least 2 points are needed, and there is 1"):
        checked_points(np.eye(1), at_least=2)


@pytest.mark.parametrize(
    ("edges", "sentence"),
    [
        ([0, 1, 1], "must increase"),
        ([2, 1], "must increase"),
        ([0, np.inf, np.inf], "must increase"),
        ([0, np.nan, 2], "must be numbers, and edge 1 is not"),
        ([np.nan, 1], "must be numbers, and edge 0 is not"),
        ([-0.5, 1], "cannot be negative, as -0.5 is"),
        ([-np.inf, 1], "cannot be negative, as -inf is"),
        ([1], "at least two separations"),
        ([], "at least two separations"),
        ([[0, 1]], "at least two separations"),
        (["a", "b"], "Edges must be numbers"),
    ],
)
def test_edges_that_make_no_bins_are_refused(edges, sentence):
    with pytest.raises(ValueError, match=sentence):
        checked_edges(edges)


def test_the_last_edge_may_be_infinite():
    np.testing.assert_array_equal(checked_edges([0, 1, np.inf]), [0, 1, np.inf])


def test_points_are_the_same_only_if_all_are():
    points = np.ones((500, 2))
    assert are_all_same(points)
    points[-1, 0] = 2  # beyond the first few that are looked at
    assert not are_all_same(points)

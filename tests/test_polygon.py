import numpy as np
import pytest

from data.polygon import points_in_box, points_inside
from models.errors import BadInput
from models.space.crossing import crosses_itself
from models.space.polygon import points_in_polygon


def ring_of_vertices(n, center=(0, 0), radius=1.0):
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([center[0] + radius * np.cos(angles), center[1] + radius * np.sin(angles)], 1)


def inside_slowly(points, vertices):
    """Even-odd rule, edge by edge for every point: the definition."""
    x, y = np.asarray(points, dtype=np.float64).T
    is_odd = np.zeros(len(x), dtype=bool)
    for ends in zip(vertices, np.roll(vertices, -1, axis=0), strict=True):
        (x0, y0), (x1, y1) = sorted(map(tuple, ends), key=lambda end: (end[1], end[0]))
        met = np.flatnonzero((y0 <= y) & (y < y1))
        if len(met):
            is_odd[met] ^= x[met] < x0 + (x1 - x0) * ((y[met] - y0) / (y1 - y0))
    return is_odd


def drawn_by_hand(rng, n):
    """A lasso: a wobbling outline that may cross itself."""
    angles = np.sort(rng.uniform(0, 2 * np.pi * rng.integers(1, 3), n))
    radii = rng.uniform(0.3, 2) * (1 + 0.4 * np.sin(5 * angles) + 0.05 * rng.normal(size=n))
    center = rng.normal(size=2)
    return center + np.stack([radii * np.cos(angles), radii * np.sin(angles)], axis=1)


@pytest.mark.parametrize("seed", range(30))
def test_polygons_of_any_kind_agree_with_the_definition(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 60))
    offset = rng.choice([0.0, 1e3, 1e8]) * rng.normal(size=2)
    for vertices in (drawn_by_hand(rng, n), rng.normal(size=(n, 2))):
        vertices = vertices + offset
        points = rng.normal(scale=1.5, size=(4000, 2)) + offset
        expected = inside_slowly(points, vertices)
        np.testing.assert_array_equal(points_inside(points, vertices), expected)
        single = points.astype(np.float32)
        np.testing.assert_array_equal(
            points_inside(single, vertices), inside_slowly(single, vertices)
        )


@pytest.mark.parametrize("seed", range(10))
def test_points_on_vertices_and_edges_agree_with_the_definition(seed):
    rng = np.random.default_rng(seed)
    vertices = rng.integers(0, 6, size=(int(rng.integers(3, 12)), 2)).astype(float)
    grid = np.stack(np.meshgrid(np.arange(-1, 7, 0.25), np.arange(-1, 7, 0.25)), -1).reshape(-1, 2)
    along = rng.random(50)[:, None]
    on_edges = along * vertices[:1] + (1 - along) * vertices[1:2]
    points = np.concatenate([grid, vertices, on_edges])
    np.testing.assert_array_equal(points_inside(points, vertices), inside_slowly(points, vertices))


@pytest.mark.parametrize(
    "vertices",
    [
        [[0, 0], [0, 0], [0, 0]],
        [[0, 0], [0, 1], [0, 2]],
        [[0, 0], [1, 0], [2, 0]],
        [[0, 0], [1, 1], [0, 0], [1, 1]],
        [[0, 0], [1, 1e-300], [2, 0], [1, 1]],
        [[-1e308, -1e308], [1e308, -1e308], [0, 1e308]],
        [[0, 0], [5e-324, 0], [0, 5e-324]],
        [[0, -1e308], [1, 1e308], [2, -1e308]],
    ],
)
def test_degenerate_polygons_agree_with_the_definition(vertices, rng):
    vertices = np.array(vertices, dtype=float)
    around = rng.normal(scale=2, size=(500, 2))
    points = np.concatenate([around, 1e300 * around, vertices, np.round(around)])
    with np.errstate(over="ignore", invalid="ignore"):
        expected = inside_slowly(points, vertices)
    np.testing.assert_array_equal(points_inside(points, vertices), expected)


def test_a_lasso_of_many_vertices_agrees_with_the_definition(rng):
    vertices = drawn_by_hand(rng, 4000)
    points = rng.normal(size=(20_000, 2))
    np.testing.assert_array_equal(points_inside(points, vertices), inside_slowly(points, vertices))


def test_points_that_are_no_numbers_are_outside():
    points = np.array([[0, 0], [np.nan, 0], [0, np.nan], [np.inf, 0], [-np.inf, -np.inf]])
    inside = points_inside(points, ring_of_vertices(8))
    assert inside.tolist() == [True, False, False, False, False]


def test_points_may_be_stored_in_any_way(rng):
    points = rng.normal(size=(500, 4)).astype(np.float16)
    expected = inside_slowly(points[:, ::2], ring_of_vertices(20))
    np.testing.assert_array_equal(points_inside(points[:, ::2], ring_of_vertices(20)), expected)
    assert points_inside(np.empty((0, 2)), ring_of_vertices(20)).shape == (0,)


def test_a_circle_holds_the_points_within_its_radius(rng):
    points = rng.uniform(-2, 2, (20_000, 2))
    inside = points_inside(points, ring_of_vertices(500, (0.3, -0.2), 1.1))
    radius = np.hypot(points[:, 0] - 0.3, points[:, 1] + 0.2)
    clear = np.abs(radius - 1.1) > 1e-3  # a polygon is a little smaller than its circle
    np.testing.assert_array_equal(inside[clear], radius[clear] < 1.1)


def test_what_is_gone_round_twice_is_outside():
    once = ring_of_vertices(40)
    twice = np.concatenate([once, once])
    star = ring_of_vertices(5)[[0, 2, 4, 1, 3]]
    center, tip = np.array([[0.01, 0.02]]), 0.9 * ring_of_vertices(5)[:1]
    assert points_inside(center, once).all() and not points_inside(center, twice).any()
    assert points_inside(tip, star).all() and not points_inside(center, star).any()


def test_neighboring_polygons_share_no_point():
    # Points on a common edge, and on a common vertex, belong to exactly one of the two.
    grid = np.stack(np.meshgrid(np.arange(5.0), np.arange(5.0)), -1).reshape(-1, 2)
    left = np.array([[0, 0], [2, 0], [2, 4], [0, 4]])
    right = left + [2, 0]
    times = points_inside(grid, left).astype(int) + points_inside(grid, right)
    assert times.max() == 1
    assert (times == 1).sum() == 16  # 4 x 4: one of the two ends, in either direction


def test_the_start_and_the_direction_of_a_polygon_do_not_matter(rng):
    vertices = rng.normal(size=(12, 2))
    along = rng.random((12, 1))
    on_edges = along * vertices + (1 - along) * np.roll(vertices, -1, axis=0)
    points = np.concatenate([rng.normal(size=(3000, 2)), vertices, on_edges])
    expected = points_inside(points, vertices)
    for other in (vertices[::-1], np.roll(vertices, 5, axis=0)):
        np.testing.assert_array_equal(points_inside(points, other), expected)


def test_a_box_holds_its_edges_in_either_order():
    points = np.array([[0, 0], [1, 1], [2, 2], [0, 2], [2.1, 1]])
    for x, y in (((0, 2), (0, 2)), ((2, 0), (2, 0))):
        assert points_in_box(points, x, y).tolist() == [True, True, True, True, False]


def test_what_cannot_be_drawn_is_refused():
    points = np.zeros((1, 2))
    with pytest.raises(BadInput, match="at least 3 points"):
        points_inside(points, [[0, 0], [1, 1]])
    with pytest.raises(BadInput, match="10,000 vertices"):
        points_inside(points, np.zeros((10_001, 2)))
    with pytest.raises(BadInput, match="not a finite number"):
        points_inside(points, [[0, 0], [1, np.nan], [1, 1]])
    for bad in (np.zeros((0, 2)), np.full((3, 2), np.inf)):
        with pytest.raises(ValueError, match="finite numbers"):
            points_in_polygon(points, bad)
    with pytest.raises(ValueError, match=r"shape \(n, 2\)"):
        points_in_polygon(np.zeros((3, 3)), np.eye(3, 2))


# ---- outlines that cross themselves ------------------------------------------------------------


def crosses_slowly(vertices):
    """Whether two edges cross, each of every pair."""
    ends = [(a, b) for a, b in zip(vertices, np.roll(vertices, -1, axis=0), strict=True)]

    def side(a, b, point):
        return np.sign((b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0]))

    return any(
        side(a, b, c) * side(a, b, d) < 0 and side(c, d, a) * side(c, d, b) < 0
        for place, (a, b) in enumerate(ends)
        for c, d in ends[place + 1 :]
    )


def test_crossings_are_found():
    square = np.array([[0, 0], [1, 0], [1, 1], [0, 1.0]])
    assert not crosses_itself(square)
    assert crosses_itself(square[[0, 2, 1, 3]])
    star = ring_of_vertices(5)[[0, 2, 4, 1, 3]]
    assert crosses_itself(star)
    assert not crosses_itself(square[:3]) and not crosses_itself(np.zeros((6, 2)))
    assert not crosses_itself(np.repeat(square, 2, axis=0))  # corners told twice
    assert crosses_itself(star * 1e300) and crosses_itself(star * 1e-200 + 1e-190)
    assert not crosses_itself(ring_of_vertices(10_000))


@pytest.mark.parametrize("seed", range(40))
def test_crossings_agree_with_every_pair_of_edges(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 40))
    for vertices in (drawn_by_hand(rng, n), rng.normal(size=(n, 2)), ring_of_vertices(n)):
        assert crosses_itself(vertices) == crosses_slowly(vertices)


def test_what_is_no_outline_is_refused():
    with pytest.raises(ValueError, match="finite"):
        crosses_itself(np.array([[0, np.nan]] * 5))
    with pytest.raises(ValueError, match="two"):
        crosses_itself(np.zeros((5, 3)))

"""The index of a map: each answer against brute force, on maps of every kind."""

import threading

import numpy as np
import pytest
from scipy.spatial import cKDTree

from models.space import map_grid
from models.space.map_crowding import crowded_count
from models.space.map_index import MapIndex
from models.space.map_pyramid import N_LEVELS, ranks_of


def clusters(rng, n):
    return rng.normal(rng.normal(0, 5, (7, 2))[rng.integers(0, 7, n)], 0.5)


MAPS = {
    "uniform": lambda rng: rng.uniform(-3, 5, (4000, 2)),
    "clusters": lambda rng: clusters(rng, 4000),
    "duplicates": lambda rng: rng.integers(0, 9, (3000, 2)).astype(float),
    "one place": lambda rng: np.full((700, 2), 3.5),
    "a line": lambda rng: np.stack([rng.uniform(0, 1, 900), np.zeros(900)], axis=1),
    "a crowd in few cells": lambda rng: np.concatenate(
        [np.eye(2), rng.uniform(0, 2.0**-13, (2500, 2))]
    ),
    "far from 0": lambda rng: 1e6 + rng.uniform(0, 100, (2000, 2)),
    "huge": lambda rng: rng.normal(0, 1e37, (500, 2)),
    "tiny": lambda rng: rng.uniform(0, 1e-40, (500, 2)),
    "one": lambda rng: np.array([[2.0, -1.0]]),
    "two": lambda rng: np.array([[2.0, -1.0], [0.0, 0.0]]),
}


@pytest.fixture(params=MAPS)
def positions(request, rng):
    return MAPS[request.param](rng).astype(np.float32)


def views(positions, rng, n=40):
    """Views of every size, some with their edges on galaxies."""
    low, high = positions.min(0).astype(float), positions.max(0).astype(float)
    size = np.maximum((high - low).max(), 1e-3)
    for number in range(n):
        corner = positions[rng.integers(len(positions))].astype(float)
        opposite = positions[rng.integers(len(positions))].astype(float)
        if number % 2:
            opposite = corner + size * 2.0 ** -rng.uniform(-1, 12, 2)
        ends = np.sort([corner, opposite], axis=0)
        yield tuple(ends.T.ravel().tolist())
    yield -1e100, 1e100, -1e100, 1e100
    yield *(high + size), *(high + 2 * size)


def is_inside(positions, view):
    x, y = positions.astype(float).T
    return (x >= view[0]) & (x <= view[1]) & (y >= view[2]) & (y <= view[3])


def test_what_is_in_view_is_what_brute_force_finds(positions, rng):
    index = MapIndex(positions)
    is_marked = rng.uniform(size=len(positions)) < 0.3
    is_marked.flags.writeable = False
    for view in views(positions, rng):
        expected = np.flatnonzero(is_inside(positions, view))
        np.testing.assert_array_equal(np.sort(index.rows(view)), expected)
        assert index.count(view) == len(expected)
        marked = is_marked[is_inside(index.positions, view)]
        assert index.count(view, is_marked) == marked.sum()


def test_every_galaxy_has_one_place(positions):
    index = MapIndex(positions)
    np.testing.assert_array_equal(np.sort(index.order), np.arange(len(positions)))
    np.testing.assert_array_equal(index.positions, positions[index.order])
    assert (np.diff(index.codes.astype(np.int64)) >= 0).all()


def test_the_home_view_holds_every_galaxy(positions):
    index = MapIndex(positions)
    assert index.count(index.home) == len(positions)


def test_it_takes_twenty_bytes_a_galaxy(rng):
    index = MapIndex(clusters(rng, 100_000))
    assert index.nbytes == pytest.approx(20 * len(index), rel=0.01)


def test_a_cell_number_interleaves_the_bits_of_column_and_row(rng):
    corners = np.array([[0.0, 0.0], [1.0, 1.0]])
    points = np.concatenate([corners, rng.uniform(0, 1, (200, 2))]).astype(np.float32)
    index = MapIndex(points)
    cells = np.minimum(index.positions.astype(float) * 2**16, 2**16 - 1).astype(int)
    for code, (column, row) in zip(index.codes.tolist(), cells.tolist(), strict=True):
        bits = "".join(b + a for a, b in zip(f"{column:016b}", f"{row:016b}", strict=True))
        assert code == int(bits, 2)


def test_the_nearest_is_the_one_that_brute_force_finds(positions, rng):
    index = MapIndex(positions)
    is_shown = rng.uniform(size=len(positions)) < 0.2
    is_shown.flags.writeable = False
    low, size = positions.min(0).astype(float), np.ptp(positions, axis=0).astype(float).max()
    for number in range(60):
        x, y = low + size * rng.uniform(-0.5, 1.5, 2)
        if number % 3 == 0:  # exactly at a galaxy: of several there, the first row
            x, y = positions[rng.integers(len(positions))].astype(float)
        radius = size * 2.0 ** -rng.uniform(-2, 8)
        squares = ((positions.astype(float) - (x, y)) ** 2).sum(axis=1)
        for mask, shown in ((None, np.ones(len(positions), bool)), (is_shown, None)):
            if shown is None:
                shown = np.zeros(len(positions), bool)
                shown[index.order] = is_shown
            candidates = np.where(shown & (squares <= radius**2), squares, np.inf)
            best = int(candidates.argmin())
            expected = best if np.isfinite(candidates[best]) else None
            assert index.nearest(x, y, radius, mask) == expected


def test_many_nearest_agree_with_a_tree(rng):
    positions = clusters(rng, 20_000).astype(np.float32)
    index = MapIndex(positions)
    asked = rng.uniform(-12, 12, (500, 2))
    distances, rows = cKDTree(positions.astype(float)).query(asked, distance_upper_bound=1.0)
    for (x, y), distance, row in zip(asked, distances, rows, strict=True):
        found = index.nearest(x, y, 1.0)
        assert found == (int(row) if np.isfinite(distance) else None)


def test_each_level_has_one_galaxy_for_each_cell_that_has_any(positions):
    index = MapIndex(positions)
    ranks = ranks_of(index.order)
    for level in range(map_grid.DEPTH + 1):
        cells = index.codes >> np.uint32(2 * (map_grid.DEPTH - level))
        standing = index.pyramid.places[: index.pyramid.starts[level + 1]]
        first = [np.flatnonzero(cells == cell) for cell in np.unique(cells)[:40]]
        expected = {int(members[ranks[members].argmin()]) for members in first}
        assert expected <= set(standing.tolist())
        assert len(standing) == len(np.unique(cells))


def test_the_pyramid_holds_each_galaxy_once(positions, rng):
    index = MapIndex(positions)
    np.testing.assert_array_equal(np.sort(index.pyramid.places), np.arange(len(index)))
    few = index.among(rng.uniform(size=len(index)) < 0.1)
    assert few.starts[0] == 0 and few.starts[N_LEVELS] == len(few.places)


@pytest.mark.parametrize("share", [0, 0.01, 0.5, 1])
def test_some_are_chosen_among_some(positions, rng, share):
    index = MapIndex(positions)
    is_among = rng.uniform(size=len(index)) < share
    some = index.among(is_among)
    for view in views(positions, rng, n=10):
        inside = np.flatnonzero(is_among & is_inside(index.positions, view))
        every = index.representatives(view, len(index), some)
        np.testing.assert_array_equal(np.sort(every), inside)
        most = max(len(inside) // 3, 1)
        places = index.representatives(view, most, some)
        assert len(places) <= most and set(places) <= set(inside)


def test_ranks_differ(rng):
    ranks = ranks_of(np.arange(200_000, dtype=np.int32))
    assert len(np.unique(ranks)) == len(ranks)
    assert abs(ranks.astype(float).mean() / 2**32 - 0.5) < 0.01


def test_galaxies_of_a_wide_view_stay_when_it_is_zoomed(rng):
    index = MapIndex(clusters(rng, 60_000))
    parts = [rng.uniform(size=len(index)) < share for share in (0.02, 0.6)]
    for most, pyramid in ((40, None), (3000, None), *((200, index.among(p)) for p in parts)):
        x, y = index.positions[rng.integers(len(index))].astype(float)
        before = set()
        for zoom in 2.0 ** np.arange(3, -7, -0.4):
            view = (x - zoom, x + 0.7 * zoom, y - 0.8 * zoom, y + zoom)
            places = index.representatives(view, most, pyramid)
            assert len(places) <= most and is_inside(index.positions[places], view).all()
            stay = [p for p in before if is_inside(index.positions[[p]], view)[0]]
            assert set(stay) <= set(places.tolist())
            before = set(places.tolist())


def test_all_are_given_where_they_are_few(positions, rng):
    index = MapIndex(positions)
    for view in views(positions, rng, n=6):
        places = index.representatives(view, len(positions))
        np.testing.assert_array_equal(np.sort(places), index.places(view))


def test_they_are_spread_over_the_view_and_not_where_most_galaxies_are(rng):
    crowd, few = rng.normal(0, 0.01, (50_000, 2)), rng.uniform(-1, 1, (5_000, 2))
    index = MapIndex(np.concatenate([crowd, few]))
    places = index.representatives((-1, 1, -1, 1), 2000)
    filled, cells = (np.floor((at + 1) * 10) for at in (index.positions[places], few))
    assert len(np.unique(filled, axis=0)) > 0.98 * len(np.unique(cells, axis=0))
    assert len(places) > 1000


def test_panning_keeps_most_of_them(rng):
    index = MapIndex(rng.uniform(0, 4, (100_000, 2)))
    before = set(index.representatives((0, 2, 0, 2), 2000).tolist())
    after = set(index.representatives((0.3, 2.3, 0, 2), 2000).tolist())
    stay = {place for place in before if index.positions[place, 0] >= 0.3}
    assert len(stay & after) > 0.9 * len(stay)


def test_the_crowding_of_a_level_is_that_of_its_cells(rng):
    index = MapIndex(clusters(rng, 50_000))
    for level in (4, 7, 10):
        counts = np.unique(index.codes >> np.uint32(2 * (16 - level)), return_counts=True)[1]
        expected = np.quantile(counts, 0.999, method="inverted_cdf")
        assert expected <= index.crowding[level] <= 1.1 * expected
        area = (index.grid.side / 2**level) ** 2
        assert crowded_count(index.crowding, index.grid, area) == pytest.approx(
            max(index.crowding[level], 2)
        )
    areas = 10.0 ** np.arange(-20, 20)
    counts = [crowded_count(index.crowding, index.grid, area) for area in areas]
    assert (np.diff(counts) >= 0).all() and counts[0] == 2 and np.isfinite(counts[-1])


@pytest.mark.parametrize(
    "positions, said",
    [
        (np.zeros((3, 3)), "shape"),
        (np.zeros((0, 2)), "at least 1"),
        (np.zeros(4), "shape"),
        (np.array([[0, 1], [np.nan, 0]]), "row 1"),
        (np.array([[0, np.inf], [1, 0]]), "row 0"),
        (np.array([[0, 1e39]]), "row 0"),
        (np.array([["a", "b"]]), "numbers"),
    ],
)
def test_what_is_no_map_is_refused_in_a_sentence(positions, said):
    with pytest.raises(ValueError, match=said):
        MapIndex(positions)


def test_threads_may_share_it(rng):
    index = MapIndex(clusters(rng, 50_000))
    asked = list(views(index.positions, rng, n=60))
    expected = [index.count(view) for view in asked]
    answers = [None] * 4

    def ask(number):
        answers[number] = [len(index.rows(view)) for view in asked]

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 4

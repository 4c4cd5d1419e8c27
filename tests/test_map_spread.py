"""Cutouts over the map: never over one another, and they stay."""

import numpy as np
import pytest

from models.space.map_index import MapIndex
from models.space.map_spread import spread


@pytest.fixture
def index(rng):
    centers = rng.normal(0, 5, (9, 2))
    return MapIndex(rng.normal(centers[rng.integers(0, 9, 50_000)], 0.8))


def in_view(index, places, view):
    x, y = index.positions[places].astype(float).T
    return places[(x >= view[0]) & (x <= view[1]) & (y >= view[2]) & (y <= view[3])]


def smallest_gap(index, places):
    """Of all pairs, the smallest distance along the axis on which they are further apart."""
    at = index.positions[places].astype(float)
    gaps = np.abs(at[:, None] - at[None]).max(axis=2)
    return gaps[~np.eye(len(places), dtype=bool)].min(initial=np.inf)


@pytest.mark.parametrize("zoom", [0, 1.3, 4, 7, 11, 40])
@pytest.mark.parametrize("cells", [(19, 12), (5, 4), (1, 1), (200, 200)])
def test_none_is_over_another_and_all_are_in_view(index, rng, zoom, cells):
    for _ in range(5):
        x, y = index.positions[rng.integers(len(index))].astype(float)
        wide = 30 * 2.0**-zoom
        view = (x - wide / 3, x + wide, y - wide / 2, y + wide / 4)
        places = spread(index, view, cells, 150)
        assert len(places) <= 150 and (len(places) > 0 or cells == (1, 1))
        assert len(in_view(index, places, view)) == len(places) == len(set(places.tolist()))
        size = max(1.3333 * wide / cells[0], 0.75 * wide / cells[1])
        if cells != (200, 200):  # of which are made fewer
            assert smallest_gap(index, places) >= 0.9999 * size


def test_they_fill_the_view(rng):
    index = MapIndex(rng.uniform(0, 1, (20_000, 2)))
    places = spread(index, (0, 1, 0, 1), (12, 12), 150)
    at = index.positions[places]
    empty = np.abs(rng.uniform(0, 1, (500, 1, 2)) - at).max(axis=2).min(axis=1)
    assert len(places) > 25
    assert empty.max() < 2 / 12  # nowhere is a place for another far from all


def test_there_are_more_where_they_are_asked_for_and_never_too_many(index):
    counts = [len(spread(index, index.home, (n, n), 150)) for n in (2, 6, 18, 200)]
    assert counts == sorted(counts) and counts[0] < 6 and 40 < counts[-1] <= 150


def test_zooming_in_adds_to_those_in_view(index, rng):
    n_stayed = n_gone = 0
    for _ in range(8):
        x, y = index.positions[rng.integers(len(index))].astype(float)
        before = np.zeros(0, int)
        for wide in 20 * 2.0 ** -np.arange(0, 8, 0.3):
            view = (x - wide, x + wide, y - wide, y + wide)
            places = spread(index, view, (12, 12), 150)
            stay = set(in_view(index, before, view).tolist())
            n_gone += len(stay - set(places.tolist()))
            n_stayed += len(stay)
            before = places
    assert n_stayed > 1000 and n_gone < 0.03 * n_stayed


def test_panning_keeps_those_that_stay_in_view(index, rng):
    n_stayed = n_gone = 0
    for _ in range(40):
        x, y = index.positions[rng.integers(len(index))].astype(float)
        wide, moved = 10 * 2.0 ** -rng.uniform(0, 6), rng.uniform(-0.5, 0.5, 2)
        view = np.array([x, x + wide, y, y + wide])
        panned = view + wide * np.repeat(moved, 2)
        before, after = (spread(index, tuple(v.tolist()), (12, 12), 150) for v in (view, panned))
        stay = set(in_view(index, before, panned).tolist())
        n_gone += len(stay - set(after.tolist()))
        n_stayed += len(stay)
    assert n_stayed > 300 and n_gone < 0.03 * n_stayed


def test_the_first_ones_come_first(index, rng):
    is_first = rng.uniform(size=len(index)) < 0.001
    parts = index.among(is_first), index.among(~is_first)
    places = spread(index, index.home, (12, 12), 150, parts)
    alone = spread(index, index.home, (12, 12), 150, parts[:1])
    assert set(alone) <= set(places) and is_first[alone].all()
    assert len(alone) > 5 and not is_first[places].all()
    assert set(places[is_first[places]]) == set(alone)


@pytest.mark.parametrize(
    "positions",
    [np.zeros((1, 2)), np.zeros((500, 2)), np.array([[0, 0], [1, 1]]), np.full((9, 2), 1e10)],
    ids=["one", "one place", "two", "far"],
)
def test_few_galaxies_and_those_at_one_place_are_no_trouble(positions):
    index = MapIndex(positions)
    for wide in (1e-90, 1e-3, 4, 1e90):
        at = float(positions[0, 0])
        wide = max(wide, abs(at) * 1e-6)
        view = (at - wide, at + wide, at - wide, at + wide)
        assert len(spread(index, view, (10, 10), 150)) in (1, 2)

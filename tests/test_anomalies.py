import numpy as np

from dashboard.panels.anomalies import PER_PAGE, candidates


def test_the_emptiest_come_first_page_by_page():
    density = np.array([3.0, 1.0, 2.0] * 10)
    first, second = candidates(density, 0), candidates(density, 1)
    assert (density[first] == 1).all() and len(first) == PER_PAGE
    assert (density[second] == 2).all()
    assert not set(first) & set(second)


def test_an_undefined_density_is_no_candidate():
    density = np.array([np.nan, 2.0, -np.inf, 1.0, np.inf])
    assert candidates(density, 0).tolist() == [3, 1]


def test_a_large_distance_is_unusual():
    assert candidates(np.array([1.0, 9.0, 5.0]), 0, is_low_unusual=False).tolist() == [1, 2, 0]

import numpy as np

from models.space.clipping import clip_outliers


def test_only_far_outliers_are_moved(rng):
    positions = rng.normal(size=(1000, 2))
    positions[7] = (500, -3)
    shown, is_moved = clip_outliers(positions)
    assert np.flatnonzero(is_moved).tolist() == [7]
    assert np.abs(shown).max() < 20
    np.testing.assert_allclose(shown[:7], positions[:7], rtol=1e-6)


def test_coinciding_galaxies_have_places():
    shown, is_moved = clip_outliers(np.ones((20, 2)))
    assert np.isfinite(shown).all() and not is_moved.any()


def test_far_galaxies_stand_at_the_edge_of_the_others(rng):
    positions = rng.normal(size=(1000, 2)).astype(np.float32)
    positions[:3] = [(9, 0), (0, -400), (1e6, 1e6)]
    shown, is_moved = clip_outliers(positions)
    low, high = positions[3:].min(axis=0), positions[3:].max(axis=0)
    width = high - low
    assert np.flatnonzero(is_moved).tolist() == [0, 1, 2]
    assert (shown[:3] >= low - 0.2 * width).all() and (shown[:3] <= high + 0.2 * width).all()
    assert shown[0, 0] > high[0] and shown[1, 1] < low[1] and (shown[2] > high).all()
    np.testing.assert_array_equal(shown[3:], positions[3:])

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

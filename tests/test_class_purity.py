import numpy as np
import pytest

from models.space.class_purity import class_purity


def drawn(rng, n=400, n_classes=4, stored=20):
    near = np.stack([rng.choice(n, stored, replace=False) for _ in range(n)])
    return near, rng.integers(-1, n_classes, n)


def test_purity_matches_brute_force(rng, monkeypatch):
    monkeypatch.setattr("models.space.neighbor_change.BLOCK", 33)
    near, codes = drawn(rng)
    purity = class_purity(near, codes, 8)
    for row, own in enumerate(codes):
        known = [code for code in codes[near[row, :8]] if code >= 0]
        expected = np.nan if own < 0 or not known else np.mean(np.array(known) == own)
        np.testing.assert_allclose(purity[row], expected, rtol=1e-6)


def test_galaxies_without_a_label_or_labelled_neighbors_are_undefined():
    near = np.array([[1, 2], [0, 2], [1, 3], [1, 2]])
    codes = np.array([0, -1, -1, 0])
    np.testing.assert_array_equal(class_purity(near, codes, 2), [np.nan] * 4)


def test_neighbors_that_were_not_found_have_no_class():
    near, codes = np.array([[1, -1], [0, -1], [0, 1]]), np.array([0, 0, 1])
    np.testing.assert_array_equal(class_purity(near, codes, 2), [1, 1, 0])


def test_what_cannot_be_asked_is_refused(rng):
    near, codes = drawn(rng)
    with pytest.raises(ValueError, match="1 to 20 neighbors"):
        class_purity(near, codes, 21)
    with pytest.raises(ValueError, match="399 classes given for 400"):
        class_purity(near, codes[1:], 4)

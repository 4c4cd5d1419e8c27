import numpy as np
import pytest

from models.space.leakage import leakage, strays


def drawn(rng, n=500, stored=20):
    near = np.stack([rng.choice(n, stored, replace=False) for _ in range(n)])
    return near, rng.random(n) < 0.4


def test_leakage_and_strays_match_brute_force(rng, monkeypatch):
    near, selected = drawn(rng)
    monkeypatch.setattr("models.space.neighbor_change.BLOCK", 33)
    told = leakage(near, selected, 15)
    outside = {
        row: [j for j in near[row, :15] if not selected[j]] for row in np.flatnonzero(selected)
    }
    shares = np.array([len(others) / 15 for others in outside.values()])
    assert told.share == pytest.approx(shares.mean())
    assert told.error == pytest.approx(shares.std(ddof=1) / np.sqrt(len(shares)))
    assert told.n_outside == len(set().union(*outside.values()))
    assert told.n_selected == told.n_asked == selected.sum() and not told.is_sampled
    expected = [row for row, others in outside.items() if len(others) > 7.5]
    assert told.n_strays == len(expected)
    np.testing.assert_array_equal(np.flatnonzero(strays(near, selected, 15)), expected)


def test_exactly_half_outside_is_no_stray():
    near = np.array([[1, 2], [0, 3], [0, 1], [0, 1]])
    selected = np.array([True, True, False, False])
    assert leakage(near, selected, 2).n_strays == 0
    assert not strays(near, selected, 2).any()


def test_of_many_a_sample_is_asked(rng):
    near, selected = drawn(rng, n=3_000)
    whole, part = leakage(near, selected, 15), leakage(near, selected, 15, max_asked=300)
    assert part.is_sampled and part.n_asked == 300 and part.n_selected == selected.sum()
    assert abs(part.share - whole.share) < 4 * part.error
    assert part.n_outside <= whole.n_outside


def test_nothing_and_everything_selected(rng):
    near, selected = drawn(rng)
    nothing = leakage(near, np.zeros_like(selected), 15)
    assert np.isnan(nothing.share) and nothing.n_selected == nothing.n_outside == 0
    everything = leakage(near, np.ones_like(selected), 15)
    assert everything.share == 0 and everything.n_outside == 0

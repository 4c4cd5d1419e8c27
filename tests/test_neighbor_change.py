import numpy as np
import pytest

from models.space.neighbor_change import (
    change_along_run,
    is_collapsed,
    n_shared,
    neighbor_change,
)
from models.space.neighbors import find_neighbors

N_CHANGED = 200


def drawn_lists(rng, n=500, k=12):
    return np.stack([rng.choice(40, k, replace=False) for _ in range(n)]).astype(np.int32)


def brute_jaccard(before, after, k):
    pairs = [(set(one[:k]), set(other[:k])) for one, other in zip(before, after, strict=True)]
    return np.array([len(one & other) / len(one | other) for one, other in pairs])


def test_change_is_that_of_sets(rng):
    before, after = drawn_lists(rng), drawn_lists(rng)
    for k in (1, 5, 12):
        change = neighbor_change(before, after, k)
        np.testing.assert_allclose(change.jaccard, brute_jaccard(before, after, k), rtol=1e-6)
        kept = [len({*a[:k]} & {*b[:k]}) for a, b in zip(before, after, strict=True)]
        np.testing.assert_array_equal(change.kept, kept)


def test_same_neighbors_in_another_order_are_no_change(rng):
    before = drawn_lists(rng)
    change = neighbor_change(before, before[:, ::-1], 12)
    assert (change.jaccard == 1).all()
    assert (change.kept == 12).all()


def test_blocks_do_not_show(rng, monkeypatch):
    before, after = drawn_lists(rng), drawn_lists(rng)
    whole = neighbor_change(before, after, 12)
    told = []
    monkeypatch.setattr("models.space.neighbor_change.BLOCK", 64)
    monkeypatch.setattr("models.space.neighbor_change._ON_THE_WAY", 100)
    parted = neighbor_change(before, after, 12, told.append)
    np.testing.assert_array_equal(parted.jaccard, whole.jaccard)
    assert told == sorted(told) and told[-1] == 1


def test_neighbors_that_were_not_found_are_in_no_list():
    before = np.array([[1, 2, -1], [-1, -1, -1]])
    after = np.array([[2, -1, -1], [-1, -1, -1]])
    change = neighbor_change(before, after, 3)
    np.testing.assert_array_equal(change.kept, [1, 0])
    np.testing.assert_array_equal(change.jaccard, [0.5, np.nan])
    np.testing.assert_array_equal(n_shared(before, after), [1, 0])


def test_change_along_a_run_is_the_mean_of_its_steps(rng):
    lists = [drawn_lists(rng) for _ in range(4)]
    kept = change_along_run(lists, 10)
    steps = [brute_jaccard(a, b, 10) for a, b in zip(lists, lists[1:], strict=False)]
    np.testing.assert_allclose(kept, np.mean(steps, axis=0), rtol=1e-6)


def test_what_cannot_be_compared_is_refused(rng):
    before = drawn_lists(rng)
    with pytest.raises(ValueError, match="galaxies cannot be compared"):
        neighbor_change(before, before[:-1], 5)
    with pytest.raises(ValueError, match="1 to 12 neighbors"):
        neighbor_change(before, before, 13)
    with pytest.raises(ValueError, match="at least 2 checkpoints"):
        change_along_run([before], 5)


@pytest.mark.parametrize("n_dim_after", [16, 48])
def test_galaxies_that_change_class_are_first_in_the_list(rng, n_dim_after):
    # Ten classes; between the checkpoints exactly 200 of 4,000 galaxies go to another one. All
    # others keep their place in their class, but for noise; the widths of the spaces may differ.
    n, n_classes, n_dim = 4_000, 10, 16
    codes = rng.integers(0, n_classes, n)
    changed = rng.choice(n, N_CHANGED, replace=False)
    later = codes.copy()
    later[changed] = (codes[changed] + rng.integers(1, n_classes, N_CHANGED)) % n_classes
    centers, places = 6 * rng.normal(size=(n_classes, n_dim)), rng.normal(size=(n, n_dim))
    before = places + centers[codes]
    after = places + centers[later] + 0.1 * rng.normal(size=(n, n_dim))
    turned = np.linalg.qr(rng.normal(size=(n_dim_after, n_dim_after)))[0][:n_dim]
    after = after[:, : len(turned)] @ turned if n_dim_after >= n_dim else after
    lists = [find_neighbors(points.astype(np.float32), 30).rows for points in (before, after)]
    change = neighbor_change(*lists, 15)
    ranked = np.argsort(change.jaccard, kind="stable")[:N_CHANGED]
    assert np.isin(ranked, changed).sum() >= 190


def test_a_collapsed_checkpoint_is_told_by_its_distances(rng):
    alike = np.ones((100, 8), np.float32)
    assert is_collapsed(find_neighbors(alike, 10).distances, 5)
    spread = rng.normal(size=(100, 8)).astype(np.float32)
    assert not is_collapsed(find_neighbors(spread, 10).distances, 5)
    spread[:90] = 1  # most alike, some not: there are true neighbors
    assert not is_collapsed(find_neighbors(spread, 10).distances, 5)

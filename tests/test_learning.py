"""Learning from scores: what is like the liked rises, the unknown keeps its place; refusals."""

import numpy as np
import pytest

from models.errors import BadInput
from models.space.learning import METHODS, WORTH, learn, surprise

N, N_DIM = 1_500, 4
LIKED, DULL = slice(0, 40), slice(40, 80)  # two groups, both far from the rest


@pytest.fixture
def scored(rng):
    """Features, the base score, and four labels in either group; the far third is not looked at."""
    features = rng.normal(size=(N, N_DIM)).astype(np.float32)
    features[LIKED, 0] += 12
    features[DULL, 1] += 12
    features[-200:, 2] += 40
    base = rng.normal(size=N)
    base[DULL] += 3  # the most unusual, and of no interest
    rows = np.array([0, 1, 2, 3, 40, 41, 42, 43])
    return features, base, rows, np.array([5.0, 4, 5, 5, 0, 0, 1, 0])


@pytest.mark.parametrize("method", METHODS)
def test_what_is_like_the_liked_rises_and_what_is_like_the_dull_sinks(scored, method):
    features, base, rows, scores = scored
    learned = learn(features, rows, scores, base, method)
    unseen_liked, unseen_dull = learned.value[4:40], learned.value[44:80]
    others = learned.value[80:]
    assert np.median(unseen_liked) > np.percentile(others, 95)
    assert np.median(unseen_dull) < np.percentile(others, 60)  # though first in the base ranking
    assert np.median(learned.expected[4:40]) > 3.5 and np.median(learned.expected[44:80]) < 1.5
    assert all(part.dtype == np.float32 for part in learned[:3])


@pytest.mark.parametrize("method", METHODS)
def test_where_nothing_is_known_the_order_is_that_of_the_base_ranking(scored, method):
    features, base, rows, scores = scored
    features[-200:] += np.float32(500)
    learned = learn(features, rows, scores, base, method)
    unknown = np.arange(N - 200, N)
    by_base, by_value = np.argsort(-base[unknown]), np.argsort(-learned.value[unknown])
    np.testing.assert_array_equal(by_value[:100], by_base[:100])
    if method == "process":
        np.testing.assert_allclose(learned.value[unknown], WORTH * surprise(base)[unknown], 1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_what_has_been_looked_at_is_not_proposed_again(scored, method):
    features, base, rows, scores = scored
    learned = learn(features, rows, scores, base, method, n_next=20)
    assert len(np.unique(learned.next_rows)) == 20
    assert not np.isin(learned.next_rows, rows).any()
    assert np.isin(learned.next_rows, np.arange(40)).mean() > 0.5  # more of the liked
    everything = learn(features, rows, scores, base, method, n_next=10 * N)
    assert len(everything.next_rows) == N - len(rows)


@pytest.mark.parametrize("method", METHODS)
def test_a_held_out_value_does_not_know_its_label(scored, method):
    # The same galaxy, called dull among liked ones: what is expected of it stays high.
    features, base, rows, scores = scored
    honest = learn(features, rows, scores, base, method)
    scores[1] = 0.0
    learned = learn(features, rows, scores, base, method)
    held_out, fitted = learned.held_out[1], learned.value[1]
    assert held_out > fitted
    assert held_out == pytest.approx(honest.held_out[1], rel=0.25)


def test_the_order_of_the_labels_does_not_matter_to_the_process(scored):
    features, base, rows, scores = scored
    forth, back = (
        learn(features, rows[turn], scores[turn], base)
        for turn in (slice(None), slice(None, None, -1))
    )
    np.testing.assert_allclose(forth.value, back.value, atol=1e-3)
    np.testing.assert_allclose(forth.held_out, back.held_out[::-1], atol=1e-3)


def test_a_forest_is_that_of_its_seed(scored):
    features, base, rows, scores = scored
    once, again, other = (
        learn(features, rows, scores, base, "forest", seed=seed).value for seed in (1, 1, 2)
    )
    np.testing.assert_array_equal(once, again)
    assert (once != other).any()


def test_surprise_falls_from_one_to_none_by_the_order_alone():
    base = np.array([3.0, np.nan, 900.0, -2.0])
    np.testing.assert_allclose(surprise(base), np.log([2, 1, 4, 4 / 3]) / np.log(4), rtol=1e-6)
    np.testing.assert_array_equal(surprise(base), surprise(base * 7 - 1))
    assert len(surprise(np.zeros(1))) == 1


def test_features_may_be_read_from_a_file(scored, tmp_path):
    features, base, rows, scores = scored
    np.save(tmp_path / "features.npy", features)
    mapped = np.load(tmp_path / "features.npy", mmap_mode="r")
    told = [learn(source, rows, scores, base).value for source in (features, mapped)]
    np.testing.assert_array_equal(*told)


@pytest.mark.parametrize(
    ("rows", "scores", "reason"),
    [
        ([1, 2], [0, 5], "score 1 more"),
        ([], [], "score 3 more"),
        ([1, 2, 3], [4, 4, 4], "all 3 scores are 4"),
        ([1, 2, 2], [0, 4, 5], "one score only"),
        ([1, 2, N], [0, 4, 5], f"no row {N}"),
        ([1, 2, -1], [0, 4, 5], "no row -1"),
        ([1, 2, 3], [0, 4, 6], "not 6.0"),
        ([1, 2, 3], [0, 4, np.nan], "not nan"),
        ([1, 2, 3], [0, 4], "one row each"),
        ([1.5, 2, 3], [0, 4, 5], "a whole number"),
    ],
)
def test_what_cannot_be_learned_from_is_refused_in_a_sentence(scored, rows, scores, reason):
    with pytest.raises(BadInput, match=reason):
        learn(scored[0], np.array(rows), np.array(scores, float), scored[1])


def test_a_space_in_which_all_coincide_or_an_unknown_method_is_refused(scored):
    features, base, rows, scores = scored
    with pytest.raises(BadInput, match="coincide"):
        learn(np.ones_like(features), rows, scores, base)
    with pytest.raises(BadInput, match="process, forest"):
        learn(features, rows, scores, base, "guess")
    with pytest.raises(BadInput, match="each of the 1,500"):
        learn(features, rows, scores, base[1:])

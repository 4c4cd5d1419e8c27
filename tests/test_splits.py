from collections import Counter

import numpy as np
import pandas as pd
import pytest

from models.space.splits import held_out_fifth, label_codes, make_split, stratified_sample


@pytest.mark.parametrize("missing", [None, np.nan, "", pd.NA])
def test_missing_labels_have_no_class(missing):
    codes, names = label_codes(["spiral", missing, "edge-on", "spiral"])
    assert names == ("edge-on", "spiral")
    assert codes.tolist() == [1, -1, 0, 1]


def test_a_column_of_a_table_and_numbered_classes_are_labels():
    codes, names = label_codes(pd.Series(["b", None, "a"], dtype="string"))
    assert names == ("a", "b") and codes.tolist() == [1, -1, 0]
    codes, names = label_codes(np.array([3.0, np.nan, 3.0]))
    assert names == ("3.0",) and codes.tolist() == [0, -1, 0]


def test_no_labels_are_no_classes():
    assert label_codes(None)[1] == ()
    codes, names = label_codes([None, None])
    assert names == () and codes.tolist() == [-1, -1]


def test_a_fifth_of_each_class_is_held_out():
    labels = np.repeat(["a", "b", "c"], [500, 50, 10])
    split = make_split(560, labels, seed=3)
    counts = Counter(zip(labels.tolist(), split.tolist(), strict=True))
    assert counts["a", "held-out"] == 100
    assert counts["b", "held-out"] == 10
    assert counts["c", "held-out"] == 2
    assert set(split) == {"train", "held-out"}


def test_the_split_is_the_seeds():
    np.testing.assert_array_equal(make_split(100, seed=1), make_split(100, seed=1))
    assert (make_split(100, seed=1) != make_split(100, seed=2)).any()
    assert (make_split(100) == "held-out").sum() == 20


def test_labels_must_be_as_many_as_galaxies():
    with pytest.raises(ValueError, match="3 labels for 4 galaxies"):
        make_split(4, ["a", "b", "c"])


def test_every_galaxy_is_held_out_as_often(rng):
    codes = np.repeat([0, 1], [33, 14])
    often = sum(held_out_fifth(codes, rng) for _ in range(4000)) / 4000
    assert abs(often - 0.2).max() < 0.04


def test_a_stratified_sample_keeps_shares_and_repeats_nobody(rng):
    codes = rng.permutation(np.repeat([0, 1, 2], [7000, 2900, 100]))
    rows = stratified_sample(codes, 1000, rng)
    assert len(np.unique(rows)) == 1000 and (np.diff(rows) > 0).all()
    counts = np.bincount(codes[rows])
    assert abs(counts - [700, 290, 10]).max() <= 1


def test_a_sample_of_more_than_there_are_is_all(rng):
    np.testing.assert_array_equal(stratified_sample(np.zeros(7), 9, rng), np.arange(7))

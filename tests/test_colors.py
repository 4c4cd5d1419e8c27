import numpy as np
import pandas as pd

from dashboard.colors import CATEGORIES, color_by


def test_classes_are_colored_from_the_most_frequent(rng):
    colored = color_by("label", pd.Series(["b", "a", "b", None, ""]))
    assert colored.names == ("b", "a", "missing")
    np.testing.assert_array_equal(colored.groups, [0, 1, 0, 2, 2])
    np.testing.assert_array_equal(colored.counts(), [2, 1, 2])
    np.testing.assert_array_equal(colored.counts(np.array([0, 3])), [1, 0, 1])


def test_more_classes_than_colors_share_one_as_other():
    values = pd.Series([f"class {n}" for n in range(30) for _ in range(30 - n)])
    colored = color_by("label", values)
    assert len(colored.names) == len(colored.palette) == len(CATEGORIES)
    assert colored.names[-1] == f"other ({30 - len(CATEGORIES) + 1} classes)"
    assert colored.counts().sum() == len(values)


def test_numbers_are_shaded_and_missing_ones_kept_apart(rng):
    values = pd.Series(rng.normal(size=1000))
    values[:7] = np.nan
    colored = color_by("redshift", values)
    assert colored.is_number
    assert colored.counts()[-1] == 7
    order = np.argsort(values[7:].to_numpy())
    assert (np.diff(colored.groups[7:][order]) >= 0).all()
    assert colored.low < colored.high


def test_a_column_of_one_value_has_one_color():
    colored = color_by("survey", pd.Series([3.0] * 20))
    assert colored.counts().tolist() == [20]

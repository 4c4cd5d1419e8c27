"""The delete-a-group jackknife: its error is that of a mean, which is known."""

import numpy as np
import pytest

from models.space.jackknife import groups_in_turn, jackknife_error


def test_groups_are_of_one_size_to_within_one():
    groups = groups_in_turn(105)
    np.testing.assert_array_equal(np.unique(np.bincount(groups)), [5, 6])
    assert len(np.unique(groups)) == 20 and len(np.unique(groups_in_turn(7))) == 7


def test_the_error_of_a_mean_is_that_of_the_group_means(rng):
    values = rng.normal(size=400)
    groups = groups_in_turn(400)
    replicates = np.array([values[groups != group].mean() for group in range(20)])
    means = np.array([values[groups == group].mean() for group in range(20)])
    # Of a mean, leaving out a group is known in closed form.
    assert jackknife_error(replicates) == pytest.approx(means.std(ddof=1) / np.sqrt(20))


@pytest.mark.parametrize("replicates", [[], [1.0], [1.0, np.nan, 2.0]])
def test_without_replicates_there_is_no_error(replicates):
    assert np.isnan(jackknife_error(np.array(replicates)))

import numpy as np
import pytest

from models.space.ranked import first_ranked, ranked_rows

VALUES = np.array([3, 1, np.nan, 2, 1, -np.inf, -5, 0.0, -0.0, np.inf, 1], np.float32)


def brute(values, is_low_unusual):
    ordered = np.argsort(values if is_low_unusual else -values, kind="stable")
    return ordered[np.isfinite(values[ordered])]


@pytest.mark.parametrize("is_low_unusual", [True, False])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_order_is_that_of_a_stable_sort(rng, is_low_unusual, dtype):
    tied = rng.integers(-30, 30, 3000) / 7 * rng.choice([1e-30, 1, 1e30], 3000)
    for values in (VALUES.astype(dtype), tied.astype(dtype)):
        wanted = brute(values, is_low_unusual)
        np.testing.assert_array_equal(ranked_rows(values, is_low_unusual=is_low_unusual), wanted)
        for n in (0, 1, 5, len(values), len(values) + 3):
            first = first_ranked(values, n, is_low_unusual=is_low_unusual)
            np.testing.assert_array_equal(first[:n], wanted[:n])

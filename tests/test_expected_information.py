import numpy as np
import pytest
from sklearn.metrics.cluster import contingency_matrix, expected_mutual_information

from models.space.expected_information import expected_information


@pytest.mark.parametrize("n", [2, 30, 1_000, 60_000])
@pytest.mark.parametrize("n_parts", [(2, 2), (3, 9), (40, 5)])
def test_it_is_scikit_learns(rng, n, n_parts):
    shares = [np.sort(rng.random(k)) ** 3 + 1e-3 for k in n_parts]
    one, other = (rng.choice(len(s), n, p=s / s.sum()) for s in shares)
    table = contingency_matrix(one, other, sparse=True)
    expected = expected_mutual_information(table, n)
    found = expected_information(table.toarray())
    np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-12)


def test_empty_parts_add_nothing():
    table = np.array([[5, 3], [2, 6]])
    padded = np.zeros((3, 4), int)
    padded[:2, 1:3] = table
    assert expected_information(padded) == expected_information(table) > 0
    assert expected_information(np.array([[9]])) == 0

"""The mutual information that two partitions share by chance, of millions of points at once.

scikit-learn's sum goes over every count that a cell can have, as many as there are points, while
no other thread runs. Nearly all of them are too improbable to add anything.
"""

import numpy as np
from scipy.special import gammaln

REACH, MARGIN = 12, 30  # counts looked at about each expected one: standard deviations, and more


def expected_information(table: np.ndarray) -> float:
    """Mutual information, in nats, expected of partitions with these sizes (Vinh et al. 2010).

    Parameters
    ----------
    table : (n_parts, n_other) integers
        Points in both of two parts.
    """
    n, total = int(table.sum()), 0.0
    for size in table.sum(axis=1).tolist():
        for other in table.sum(axis=0).tolist():
            if size and other:
                total += _of_cell(n, size, other)
    return total


def _of_cell(n: int, size: int, other: int) -> float:
    """What the counts that one cell may have, hypergeometric ones, are expected to add."""
    expected = size * other / n
    reach = REACH * np.sqrt(expected) + MARGIN
    first = max(1, size + other - n, int(expected - reach))
    counts = np.arange(first, min(size, other, int(expected + reach)) + 1, dtype=np.float64)
    fixed = _log_factorial(np.array([size, other, n - size, n - other], float)).sum()
    parts = np.stack([counts, size - counts, other - counts, n - size - other + counts])
    log_chance = fixed - _log_factorial(float(n)) - _log_factorial(parts).sum(axis=0)
    return float((counts / n * np.log(counts / expected) * np.exp(log_chance)).sum())


def _log_factorial(number: np.ndarray | float) -> np.ndarray:
    return gammaln(number + 1)

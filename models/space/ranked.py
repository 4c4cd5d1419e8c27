"""Points in the order of a score: all of them, or the first few sooner."""

import numpy as np


def ranked_rows(values: np.ndarray, *, is_low_unusual: bool) -> np.ndarray:
    """(n_ranked,) int32 rows by value, those that are not finite left out, ties by row."""
    rows = np.flatnonzero(np.isfinite(values)).astype(np.uint32)
    scores = values[rows] if is_low_unusual else -values[rows]
    if scores.dtype != np.float32:
        return rows[np.argsort(scores, kind="stable")].astype(np.int32)
    # One sort of whole numbers, score above row, is faster than to sort places by score.
    bits = (scores + np.float32(0)).view(np.uint32)  # -0 becomes 0: they are one score
    is_negative = bits >> 31 == 1
    rising = np.where(is_negative, ~bits, bits | np.uint32(1 << 31))
    both = np.sort(rising.astype(np.uint64) << np.uint64(32) | rows)
    return (both & np.uint64(0xFFFFFFFF)).astype(np.int32)


def first_ranked(values: np.ndarray, n: int, *, is_low_unusual: bool) -> np.ndarray:
    """The first `n` of `ranked_rows`, or some more, in a pass and without sorting the rest."""
    scores = np.where(np.isfinite(values), values if is_low_unusual else -values, np.inf)
    if n >= len(scores):
        return ranked_rows(values, is_low_unusual=is_low_unusual)
    limit = np.partition(scores, n)[n]
    rows = np.flatnonzero(scores <= limit)
    return rows[ranked_rows(values[rows], is_low_unusual=is_low_unusual)].astype(np.int32)

"""How many of a selection fall into each of a few groups: one pass, nothing made on the way."""

import numba
import numpy as np

MAX_GROUPS = 256  # groups are numbered by one byte


def tally(groups: np.ndarray, is_counted: np.ndarray | None = None) -> np.ndarray:
    """Count the members of each group.

    Parameters
    ----------
    groups : (n,) uint8 array
        Group of each member.
    is_counted : (n,) bool array, optional
        Members that count; all of them where it is missing.

    Returns
    -------
    (256,) int64 array

    Raises
    ------
    ValueError
        If the groups are not uint8, or the two differ in length.
    """
    if groups.dtype != np.uint8 or groups.ndim != 1:
        raise ValueError(f"Groups are (n,) uint8, not {groups.dtype} of shape {groups.shape}.")
    if is_counted is None:
        return _all(groups)
    if is_counted.shape != groups.shape:
        raise ValueError(f"{is_counted.shape} marks were given for {groups.shape} members.")
    return _marked(groups, is_counted.view(np.uint8))


@numba.njit(cache=True, nogil=True)
def _all(groups: np.ndarray) -> np.ndarray:
    counts = np.zeros(MAX_GROUPS, np.int64)
    for group in groups:
        counts[group] += 1
    return counts


@numba.njit(cache=True, nogil=True)
def _marked(groups: np.ndarray, marks: np.ndarray) -> np.ndarray:
    counts = np.zeros(MAX_GROUPS, np.int64)
    for i in range(len(groups)):
        counts[groups[i]] += marks[i]
    return counts

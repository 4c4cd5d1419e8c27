"""Which classes the nearest neighbors take for each other."""

import numpy as np

N_VOTING = 5


def votes(listed: np.ndarray, n_classes: int, is_allowed: np.ndarray | None = None) -> np.ndarray:
    """Class of most of the 5 nearest neighbors that have a class; the lowest where classes tie.

    Parameters
    ----------
    listed : (n, n_listed) array of int
        Class of each neighbor, nearest first; -1 where it has none.
    n_classes : int
    is_allowed : (n, n_listed) bool array, optional
        Neighbors that may vote; all by default.

    Returns
    -------
    (n,) int array
        -1 where no neighbor may vote.
    """
    n = len(listed)
    usable = listed >= 0 if is_allowed is None else (listed >= 0) & is_allowed
    is_voting = usable & (usable.cumsum(axis=1) <= N_VOTING)
    ballots = (np.arange(n)[:, None] * n_classes + listed)[is_voting]
    counts = np.bincount(ballots, minlength=n * n_classes).reshape(n, n_classes)
    return np.where(usable.any(axis=1), counts.argmax(axis=1), -1)


def class_confusion(listed: np.ndarray, codes: np.ndarray, n_classes: int) -> np.ndarray:
    """How often the neighbors take one class for another: leave-one-out, 5 nearest.

    Parameters
    ----------
    listed : (n, n_listed) array of int
        Class of each neighbor, nearest first, the point itself left out; -1 where it has none.
    codes : (n,) array of int
        True class of each; -1 where it has none: not counted.
    n_classes : int

    Returns
    -------
    (n_classes, n_classes) int array
        Row: true class; column: class voted for.
    """
    voted = votes(listed, n_classes)
    is_counted = (codes >= 0) & (voted >= 0)
    table = np.zeros((n_classes, n_classes), np.int64)
    np.add.at(table, (codes[is_counted], voted[is_counted]), 1)
    return table


def confused_share(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Share of the galaxies of two classes that are taken for the other one, and its error.

    Parameters
    ----------
    table : (n_classes, n_classes) array
        Of `class_confusion`.

    Returns
    -------
    share, error : (n_classes, n_classes) arrays, symmetric
        The error is binomial; NaN on the diagonal and where both classes are empty.
    """
    mixed = (table + table.T).astype(float)
    sizes = table.sum(axis=1)
    both = (sizes[:, None] + sizes[None, :]).astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = mixed / both
        error = np.sqrt(share * (1 - share) / both)
    np.fill_diagonal(share, np.nan)
    np.fill_diagonal(error, np.nan)
    return share, error

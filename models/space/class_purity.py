"""How pure the surroundings of each galaxy are, and which classes its neighbors take it for."""

from dataclasses import dataclass

import numpy as np

from models.space.neighbor_change import blocks

N_VOTING = 5


@dataclass(frozen=True)
class ClassVotes:
    """What the neighbors of labelled galaxies take them for.

    counts : (n_classes, n_classes) int64, galaxies of the row's class that their neighbors take
        for the column's; divide by the sum of a row for shares
    n_undecided : (n_classes,) int64, galaxies of each class without a labelled neighbor, which
        are in no row
    n_voting : neighbors that vote
    """

    counts: np.ndarray
    n_undecided: np.ndarray
    n_voting: int

    @property
    def n_of_class(self) -> np.ndarray:
        """(n_classes,) galaxies of each class that are in the counts."""
        return self.counts.sum(1)


def class_purity(neighbors: np.ndarray, codes: np.ndarray, k: int) -> np.ndarray:
    """Share of the k nearest of each galaxy that are of its own class.

    Neighbors without a label are left out.

    Parameters
    ----------
    neighbors : (n, at least k) integer array
        Rows of the nearest galaxies, nearest first. May be memory-mapped.
    codes : (n,) integer array
        Class of each galaxy, negative where it has no label.
    k : int

    Returns
    -------
    (n,) float32 array
        NaN where the galaxy or all of its neighbors have no label.
    """
    _check(neighbors, codes, k)
    purity = np.empty(len(codes), np.float32)
    for part in blocks(len(codes)):
        own, others = codes[part, None], _codes_of(neighbors[part, :k], codes)
        n_known = (others >= 0).sum(1)
        n_same = ((others == own) & (others >= 0)).sum(1)
        purity[part] = np.where(n_known > 0, n_same / np.maximum(n_known, 1), np.nan)
    purity[codes < 0] = np.nan
    return purity


def class_votes(
    neighbors: np.ndarray, codes: np.ndarray, n_classes: int, n_voting: int = N_VOTING
) -> ClassVotes:
    """Let the nearest labelled neighbors of each labelled galaxy vote on its class.

    The first `n_voting` that have a label, among all that are stored, vote; of classes with
    equally many votes the one of the nearest neighbor wins. A galaxy has no vote on itself.

    Parameters
    ----------
    neighbors : (n, n_stored) integer array
        Rows of the nearest galaxies, nearest first. May be memory-mapped.
    codes : (n,) integer array
        Class of each galaxy, from 0 to `n_classes` - 1, negative where it has no label.
    n_classes : int
    n_voting : int
    """
    _check(neighbors, codes, n_voting)
    counts = np.zeros((n_classes, n_classes), np.int64)
    undecided = np.zeros(n_classes, np.int64)
    for part in blocks(len(codes)):
        is_labelled = codes[part] >= 0
        own = codes[part][is_labelled]
        winner = _winner(_codes_of(neighbors[part][is_labelled], codes), n_voting)
        decided = winner >= 0
        pairs = own[decided].astype(np.int64) * n_classes + winner[decided]
        counts += np.bincount(pairs, minlength=n_classes**2).reshape(n_classes, n_classes)
        undecided += np.bincount(own[~decided], minlength=n_classes)
    return ClassVotes(counts, undecided, n_voting)


def _winner(others: np.ndarray, n_voting: int) -> np.ndarray:
    """(n,) class with the most votes among the first labelled ones, -1 where none is labelled."""
    votes = (others >= 0) & (np.cumsum(others >= 0, axis=1) <= n_voting)
    n_alike = np.zeros(others.shape, np.int16)
    for column, has_vote in zip(others.T, votes.T, strict=True):
        n_alike += (others == column[:, None]) & has_vote[:, None]
    n_alike[~votes] = 0
    first = n_alike.argmax(1)[:, None]  # the nearest of those with the most votes
    winner = np.take_along_axis(others, first, 1)[:, 0]
    return np.where(votes.any(1), winner, -1)


def _codes_of(near: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Class of each neighbor, -1 where it has no label or was not found."""
    return np.where(near >= 0, codes[near], -1)


def _check(neighbors: np.ndarray, codes: np.ndarray, k: int) -> None:
    if len(neighbors) != len(codes):
        raise ValueError(f"{len(codes)} classes given for {len(neighbors)} galaxies.")
    if not 1 <= k <= neighbors.shape[1]:
        raise ValueError(f"1 to {neighbors.shape[1]} neighbors can be asked, not {k}.")

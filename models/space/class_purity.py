"""How pure the surroundings of each galaxy are."""

import numpy as np

from models.space.neighbor_change import blocks


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


def _codes_of(near: np.ndarray, codes: np.ndarray) -> np.ndarray:
    """Class of each neighbor, -1 where it has no label or was not found."""
    return np.where(near >= 0, codes[near], -1)


def _check(neighbors: np.ndarray, codes: np.ndarray, k: int) -> None:
    if len(neighbors) != len(codes):
        raise ValueError(f"{len(codes)} classes given for {len(neighbors)} galaxies.")
    if not 1 <= k <= neighbors.shape[1]:
        raise ValueError(f"1 to {neighbors.shape[1]} neighbors can be asked, not {k}.")

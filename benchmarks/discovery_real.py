"""The same of real galaxies: SDSS with the classes of Galaxy Zoo 1.

What is sought is what volunteers called a merger, or a star or could not tell. And how many of the
ten galaxies most similar to one are of its class.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.stats import binomtest

from benchmarks.discovery_draws import Draw, spaces_of
from benchmarks.discovery_rankings import LEVEL, unusual_first
from models.checkpoints import Checkpoint
from models.errors import BadInput
from models.files import sha256
from models.images import open_images
from models.space.learning_recall import places

FILE = "galaxies.h5"
SOUGHT = ("Merger", "Star")  # what the names of the classes begin with
# Views of training are mirrored: which way a spiral turns is not told apart, so not asked for.
SPIRALS = ("Spiral clockwise", "Spiral anticlockwise")
FIRST = 200
K = 10
N_RESAMPLES = 1_000


class Share(NamedTuple):
    """A share or a mean, with limits of 95 %, of n."""

    value: float
    low: float
    high: float
    n: int

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f})"


class Retrieval(NamedTuple):
    """How alike the ten nearest of each galaxy are to it, on average over classes of equal weight.

    precision : share of them that are of its class
    ndcg : the same with the nearer ones counting more, over the best there could be
    """

    space: str
    precision: Share
    ndcg: Share


def real_draw(folder: Path, kept: Path, checkpoints: list[Checkpoint]) -> Draw:
    """SDSS as a draw whose kinds are classes.

    folder : with `galaxies.h5`

    Raises
    ------
    BadInput
        If there are no galaxies with classes.
    """
    images = open_images(folder / FILE)
    if images.labels is None:
        raise BadInput(f"{folder / FILE} has no classes; it needs the key 'ans'.")
    names = np.array([*images.class_names, ""])
    stem = f"sdss_{sha256(folder / FILE)[:12]}"
    return Draw(0, names[images.labels], spaces_of(images, stem, kept, checkpoints))


def found_classes(draw: Draw) -> dict[str, dict[tuple[str, str], Share]]:
    """Share of each sought class among the first 200 of every ranking, with Wilson's limits."""
    rankings = unusual_first(draw)
    found: dict[str, dict[tuple[str, str], Share]] = {}
    for name in (str(kind) for kind in np.unique(draw.kinds) if kind.startswith(SOUGHT)):
        is_sought = draw.kinds == name
        counts = {key: (places(v)[is_sought] < FIRST).sum() for key, v in rankings.items()}
        found[name] = {key: _share(int(n), int(is_sought.sum())) for key, n in counts.items()}
    return found


def _share(count: int, n: int) -> Share:
    limits = binomtest(count, n).proportion_ci(LEVEL, method="wilson")
    return Share(count / n, float(limits.low), float(limits.high), n)


def retrieved(draw: Draw, seed: int = 0) -> list[Retrieval]:
    """Precision and nDCG of the ten nearest, in every space, resampled over the galaxies asked."""
    kinds = np.where(np.isin(draw.kinds, SPIRALS), "Spiral", draw.kinds)
    _, codes = np.unique(kinds, return_inverse=True)
    lines = []
    for name, space in draw.spaces.items():
        precision, ndcg = of_nearest(space.neighbors.rows, codes)
        told = (balanced(values, codes, seed) for values in (precision, ndcg))
        lines.append(Retrieval(name, *told))
    return lines


def of_nearest(rows: np.ndarray, codes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Precision and nDCG (Jarvelin & Kekalainen 2002) of the ten nearest of each galaxy.

    A neighbor is worth 1 if it is of the same class, over log2 of its place plus one; the best
    there could be is as many as the class has, up to ten.

    Parameters
    ----------
    rows : (n, 10 or more) int array
        Neighbors, nearest first.
    codes : (n,) int array

    Returns
    -------
    precision, ndcg : (n,) float64
        NaN for the only galaxy of its class.
    """
    nearest = rows[:, :K]
    is_same = codes[nearest] == codes[:, None]
    worth = 1 / np.log2(np.arange(2, nearest.shape[1] + 2))
    n_possible = np.minimum(np.bincount(codes)[codes] - 1, nearest.shape[1])
    best = np.concatenate([[np.nan], np.cumsum(worth)])[n_possible]
    precision = np.where(n_possible > 0, is_same.mean(axis=1), np.nan)
    return precision, (is_same * worth).sum(axis=1) / best


def balanced(values: np.ndarray, codes: np.ndarray, seed: int) -> Share:
    """Mean over classes of the means of their galaxies, and percentiles of resampled ones."""
    rng = np.random.default_rng(seed)
    means, resampled = [], []
    for code in np.unique(codes):
        own = values[(codes == code) & np.isfinite(values)]
        if len(own):
            means.append(own.mean())
            drawn = rng.integers(0, len(own), (N_RESAMPLES, len(own)))
            resampled.append(own[drawn].mean(axis=1))
    limits = np.percentile(np.mean(resampled, axis=0), (50 * (1 - LEVEL), 50 * (1 + LEVEL)))
    return Share(float(np.mean(means)), *map(float, limits), int(np.isfinite(values).sum()))

"""How much of a map is chance: the same neighbors laid out again with other seeds."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from models.space.alignment import aligned, residual
from models.space.projection import map_checkpoint

if TYPE_CHECKING:
    from models.space.neighbors import Neighbors

MOST = 20_000  # galaxies that are laid out again: of more, a random sample
N_SEEDS = 3


@dataclass(frozen=True, eq=False)
class Reseeded:
    """Maps that differ by nothing but their seed.

    mean, error : of the residual between two of the maps, as a share of the map's radius; the error
        is the standard deviation over the pairs of maps, which share maps
    n_seeds, n_points : maps made, and galaxies on each
    moved : (n_points,) float32 root mean square distance of each point's places from their mean, as
        a share of the map's radius
    """

    mean: float
    error: float
    n_seeds: int
    n_points: int
    moved: np.ndarray


def reseeded(
    neighbors: "Neighbors",
    before: np.ndarray,
    *,
    n_seeds: int = N_SEEDS,
    n_epochs: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> Reseeded:
    """Lay points out with several seeds, from the same start, and see how far they move.

    What moves less than this between two checkpoints may not have moved at all.

    Parameters
    ----------
    neighbors : Neighbors
    before : (n_points, 2) array
        The map that each begins at, as `map_checkpoint` takes it.
    n_seeds : int
        2 or more.
    n_epochs : int, optional
        As of `map_checkpoint`.
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.
    """
    if n_seeds < 2:
        raise ValueError(f"Maps are compared with each other: give 2 seeds or more, not {n_seeds}.")
    tell = progress or (lambda share: None)
    maps: list[np.ndarray] = []
    for seed in range(1, n_seeds + 1):

        def tell_of_all(share: float) -> None:
            tell((len(maps) + share) / n_seeds)

        maps.append(
            map_checkpoint(neighbors, before, n_epochs=n_epochs, seed=seed, progress=tell_of_all)
        )
    tell(1.0)
    residuals = [residual(one, other) for one, other in combinations(maps, 2)]
    turned = np.stack([maps[0], *(aligned(each, maps[0]) for each in maps[1:])]).astype(np.float64)
    middle = turned.mean(axis=0)
    radius = np.sqrt(((middle - middle.mean(0)) ** 2).sum(axis=1).mean())
    moved = np.sqrt(((turned - middle) ** 2).sum(axis=2).mean(axis=0)) / (radius or np.nan)
    return Reseeded(
        float(np.mean(residuals)),
        float(np.std(residuals, ddof=1)) if len(residuals) > 1 else float("nan"),
        n_seeds,
        len(before),
        moved.astype(np.float32),
    )

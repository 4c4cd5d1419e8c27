"""A made-up space of any number of galaxies: clusters, filaments, a field and outliers.

Galaxies are drawn in blocks, each from random numbers of its own: whoever draws a block, and in
whatever order, draws the same galaxies, and no more than a block of them is in memory.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

N_DIM = 16
N_CLUSTERS, N_WITHIN = 40, 9  # clusters, and the smaller ones within each
RADIUS, NEAREST = 6.0, 1.35  # of the disk that clusters lie in, and between any two of them
BLOCK_ROWS = 65_536
# How spread directions are: most of what varies does so in the first few, as in learnt spaces.
WIDTHS = (1 + np.arange(N_DIM)) ** -0.75
CLUSTER, FILAMENT, FIELD, OUTLIER = range(4)
SHARES = (0.785, 0.13, 0.082, 0.003)
VERY_FAR = 0.05  # of the outliers: beyond the edge of any map, as a broken picture may be
SCENE, PLACES, FACTS, ORDER, SPLIT = range(5)  # streams of random numbers


@dataclass(frozen=True)
class Block:
    """Some galaxies before a network has learnt to tell them apart.

    structure : (n, N_DIM) where each belongs, which training moves apart
    scatter : (n, N_DIM) its own place about that, which training leaves
    kind : (n,) CLUSTER, FILAMENT, FIELD or OUTLIER
    cluster : (n,) the cluster that it is in, or nearest to
    """

    structure: np.ndarray
    scatter: np.ndarray
    kind: np.ndarray
    cluster: np.ndarray

    def representations(self, separation: float) -> np.ndarray:
        """(n, N_DIM) float32 of a network that holds groups `separation` apart."""
        return (separation * self.structure + self.scatter).astype(np.float32)


@dataclass(frozen=True)
class Scene:
    """What a seed decides of the whole: where clusters and filaments are."""

    seed: int

    def rng(self, stream: int, block: int = 0) -> np.random.Generator:
        """Random numbers of a block for one purpose."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=(stream, block)))

    @cached_property
    def centers(self) -> np.ndarray:
        """(N_CLUSTERS, N_DIM), the first two coordinates spread over a disk."""
        rng = self.rng(SCENE)
        centers = 2.5 * rng.standard_normal((N_CLUSTERS, N_DIM)) * WIDTHS
        places: list[np.ndarray] = []
        while len(places) < N_CLUSTERS:
            angle, radius = 2 * np.pi * rng.random(), RADIUS * np.sqrt(rng.random())
            place = radius * np.array([np.cos(angle), np.sin(angle)])
            if all(np.linalg.norm(place - other) > NEAREST for other in places):
                places.append(place)
        centers[:, :2] = places
        return centers

    @cached_property
    def within(self) -> np.ndarray:
        """(N_CLUSTERS, N_WITHIN, N_DIM) places of the smaller clusters about their center."""
        shape = (N_CLUSTERS, N_WITHIN, N_DIM)
        return 0.8 * self.rng(SCENE, 1).standard_normal(shape) * WIDTHS

    @cached_property
    def widths_within(self) -> np.ndarray:
        """(N_CLUSTERS, N_WITHIN) widths of the smaller clusters, a factor of three apart."""
        return 0.13 * 3 ** self.rng(SCENE, 2).random((N_CLUSTERS, N_WITHIN))

    @cached_property
    def cluster_shares(self) -> np.ndarray:
        """(N_CLUSTERS,) share of the galaxies in each, a factor of twenty apart at most."""
        shares = 20 ** self.rng(SCENE, 3).random(N_CLUSTERS)
        return shares / shares.sum()

    @cached_property
    def filaments(self) -> np.ndarray:
        """(n_filaments, 2) clusters that each joins: every one and its two nearest."""
        places = self.centers[:, :2]
        apart = np.linalg.norm(places[:, None] - places, axis=2)
        nearest = np.argsort(apart, axis=1)[:, 1:3]
        ends = {(min(i, j), max(i, j)) for i in range(N_CLUSTERS) for j in nearest[i]}
        return np.array(sorted(ends))

    def block(self, number: int, n: int) -> Block:
        """The galaxies of a block, `n` of them."""
        rng = self.rng(PLACES, number)
        kind = rng.choice(4, n, p=SHARES).astype(np.int8)
        cluster = rng.choice(N_CLUSTERS, n, p=self.cluster_shares).astype(np.int16)
        structure = self.centers[cluster]
        scatter = rng.standard_normal((n, N_DIM)) * WIDTHS
        self._gather(rng, kind == CLUSTER, cluster, scatter)
        self._stretch(rng, kind == FILAMENT, cluster, structure, scatter)
        is_field = kind == FIELD
        structure[is_field] = _anywhere(rng, int(is_field.sum()))
        scatter[is_field] *= 0.6
        is_outlier = kind == OUTLIER
        n_outliers = int(is_outlier.sum())
        far = np.where(rng.random(n_outliers) < VERY_FAR, 110, 8) * (1 + rng.random(n_outliers))
        # Mostly, but not always, in directions that a map shows.
        away = rng.standard_normal((n_outliers, N_DIM)) * WIDTHS
        structure[is_outlier] += 0.3 * far[:, None] * away / np.linalg.norm(away, axis=1)[:, None]
        return Block(structure, scatter, kind, cluster)

    def _gather(
        self, rng: np.random.Generator, which: np.ndarray, cluster: np.ndarray, scatter: np.ndarray
    ) -> None:
        """Draw most of a cluster's galaxies to the smaller ones within it."""
        rows = np.flatnonzero(which)
        rows = rows[rng.random(len(rows)) < 0.8]
        inner = rng.integers(N_WITHIN, size=len(rows))
        scatter[rows] *= self.widths_within[cluster[rows], inner][:, None]
        scatter[rows] += self.within[cluster[rows], inner]

    def _stretch(
        self,
        rng: np.random.Generator,
        which: np.ndarray,
        cluster: np.ndarray,
        structure: np.ndarray,
        scatter: np.ndarray,
    ) -> None:
        """Lay galaxies along the filaments, which bow to the side."""
        rows = np.flatnonzero(which)
        chosen = rng.integers(len(self.filaments), size=len(rows))
        first, last = self.centers[self.filaments[chosen]].transpose(1, 0, 2)
        along = rng.random(len(rows))[:, None]
        bow = np.zeros_like(first)
        bow[:, 0], bow[:, 1] = last[:, 1] - first[:, 1], first[:, 0] - last[:, 0]
        side = np.where(chosen % 2, 0.25, -0.25)[:, None]
        structure[rows] = first + along * (last - first) + side * np.sin(np.pi * along) * bow
        scatter[rows] *= 0.13
        cluster[rows] = self.filaments[chosen, (along[:, 0] > 0.5).astype(int)]


def _anywhere(rng: np.random.Generator, n: int) -> np.ndarray:
    """Places of no cluster: all over the disk, and beside it in the other directions."""
    places = 2.5 * rng.standard_normal((n, N_DIM)) * WIDTHS
    angles, radii = 2 * np.pi * rng.random(n), 1.15 * RADIUS * np.sqrt(rng.random(n))
    places[:, 0], places[:, 1] = radii * np.cos(angles), radii * np.sin(angles)
    return places


def made_up_map(representations: np.ndarray) -> np.ndarray:
    """(n, 2) float32: the first two directions, bent by the next four. It is no UMAP.

    A smooth function of the representations: what is near there is near here, and what is far
    in these directions stays far.
    """
    further = representations[:, 2:6].astype(np.float64)
    bent = np.sin(further @ np.array([[0.9, 0.5], [-0.7, 0.8], [0.4, -0.9], [0.6, 0.3]]))
    return (representations[:, :2] + 0.5 * bent).astype(np.float32)

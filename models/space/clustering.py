"""What any method of clustering gives: clusters numbered from the largest, some points in none."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from models.space.checks import checked_points
from models.space.clusters import N_FITTED, find_clusters
from models.space.pairs import Progress

NONE = -1  # code of a point that is in no cluster


@dataclass(frozen=True, eq=False)
class Clustering:
    """Which cluster each point is in.

    codes : (n,) int32, clusters from 0, the largest first; -1 in no cluster
    method : "kmeans", "hdbscan" or "mixture"
    parameters : what was asked for and what came of it, by name; numbers and words
    strength : (n,) float32 from 0 to 1, how surely each point is in its cluster, 0 in none; or
        None where the method does not say
    """

    codes: np.ndarray
    method: str
    parameters: dict = field(default_factory=dict)
    strength: np.ndarray | None = None

    @cached_property
    def sizes(self) -> np.ndarray:
        """(n_clusters,) int64 points in each cluster."""
        return np.bincount(self.codes[self.codes >= 0])

    @property
    def n_clusters(self) -> int:
        """How many clusters there are; 0 where every point is in none."""
        return len(self.sizes)

    @property
    def n_in_none(self) -> int:
        """Points that are in no cluster."""
        return len(self.codes) - int(self.sizes.sum())

    @property
    def nbytes(self) -> int:
        """Bytes that are held in memory."""
        return self.codes.nbytes + (0 if self.strength is None else self.strength.nbytes)

    def to_arrays(self) -> dict[str, np.ndarray]:
        """As arrays by name, for a file."""
        told = json.dumps([self.method, self.parameters])
        arrays = {"codes": self.codes, "told": np.array(told)}
        return arrays if self.strength is None else arrays | {"strength": self.strength}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, np.ndarray]) -> "Clustering":
        """From the arrays of `to_arrays`."""
        method, parameters = json.loads(str(arrays["told"]))
        for array in (codes := arrays["codes"], strength := arrays.get("strength")):
            if array is not None:
                array.flags.writeable = False
        return cls(codes, method, parameters, strength)


def largest_first(
    codes: np.ndarray,
    method: str,
    parameters: dict,
    strength: np.ndarray | None = None,
) -> Clustering:
    """A clustering whose clusters are numbered by their size, the largest 0.

    codes : (n,) integers of any numbers, negative in no cluster; those of equal size keep their
        order
    """
    is_in = codes >= 0
    known, numbers, sizes = np.unique(codes[is_in], return_inverse=True, return_counts=True)
    place = np.empty(len(known), np.int32)
    place[np.argsort(-sizes, kind="stable")] = np.arange(len(known), dtype=np.int32)
    ordered = np.full(len(codes), NONE, np.int32)
    ordered[is_in] = place[numbers]
    if strength is not None:
        strength = np.where(is_in, strength, 0).astype(np.float32)
        strength.flags.writeable = False
    ordered.flags.writeable = False
    return Clustering(ordered, method, parameters, strength)


def kmeans_clusters(
    points: np.ndarray, n_clusters: int, *, seed: int = 0, progress: Progress | None = None
) -> Clustering:
    """Cluster by k-means, as `models.space.clusters.find_clusters` does; every point is in one.

    Parameters
    ----------
    points : (n, n_dim) array
        In random order: centers are found on the first 50,000.
    n_clusters : int
        Where fewer points differ, there are fewer clusters.
    seed : int
    progress : callable, optional
        Called with the share done; an exception that it raises stops the work.

    Raises
    ------
    ValueError
        If there is no point, a value is not finite, or no cluster is asked for.
    """
    points = checked_points(points)
    codes = find_clusters(points, n_clusters, seed=seed, progress=progress)
    told = {
        "n_clusters": n_clusters,
        "n_dim": points.shape[1],
        "n_fitted": min(len(points), N_FITTED),
        "seed": seed,
    }
    return largest_first(codes, "kmeans", told)

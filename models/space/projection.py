"""Principal components, and the two-dimensional map: for looking only."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from models.space.alignment import aligned
from models.space.layout import umap_layout

if TYPE_CHECKING:
    from models.space.neighbors import Neighbors

BLOCK = 8_192
MAX_REPRODUCIBLE = 50_000  # beyond, threads race for the points and no two runs agree to the bit
START_RADIUS = 10.0  # of most of a map where it begins; neighbours end at a distance of about 1


@dataclass(frozen=True)
class PrincipalAxes:
    """The directions in which representations vary most.

    mean : (n_dim,)
    axes : (n_axes, n_dim), orthonormal rows, the largest variance first
    variances : (n_dim,) variance along every axis, those not kept in `axes` too
    """

    mean: np.ndarray
    axes: np.ndarray
    variances: np.ndarray

    def project(self, representations: np.ndarray, n_components: int | None = None) -> np.ndarray:
        """Return the leading principal components, (n, n_components) float32."""
        axes = self.axes[:n_components].astype(np.float64)
        components = np.empty((len(representations), len(axes)), np.float32)
        for start in range(0, len(representations), BLOCK):
            block = representations[start : start + BLOCK].astype(np.float64)
            components[start : start + BLOCK] = (block - self.mean) @ axes.T
        return components


def drawn_in(components: np.ndarray) -> np.ndarray:
    """Bring far galaxies nearer: each stays in its direction, at the root of its distance.

    Interest is alike among galaxies that are odd in the same way, be it much or little. As they
    lie, far ones are unlike everything; on a sphere, which way is all that counts, a group far out
    was lost among scores of ordinary galaxies. This is in between.

    components : (n, k) array, centered

    Returns
    -------
    (n, k) array, in units in which the mean distance becomes about 1; the middle stays there
    """
    length = np.linalg.norm(components, axis=1, keepdims=True)
    scale = np.sqrt(length * length.mean())
    return components / np.where(length > 0, scale, 1)


def principal_axes(representations: np.ndarray, n_axes: int | None = None) -> PrincipalAxes:
    """Find the principal axes: centred, neither whitened nor scaled per dimension.

    Parameters
    ----------
    representations : (n, n_dim) array
        May be memory-mapped and float16: it is read twice, in blocks, and summed in float64.
    n_axes : int, optional
        How many axes to keep; all by default. Variances are always all kept.

    Returns
    -------
    PrincipalAxes
        Variances are of the sample (n - 1), and the largest loading of each axis is positive.

    Raises
    ------
    ValueError
        If there are fewer than 2 rows.
    """
    if len(representations) < 2:
        raise ValueError(f"Principal axes need at least 2 rows, not {len(representations)}.")
    mean = _summed(representations, lambda block: block.sum(0)) / len(representations)
    covariance = _summed(representations, lambda block: (block - mean).T @ (block - mean))
    variances, vectors = np.linalg.eigh(covariance / (len(representations) - 1))
    axes = vectors.T[::-1][:n_axes]
    largest = np.take_along_axis(axes, np.abs(axes).argmax(1)[:, None], axis=1)
    return PrincipalAxes(mean, axes * np.sign(largest), np.maximum(variances[::-1], 0))


def _summed(representations: np.ndarray, measure: Callable) -> np.ndarray:
    blocks = range(0, len(representations), BLOCK)
    return sum(measure(representations[s : s + BLOCK].astype(np.float64)) for s in blocks)


def map_checkpoints(
    neighbors: "Sequence[Neighbors]",
    components: np.ndarray,
    *,
    finished: Sequence[np.ndarray] = (),
    starts: Sequence[int] | None = None,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> Iterator[np.ndarray]:
    """Map each checkpoint, starting from an earlier one: the one before, or that of `starts`.

    Parameters
    ----------
    neighbors : sequence of Neighbors
        Of each checkpoint, in training order.
    components : (n_points, 2 or more) array
        Principal components of the first checkpoint, by row: where its map starts.
    finished : sequence of (n_points, 2) arrays
        Maps of the first checkpoints, if made before; they are neither made nor given again.
    starts : sequence of int, optional
        Place of the earlier checkpoint whose map each one starts from, and is turned onto. The
        first has none: what is given for it is not looked at.
    seed : int
    progress : callable, optional
        Called with the share done of the checkpoint being mapped; an exception it raises stops
        the work.

    Yields
    ------
    (n_points, 2) float32 array
        One for each checkpoint after the finished. Checkpoints whose spaces are the same, or the
        same but turned, share a map.
    """
    maps = list(finished)
    for i in range(len(maps), len(neighbors)):
        twin = next((j for j in range(i) if neighbors[j].as_if_turned(neighbors[i])), None)
        if twin is None:
            start = i - 1 if starts is None else starts[i]
            before = maps[start] if maps else starting_map(components)
            maps.append(map_checkpoint(neighbors[i], before, seed=seed, progress=progress))
        else:
            maps.append(maps[twin])
        yield maps[-1]


def starting_map(components: np.ndarray) -> np.ndarray:
    """Lay out the first two components as a map to start from, outliers drawn in.

    A single far galaxy would otherwise leave all the others in one spot.

    Parameters
    ----------
    components : (n_points, 1 or more) array

    Returns
    -------
    (n_points, 2) float32 array
    """
    start = np.zeros((len(components), 2))
    plane = components[:, :2]
    start[:, : plane.shape[1]] = plane - np.median(plane, axis=0)
    start = _resized(start)
    excess = np.maximum(np.linalg.norm(start, axis=1) / START_RADIUS, 1)
    return (start / np.sqrt(excess)[:, None]).astype(np.float32)


def _resized(layout: np.ndarray) -> np.ndarray:
    """Scale a layout, both axes alike, until 95 % of it lies within the radius of a start."""
    radius = np.linalg.norm(layout - np.median(layout, axis=0), axis=1)
    return layout * (START_RADIUS / (np.quantile(radius, 0.95) or radius.max() or 1.0))


def map_checkpoint(
    neighbors: "Neighbors",
    before: np.ndarray,
    *,
    n_epochs: int | None = None,
    max_reproducible: int = MAX_REPRODUCIBLE,
    seed: int = 0,
    progress: Callable[[float], None] | None = None,
) -> np.ndarray:
    """Lay points out in two dimensions by UMAP, so that neighbours lie together.

    UMAP (McInnes, Healy & Melville 2018) from stored neighbours, beginning at the map before, then
    turned, mirrored and shifted onto that map. The result is not scaled: what UMAP calls near
    sets the size of a map, alike at every checkpoint, and a space that falls apart into groups
    during training should show it. The beginning is, to one size: UMAP goes on pushing groups
    apart for as long as it runs, so that later maps would be wider for being later.

    Parameters
    ----------
    neighbors : Neighbors
    before : (n_points, 2) array
        The map of the checkpoint before, or `starting_map` of the first one's components.
    n_epochs : int, optional
        By default UMAP's own choice: 500 up to 10,000 points, 200 beyond.
    max_reproducible : int
        Up to as many points one thread does the work, and equal seeds give equal bits.
    seed : int
    progress : callable, optional
        Called with the share done; an exception it raises stops the work.

    Returns
    -------
    (n_points, 2) float32 array
    """
    n_epochs = n_epochs or (500 if len(before) <= 10_000 else 200)
    moved = umap_layout(
        neighbors,
        _resized(before),
        n_epochs,
        seed=seed,
        is_parallel=len(before) > max_reproducible,
        progress=progress,
    )
    return aligned(moved, before)

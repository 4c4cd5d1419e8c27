"""The files of one checkpoint of a made-up collection of any size, written block by block."""

from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from data import format
from data.arrays import array_writer, chunks, read_array, write_array, write_arrays
from data.big_scene import BLOCK_ROWS, N_DIM, Scene, made_up_map
from models.files import write_json
from models.space.correlation import (
    Correlation,
    default_edges,
    rms_separation,
    sampled_correlation,
    two_point_correlation,
)
from models.space.density import density_columns
from models.space.leaf_neighbors import leaf_neighbors
from models.space.neighbors import Neighbors, find_neighbors
from models.space.projection import PrincipalAxes, principal_axes
from models.space.quality import measure_quality
from models.space.score import kl_divergence, tpcf_score

Tell = Callable[[float], None]

N_COMPONENTS, N_NEIGHBORS = 15, 12
MAX_EXACT = 20_000  # galaxies of which every neighbour, and every pair, is a true one
SAMPLED_PAIRS, FEWEST_SHIFTS = 256_000_000, 64  # of the correlation of more
MOST_MEASURED = 10_000  # galaxies that quality is measured on
MAP = {
    "method": "made-up",
    "text": "a made-up map: the first two directions of the space, bent by the next four; not UMAP",
}


@dataclass(frozen=True)
class BigSpace:
    """One checkpoint of a scene of `n` galaxies, and where its files go.

    separation : how far apart the network holds groups of galaxies at this moment of training
    """

    scene: Scene
    n: int
    folder: Path
    training_epoch: int
    separation: float

    @property
    def name(self) -> str:
        """Name of the checkpoint."""
        return f"epoch_{self.training_epoch:02d}"

    def path(self, file: str) -> Path:
        """Path of one of the checkpoint's files."""
        return self.folder / format.CHECKPOINTS / self.name / file

    def read(self, file: str) -> np.ndarray:
        """One of the checkpoint's arrays, memory-mapped."""
        return read_array(self.path(file))

    def write(self, codes: np.ndarray, names: tuple[str, ...], tell: Tell) -> None:
        """Write every file; `codes` are the numbers of the galaxies' classes, -1 for none."""
        self._write_representations(lambda share: tell(0.1 * share))
        axes = principal_axes(self.read(format.REPRESENTATIONS))
        write_arrays(self.path(format.PCA), asdict(axes))
        tell(0.15)
        self._write_components(axes, lambda share: tell(0.15 + 0.1 * share))
        neighbors = self._write_neighbors(lambda share: tell(0.25 + 0.5 * share))
        _write_table(self.path(format.DENSITY), density_columns(neighbors))
        tell(0.85)
        correlation = self._write_correlation()
        tell(0.95)
        self._write_quality(axes, neighbors, correlation, codes, names)
        self._write_info(neighbors)
        tell(1.0)

    def _write_representations(self, tell: Tell) -> None:
        """Representations, and the map that is made of them."""
        with (
            array_writer(self.path(format.REPRESENTATIONS), (self.n, N_DIM), "<f4") as space,
            array_writer(self.path(format.PROJECTION), (self.n, 2), "<f4") as plane,
        ):
            for number, rows in enumerate(chunks(self.n, BLOCK_ROWS)):
                block = self.scene.block(number, rows.stop - rows.start)
                representations = block.representations(self.separation)
                space.append(representations)
                plane.append(made_up_map(representations))
                tell(rows.stop / self.n)

    def _write_components(self, axes: PrincipalAxes, tell: Tell) -> None:
        """Principal components in the order of order.npy, gathered a block at a time."""
        representations = self.read(format.REPRESENTATIONS)
        order = read_array(self.folder / format.ORDER)
        path = self.path(format.COMPONENTS)
        with array_writer(path, (self.n, N_COMPONENTS), "<f4") as writer:
            for rows in chunks(self.n, BLOCK_ROWS):
                writer.append(axes.project(representations[order[rows]], N_COMPONENTS))
                tell(rows.stop / self.n)

    def _write_neighbors(self, tell: Tell) -> Neighbors:
        points = self.read(format.REPRESENTATIONS)
        n_neighbors = min(N_NEIGHBORS, self.n - 1)
        if self.n <= MAX_EXACT:
            found = find_neighbors(points, n_neighbors, progress=tell)
        else:
            found = leaf_neighbors(points, n_neighbors, seed=self.scene.seed, progress=tell)
        write_array(self.path(format.NEIGHBORS), found.rows, "<i4")
        write_array(self.path(format.DISTANCES), found.distances, "<f4")
        # From the files, no more in memory: of ten million galaxies they are a gigabyte.
        rows, distances = self.read(format.NEIGHBORS), self.read(format.DISTANCES)
        return replace(found, rows=rows, distances=distances)

    def _write_correlation(self) -> Correlation:
        """Correlation of all galaxies, from some of the pairs of each; the file says how many."""
        points = np.array(self.read(format.COMPONENTS))
        edges = default_edges(rms_separation(points))
        if self.n <= MAX_EXACT:
            correlation = two_point_correlation(points, edges)
        else:
            n_shifts = max(SAMPLED_PAIRS // self.n, FEWEST_SHIFTS)
            correlation = sampled_correlation(points, edges, n_shifts)
        arrays = correlation.to_arrays() | {"rms_separation": np.array(correlation.rms)}
        write_arrays(self.path(format.CORRELATION), arrays)
        return correlation

    def _write_quality(
        self,
        axes: PrincipalAxes,
        neighbors: Neighbors,
        correlation: Correlation,
        codes: np.ndarray,
        names: tuple[str, ...],
    ) -> None:
        """What a build measures too, of some of the galaxies where there are very many."""
        order = read_array(self.folder / format.ORDER)
        rows = np.sort(order[:MOST_MEASURED])
        labels = np.array([*names, None], object)[codes[rows]]
        near = Neighbors(neighbors.rows[rows], neighbors.distances[rows])
        representations = self.read(format.REPRESENTATIONS)[rows]
        measured = measure_quality(representations, axes, near, labels, seed=self.scene.seed)
        of = {"n": correlation.n_points, "n_components": correlation.n_dim}
        score = asdict(tpcf_score(correlation))
        quality = {
            "score": score | {"error": score["sigma"], "error_is": "standard error"} | of,
            "kl_divergence": {
                "value": kl_divergence(correlation),
                "error": None,
                "error_is": "none",
                **of,
            },
        }
        if self.n > len(rows):
            quality["measured_on"] = f"{len(rows):,} of {self.n:,} galaxies, drawn at random"
        write_json(self.path(format.QUALITY), quality | measured)

    def _write_info(self, neighbors: Neighbors) -> None:
        info = {
            "name": self.name,
            "training_epoch": self.training_epoch,
            "loss": None,
            "layer": None,
            "encoder": None,
            "weights": None,
            "source": "made up by data.simulate; no network has learnt it",
            "n_dim": N_DIM,
            "dtype": "float32",
            "projection": MAP,
            "neighbors": {
                "space": "representations, Euclidean",
                "n": neighbors.rows.shape[1],
                "recall": neighbors.recall,
                "recall_error": neighbors.recall_error,
                "is_exact": neighbors.is_exact,
            },
        }
        write_json(self.path(format.CHECKPOINT), info)


def _write_table(path: Path, columns: dict[str, np.ndarray]) -> None:
    """Named columns as one structured array, without a second copy of all of them."""
    n = len(next(iter(columns.values())))
    dtype = np.dtype([(name, "<f4") for name in columns])
    with array_writer(path, (n,), dtype) as writer:
        for rows in chunks(n, BLOCK_ROWS):
            table = np.empty(rows.stop - rows.start, dtype)
            for name, values in columns.items():
                table[name] = values[rows]
            writer.append(table)

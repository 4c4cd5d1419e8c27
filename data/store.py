"""Collection: the one way in to what is on disk. The files themselves: data/README.md."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from threading import RLock

import numpy as np
import pandas as pd

from data import format
from data.arrays import read_array, read_arrays
from data.big_cutout import FACTS, made_up_cutout
from data.catalog_file import read_catalog
from data.check import check_collection, checkpoint_names
from data.cutouts import Cutouts, mimetype
from data.identifiers import rows_by_identifier
from data.sky import Sky
from models.errors import BadCollection, NotFound
from models.files import read_json
from models.space.clipping import clip_outliers
from models.space.search_index import SearchIndex, facts_of, open_index

MAX_ORDERED = 1_000_000  # galaxies whose map is ordered to find its edge; of more, a random sample


@dataclass(frozen=True, eq=False)
class Collection:
    """A fixed set of galaxies, and their representations under each checkpoint.

    Rows are aligned everywhere: row i of the catalog, of the cutouts and of every array below is
    the same galaxy. `components` alone is stored in another order, and says so.
    """

    folder: Path
    info: dict = field(repr=False)
    kept: Path  # folder of what users keep about it: named selections, links to views
    _making: RLock = field(default_factory=RLock, init=False, repr=False)

    @classmethod
    def open(cls, folder: Path, kept: Path | None = None) -> "Collection":
        """Open a folder, or raise BadCollection with what is wrong with it.

        What users keep is beside the folder, in `<name>.kept`, where `kept` names no other parent:
        it outlives a rebuild.
        """
        folder = Path(folder)
        beside = folder.resolve().parent if kept is None else Path(kept)
        collection = cls(folder, check_collection(folder), beside / f"{folder.resolve().name}.kept")
        is_stored = format.CUTOUTS in collection.info["files"]
        if is_stored and len(collection._cutouts) != collection.n_galaxies:
            raise BadCollection(
                f"{format.CUTOUTS} of '{folder.name}' has {len(collection._cutouts):,} rows for "
                f"{collection.n_galaxies:,} galaxies; build it again."
            )
        return collection

    @property
    def name(self) -> str:
        """Name of the collection."""
        return self.info["name"]

    @property
    def n_galaxies(self) -> int:
        """Number of galaxies."""
        return self.info["n_galaxies"]

    @property
    def is_simulated(self) -> bool:
        """Whether the galaxies are made up: the sky has none of them at their positions."""
        return bool(self.info.get("simulated"))

    @cached_property
    def digest(self) -> str:
        """Twelve digits that change when anything in the collection does."""
        # The file holds the checksum of every other.
        return hashlib.sha256((self.folder / format.COLLECTION).read_bytes()).hexdigest()[:12]

    @cached_property
    def catalog(self) -> pd.DataFrame:
        """One row per galaxy; columns as in data/README.md. Shared: do not change it."""
        return read_catalog(self.folder / format.CATALOG)

    @cached_property
    def order(self) -> np.ndarray:
        """(n,) int32, a fixed random order of the rows."""
        return read_array(self.folder / format.ORDER)

    @cached_property
    def places(self) -> np.ndarray:
        """(n,) int32, the place of each row in `order`."""
        places = np.empty(self.n_galaxies, np.int32)
        places[self.order] = np.arange(self.n_galaxies, dtype=np.int32)
        return places

    @cached_property
    def checkpoints(self) -> tuple[str, ...]:
        """Names of the checkpoints in training order."""
        names = checkpoint_names(self.info)
        return tuple(sorted(names, key=lambda name: format.training_order(name, self._infos[name])))

    def checkpoint_info(self, checkpoint: str) -> dict:
        """Training epoch, loss, layer, encoder, weights and neighbour recall of a checkpoint."""
        self._require(checkpoint)
        return self._infos[checkpoint]

    def representations(self, checkpoint: str) -> np.ndarray:
        """(n, d) float32 or float16."""
        return self._array(checkpoint, format.REPRESENTATIONS)

    def components(self, checkpoint: str) -> np.ndarray:
        """(n, k) float32 principal components; row i is galaxy `order[i]`, not galaxy i."""
        return self._array(checkpoint, format.COMPONENTS)

    def projection(self, checkpoint: str) -> np.ndarray:
        """(n, 2) float32, the map; aligned across checkpoints."""
        return self._array(checkpoint, format.PROJECTION)

    def map_positions(self, checkpoint: str) -> tuple[np.ndarray, np.ndarray]:
        """The map as drawn and selected on: (n, 2) float32, far outliers at its edge; and which."""

        def clip() -> tuple[np.ndarray, np.ndarray]:
            projection, order = self.projection(checkpoint), self.order
            is_large = len(order) > MAX_ORDERED
            return clip_outliers(projection, projection[order[:MAX_ORDERED]] if is_large else None)

        return self._kept_as((checkpoint, "positions"), clip)

    def neighbors(self, checkpoint: str) -> np.ndarray:
        """(n, k) int32 rows of the nearest galaxies in the representation space, nearest first."""
        return self._array(checkpoint, format.NEIGHBORS)

    def distances(self, checkpoint: str) -> np.ndarray:
        """(n, k) float32 Euclidean distances to `neighbors`, in the representation space."""
        return self._array(checkpoint, format.DISTANCES)

    def density(self, checkpoint: str) -> dict[str, np.ndarray]:
        """Estimator -> (n,) float32: `log_density` (low is anomalous), `intrinsic_dim`."""
        columns = self._array(checkpoint, format.DENSITY)
        return {name: columns[name] for name in columns.dtype.names}

    def quality(self, checkpoint: str) -> dict:
        """Score, divergence, label and structure metrics with their n; None where undefined."""
        return self._cached(checkpoint, format.QUALITY, read_json)

    def correlation(self, checkpoint: str) -> dict[str, np.ndarray]:
        """Two-point correlation of the whole collection, by the names of its fields."""
        return self._cached(checkpoint, format.CORRELATION, read_arrays)

    def pca(self, checkpoint: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """(mean (d,), axes (k, d), all variances), by which a new picture is placed."""
        saved = self._cached(checkpoint, format.PCA, read_arrays)
        return saved["mean"], saved["axes"], saved["variances"]

    def weights(self, checkpoint: str) -> Path | None:
        """File of the encoder's weights, where the collection has them."""
        inside = self.checkpoint_info(checkpoint).get("weights")
        return self.folder / inside if inside in self.info["files"] else None

    def search_index(self, checkpoint: str, metric: str) -> SearchIndex | None:
        """The index of one metric; None where few galaxies need none, or it was built before."""
        stored = self.checkpoint_info(checkpoint).get("indexes", {}).get(metric)
        if stored is None:
            return None
        facts, file = facts_of(stored), format.INDEXES[metric]
        path = self.folder / format.CHECKPOINTS / checkpoint / file
        return self._kept_as((checkpoint, file), lambda: open_index(path, facts))

    @cached_property
    def sky(self) -> Sky:
        """Positions on the sky, to be searched."""
        with self._making:
            return Sky.of(self.catalog["ra"], self.catalog["dec"])

    @property
    def has_cutouts(self) -> bool:
        """Whether galaxies can be shown: a collection of representations alone has none."""
        return self._is_drawn or format.CUTOUTS in self.info["files"]

    @property
    def _is_drawn(self) -> bool:
        """Whether cutouts are drawn when they are asked for: those of galaxies that are made up."""
        return self.info.get("cutouts") == format.MADE_UP

    def cutout(self, row: int) -> tuple[bytes, str]:
        """Encoded image of a galaxy, and its media type."""
        if not self.has_cutouts:
            raise NotFound(f"Collection '{self.name}' has no cutouts.")
        if not 0 <= row < self.n_galaxies:
            raise NotFound(
                f"There is no row {row}: '{self.name}' has {self.n_galaxies:,} galaxies."
            )
        encoded = self._drawn_cutout(row) if self._is_drawn else self._cutouts[row]
        return encoded, mimetype(encoded)

    def _drawn_cutout(self, row: int) -> bytes:
        facts = (self.catalog[name].iat[row] for name in FACTS)
        label, magnitude, redshift = (None if pd.isna(fact) else fact for fact in facts)
        return made_up_cutout(self.info["seed"], row, label, magnitude, redshift)

    def row_of(self, object_id: str) -> int:
        """Row of an identifier."""
        return int(self.rows_of([object_id])[0])

    def rows_of(self, object_ids: Sequence[str]) -> np.ndarray:
        """(n,) int64 rows of many identifiers at once; NotFound names one that is not there."""
        rows = rows_by_identifier(self.catalog["object_id"], object_ids)
        if (rows < 0).any():
            missing = object_ids[int(np.argmax(rows < 0))]
            raise NotFound(f"There is no galaxy '{missing}' in '{self.name}'.")
        return rows

    @cached_property
    def _cutouts(self) -> Cutouts:
        return Cutouts(self.folder / format.CUTOUTS)

    @cached_property
    def _infos(self) -> dict[str, dict]:
        folder = self.folder / format.CHECKPOINTS
        return {
            name: read_json(folder / name / format.CHECKPOINT)
            for name in checkpoint_names(self.info)
        }

    @cached_property
    def _opened(self) -> dict[tuple[str, str], object]:
        return {}

    def _array(self, checkpoint: str, file: str) -> np.ndarray:
        return self._cached(checkpoint, file, read_array)

    def _cached(self, checkpoint: str, file: str, read: Callable[[Path], object]) -> object:
        path = self.folder / format.CHECKPOINTS
        return self._kept_as((checkpoint, file), lambda: read(path / checkpoint / file))

    def _kept_as(self, key: tuple[str, str], make: Callable[[], object]) -> object:
        """What `make` gives, kept under a checkpoint and a name."""
        self._require(key[0])
        if key not in self._opened:
            # Several threads ask at the same time: for millions of galaxies, one of them works.
            with self._making:
                if key not in self._opened:
                    self._opened[key] = make()
        return self._opened[key]

    def _require(self, checkpoint: str) -> None:
        # `checkpoint` comes from the browser: known names are accepted, never a path.
        if not isinstance(checkpoint, str) or checkpoint not in self._infos:
            raise NotFound(
                f"There is no checkpoint '{checkpoint}' in '{self.name}'; "
                f"it has {', '.join(self.checkpoints)}."
            )


def list_collections(folders: Sequence[Path]) -> list[tuple[str, Path]]:
    """Names and folders of the collections in `folders`; the first of a name hides the others."""
    found: dict[str, Path] = {}
    for parent in map(Path, folders):
        for file in sorted(parent.glob(f"*/{format.COLLECTION}")):
            if format.is_name(file.parent.name):
                found.setdefault(file.parent.name, file.parent)
    return sorted(found.items())


def find_collection(name: str, folders: Sequence[Path]) -> Path:
    """Folder of a collection, by its name in `folders` or, on a command line, by its path."""
    known = dict(list_collections(folders))
    if name in known:
        return known[name]
    if (Path(name) / format.COLLECTION).is_file():
        return Path(name)
    there = f"there are {', '.join(known)}" if known else "no collection has been built yet"
    searched = ", ".join(str(folder) for folder in folders)
    raise NotFound(f"There is no collection '{name}' in {searched}; {there}.")

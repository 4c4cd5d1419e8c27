"""The names and shapes of the files of a collection; data/README.md says what each one means."""

import re

# Raised when an older program could no longer read what is written; see data/README.md.
FORMAT_VERSION = 1

COLLECTION = "collection.json"
CATALOG = "catalog.parquet"
CUTOUTS = "cutouts.arrow"
MADE_UP = "made-up"  # what collection.json says of cutouts that are drawn on demand
CUTOUTS_FITS = "cutouts_fits.arrow"  # the bands of FITS cutouts as they were measured; optional
ORDER = "order.npy"
CHECKPOINTS = "checkpoints"
WEIGHTS = "weights"  # folder of the encoders, shared by the layers of one checkpoint

CHECKPOINT = "checkpoint.json"
REPRESENTATIONS = "representations.npy"
PCA = "pca.npz"
COMPONENTS = "components.npy"
PROJECTION = "projection.npy"
NEIGHBORS = "neighbors.npy"
DISTANCES = "distances.npy"
DENSITY = "density.npy"
QUALITY = "quality.json"
CORRELATION = "correlation.npz"
# metric -> index of the search for similar galaxies; only of very many galaxies
INDEXES = {"euclidean": "index.faiss", "cosine": "index_cosine.faiss"}

# Arrays of a checkpoint: the types they may have, and their number of dimensions. The first is
# always n_galaxies. `density.npy` has one named column per estimator: a structured array.
CHECKPOINT_ARRAYS = {
    REPRESENTATIONS: (("<f4", "<f2"), 2),
    COMPONENTS: (("<f4",), 2),
    PROJECTION: (("<f4",), 2),
    NEIGHBORS: (("<i4",), 2),
    DISTANCES: (("<f4",), 2),
    DENSITY: (None, 1),
}
CHECKPOINT_FILES = (CHECKPOINT, *CHECKPOINT_ARRAYS, PCA, QUALITY, CORRELATION)

POOL = "pool"  # the layer of an encoder that is its representation

# Columns that every catalog has, whatever else it brings.
STANDARD_COLUMNS = ("object_id", "ra", "dec", "redshift", "label", "split")

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
NAME_RULE = "use letters, digits, '.', '_' and '-', and begin with a letter or digit"


def is_name(name: str) -> bool:
    """Whether `name` may name a collection or a checkpoint: never a path, never hidden."""
    return isinstance(name, str) and _NAME.fullmatch(name) is not None


def training_order(name: str, info: dict) -> tuple[float, bool, str]:
    """What checkpoints are sorted by: their training epoch, those of an unknown one last.

    Of the layers of one epoch the pool, the representation proper, comes last: the page opens on
    the last checkpoint.

    info : content of checkpoint.json
    """
    epoch = info.get("training_epoch")
    return float("inf") if epoch is None else epoch, info.get("layer") == POOL, name

"""Representations of every checkpoint of training runs, and the classes they are judged by."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from models.checkpoints import Checkpoint, list_checkpoints
from models.encoders.encoder import encode, load_encoder
from models.errors import BadInput
from models.files import sha256, write_whole
from models.images import Images, open_images
from models.space.splits import label_codes

ID_COLUMNS, LABEL_COLUMNS = ("object_id", "id"), ("label", "class")


@dataclass(frozen=True)
class Galaxies:
    """The galaxies that are encoded.

    images : all of them
    rows : (n,) int array, those used, ascending
    codes : (n,) int array, class of each, -1 where it has none
    """

    images: Images
    rows: np.ndarray
    codes: np.ndarray


def open_galaxies(path: Path, labels_from: Path | None, sample: int | None, seed: int) -> Galaxies:
    """Galaxies of an image file, or a random sample of them, with their classes.

    labels_from : CSV of ids and classes; None for the classes in the image file
    """
    images = open_images(path)
    if labels_from is not None:
        codes = _codes_by_id(labels_from, images.object_ids)
    elif images.labels is not None:
        codes = images.labels
    else:
        raise BadInput(f"{path} has no classes to judge by; give a CSV of them.")
    rows = np.arange(len(images))
    if sample is not None and sample < len(rows):
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:sample])
    return Galaxies(images, rows, codes[rows])


def encoded(
    checkpoint: Checkpoint, galaxies: Galaxies, kept: Path | None, layer: str = "pool"
) -> np.ndarray:
    """(n, n_dim) float32 representations, read from the folder `kept` if they are there."""
    if kept is None:
        return _encode(checkpoint, galaxies, layer)
    # Named by what decides them, so that no representations of other galaxies are taken for these.
    ids = "\n".join(galaxies.images.object_ids[galaxies.rows])
    chosen = hashlib.sha256(ids.encode()).hexdigest()[:12]
    of = "" if layer == "pool" else f"_{layer}"
    path = kept / f"{checkpoint.name}{of}_{sha256(checkpoint.weights)[:12]}_{chosen}.npy"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        representations = _encode(checkpoint, galaxies, layer)
        with write_whole(path) as temporary, open(temporary, "wb") as file:
            np.save(file, representations)
    return np.load(path)


def checkpoints_of(run: Path) -> list[Checkpoint]:
    """Checkpoints of a run in training order; at least three, or nothing can be ranked."""
    found = list_checkpoints(run)
    if len(found) < 3:
        raise BadInput(f"{run} has {len(found)} checkpoints; at least 3 are needed to rank them.")
    return found


def _encode(checkpoint: Checkpoint, galaxies: Galaxies, layer: str) -> np.ndarray:
    encoder = load_encoder(checkpoint.weights)
    batches = np.array_split(galaxies.rows, max(1, len(galaxies.rows) // 256))
    return encode(encoder, (galaxies.images.pixels(rows) for rows in batches), layer=layer)


def _codes_by_id(path: Path, object_ids: np.ndarray) -> np.ndarray:
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    id_column = next((name for name in ID_COLUMNS if name in table), None)
    label_column = next((name for name in LABEL_COLUMNS if name in table), None)
    if id_column is None or label_column is None:
        raise BadInput(
            f"{path} needs a column named {' or '.join(ID_COLUMNS)} and one named "
            f"{' or '.join(LABEL_COLUMNS)}."
        )
    by_id = dict(zip(table[id_column], table[label_column], strict=True))
    codes, names = label_codes([by_id.get(name) for name in object_ids.tolist()])
    if len(names) < 2:
        raise BadInput(f"{path} has fewer than two classes for these galaxies; check its ids.")
    return codes

"""What a run is trained on and judged by: all cutouts of a survey, small enough to hold."""

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tqdm import tqdm

from models.encoders.encoder import Design
from models.encoders.normalisation import resized
from models.errors import BadInput
from models.files import sha256
from models.images import Images, open_images
from models.split import is_held_out

FEWEST = 10
MONITORED = 2000  # enough for a rank and an accuracy to 1 %, few enough for every epoch
READ_AT_ONCE = 512
ID_COLUMNS, LABEL_COLUMNS = ("object_id", "id"), ("label", "class")


@dataclass(frozen=True)
class Galaxies:
    """Cutouts in grey at the encoder's size, held as uint8 in memory.

    train : (n_train, 1, size, size)
    held_out : (n, 1, size, size), at most 2,000 that are never trained on
    labels : (n,) classes of the held-out ones, -1 where unknown; None without classes
    provenance : name, number and checksum of the images, for run and checkpoint
    """

    train: torch.Tensor
    held_out: torch.Tensor
    labels: np.ndarray | None
    provenance: dict


def load_galaxies(
    path: Path, design: Design, seed: int, labels_from: Path | None = None
) -> Galaxies:
    """Read, resize and part the images at `path`; `seed` chooses which are held out.

    labels_from : a CSV of ids and classes, in place of the classes that the images come with

    Raises
    ------
    BadInput
        If there are fewer than ten galaxies, or they are not galaxies but constant pictures.
    """
    images = open_images(path)
    if len(images) < FEWEST:
        raise BadInput(f"{path} has {len(images)} galaxies; at least {FEWEST} are needed.")
    labels = images.labels if labels_from is None else _labels_by_id(labels_from, images)
    grey = _read_all(images, design)
    n_varied = int((grey.amax((1, 2, 3)) > grey.amin((1, 2, 3))).sum())
    if n_varied < FEWEST:
        raise BadInput(
            f"{len(images) - n_varied} of the {len(images)} images in {path} are constant; "
            f"at least {FEWEST} must show something."
        )
    kept_out = is_held_out(images.object_ids, seed)
    # A handful of galaxies may all fall on one side.
    if not 0 < kept_out.sum() < len(images):
        kept_out[:] = np.arange(len(images)) % 5 == 0
    shuffled = np.random.default_rng(seed).permutation(np.flatnonzero(kept_out))
    watched = np.sort(shuffled[:MONITORED])
    return Galaxies(
        train=grey[torch.from_numpy(~kept_out)],
        held_out=grey[torch.from_numpy(watched)],
        labels=None if labels is None else labels[watched],
        provenance={"name": Path(path).name, "n": len(images), "checksum": checksum(path)},
    )


def checksum(path: Path) -> str:
    """SHA-256 of a file; of a folder, that of its files' names and sizes."""
    if path.is_file():
        return sha256(path)
    listing = sorted(f"{file.name} {file.stat().st_size}" for file in path.iterdir())
    return hashlib.sha256("\n".join(listing).encode()).hexdigest()


def _read_all(images: Images, design: Design) -> torch.Tensor:
    size, field = design.size, design.normalisation.field
    grey = torch.empty((len(images), 1, size, size), dtype=torch.uint8)
    with tqdm(total=len(images), desc="reading", unit="galaxy", leave=False) as bar:
        for start in range(0, len(images), READ_AT_ONCE):
            pixels = images.pixels(slice(start, start + READ_AT_ONCE))
            grey[start : start + len(pixels)] = resized(torch.from_numpy(pixels), size, field)
            bar.update(len(pixels))
    return grey


def _labels_by_id(path: Path, images: Images) -> np.ndarray:
    """Classes from a CSV, numbered in the order of their names; -1 for galaxies it leaves out."""
    with open(path, newline="") as file:
        table = list(csv.DictReader(file))
    columns = table[0].keys() if table else ()
    id_column = next((name for name in ID_COLUMNS if name in columns), None)
    label_column = next((name for name in LABEL_COLUMNS if name in columns), None)
    if id_column is None or label_column is None:
        raise BadInput(
            f"{path} needs a column named {' or '.join(ID_COLUMNS)} and one named "
            f"{' or '.join(LABEL_COLUMNS)}."
        )
    by_id = {line[id_column]: line[label_column] for line in table if line[label_column]}
    numbers = {name: i for i, name in enumerate(sorted(set(by_id.values())))}
    found = [numbers.get(by_id.get(name, ""), -1) for name in images.object_ids.tolist()]
    if max(found) < 0:
        raise BadInput(f"{path} has a class for none of the galaxies; its ids do not match.")
    return np.array(found)
